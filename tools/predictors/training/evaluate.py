"""Cross-validation, calibration of the intervals, and where the domain ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import UsageError
from tools.predictors.model import Z90, scale_matrix
from tools.predictors.neighbours import NeighbourIndex
from tools.predictors.specs import FeatureKind, PredictorSpec
from tools.predictors.training.device import PROCESSOR, Device
from tools.predictors.training.learners import train_ensemble, train_scale

FloatArray = NDArray[np.float64]
Progress = Callable[[str], None]


@dataclass
class OutOfFold:
    """Predictions of every row by models that have not seen its substance; ``near`` holds the three largest similarities."""

    value: FloatArray
    spread: FloatArray
    near: NDArray[np.float32]
    nearest: NDArray[np.int64]


def cross_validate(
    spec: PredictorSpec,
    x: NDArray[np.float32],
    columns: NDArray[np.int64],
    y: FloatArray,
    fold: NDArray[np.int64],
    bits: list[NDArray[np.uint16]],
    seed: int,
    progress: Progress,
    device: Device = PROCESSOR,
) -> OutOfFold:
    """Train on all folds but one, predict that one, for each fold. ``columns``: those of ``x`` that the boosters see."""
    result = OutOfFold(np.zeros(len(y)), np.zeros(len(y)), np.zeros((len(y), 3), np.float32), np.zeros(len(y), np.int64))
    for k in sorted(set(fold.tolist())):
        train, test = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        ensemble = train_ensemble(spec, x[train], columns, y[train], seed, device)
        result.value[test], result.spread[test] = ensemble.values(x[test])
        found = NeighbourIndex.of([bits[i] for i in train]).query([bits[i] for i in test])
        result.near[test] = found.similarity
        result.nearest[test] = train[found.position[:, 0]]
        error = result.value[test] - y[test]
        progress(f"fold {k + 1}: {len(test)} rows, RMSE {np.sqrt((error**2).mean()):.3g}, MAE {np.abs(error).mean():.3g}")
    return result


@dataclass
class Calibration:
    """Cross-fitted expected errors and what turns them into intervals."""

    scale: FloatArray
    half_width: FloatArray
    q90: float
    smallest_scale: float


def conformal_quantile(scores: FloatArray, level: float = 0.9) -> float:
    """The quantile of normalised errors that covers ``level`` of new cases (split conformal, with the finite-sample correction).

    Equal to the half-width that crepes' ConformalRegressor gives for a sigma of 1 (a test holds them against each other).
    """
    rank = min(len(scores), int(np.ceil(level * (len(scores) + 1))))
    return float(np.sort(scores)[rank - 1])


def crepes_quantile(error: FloatArray, scale: FloatArray, level: float = 0.9) -> float:
    """The same quantile for absolute ``error`` over expected ``scale``, from crepes (Boström, COPA 2022, PMLR 179). Raises UsageError without it."""
    try:
        from crepes import ConformalRegressor
    except ImportError:
        raise UsageError("training the shipped predictors needs crepes: install molwright with the extra 'train'") from None
    regressor = ConformalRegressor()
    regressor.fit(residuals=error, sigmas=scale)
    return float(regressor.predict_int(np.zeros(1), sigmas=np.ones(1), confidence=level)[0, 1])


def calibrate(kind: FeatureKind, x: NDArray[np.float32], y: FloatArray, oof: OutOfFold, fold: NDArray[np.int64], seed: int) -> Calibration:
    """Expected errors for every row from the errors of the other folds, and the conformal quantile of the normalised errors.

    ``half_width`` is honest: the scale model and the quantile used for a row have not seen its fold.
    """
    inputs = scale_matrix(kind, oof.value, oof.spread, oof.near, x)
    error = np.abs(y - oof.value)
    scale = np.zeros(len(y))
    folds = sorted(set(fold.tolist()))
    for k in folds:
        train, test = fold != k, fold == k
        booster = train_scale(kind, inputs[train], error[train], seed)
        scale[test] = np.exp(np.asarray(booster.predict(inputs[test], num_threads=1)))
    smallest = float(np.quantile(scale, 0.01))
    scale = np.maximum(scale, smallest)
    half_width = np.zeros(len(y))
    for k in folds:
        test = fold == k
        half_width[test] = crepes_quantile(error[~test], scale[~test]) * scale[test]
    return Calibration(scale, half_width, crepes_quantile(error, scale), smallest)


@dataclass
class Evaluation:
    """One split, evaluated: folds, out-of-fold predictions, calibration."""

    fold: NDArray[np.int64]
    oof: OutOfFold
    calibration: Calibration

    @property
    def sigma(self) -> FloatArray:
        """One standard deviation of every row: half of the 90 % interval over 1.645."""
        return self.calibration.half_width / Z90


def metrics(y: FloatArray, value: FloatArray) -> dict[str, float]:
    """RMSE, MAE, median absolute error, R² and n."""
    error = value - y
    variance = float(((y - y.mean()) ** 2).mean())
    return {
        "n": len(y),
        "rmse": _short(np.sqrt((error**2).mean())),
        "mae": _short(np.abs(error).mean()),
        "median_absolute_error": _short(np.median(np.abs(error))),
        "r2": _short(1 - float((error**2).mean()) / variance) if variance > 0 else 0.0,
    }


def interval_metrics(y: FloatArray, oof: OutOfFold, half_width: FloatArray) -> dict[str, Any]:
    """How often the 90 % interval holds: overall and by tenths of similarity, and how wide it is."""
    held = np.abs(y - oof.value) <= half_width
    order = np.argsort(oof.near[:, 0], kind="stable")
    tenths = [{"similarity_to": _short(oof.near[part[-1], 0]), "coverage": _short(held[part].mean())} for part in np.array_split(order, 10)]
    levels = {}
    for level, z in (("50", 0.6745), ("80", 1.2816), ("90", Z90), ("95", 1.96)):
        levels[level] = _short((np.abs(y - oof.value) <= half_width / Z90 * z).mean())
    return {
        "coverage": _short(held.mean()),
        "coverage_least_similar_tenth": tenths[0]["coverage"],
        "coverage_worst_tenth": min(t["coverage"] for t in tenths),
        "tenths_by_similarity": tenths,
        "coverage_of_normal_levels": levels,
        "median_half_width": _short(np.median(half_width)),
        "rms_of_z": _short(np.sqrt((((y - oof.value) / (half_width / Z90)) ** 2).mean())),
    }


def choose_domain(y: FloatArray, oof: OutOfFold, sigma: FloatArray, ratio: float = 1.5) -> dict[str, float]:
    """Where the domain ends: the least similarity, and the largest expected error, that are still inside.

    First by similarity alone: the highest threshold that leaves 1 to 10 % of the rows outside with an RMSE at least ``ratio`` times
    that inside. Where no threshold reaches it, the rows with the largest expected error (at most a tenth) are outside as well.
    """
    error = (oof.value - y) ** 2
    nearest = oof.near[:, 0]
    best: dict[str, float] = {}
    for threshold in np.arange(0.60, 0.09, -0.01):
        outside = nearest < threshold
        if not 0.01 <= outside.mean() <= 0.10:
            continue
        found = _domain(error, outside, float(threshold), float("inf"))
        if found["ratio"] >= ratio:
            return found
        best = found
    similarity = best.get("min_similarity", float(np.quantile(nearest, 0.02)))
    for share in (0.02, 0.04, 0.06, 0.08, 0.10):
        limit = float(np.quantile(sigma, 1 - share))
        best = _domain(error, (nearest < similarity) | (sigma > limit), similarity, limit)
        if best["ratio"] >= ratio:
            break
    return best


def _domain(error: FloatArray, outside: NDArray[np.bool_], similarity: float, limit: float) -> dict[str, float]:
    inside_rmse, outside_rmse = np.sqrt(error[~outside].mean()), np.sqrt(error[outside].mean())
    return {
        "min_similarity": _short(similarity),
        "max_sigma": _short(limit) if np.isfinite(limit) else 1e9,
        "share_outside": _short(outside.mean()),
        "rmse_inside": _short(inside_rmse),
        "rmse_outside": _short(outside_rmse),
        "ratio": _short(outside_rmse / inside_rmse),
    }


def _short(number: float | np.floating[Any]) -> float:
    return float(f"{float(number):.4g}")
