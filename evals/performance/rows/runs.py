"""What a default design run costs, in units of a plain descriptor pass over structures of the same kind, and when its first candidate is shown."""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path

from evals.performance.process import USUAL_START, MeasureError, printed, run
from evals.performance.row import Row
from evals.suites.design import goals

_POLYMER, _DYE, _MOLECULE = goals()[:3]
#: Prints the processor seconds that RDKit takes for all its 2D descriptors of one of these structures: the median of some passes. Not the least: a run of
#: half a minute meets the processor at its usual speed, not at its best.
_PLAIN = """
import time
from statistics import median
from rdkit import Chem, RDLogger
from rdkit.Chem import Descriptors
RDLogger.DisableLog("rdApp.*")
mols = [Chem.MolFromSmiles(smiles) for smiles in {smiles!r}]

def seconds():
    begun = time.process_time()
    for mol in mols:
        Descriptors.CalcMolDescriptors(Chem.Mol(mol))
    return (time.process_time() - begun) / len(mols)

seconds()
print(median(seconds() for _ in range(41)))
"""
#: Prints the processor seconds of a run from the approval of its spec to the first structure that is told.
_FIRST = """
import os, time
from app.services.entry import Services
from core.events import BestFound, StageBegun

begun = 0.0

def heard(event):
    global begun
    if isinstance(event, StageBegun) and event.stage == "guard_spec":
        begun = time.process_time()
    if isinstance(event, BestFound):
        print(time.process_time() - begun, flush=True)
        os._exit(0)

runs = Services().runs(heard)
runs.execute(runs.start({goal!r}, {{"yes": True, "seed": 0}}, use_models=False))
"""


@cache
def _run(tree: Path, goal: str) -> tuple[float, float]:
    """(plain passes a structure, peak MB) of a default run. Raises MeasureError where it has no report."""
    cost = run(tree, ["-m", "app.cli", "design", goal, "--yes", "--no-models", "--seed", "0", "--json", "-"], exits=(0, 4))
    report = json.loads(cost.out)
    listed = [c["smiles"] for c in report["candidates"] or report["closest"]]
    if not listed or not report["evaluated"]:
        raise MeasureError(f"the run for {goal!r} lists nothing")
    plain = printed(tree, _PLAIN.format(smiles=listed))[0]
    return cost.seconds / report["evaluated"] / plain, cost.peak


def _passes(tree: Path, goal: str) -> float:
    return _run(tree, goal)[0]


def _most_memory(tree: Path) -> float:
    return max(_run(tree, goal)[1] for goal in (_POLYMER, _DYE, _MOLECULE))


def _first(tree: Path, goal: str) -> float:
    start = run(tree, ["-c", "import numpy, rdkit.Chem"]).seconds
    return printed(tree, _FIRST.format(goal=goal))[0] / start * USUAL_START


ROWS = (
    Row("run-polymer", 40, "a default design run, plain descriptor passes a structure: polymer", "", 3, partial(_passes, goal=_POLYMER), earlier="3"),
    Row("run-dye", 41, "the same: dye", "", 4, partial(_passes, goal=_DYE), earlier="6"),
    Row("run-molecule", 42, "the same: molecule", "", 4, partial(_passes, goal=_MOLECULE), earlier="6"),
    Row("run-memory", 43, "peak memory of the largest of these runs", "MB", 500, _most_memory, earlier="500–760 MB"),
    Row("first-candidate", 44, "first candidate on the screen, after the approval", "s", 10, partial(_first, goal=_MOLECULE), earlier="at the end"),
)  # fmt: skip
