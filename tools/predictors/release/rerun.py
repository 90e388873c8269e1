"""Train and measure every shipped predictor again: weights, baselines, what limits them, residual correlations, known answers."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import NotFoundError, UsageError
from tools.execution import ProcessExecutor, SerialExecutor
from tools.predictors.reference_values.measure import keep, measure
from tools.predictors.reference_values.table import PROPERTIES
from tools.predictors.specs import PREDICTORS
from tools.predictors.training.baselines import BASELINES_FILE, baselines, baselines_entry
from tools.predictors.training.correlation import write_correlation
from tools.predictors.training.device import choose
from tools.predictors.training.doubt import build_doubts
from tools.predictors.training.fit import train_predictor
from tools.predictors.training.known import SETS, build_known
from tools.predictors.training.limits import LIMITS_FILE, errors_by
from tools.predictors.weights import WEIGHTS, keep_entry


@dataclass(frozen=True)
class Plan:
    """What every piece of work needs to know: the weights' folder, that of the out-of-fold predictions, seed, device and the start (clock)."""

    weights: Path
    out_of_fold: Path
    seed: int
    device: str
    start: float

    def told(self, name: str) -> Callable[[str], None]:
        """Progress of the work on ``name``, on stderr, with the seconds since the start."""
        return partial(_tell, self.start, name)


def _tell(start: float, name: str, text: str) -> None:
    print(f"[{time.time() - start:6.0f} s] {name}: {text}", file=sys.stderr, flush=True)


def data_file(folder: Path, data: str) -> Path:
    """``folder/data/data.csv`` or ``folder/data.csv``. Raises NotFoundError where neither is there."""
    for path in (folder / data / f"{data}.csv", folder / f"{data}.csv"):
        if path.is_file():
            return path
    raise NotFoundError(f"no {data}.csv in {folder} or in {folder / data}")


def train_and_compare(plan: Plan, name: str, file: Path) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Train ``name`` on ``file`` into the plan's weights; returns its baselines' entry and its errors by column, if it has one."""
    spec, told = PREDICTORS[name], plan.told(name)
    train_predictor(file, spec, plan.weights, plan.seed, told, plan.out_of_fold / f"{name}.npz", device=choose(plan.device, told))
    beside = baselines_entry(baselines(file, spec, plan.seed, told), file, plan.seed)
    column = spec.limit_column
    return beside, errors_by(file, spec, plan.out_of_fold / f"{name}.npz", column, plan.weights, told) if column else None


def known_in_order(plan: Plan, name: str, file: Path) -> dict[str, Any]:
    """The known answers of ``name``, with them and their neighbours taken out of ``file``; after the training, whose intervals they are given."""
    told = plan.told(f"{name}, known answers")
    return measure(name, file, seed=plan.seed, progress=told, device=choose(plan.device, told), weights=plan.weights)


def rerun(
    folder: Path,
    weights: Path,
    *,
    seed: int = 0,
    device: str = "auto",
    workers: int = 1,
    only: Sequence[str] = (),
    results: Path | None = None,
) -> None:
    """Train on the data in ``folder`` and measure everything.

    Results go to ``weights`` and beside the tables of known answers (``results``).

    ``only`` names the predictors to do (default: all); the residual correlations need all and are left as they are otherwise. ``workers``
    processes work side by side; the result does not depend on their number. The out-of-fold predictions, which hold structures, are not
    kept. Raises NotFoundError or UsageError before anything is trained where a data file or a predictor is missing.

    ``seed`` is any whole number; ``workers`` is at least 1.
    """
    if unknown := sorted(set(only) - set(PREDICTORS)):
        raise UsageError(f"there is no predictor {unknown[0]!r}; there are: {', '.join(PREDICTORS)}")
    if workers < 1:
        raise UsageError("at least one worker is needed")
    chosen = [name for name in PREDICTORS if not only or name in only]
    files = {name: data_file(folder, PREDICTORS[name].data) for name in chosen}
    choose(device)
    with tempfile.TemporaryDirectory(prefix="molwright-out-of-fold-") as scratch:
        plan = Plan(weights, Path(scratch), seed, device, time.time())
        executor = ProcessExecutor(workers) if workers > 1 else SerialExecutor()
        try:
            for name, (beside, limits, known) in executor.stream(partial(_done, plan, files), chosen):
                keep_entry(weights / BASELINES_FILE, name, beside)
                if limits is not None:
                    keep_entry(weights / LIMITS_FILE, name, limits)
                if known is not None:
                    keep(known, results)
        finally:
            executor.close()
        if len(chosen) == len(PREDICTORS):
            write_correlation([plan.out_of_fold / f"{name}.npz" for name in chosen], weights)
            if weights == WEIGHTS:
                build_known(folder, progress=plan.told("what is known"))
                build_doubts(folder, plan.out_of_fold, SETS, plan.told("what is doubted"))
        plan.told("all")(f"wrote {os.fspath(weights)}")


def _done(plan: Plan, files: dict[str, Path], name: str) -> tuple[str, tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any] | None]]:
    """A predictor with its baselines, its errors by column and its known answers, None where it has none."""
    beside, limits = train_and_compare(plan, name, files[name])
    return name, (beside, limits, known_in_order(plan, name, files[name]) if name in PROPERTIES else None)
