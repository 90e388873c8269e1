"""The ten kinds of question of the CACTUS benchmark about structures by SMILES, salts included, answered by the built-in assistant.

    python -m evals.benchmarks.cactus [--structures 52] [--write]

The questions are made here from sentence frames of several wordings; CACTUS' own thousand (Ranjan et al., ACS Omega 2024) are not used. What is true is computed beside
the assistant: molar mass, logP, TPSA, QED, Lipinski, PAINS and Brenk by RDKit, the SA score by the program that comes with RDKit (Ertl and Schuffenhauer's own), the
BOILED-Egg by matplotlib's test of a point against the published ellipse. A salt is meant as it is given.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rdkit import Chem, RDConfig
from rdkit.Chem import QED, Crippen, Descriptors, FilterCatalog, Lipinski, rdMolDescriptors

from core import data
from evals.by_code import answered
from evals.language_report import write_page
from evals.reported_values import wilson
from evals.sections import ResultTable, Section, table_markdown, write_section
from tools.workspace import builtin

SEED = 20_261_130
AIM = 0.99
#: Salts and a hydrate, as they are given.
SALTS = (
    "CN(C)C(=N)NC(=N)N.Cl", "CC(=O)Oc1ccccc1C(=O)[O-].[Na+]", "CC(C)NCC(O)COc1cccc2ccccc12.Cl", "O=C([O-])c1ccccc1.[Na+]", "CN1CCC(=C2c3ccccc3CCc3cccnc32)CC1.OC(=O)/C=C\\C(O)=O",
    "Cn1c(=O)c2c(ncn2C)n(C)c1=O.O", "O=C([O-])Cc1ccccc1Nc1c(Cl)cccc1Cl.[K+]", "CNCCC(Oc1ccc(cc1)C(F)(F)F)c1ccccc1.Cl",
)  # fmt: skip
_ELLIPSES = {"gi": ((71.051, 2.292), 142.081, 8.740, -1.031325), "bbb": ((38.117, 3.177), 82.061, 5.557, -0.171887)}


@dataclass(frozen=True)
class Kind:
    """One kind of question: frames with {s}, what is true of a molecule, and what its answer says (a number, or the words for 1 and 0)."""

    name: str
    frames: tuple[str, ...]
    truth: Callable[[Chem.Mol], float]
    words: tuple[str, str] | None = None
    decimals: float = 0.005


def _sa(mol: Chem.Mol) -> float:
    folder = str(Path(RDConfig.RDContribDir) / "SA_Score")
    if folder not in sys.path:
        sys.path.append(folder)
    import sascorer

    return float(sascorer.calculateScore(mol))


def _inside(which: str) -> Callable[[Chem.Mol], float]:
    def inside(mol: Chem.Mol) -> float:
        from matplotlib.patches import Ellipse

        centre, width, height, angle = _ELLIPSES[which]
        point = (rdMolDescriptors.CalcTPSA(mol), Crippen.MolLogP(mol))
        return float(Ellipse(centre, width, height, angle=angle).contains_point(point))

    return inside


def _alerts(name: str) -> Callable[[Chem.Mol], float]:
    parameters = FilterCatalog.FilterCatalogParams()
    parameters.AddCatalog(getattr(FilterCatalog.FilterCatalogParams.FilterCatalogs, name))
    catalogue = FilterCatalog.FilterCatalog(parameters)
    return lambda mol: float(len({m.GetDescription() for m in catalogue.GetMatches(mol)}))


def _lipinski(mol: Chem.Mol) -> float:
    broken = (Descriptors.MolWt(mol) > 500, Crippen.MolLogP(mol) > 5, Lipinski.NHOHCount(mol) > 5, Lipinski.NOCount(mol) > 10)
    return float(sum(broken) <= 1)


KINDS = (
    Kind("MW", ("What is the molecular weight of {s}?", "Determine the molar mass of the compound {s}.", "molecular weight {s}", "Calculate the MW for {s}", "How heavy is {s}?"), Descriptors.MolWt),
    Kind("logP", ("What is the logP of {s}?", "Calculate the partition coefficient of {s}.", "How lipophilic is {s}?", "logP value for the molecule {s}", "Could you compute the clogP of {s} please"), Crippen.MolLogP),
    Kind("TPSA", ("What is the TPSA of {s}?", "Give the topological polar surface area of {s}", "What is the polar surface area of the molecule {s}?", "tpsa {s}", "Determine the TPSA for {s}."), rdMolDescriptors.CalcTPSA),
    Kind("QED", ("What is the QED of {s}?", "Compute the quantitative estimate of drug-likeness (QED) of {s}.", "qed score of {s}", "Provide the QED value for {s}", "What QED does {s} have?"), QED.qed),
    Kind("SA", ("What is the synthetic accessibility of {s}?", "SA score of {s}", "Determine the synthetic accessibility score of {s}.", "How easy is it to synthesize {s}?", "Estimate the SA for {s}"), _sa),
    Kind("drug-likeness", ("Does {s} pass Lipinski's rule of five?", "Is {s} drug-like according to Lipinski?", "Is the compound {s} druglike?", "Does {s} satisfy the rule of five?", "drug-likeness of {s} by Lipinski"), _lipinski, ("meets", "does not meet")),
    Kind("PAINS", ("Does {s} trigger the PAINS filter?", "Does {s} pass the PAINS filter?", "PAINS alerts in {s}?", "Is {s} a PAINS compound?", "Will {s} trigger a PAINS alert?"), _alerts("PAINS")),
    Kind("Brenk", ("Does {s} trigger the Brenk filter?", "Does {s} pass the Brenk filter?", "Brenk alerts of {s}", "Any Brenk structural alert for {s}?", "Will {s} be flagged by the Brenk filter?"), _alerts("BRENK")),
    Kind("BBB", ("Does {s} cross the blood-brain barrier?", "Is {s} BBB permeable?", "Can {s} pass the BBB?", "Will {s} penetrate the blood-brain barrier?", "BBB permeability of {s}"), _inside("bbb"), ("yes", "no")),
    Kind("GI", ("What is the GI absorption of {s}?", "Is {s} absorbed in the gut?", "Gastrointestinal absorption of {s}: high or low?", "Is the gastrointestinal absorption of {s} high?", "gi absorption {s}"), _inside("gi"), ("high", "low")),
)  # fmt: skip
_LABELS = {"MW": "Molecular weight", "logP": "logP (Crippen)", "TPSA": "TPSA", "QED": "QED", "SA": "SA score", "PAINS": "PAINS alerts", "Brenk": "Brenk alerts", "BBB": "BBB permeation", "GI": "GI absorption"}  # fmt: skip


def structures(number: int) -> list[str]:
    """``number`` structures, the salts among them, the others drawn from the shipped table of medicines."""
    rows = data.rows("evals", "data/drug_sets.tsv")
    smiles = sorted({row["smiles"] for row in rows if "." not in row["smiles"]})
    return [*SALTS, *random.Random(SEED).sample(smiles, max(number - len(SALTS), 0))]


def right(kind: Kind, smiles: str, answer: str) -> bool:
    """Whether ``answer`` states the true value of ``kind``, to the digits that it gives."""
    mol = Chem.MolFromSmiles(smiles)
    true = kind.truth(mol)
    if kind.name == "drug-likeness":
        found = re.search(r"\b(meets|does not meet) Lipinski", answer)
        return found is not None and (found[1] == "meets") == bool(true)
    line = next((part for part in answer.splitlines() if part.startswith(_LABELS[kind.name])), "")
    said = line.rpartition(": ")[2] if line.count(": ") == 1 else line[line.index(": ") + 2 :] if ": " in line else ""
    if kind.words:
        return re.match(rf"{kind.words[0] if true else kind.words[1]}\b", said) is not None
    number = re.match(r"-?\d+(?:\.(\d+))?", said)
    return number is not None and math.isclose(float(number[0]), true, abs_tol=0.5000001 * 10 ** -len(number[1] or ""))


def asked(number: int) -> Iterator[tuple[Kind, str, str]]:
    """(kind, structure, question) of each question, a frame after the other."""
    for n, smiles in enumerate(structures(number)):
        for k, kind in enumerate(KINDS):
            yield kind, smiles, kind.frames[(n + k) % len(kind.frames)].format(s=smiles)


def _section(table: ResultTable, number: int) -> Section:
    return Section(
        title="The ten kinds of question of CACTUS",
        order=20,
        command="python -m evals.benchmarks.cactus --write",
        path="the assistant's built-in form and its tools",
        text=(
            f"{number} structures as SMILES, {len(SALTS)} of them salts or hydrates, the others medicines drawn at random; five wordings a kind, made here. What is true is computed beside the assistant, "
            "as the module says; the wordings were made by its authors, so this tests the way from question to value and not the reading of unforeseen words."
        ),
        tables=[table],
    )


def main() -> int:
    """Ask, print a table of kinds, and what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--structures", type=int, default=52, help="how many, at least those that are salts")
    parser.add_argument("--write", action="store_true", help="save the figures and rebuild docs/language-models.md")
    options = parser.parse_args()
    workspace, counted, wrong = builtin(), {k.name: [0, 0] for k in KINDS}, list[str]()
    for kind, smiles, question in asked(options.structures):
        answer = answered(question, workspace)
        counted[kind.name][1] += 1
        if right(kind, smiles, answer.text):
            counted[kind.name][0] += 1
        else:
            wrong.append(f"{question}\n    {answer.text[:300]}\n    true: {kind.truth(Chem.MolFromSmiles(smiles)):.4f}")
    done, all_of = (sum(pair[n] for pair in counted.values()) for n in (0, 1))
    low, high = wilson(done, all_of)
    rows: list[list[str | int | float | None]] = [[name, of, good] for name, (good, of) in counted.items()]
    rows.append(["all", all_of, f"{done} ({100 * done / all_of:.1f} %, 95 % interval {100 * low:.1f} to {100 * high:.1f})"])
    table = ResultTable(columns=["kind", "questions", "right"], rows=rows)
    print(table_markdown(table))
    if options.write:
        write_section("language", "cactus", _section(table, options.structures))
        write_page()
    print("\n".join(wrong), file=sys.stderr)
    return 0 if done >= AIM * all_of else 1


if __name__ == "__main__":
    sys.exit(main())
