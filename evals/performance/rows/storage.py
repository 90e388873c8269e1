"""What runs cost in the store, and options that do what they say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evals.performance.process import USUAL_START, printed, run
from evals.performance.row import Row

_RUN, _LONG, _SUMS, _GIVEN = "design_run(1500)", "long_run(1500, 20_000)", "sums(1000, 200)", "given_first(200)"
_START = ["-c", "import numpy, rdkit.Chem"]


def _figure(place: int, call: str) -> Callable[[Path], float]:
    """The figure at ``place`` of those that a function of :mod:`evals.performance.storage` gives; a call is made once."""
    function = call.partition("(")[0]
    script = f"from evals.performance.storage import {function}; print(*{call})"
    return lambda tree: printed(tree, script)[place]


def _seconds(place: int, call: str) -> Callable[[Path], float]:
    """The same for processor seconds: as on a processor of usual speed, which is measured before and after."""
    figure = _figure(place, call)

    def measure(tree: Path) -> float:
        before = run(tree, _START).seconds
        found = figure(tree)
        return found / min(before, run(tree, _START).seconds) * USUAL_START

    return measure


ROWS = (
    Row("candidate", 200, "a candidate as stored, with its checkpoints", "kB", 3.0, _figure(0, _RUN), earlier="5.4 + 1.2 kB"),
    Row("trace", 210, "the trace of a default run, 1,346 evaluations", "MB", 0.5, _figure(1, _RUN), earlier="1.30 MB"),
    Row("told", 220, "share of a run's seconds that its trace tells", "", 0.9, _figure(2, _RUN), at_least=True, earlier="0.62"),
    Row(
        "long-run",
        230,
        "a candidate in the store and the ranking: in a run of 20,000 over one of 1,500",
        "",
        1.3,
        _figure(0, _LONG),
        earlier="0.7 s a generation for the known keys, 3 × 4.9 s to close",
    ),
    Row(
        "long-run-memory",
        240,
        "peak memory of that run above that of the short one",
        "MB",
        150,
        _figure(1, _LONG),
    ),
    Row(
        "metrics",
        250,
        "`molwright metrics` of 1,000 runs and 200,000 candidates, beyond its start",
        "s",
        0.1,
        _seconds(0, _SUMS),
        earlier="0.16 s",
    ),
    Row("show", 260, "the counts of `molwright runs show` in that store", "s", 0.1, _seconds(1, _SUMS), earlier="0.08 s"),
    Row(
        "given-first",
        300,
        "of 200 `start_smiles` of `molwright optimise`, asked for among the first 200",
        "",
        200,
        _figure(0, _GIVEN),
        at_least=True,
        earlier="0",
    ),
)
