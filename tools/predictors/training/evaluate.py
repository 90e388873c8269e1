"""Cross-validation, calibration of the intervals, and where the domain ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.model import Z90, scale_matrix
from tools.predictors.specs import FeatureKind, PredictorSpec
from tools.predictors.training.calibration import Calibration, crepes_quantile, error_figures, short
from tools.predictors.training.calibration import calibrate as cross_fitted
from tools.predictors.training.cross_validation import Predict, Rows, cross_validated
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

    def fit(train: Rows) -> Predict:
        ensemble = train_ensemble(spec, x[train], columns, y[train], seed, device)
        return lambda test: np.stack(ensemble.values(x[test]))

    def told(k: int, test: Rows, answers: FloatArray) -> None:
        error = answers[0] - y[test]
        progress(f"fold {k + 1}: {len(test)} rows, RMSE {np.sqrt((error**2).mean()):.3g}, MAE {np.abs(error).mean():.3g}")

    found = cross_validated(fold, bits, fit, told)
    value, spread = found.parts
    return OutOfFold(value, spread, found.near, found.nearest)


def calibrate(kind: FeatureKind, x: NDArray[np.float32], y: FloatArray, oof: OutOfFold, fold: NDArray[np.int64], seed: int) -> Calibration:
    """Expected errors for every row from the errors of the other folds, and the conformal quantile of the normalised errors.

    ``half_width`` is honest: the scale model and the quantile used for a row have not seen its fold.
    """
    inputs = scale_matrix(kind, oof.value, oof.spread, oof.near, x)
    error = np.abs(y - oof.value)

    def expected(train: NDArray[np.int64], test: NDArray[np.int64]) -> FloatArray:
        booster = train_scale(kind, inputs[train], error[train], seed)
        return np.asarray(np.exp(booster.predict(inputs[test], num_threads=1)))

    return cross_fitted(error, fold, expected, crepes_quantile, floor=0.01)


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
    found = error_figures(y, value)
    r2 = found.pop("r2")
    return {**found, "median_absolute_error": short(np.median(np.abs(value - y))), "r2": r2}


def interval_metrics(y: FloatArray, oof: OutOfFold, half_width: FloatArray) -> dict[str, Any]:
    """How often the 90 % interval holds: overall and by tenths of similarity, and how wide it is."""
    held = np.abs(y - oof.value) <= half_width
    order = np.argsort(oof.near[:, 0], kind="stable")
    tenths = [{"similarity_to": short(oof.near[part[-1], 0]), "coverage": short(held[part].mean())} for part in np.array_split(order, 10)]
    levels = {}
    for level, z in (("50", 0.6745), ("80", 1.2816), ("90", Z90), ("95", 1.96)):
        levels[level] = short((np.abs(y - oof.value) <= half_width / Z90 * z).mean())
    return {
        "coverage": short(held.mean()),
        "coverage_least_similar_tenth": tenths[0]["coverage"],
        "coverage_worst_tenth": min(t["coverage"] for t in tenths),
        "tenths_by_similarity": tenths,
        "coverage_of_normal_levels": levels,
        "median_half_width": short(np.median(half_width)),
        "rms_of_z": short(np.sqrt((((y - oof.value) / (half_width / Z90)) ** 2).mean())),
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
        "min_similarity": short(similarity),
        "max_sigma": short(limit) if np.isfinite(limit) else 1e9,
        "share_outside": short(outside.mean()),
        "rmse_inside": short(inside_rmse),
        "rmse_outside": short(outside_rmse),
        "ratio": short(outside_rmse / inside_rmse),
    }
