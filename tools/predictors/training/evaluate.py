"""Figures of an evaluated split for the model card, and where the domain ends."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.model import Z90
from tools.predictors.training.calibration import error_figures, short
from tools.predictors.training.cross_validation import OutOfFold

FloatArray = NDArray[np.float64]


def metrics(y: FloatArray, value: FloatArray) -> dict[str, float]:
    """RMSE, MAE, median absolute error (in the unit of ``y``), R² and n of predictions (n,) of measured values (n,).

    R² is 0 where the values do not vary.
    """
    found = error_figures(y, value)
    r2 = found.pop("r2")
    return {**found, "median_absolute_error": short(np.median(np.abs(value - y))), "r2": r2}


def interval_metrics(
    y: FloatArray, value: FloatArray, interval: tuple[FloatArray, FloatArray], nearest: NDArray[np.float32]
) -> dict[str, Any]:
    """How often the 90 % interval holds: overall, by tenths of similarity (``nearest``) and at either end, how wide it is, and how far on average the
    lowest and the highest twentieth of the measured values are missed (predicted minus measured).

    Arrays (n,) in one unit; widths are in it. Raises IndexError for an empty ``y``.
    """
    low, high = interval
    lowest, highest = y <= np.quantile(y, 0.05), y >= np.quantile(y, 0.95)
    half_width = (high - low) / 2
    held = (y >= low) & (y <= high)
    order = np.argsort(nearest, kind="stable")
    tenths = [{"similarity_to": short(nearest[part[-1]]), "coverage": short(held[part].mean())} for part in np.array_split(order, 10)]
    return {
        "coverage": short(held.mean()),
        "coverage_least_similar_tenth": tenths[0]["coverage"],
        "coverage_worst_tenth": min(t["coverage"] for t in tenths),
        "tenths_by_similarity": tenths,
        "lowest_twentieth_off": short((value - y)[lowest].mean()),
        "highest_twentieth_off": short((value - y)[highest].mean()),
        "below_the_interval": short((y < low).mean()),
        "above_the_interval": short((y > high).mean()),
        "median_half_width": short(np.median(half_width)),
        "rms_of_z": short(np.sqrt((((y - value) / (half_width / Z90)) ** 2).mean())),
    }


def choose_domain(y: FloatArray, oof: OutOfFold, sigma: FloatArray, ratio: float = 1.5) -> dict[str, float]:
    """Where the domain ends: the least similarity, and the largest expected error, that are still inside.

    First by similarity alone: the highest threshold that leaves 1 to 10 % of the rows outside with an RMSE at least ``ratio`` times that
    inside. Where no threshold reaches it, the rows with the largest expected error (at most a tenth) are outside as well.

    Arrays (n,) in one unit. ``max_sigma`` is 1e9, in place of infinite, where the similarity alone decides.
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
