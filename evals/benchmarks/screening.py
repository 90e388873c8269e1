"""Screening of a library: speed on one and two workers, against a plain descriptor pass, with peak memory.

    python -m evals.benchmarks.screening LIBRARY [--records N] [--subset 20000] [--save]

The baseline in the same run reads the same records and computes all of RDKit's 2D descriptors, one process. Speeds are given by wall
clock and by CPU time, since the machine may be busy with something else; the scaling efficiency is that of the wall clock and, beside
it, the growth of the CPU time. ``--save`` writes the section of docs/engine.md.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from rdkit import Chem, rdBase

from core.spec import DesignSpec
from tools.execution import ProcessExecutor
from tools.files.records import records
from tools.screening.journal import Journal
from tools.screening.run import JOURNAL, identity, screen
from tools.workspace import builtin

# Every worker process imports this module again: what only the parent needs is imported where it is used.
if TYPE_CHECKING:
    from evals.sections import Section

GOAL = (
    "a drug-like molecule with logP between 2 and 3.5, TPSA between 40 and 90, QED of at least 0.7, SA score at most 3 and an amide group"
)
PREDICTED_GOAL = (
    "a molecule with logP below 3, MW below 350, TPSA between 40 and 80, a hydroxyl group and an aqueous solubility above -2.5 log mol/L"
)
#: Records of the plain descriptor pass.
PLAIN = 1000
CORES, BILLION = 1000, 1e9


@dataclass
class Measured:
    """One screen: records, hits, wall seconds, CPU seconds of the parent and of the workers, peak memory in MB."""

    read: int
    hits: int
    wall: float
    parent: float
    workers: float
    peak: float

    @property
    def cpu(self) -> float:
        """CPU seconds in all."""
        return self.parent + self.workers


def measure(library: Path, spec: DesignSpec, workers: int, limit: int | None) -> Measured:
    """Screen the first ``limit`` records (all for None) with ``workers`` processes into a journal that is thrown away."""
    from evals.benchmarks.design_runs import _family, _resident

    peak, done = 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.2):
            peak = max(peak, sum(_resident(pid) for pid in _family(os.getpid())))

    watcher = threading.Thread(target=watch, daemon=True)
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / JOURNAL, identity(library, spec, calculators=builtin().calculators))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        watcher.start()
        start, own = time.monotonic(), time.thread_time()
        executor = ProcessExecutor(workers)
        result = screen(library, spec, journal, executor, limit=limit, calculators=builtin().calculators)
        wall, parent = time.monotonic() - start, time.thread_time() - own
        executor.close()
        done.set()
        watcher.join()
        journal.close()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(result.read, result.hits, wall, parent, spent, peak)


def plain_pass(library: Path, number: int = PLAIN) -> float:
    """CPU seconds a record to read it and compute all of RDKit's 2D descriptors."""
    from rdkit.Chem import Descriptors

    found = [r.text for r in islice(records(library), number)]
    start = time.process_time()
    with rdBase.BlockLogs():
        for text in found:
            mol = Chem.MolFromSmiles(text)
            if mol is not None:
                Descriptors.CalcMolDescriptors(mol)
    return (time.process_time() - start) / max(1, len(found))


def main(arguments: list[str] | None = None) -> int:
    """Print the figures; 0."""
    from agent.reading import interpret

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--records", type=int, help="records of the long screen; all if left out")
    parser.add_argument("--subset", type=int, default=20_000, help="records of the scaling measurement")
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args(arguments)
    plain = plain_pass(given.library)
    rows: list[list[str | int | float | None]] = [["all RDKit 2D descriptors", 1, PLAIN, None, f"{1 / plain:,.0f}", None, "1.0", None]]
    spec, predicted = interpret(GOAL), interpret(PREDICTED_GOAL)
    spec, predicted = (s.model_copy(update={"objectives": [o for o in s.objectives if o.property != "route"]}) for s in (spec, predicted))
    one, two = measure(given.library, spec, 1, given.subset), measure(given.library, spec, 2, given.subset)
    model = measure(given.library, predicted, 2, given.subset)
    whole = measure(given.library, spec, 2, given.records)
    named = [("full scoring", 1, one), ("full scoring", 2, two), ("with a predictor", 2, model), ("full scoring, whole library", 2, whole)]
    for name, workers, found in named:
        cpu = found.cpu / found.read
        rows.append(
            [
                name,
                workers,
                found.read,
                found.hits,
                f"{1 / cpu:,.0f}",
                f"{found.read / found.wall:,.0f}",
                f"{plain / cpu:.1f}",
                f"{found.peak:.0f}",
            ]
        )
    for row in rows:
        print("  ".join(f"{'–' if cell is None else cell!s:>14}" for cell in row))
    notes = _notes(one, two, whole)
    print("\n".join(notes))
    if given.save:
        from evals.sections import write_section

        write_section("engine", "screening", _section(rows, notes, given.subset))
    return 0


def _notes(one: Measured, two: Measured, whole: Measured) -> list[str]:
    worker, parent = whole.workers / whole.read, whole.parent / whole.read
    spread, bound = worker * BILLION / CORES / 3600, parent * BILLION / 3600
    return [
        f"Scaling from one to two workers over {one.read:,} records: {one.wall:.1f} s to {two.wall:.1f} s, efficiency {one.wall / two.wall / 2:.0%} by "
        f"wall clock; CPU time {one.cpu:.1f} s and {two.cpu:.1f} s. Load of the machine meanwhile: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores.",
        f"Computed, not measured: a thousand cores would screen {BILLION:,.0f} records in {spread:.1f} h of work for the workers "
        f"({1e6 * worker:.0f} µs a record and core). The one process that reads and journals needs {1e6 * parent:.0f} µs a record, so one library file "
        f"takes at least {bound:.1f} h; cut into {max(1, round(bound / spread + 0.5))} or more files, each with a screen of its own, it keeps a thousand cores busy.",
        f"Peak memory of the whole library: {whole.peak:.0f} MB, parent and two workers together.",
    ]


def _section(rows: list[list[str | int | float | None]], notes: list[str], subset: int) -> Section:
    from evals.sections import ResultTable, Section

    return Section(
        title="Screening a library",
        order=60,
        command=f"python -m evals.benchmarks.screening LIBRARY --subset {subset} --save",
        path="`molwright screen`",
        text=(
            "`molwright screen` on the 249,455 molecules of the PMO start set (ZINC). Full scoring: every exact requirement, cheapest first, and for what "
            f'passes standardisation, guard, predictors, joint probability and score. Goal: "{GOAL}"; with a predictor: "{PREDICTED_GOAL}".'
        ),
        tables=[
            ResultTable(
                columns=["what", "workers", "records", "hits", "records/s and core (CPU)", "records/s (wall)", "times plain", "peak MB"],
                rows=rows,
            )
        ],
        notes=notes,
    )


if __name__ == "__main__":
    sys.exit(main())
