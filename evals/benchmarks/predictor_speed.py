"""Speed of the predictors: molecules a second in batches, milliseconds for one, load time and size, beside the descriptor floor.

    python -m evals.benchmarks.predictor_speed [--structures 600] [--batch 200] [--single 60] [--file zinc.smi] [--json | --section]

All predictors are asked together, of molecules (those of polymers answer that they are for polymers) and of as many repeat units made of the same
molecules (an attachment point at each end; the others answer that they are for molecules). Speeds are given for each and for both. The
floor is RDKit's two-dimensional descriptors alone (rdkit.Chem.Descriptors.CalcMolDescriptors) on the same structures in the same process;
one thread. ``--section`` writes the section of docs/predictors.md.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from pathlib import Path
from typing import Any

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

from rdkit import Chem  # noqa: E402
from rdkit.Chem import Descriptors  # noqa: E402

from core.candidate import PropertyValue  # noqa: E402
from core.errors import UsageError  # noqa: E402
from core.spec import CandidateClass, EstimationConditions  # noqa: E402
from evals.benchmarks.timing import processor_seconds  # noqa: E402
from evals.sections import ResultTable, Section, write_section  # noqa: E402
from tools.predictors.model import load_model  # noqa: E402
from tools.predictors.predict import predict  # noqa: E402
from tools.predictors.specs import PREDICTORS as SPECS  # noqa: E402
from tools.predictors.weights import WEIGHTS  # noqa: E402
from tools.proposers.evolution.engine import Engine, EngineConfig  # noqa: E402
from tools.synthesis.blocks import building_blocks  # noqa: E402

PREDICTORS = tuple(SPECS)
#: How many of them are for molecules.
MOLECULES = sum(spec.kind != "polymer" for spec in SPECS.values())


def structures(count: int, file: Path | None) -> list[str]:
    """``count`` molecules: from ``file`` (one SMILES a line), else varied from the shipped building blocks with a fixed seed."""
    if file is not None:
        lines = [line.split()[0] for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        chosen = random.Random(0).sample(lines, min(count, len(lines)))
    else:
        start = [block.smiles for block in building_blocks()]
        engine = Engine(random.Random(0), EngineConfig(min_heavy_atoms=18, max_heavy_atoms=32, max_sa=None))
        engine.tell(start, [0.0] * len(start))
        chosen = []
        while len(chosen) < count:
            asked = engine.ask(count - len(chosen))
            if not asked:
                break
            engine.tell(asked, [float(Chem.MolFromSmiles(s).GetNumHeavyAtoms() % 7) for s in asked])
            chosen += asked
    if len(chosen) < count:
        raise UsageError(f"only {len(chosen)} structures, {count} were asked for")
    return chosen


def repeat_unit(smiles: str) -> str:
    """A repeat unit that carries ``smiles`` in its chain: attachment points on the first and the last atom that has a hydrogen."""
    mol = Chem.RWMol(Chem.MolFromSmiles(smiles))
    places = [a.GetIdx() for a in mol.GetAtoms() if a.GetTotalNumHs() > 0 and not (a.GetIsAromatic() and a.GetAtomicNum() == 7)]
    for place in (places[0], places[-1]) if len(places) > 1 else (places[0], places[0]):
        mol.AddBond(place, mol.AddAtom(Chem.Atom(0)), Chem.BondType.SINGLE)
    Chem.SanitizeMol(mol)
    return str(Chem.MolToSmiles(mol))


def all_together(structures: list[str], candidate_class: CandidateClass) -> dict[str, list[PropertyValue]]:
    """All predictors on ``structures``, in one call."""
    return predict(PREDICTORS, structures, candidate_class, EstimationConditions(solvent_smiles="ClCCl"))


def measure(molecules: list[str], batch: int, single: int) -> dict[str, Any]:
    """The figures of the module's text."""
    start = time.perf_counter()
    cpu = processor_seconds(lambda: [load_model(name) for name in PREDICTORS])
    wall = time.perf_counter() - start
    units = [repeat_unit(smiles) for smiles in molecules]
    each: dict[CandidateClass, float] = {}
    alone: dict[CandidateClass, list[float]] = {}
    sets: tuple[tuple[CandidateClass, list[str]], ...] = (("molecule", molecules), ("polymer", units))
    for kind, found in sets:
        all_together(found[:8], kind)
        parts = [found[at : at + batch] for at in range(0, len(found), batch)]
        each[kind] = processor_seconds(lambda parts=parts, kind=kind: [all_together(part, kind) for part in parts]) / len(found)  # type: ignore[misc]
        alone[kind] = [processor_seconds(lambda s=s, kind=kind: all_together([s], kind)) for s in found[:single]]  # type: ignore[misc]
    both = sum(each.values())
    parsed = [Chem.MolFromSmiles(smiles) for smiles in molecules]
    floor = processor_seconds(lambda: [Descriptors.CalcMolDescriptors(mol) for mol in parsed]) / len(parsed)
    return {
        "structures": len(molecules),
        "heavy_atoms": statistics.mean(mol.GetNumHeavyAtoms() for mol in parsed),
        "batch": batch,
        "molecules_per_second": 1.0 / each["molecule"],
        "repeat_units_per_second": 1.0 / each["polymer"],
        "pairs_per_second": 1.0 / both,
        "floor_molecules_per_second": 1.0 / floor,
        "molecules_times_the_floor_speed": floor / each["molecule"],
        "pairs_times_the_floor_speed": floor / both,
        "one_molecule_ms": 1000 * statistics.median(alone["molecule"]),
        "one_repeat_unit_ms": 1000 * statistics.median(alone["polymer"]),
        "one_worst_ms": 1000 * max(*alone["molecule"], *alone["polymer"]),
        "floor_one_molecule_ms": 1000 * floor,
        "load_cpu_s": cpu,
        "load_wall_s": wall,
        "weights_mb": sum(path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file()) / 1e6,
    }


