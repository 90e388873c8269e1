"""Speed of the generation engine on one core, step by step, with baselines in the same run.

    python -m evals.benchmarks.offspring [--start-file zinc250k.smi] [--count 3000] [--section]

Parents are 120 structures of the start set (the engine's own without one). Speeds are structures a second of processor time, since the machine may be
busy with something else. ``--section`` writes the table for docs/engine.md.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdkit import Chem, rdBase
from rdkit.Chem import QED, Crippen, Descriptors, FilterCatalog, rdFingerprintGenerator, rdMolDescriptors

from core.seeding import generator
from core.spec import Condition, DesignSpec, PropertyRequirement
from evals.sections import ResultTable, Section, write_section
from tools.calculators.drug_likeness import sa_score
from tools.optimise.start import read_start_file, readable, shipped_start_set
from tools.proposers.evolution.engine import Engine, EngineConfig
from tools.proposers.evolution.graph import working_form
from tools.proposers.evolution.seen import Seen
from tools.proposers.evolution.variation import VariationConfig, cross, mutate
from tools.safety.guard import structure_verdict
from tools.screening.filter import exact_steps, first_failed
from tools.structures.standardise import standardise
from tools.surrogate.features import features
from tools.workspace import builtin

WINDOWS = {"logp": (1.0, 3.0), "tpsa": (40.0, 90.0), "sa_score": (1.0, 3.5), "qed": (0.6, 1.0)}


@dataclass(frozen=True)
class Speed:
    """A step: structures handled, and processor seconds."""

    what: str
    count: int
    seconds: float

    @property
    def rate(self) -> float:
        """Structures a second."""
        return self.count / max(self.seconds, 1e-9)


def _timed(what: str, work: Callable[[], int]) -> Speed:
    began = time.process_time()
    with rdBase.BlockLogs():
        count = work()
    return Speed(what, count, time.process_time() - began)


def _vary(parents: Sequence[Chem.RWMol], rng: random.Random, config: VariationConfig) -> Chem.Mol | None:
    first, second = rng.choice(parents), rng.choice(parents)
    if first is not second and rng.random() < config.crossover:
        return cross(first, second, rng, config)[0]
    return mutate(Chem.RWMol(first), rng, config)[0]


def make(parents: Sequence[Chem.RWMol], count: int) -> list[str]:
    """``count`` new canonical SMILES from parents in working form: varied, sanitised, canonicalised, deduplicated."""
    rng, config, seen = generator(0, "offspring", 0, "make"), VariationConfig(), Seen()
    found: list[str] = []
    while len(found) < count:
        mol = _vary(parents, rng, config)
        if mol is not None:
            smiles = Chem.MolToSmiles(mol)
            if seen.add(smiles):
                found.append(smiles)
    return found


def make_from_smiles(parents: Sequence[str], count: int) -> list[str]:
    """The baseline: the same operators in a GA that keeps its population as SMILES and reads the parents anew for every child."""
    rng, config = generator(0, "offspring", 0, "make"), VariationConfig()
    seen: set[str] = set()
    while len(seen) < count:
        works = [working_form(Chem.MolFromSmiles(rng.choice(parents))) for _ in range(2)]
        ready = [w for w in works if w is not None]
        mol = _vary(ready, rng, config) if len(ready) == 2 else None
        if mol is not None:
            read = Chem.MolFromSmiles(Chem.MolToSmiles(mol))
            if read is not None:
                seen.add(Chem.MolToSmiles(read))
    return list(seen)


def _spec() -> DesignSpec:
    found = [
        PropertyRequirement(id=f"R{i}", text=name, property=name, condition=Condition(comparison="between", low=low, high=high))
        for i, (name, (low, high)) in enumerate(WINDOWS.items(), 1)
    ]
    return DesignSpec(goal="speed", candidate_class="molecule", requirements=list(found))


def _pains() -> FilterCatalog.FilterCatalog:
    parameters = FilterCatalog.FilterCatalogParams()
    parameters.AddCatalog(FilterCatalog.FilterCatalogParams.FilterCatalogs.PAINS)
    return FilterCatalog.FilterCatalog(parameters)


def score_fully(stream: Sequence[str]) -> int:
    """The plain pass: every structure of the stream gets fingerprint, QED, SA score, logP, TPSA and PAINS filter. Returns how many pass."""
    pains, morgan = _pains(), rdFingerprintGenerator.GetMorganGenerator(radius=2)
    passed = 0
    for smiles in stream:
        mol = Chem.MolFromSmiles(smiles)
        morgan.GetFingerprint(mol)
        values = {"qed": QED.qed(mol), "sa_score": sa_score(mol), "logp": Crippen.MolLogP(mol)}
        values["tpsa"] = rdMolDescriptors.CalcTPSA(mol)
        clean = not pains.HasMatch(mol)
        passed += clean and all(low <= values[name] <= high for name, (low, high) in WINDOWS.items())
    return passed


def score_cheap_first(stream: Sequence[str]) -> int:
    """The same verdicts: known structures from the cache, requirements cheapest first, PAINS and fingerprint for what passes them."""
    pains, morgan, steps = (
        _pains(),
        rdFingerprintGenerator.GetMorganGenerator(radius=2),
        exact_steps(_spec(), calculators=builtin().calculators),
    )
    verdicts: dict[str, bool] = {}
    passed = 0
    for smiles in stream:
        if smiles not in verdicts:
            mol = Chem.MolFromSmiles(smiles)
            good = not first_failed(mol, steps, {})
            if good:
                morgan.GetFingerprint(mol)
                good = not pains.HasMatch(mol)
            verdicts[smiles] = good
        passed += verdicts[smiles]
    return passed


def measure(start: Sequence[str], count: int) -> tuple[list[Speed], list[str]]:
    """Every step on the same structures; and remarks on what was compared."""
    rng = generator(0, "offspring", 0, "parents")
    parents = readable(rng.sample(list(start), min(150, len(start))))[:120]
    works = [w for s in parents if (w := working_form(Chem.MolFromSmiles(s))) is not None]
    made: list[str] = []
    engine = Engine(generator(0, "offspring", 0, "engine"), EngineConfig())
    engine.tell(parents, [1 - i / len(parents) for i in range(len(parents))])

    def first() -> int:
        made.extend(make(works, count))
        return len(made)

    def plain() -> int:
        score_fully(stream[: count // 8])
        return count // 8

    def cheap() -> int:
        score_cheap_first(stream)
        return len(stream)

    speeds = [_timed("made, canonicalised, deduplicated", first)]
    stream = [s for s in made[: count // 4] for _ in range(2)]
    rng.shuffle(stream)
    some = made[: count // 8]
    mols = [Chem.MolFromSmiles(s) for s in made[: count // 4]]
    speeds += [
        _timed("baseline: the same by a GA that keeps SMILES", lambda: len(make_from_smiles(parents, count // 2))),
        _timed("engine of the design loop: plausible and SA score at most 4.5", lambda: len(engine.ask(count // 4))),
        _timed("features for the surrogate", lambda: len([features(m) for m in mols])),
        _timed("standardisation (survivors only)", lambda: len([standardise(s, "molecule") for s in some])),
        _timed("safety guard (survivors only)", lambda: len([structure_verdict(s, "molecule") for s in some])),
        _timed("full scoring, plain pass", plain),
        _timed("full scoring, cheap first and cached", cheap),
        _timed("all 2D descriptors of RDKit", lambda: len([Descriptors.CalcMolDescriptors(m) for m in mols[: count // 24]])),
    ]
    remarks = [
        f"Made against the baseline: {speeds[0].rate / speeds[1].rate:.1f} times as fast.",
        f"Cheap first against the plain pass: {speeds[7].rate / speeds[6].rate:.1f} times as fast, on a stream in which every structure comes"
        f" twice, with the windows {', '.join(f'{n} {a:g} to {b:g}' for n, (a, b) in WINDOWS.items())};"
        f" against all 2D descriptors {speeds[7].rate / speeds[8].rate:.1f} times.",
    ]
    if score_fully(stream[:200]) != score_cheap_first(stream[:200]):
        raise AssertionError("the two ways of scoring disagree")
    return speeds, remarks


def section(speeds: Sequence[Speed], remarks: Sequence[str]) -> Section:
    """The table for docs/engine.md."""
    return Section(
        title="Speed of the engine",
        order=20,
        command="python -m evals.benchmarks.offspring --start-file zinc250k.smi --section",
        path="single steps of the optimiser and of a design run",
        text="Structures a second of processor time on one core, 120 parents from the start set.",
        tables=[ResultTable(columns=["step", "structures", "a second"], rows=[[s.what, s.count, f"{s.rate:,.0f}"] for s in speeds])],
        notes=[
            *remarks,
            "What was met before is kept as 64-bit hashes in a table of fixed size (2 MB), and the optimiser keeps at most 4,400 scored structures,"
            " so that memory does not grow with the number evaluated. The process as a whole takes 120 MB at its start and some hundred at its peak:"
            " `python -m evals.performance --only optimise-memory`.",
        ],
    )


def main(arguments: list[str] | None = None) -> int:
    """Print the speeds; with ``--section`` save them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start-file", type=Path, help="SMILES file, one a line; the engine's own library without it")
    parser.add_argument("--count", type=int, default=3000, help="offspring to make; the slower steps get a part of them")
    parser.add_argument("--section", action="store_true", help="write evals/data/engine/speed.json")
    given = parser.parse_args(arguments)
    start = read_start_file(given.start_file) if given.start_file else shipped_start_set()
    speeds, remarks = measure(start, max(240, given.count))
    for speed in speeds:
        print(f"{speed.what:60} {speed.count:6d} {speed.rate:10,.0f}/s")
    print("\n".join(remarks))
    if given.section:
        print(write_section("engine", "speed", section(speeds, remarks)), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
