"""How similar analogues are: the measurement behind the least similarity of 'my compound' (``agent/compound.py``).

    python -m evals.benchmarks.analogue_similarity

Structures are the marketed drugs of ``evals/data/drug_sets.tsv`` and the shipped common compounds of at least eight heavy atoms. A *matched pair*
differs by what hangs on one acyclic single bond (hydrogen included), the common part being at least 60 % of the larger one. Beside these:
pairs of drugs of one class with one Bemis-Murcko framework, of one class, and of different classes. Morgan fingerprints of radius 2, 2048 bits.
"""

from __future__ import annotations

import csv
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rdkit import Chem, DataStructs, rdBase
from rdkit.Chem import rdFingerprintGenerator
from rdkit.Chem.Scaffolds import MurckoScaffold

from tools.structures.names import common_names

DRUGS = Path(__file__).resolve().parent.parent / "data" / "drug_sets.tsv"
#: Share of a structure's heavy atoms that the common part of a matched pair has at least.
COMMON = 0.6
LEAST_ATOMS = 8
FLOORS = (0.2, 0.25, 0.3, 0.35, 0.4)

Pairs = list[tuple[Chem.Mol, Chem.Mol]]


def drugs() -> list[tuple[str, Chem.Mol]]:
    """(class, molecule) of every drug."""
    with DRUGS.open(encoding="utf-8", newline="") as file:
        return [(row["class"], Chem.MolFromSmiles(row["smiles"])) for row in csv.DictReader(file, delimiter="\t")]


def structures() -> list[Chem.Mol]:
    """Drugs and common compounds, each structure once."""
    named = [Chem.MolFromSmiles(smiles) for _, smiles in common_names().values() if "." not in smiles and "*" not in smiles]
    large = [mol for mol in named if mol is not None and mol.GetNumHeavyAtoms() >= LEAST_ATOMS]
    return list({Chem.MolToSmiles(mol): mol for mol in [*(mol for _, mol in drugs()), *large]}.values())


def _common_parts(mol: Chem.Mol) -> Iterator[str]:
    """What is left of ``mol`` when the smaller side of an acyclic single bond is cut off, or a hydrogen is."""
    for bond in mol.GetBonds():
        if bond.IsInRing() or bond.GetBondType() != Chem.BondType.SINGLE:
            continue
        cut = Chem.FragmentOnBonds(mol, [bond.GetIdx()], dummyLabels=[(0, 0)])
        for part in Chem.GetMolFrags(cut, asMols=True):
            if part.GetNumHeavyAtoms() >= COMMON * mol.GetNumHeavyAtoms():
                yield Chem.MolToSmiles(part)
    for atom in mol.GetAtoms():
        if atom.GetTotalNumHs():
            work = Chem.RWMol(mol)
            work.AddBond(atom.GetIdx(), work.AddAtom(Chem.Atom(0)), Chem.BondType.SINGLE)
            anchor = work.GetAtomWithIdx(atom.GetIdx())
            anchor.SetNumExplicitHs(max(0, anchor.GetNumExplicitHs() - 1))
            if Chem.SanitizeMol(work, catchErrors=True) == Chem.SanitizeFlags.SANITIZE_NONE:
                yield Chem.MolToSmiles(work)


def matched_pairs(mols: list[Chem.Mol]) -> Pairs:
    """Pairs that differ by one substituent."""
    holders: dict[str, set[int]] = {}
    for index, mol in enumerate(mols):
        for part in _common_parts(mol):
            holders.setdefault(part, set()).add(index)
    pairs = {pair for found in holders.values() for pair in itertools.combinations(sorted(found), 2)}
    return [(mols[a], mols[b]) for a, b in sorted(pairs)]


def similarities(pairs: Pairs) -> list[float]:
    """Tanimoto similarity of each pair."""
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    prints = {id(mol): generator.GetFingerprint(mol) for pair in pairs for mol in pair}
    return [DataStructs.TanimotoSimilarity(prints[id(a)], prints[id(b)]) for a, b in pairs]


def groups() -> dict[str, Pairs]:
    """The kinds of pairs, by what they have in common."""
    known = drugs()
    rings = [MurckoScaffold.MurckoScaffoldSmiles(mol=mol) for _, mol in known]
    found: dict[str, Pairs] = {"one substituent": matched_pairs(structures()), "class and framework": [], "class": [], "neither": []}
    for (i, (first, a)), (j, (second, b)) in itertools.combinations(enumerate(known), 2):
        found["class" if first == second else "neither"].append((a, b))
        if first == second and rings[i] and rings[i] == rings[j]:
            found["class and framework"].append((a, b))
    return found


def main() -> int:
    """Print one row a kind of pair: how many, the lowest, the lowest tenth, the median, the share that reaches each floor."""
    print(
        f"{'pairs with the same':22} {'pairs':>6} {'lowest':>7} {'10 %':>6} {'50 %':>6}  " + " ".join(f">={floor:<5}" for floor in FLOORS)
    )
    with rdBase.BlockLogs():
        for name, pairs in groups().items():
            values = np.array(similarities(pairs))
            tenth, half = np.percentile(values, [10, 50])
            shares = " ".join(f"{100 * np.mean(values >= floor):5.1f} %" for floor in FLOORS)
            print(f"{name:22} {len(pairs):6} {values.min():7.3f} {tenth:6.3f} {half:6.3f}  {shares}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