def section(found: dict[str, Any]) -> Section:
    """The figures of :func:`measure` as a section of docs/predictors.md."""
    molecules, units, pairs = (found[f"{what}_per_second"] for what in ("molecules", "repeat_units", "pairs"))
    floor = found["floor_molecules_per_second"]
    return Section(
        title="Speed",
        order=10,
        command="python -m evals.benchmarks.predictor_speed --section",
        text=(
            f"All {len(PREDICTORS)} predictors asked together about {found['structures']} molecules of {found['heavy_atoms']:.0f} heavy atoms on average and as many repeat "
            f"units made of them, in batches of {found['batch']}; processor time of one core. The floor is RDKit's two-dimensional descriptors of the molecules "
            "alone, in the same process. A batch of both kinds runs at a rate between the first two."
        ),
        tables=[
            ResultTable(
                columns=["structures", "a second", "times the floor"],
                rows=[
                    [f"molecules ({MOLECULES} of the {len(PREDICTORS)} apply)", round(molecules), f"{molecules / floor:.2f}"],
                    [f"repeat units ({len(PREDICTORS) - MOLECULES} apply)", round(units), f"{units / floor:.2f}"],
                    ["molecules and repeat units, half and half", round(2 * pairs), f"{2 * pairs / floor:.2f}"],
                    ["each molecule together with its repeat unit, a pair as one", round(pairs), f"{pairs / floor:.2f}"],
                    ["floor: descriptors alone", round(floor), "1.00"],
                ],
            )
        ],
        notes=[
            f"After loading, one molecule takes {found['one_molecule_ms']:.0f} ms and one repeat unit {found['one_repeat_unit_ms']:.0f} ms (medians); the slowest of "
            f"all took {found['one_worst_ms']:.0f} ms. The floor for one molecule is {found['floor_one_molecule_ms']:.1f} ms.",
            f"The weights are {found['weights_mb']:.0f} MB; those of a predictor are read when it is first asked.",
            "A busy machine is slower by the processor's clock too, since its cores share caches; the floor is slowed with the rates, so that their ratio compares runs.",
        ],
    )


def main(arguments: list[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.predictor_speed", description="Speed of the predictors.")
    parser.add_argument("--structures", type=int, default=600)
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--single", type=int, default=60, help="structures that are predicted one by one")
    parser.add_argument("--file", type=Path, default=None, help="molecules to use, one SMILES a line")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument("--section", action="store_true", help="write the section of docs/predictors.md")
    options = parser.parse_args(arguments)
    try:
        found = measure(structures(options.structures, options.file), options.batch, options.single)
    except (UsageError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.section:
        print(write_section("predictors", "speed", section(found)), file=sys.stderr)
    if options.json:
        print(json.dumps(found))
        return 0
    print(f"{found['structures']} structures of {found['heavy_atoms']:.0f} heavy atoms on average; processor time of one core")
    print(f"{len(PREDICTORS)} predictors asked together, batches of {found['batch']}:")
    print(
        f"  molecules            {found['molecules_per_second']:5.0f}/s, {found['molecules_times_the_floor_speed']:.2f} times the floor's speed"
    )
    print(f"  repeat units         {found['repeat_units_per_second']:5.0f}/s")
    print(f"  a molecule and a unit {found['pairs_per_second']:4.0f}/s, {found['pairs_times_the_floor_speed']:.2f} times the floor's speed")
    print(
        f"descriptor floor (RDKit 2D alone) {found['floor_molecules_per_second']:.0f} molecules/s, {found['floor_one_molecule_ms']:.1f} ms each"
    )
    print(
        f"alone: a molecule {found['one_molecule_ms']:.1f} ms, a repeat unit {found['one_repeat_unit_ms']:.1f} ms (median); worst {found['one_worst_ms']:.1f} ms"
    )
    print(f"load: {found['load_cpu_s']:.2f} s of processor time, {found['load_wall_s']:.2f} s by the clock; {found['weights_mb']:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
