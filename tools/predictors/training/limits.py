"""What limits a predictor: out-of-fold errors of its ensemble by a column of the data, and what the worst hundredth of the labels are."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from core.errors import NotFoundError, UsageError
from tools.predictors.model import Model
from tools.predictors.specs import PredictorSpec
from tools.predictors.training.cross_validation import Progress
from tools.predictors.training.data import SIMULATED, TrainingTable, describe, read_table
from tools.predictors.weights import keep_entry

LIMITS_FILE = "limits.json"
#: Four five-rings with nitrogen around a conjugated ring of sixteen: porphyrins, phthalocyanines and their relatives.
_MACROCYCLE = "[#7;r5]~[#6;r5]~[#6,#7]~[#6;r5]~[#7;r5]~[#6;r5]~[#6,#7]~[#6;r5]~[#7;r5]"
#: Groups with fewer rows are shown together.
SMALLEST_GROUP = 30


def errors_by(path: Path, spec: PredictorSpec, out_of_fold: Path, column: str, weights: Path, progress: Progress) -> dict[str, Any]:
    """RMSE and MAE by the value of ``column``, without the worst 1, 2 and 5 %, and a description of the worst 1 %.

    ``out_of_fold`` is what training stores for the same file; ``weights`` the folder of the weights it wrote. Raises NotFoundError or UsageError.
    """
    if not out_of_fold.is_file():
        raise NotFoundError(f"no such file: {out_of_fold}")
    progress("reading the data")
    table = read_table(path, spec)
    with np.load(out_of_fold, allow_pickle=False) as archive:
        predicted = archive["ensemble_predicted" if "ensemble_predicted" in archive.files else "predicted"]
        if len(predicted) != len(table) or archive["key"].tolist() != table.keys:
            raise UsageError(f"{out_of_fold.name} does not belong to {path.name}")
    error = predicted - table.y
    size = np.abs(error)
    order = np.argsort(-size, kind="stable")
    found: dict[str, Any] = {"column": column, "all": _figures(error, slice(None))}
    if spec.simulated:
        progress("predicting the simulated rows")
        beside = simulated_errors(path, spec, weights)
        found["simulated"] = _figures(beside, slice(None))
        found["measured and simulated"] = _figures(np.concatenate([error, beside]), slice(None))
    return {
        **found,
        "groups": _groups(path, table, column, error),
        "without_worst": {f"{share:.0%}": _figures(error, order[round(share * len(order)) :]) for share in (0.01, 0.02, 0.05)},
        "worst": _worst(spec, table, predicted, order[: round(0.01 * len(order))]),
    }


def simulated_errors(path: Path, spec: PredictorSpec, weights: Path) -> NDArray[np.float64]:
    """Predicted minus given value, (n,), of the rows of ``path`` that are simulated, in the predictor's unit; empty where none is.

    The model in ``weights`` has not seen them. Raises as reading the table and the weights does.
    """
    lines = {row.line for row in read_table(path, spec).bad if row.kind == SIMULATED}
    table = read_table(path, replace(spec, simulated=frozenset()))
    keep = [i for i, line in enumerate(table.lines) if line in lines]
    for name in ("smiles", "keys", "mols", "solvents", "lines", "origins"):
        setattr(table, name, [getattr(table, name)[i] for i in keep])
    x, _ = describe(table, spec)
    return Model(spec, weights).values(x)[0] - table.y[keep]


def _figures(error: NDArray[np.float64], rows: Any) -> dict[str, float]:
    part = error[rows]
    return {"n": len(part), "rmse": _short(np.sqrt((part**2).mean())), "mae": _short(np.abs(part).mean()), "bias": _short(part.mean())}


def _groups(path: Path, table: TrainingTable, column: str, error: NDArray[np.float64]) -> dict[str, dict[str, float]]:
    names: dict[int, str] = {}
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        if column not in (reader.fieldnames or []):
            raise UsageError(f"{path.name} has no column {column}")
        for row in reader:
            names[reader.line_num] = row[column] or "not given"
    of = np.array([origin or names[line] for origin, line in zip(table.origins, table.lines, strict=True)])
    counts = {name: int((of == name).sum()) for name in sorted(set(of.tolist()))}
    large = sorted((name for name, n in counts.items() if n >= SMALLEST_GROUP), key=lambda name: (-counts[name], name))
    found = {name: _figures(error, of == name) for name in large}
    rest = ~np.isin(of, large)
    return {**found, "all others": _figures(error, rest)} if rest.any() else found


def _worst(spec: PredictorSpec, table: TrainingTable, predicted: NDArray[np.float64], rows: NDArray[np.int64]) -> dict[str, Any]:
    """Of the worst rows: how many are predicted too high, contradict another row of their substance, and for dyes what they are."""
    error = predicted[rows] - table.y[rows]
    spread = float(np.std(table.y))
    by_key: dict[str, list[float]] = {}
    for key, value in zip(table.keys, table.y.tolist(), strict=True):
        by_key.setdefault(key, []).append(value)
    contradicted = [any(abs(v - table.y[i]) > spread / 2 for v in by_key[table.keys[i]]) for i in rows]
    found: dict[str, Any] = {
        "n": len(rows),
        "smallest_error": _short(np.abs(error).min()),
        "predicted_too_high": int((error > 0).sum()),
        "another_row_of_the_substance_differs_by_half_a_standard_deviation": sum(contradicted),
    }
    if spec.kind == "dye":
        macrocycle = Chem.MolFromSmarts(_MACROCYCLE)
        found["substances"] = len({table.keys[i] for i in rows})
        found["porphyrins_and_relatives"] = sum(table.mols[i].HasSubstructMatch(macrocycle) for i in rows)
        found["charged"] = sum(Chem.GetFormalCharge(table.mols[i]) != 0 for i in rows)
        found["films"] = sum(table.solvents[i] == "film" for i in rows)
    return found


def write_limits(path: Path, spec: PredictorSpec, out_of_fold: Path, column: str, out: Path, progress: Progress) -> dict[str, Any]:
    """Measure :func:`errors_by` and keep it in ``out`` beside the weights; returns it."""
    found = errors_by(path, spec, out_of_fold, column, out, progress)
    keep_entry(out / LIMITS_FILE, spec.name, found)
    return found


def _short(number: float | np.floating[Any]) -> float:
    return float(f"{float(number):.4g}")
