"""How far a value measured in one solvent, moved to another by the model's difference, lies from what was measured there."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.features.assemble import Describer
from tools.predictors.features.solvent import FILM, GAS
from tools.predictors.known.moved import MOVED_FILE, MOVED_FORMAT, nearest_solvent
from tools.predictors.model import Z90
from tools.predictors.specs import predictor_spec
from tools.predictors.training.boosting import train_booster
from tools.predictors.training.data import read_table
from tools.predictors.training.learners import RANDOM_FEWER, used_columns
from tools.predictors.training.shift_fit import fit_shift
from tools.predictors.weights import digest

FloatArray = NDArray[np.float64]
Places = Mapping[str, Mapping[str, Sequence[int]]]

#: The property whose values are moved.
NAME = "absorption_maximum"
#: Sizes of the model's shift at which the error is told apart, nm.
EDGES = (0.0, 5.0, 10.0, 20.0)
#: A fold holds one (dye, solvent) in so many, and each fold is left out in turn; trees and learning rate of the one booster of each.
FOLDS, TREES, RATE = 5, 300, 0.1


@dataclass(frozen=True)
class Left:
    """One left-out measurement: the model's ``shift`` from the nearest other solvent, and by how much the moved value misses, both nm."""

    shift: float
    error: float


def places(smiles: Sequence[str], solvents: Sequence[str]) -> dict[str, dict[str, list[int]]]:
    """The rows of each dye in each solvent, empty where there is none; film and gas are no solvents."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, (dye, solvent) in enumerate(zip(smiles, solvents, strict=True)):
        if solvent not in (FILM, GAS):
            found[dye][solvent].append(i)
    return found


def left_out(where: Places, y: FloatArray, model: FloatArray, held: NDArray[np.bool_] | None = None) -> list[Left]:
    """Each dye's measurement in each solvent, as moved from the nearest other solvent that it was measured in.

    ``y`` measured, ``model`` what a model says of the rows, both (n,) in nm. ``held``: rows that this model has not seen, which alone are
    left out, and from which none is moved; None: the model has seen all.
    """
    found: list[Left] = []
    for by in where.values():
        for asked, rows in by.items():
            if held is not None and not held[rows].all():
                continue
            start = nearest_solvent(asked, [s for s, r in by.items() if s != asked and (held is None or not held[r].any())])
            if start is None:
                continue
            shift = float(model[rows[0]] - model[by[start][0]])
            found.append(Left(shift, float(np.median(y[by[start]]) + shift - np.median(y[rows]))))
    return found


def bands(found: Sequence[Left], edges: Sequence[float] = EDGES) -> list[dict[str, Any]]:
    """The errors of ``found`` by the size of the shift: number, 90 % point, and one standard deviation (that point over 1.645), nm; none for a size that does not occur."""
    told = []
    for low, high in zip(edges, [*edges[1:], None], strict=True):
        errors = [abs(f.error) for f in found if abs(f.shift) >= low and (high is None or abs(f.shift) < high)]
        if not errors:
            continue
        q90 = float(np.quantile(errors, 0.9))
        told.append({"from": low, "below": high, "pairs": len(errors), "q90": round(q90, 1), "sigma": round(q90 / Z90, 1)})
    return told


def folds(smiles: Sequence[str], solvents: Sequence[str]) -> NDArray[np.int64]:
    """The fold of each row: all measurements of one dye in one solvent stand in the same."""
    pairs = sorted(set(zip(smiles, solvents, strict=True)))
    drawn = dict(zip(pairs, np.random.default_rng(0).integers(0, FOLDS, len(pairs)), strict=True))
    return np.array([drawn[pair] for pair in zip(smiles, solvents, strict=True)])


def unseen(
    x: NDArray[np.float32],
    y: FloatArray,
    where: Places,
    fold: NDArray[np.int64],
    progress: Callable[[str], None],
    dyes: Sequence[str] | None = None,
) -> list[Left]:
    """Like :func:`left_out`, by models that have not seen the measurement that is left out: one smaller booster a fold.

    ``dyes``: the substance of each row, from which the shift between solvents is learnt apart as in the model that ships; None: it is not.
    """
    found: list[Left] = []
    parameters = {**RANDOM_FEWER.parameters, "learning_rate": RATE}
    for k in range(FOLDS):
        train = np.flatnonzero(fold != k)
        columns = used_columns(x[train])
        shift = fit_shift(x[train], y[train], [dyes[int(i)] for i in train]) if dyes is not None else None
        level = y[train] if shift is None else shift.there(y[train], x[train])
        booster = train_booster(x[np.ix_(train, columns)], level, parameters, TREES, seed=0)
        model = np.asarray(booster.predict(np.ascontiguousarray(x[:, columns]), num_threads=1))
        model = model if shift is None else shift.here(model, x)
        found += left_out(where, y, model, fold == k)
        progress(f"fold {k + 1} of {FOLDS}: {len(found)} measurements left out")
    return found


def build_moved(folder: Path, out: Path, progress: Callable[[str], None] = print) -> dict[str, Any]:
    """Write ``moved.json`` to ``out`` from the data ``folder``, with models that have not seen what is left out; returns what it says.

    Raises NotFoundError for a missing file, UsageError for one that cannot be used.
    """
    spec = predictor_spec(NAME)
    path = folder / spec.data / f"{spec.data}.csv"
    table = read_table(path, replace(spec, beside=()))  # of further sets no value is shown, and so none is moved
    x = Describer().matrix(spec.kind, table.smiles, table.mols, table.solvents)
    progress(f"{len(table)} rows described")
    return write(x, table.y, table.smiles, table.solvents, digest(path.read_bytes()), out, progress, table.keys)


def write(
    x: NDArray[np.float32],
    y: FloatArray,
    smiles: Sequence[str],
    solvents: Sequence[str],
    data: str,
    out: Path,
    progress: Callable[[str], None],
    dyes: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Measure on described rows (``x``: features; ``y``: nm; ``data``: the hash of their file; ``dyes``: see :func:`unseen`) and write ``moved.json``; returns it."""
    found = unseen(x, y, places(smiles, solvents), folds(smiles, solvents), progress, dyes)
    told = {"unit": predictor_spec(NAME).unit, "pairs": len(found), "data_sha256": data, "bands": bands(found)}
    whole = {"format": MOVED_FORMAT, "sets": {NAME: told}}
    (out / MOVED_FILE).write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return whole
