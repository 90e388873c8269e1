"""The PMO benchmark.

    python -m evals.benchmarks.pmo --start-file zinc250k.smi [--seeds 0 1 2 3 4] [--engine ours graph_ga random] [--tasks ...] [--out results.json]

Runs every (engine, task, seed) that ``--out`` does not hold yet and adds it there as soon as it is finished, so that an interrupted run goes on
where it stopped. ``--section`` writes the tables for docs/engine.md from what is there.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import MolwrightError, UsageError

if TYPE_CHECKING:
    from evals.benchmarks.pmo.run import RunResult

RESULTS = Path(__file__).resolve().parents[2] / "data" / "pmo_results.json"
_START: list[str] = []


def load(path: Path) -> list[RunResult]:
    """The saved results; [] if there is no such file."""
    from evals.benchmarks.pmo.run import RunResult

    if not path.exists():
        return []
    return [RunResult.model_validate(row) for row in json.loads(path.read_text(encoding="utf-8"))]


def save(path: Path, results: list[RunResult]) -> None:
    """Write the results in a fixed order, in one step."""
    rows = [r.model_dump() for r in sorted(results, key=lambda r: (r.engine, r.task, r.budget, r.stop or r.budget, r.seed))]
    part = path.with_suffix(".part")
    part.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8")
    part.replace(path)


def _prepare(path: str) -> None:
    from tools.optimise.start import read_start_file

    _START[:] = read_start_file(Path(path))


def _play(engine: str, task: str, seed: int, budget: int, stop: int | None) -> RunResult:
    from evals.benchmarks.pmo.run import play

    return play(engine, task, seed, _START, budget, stop)


def main(arguments: list[str] | None = None) -> int:
    """Run what is missing, print a line a run and the sums."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from evals.benchmarks.pmo.accounting import BUDGET
    from evals.benchmarks.pmo.engines import ENGINES
    from evals.benchmarks.pmo.oracles import TASKS, answers_in
    from evals.benchmarks.pmo.report import SEEDS, pmo_section, sums
    from evals.sections import write_section

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start-file", help="SMILES file, one a line; PMO's is ZINC-250k")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(SEEDS)), help="at least five say something of the next")
    parser.add_argument("--engine", nargs="+", choices=list(ENGINES), default=["ours"])
    parser.add_argument("--tasks", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--budget", type=int, default=BUDGET, help="oracle calls of each run")
    parser.add_argument("--stop", type=int, help="end each run after so many calls; the rest is padded, so the figure is a lower bound")
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--section", action="store_true", help="write evals/data/engine/pmo.json from the results and leave")
    given = parser.parse_args(arguments)
    results = load(given.out)
    if given.section:
        print(write_section("engine", "pmo", pmo_section(results)))
        return 0
    try:
        if not given.start_file:
            raise UsageError("--start-file is needed: a SMILES file to start from")
        _prepare(given.start_file)
        if held := answers_in(_START):
            print(f"note: the start file holds {', '.join(held)}: figures of what is measured by their likeness are void", file=sys.stderr)
        done = {(r.engine, r.task, r.seed, r.budget, r.stop) for r in results}
        wanted = [
            (e, t, s) for s, e, t in product(given.seeds, given.engine, given.tasks) if (e, t, s, given.budget, given.stop) not in done
        ]
        with ProcessPoolExecutor(given.jobs, initializer=_prepare, initargs=(given.start_file,)) as pool:
            futures = [pool.submit(_play, e, t, s, given.budget, given.stop) for e, t, s in wanted]
            for number, future in enumerate(as_completed(futures), 1):
                r = future.result()
                results = [*load(given.out), r]
                save(given.out, results)
                print(
                    f"{number}/{len(wanted)} {r.engine} {r.task} seed {r.seed}: AUC {r.auc:.3f} makeable {r.auc_makeable:.3f} top-10 {r.top10:.3f}"
                    f" SA {r.sa:.1f} calls {r.calls}, engine {r.engine_seconds:.0f} s oracle {r.oracle_seconds:.0f} s",
                    flush=True,
                )
    except MolwrightError as error:
        print(f"pmo: {error}", file=sys.stderr)
        return error.exit_code
    for line in sums(results, given.budget):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
