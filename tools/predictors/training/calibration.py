"""Intervals from the errors of models that had not seen a structure: one calibration for the shipped and for users' models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import UsageError
from tools.predictors.training.splits import each_fold

FloatArray = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass
class Calibration:
    """Expected errors (n,) that are fitted without the row's own fold, and what turns them into intervals.

    Attributes:
        scale: expected absolute error of each row, in the unit of the values.
        half_width: honest half-width of the 90 % interval of each row: neither scale nor quantile have seen its fold.
        q90: the quantile for new structures, from all rows.
        smallest_scale: expected errors below it are raised to it.
    """

    scale: FloatArray
    half_width: FloatArray
    q90: float
    smallest_scale: float


def conformal_quantile(error: FloatArray, scale: FloatArray | float = 1.0, level: float = 0.9) -> float:
    """The quantile of absolute ``error`` over expected ``scale`` that covers ``level`` of new cases.

    Split conformal with the finite-sample correction; equal to the half-width that crepes' ConformalRegressor gives (a test holds them
    against each other).

    ``error`` (n,) and ``scale`` are in one unit; the quantile is dimensionless, or in that unit where ``scale`` is 1. Raises IndexError for
    an empty ``error``.
    """
    scores = error / scale
    rank = min(len(scores), int(np.ceil(level * (len(scores) + 1))))
    return float(np.sort(scores)[rank - 1])


def crepes_quantile(error: FloatArray, scale: FloatArray, level: float = 0.9) -> float:
    """The same quantile, of arrays (n,) in one unit, from crepes (Boström, COPA 2022, PMLR 179). Raises UsageError without it."""
    try:
        from crepes import ConformalRegressor
    except ImportError:
        raise UsageError("training the shipped predictors needs crepes: install molwright with the extra 'train'") from None
    regressor = ConformalRegressor()
    regressor.fit(residuals=error, sigmas=scale)
    return float(regressor.predict_int(np.zeros(1), sigmas=np.ones(1), confidence=level)[0, 1])


def calibrate(
    error: FloatArray,
    fold: NDArray[np.int64],
    expected: Callable[[Rows, Rows], FloatArray],
    quantile: Callable[[FloatArray, FloatArray], float],
    *,
    floor: float,
) -> Calibration:
    """Calibrate on absolute out-of-fold errors (n,) and the fold of each row.

    ``expected(train, test)`` fits the expected error on the rows ``train`` and gives it for the rows ``test``; ``quantile`` is one of the
    two above; ``floor``: share of the rows whose expected errors are raised to the smallest of the others; 0: none.

    Raises IndexError where there are no rows.
    """
    scale = np.zeros(len(error))
    for _, train, test in each_fold(fold):
        scale[test] = expected(train, test)
    smallest = float(np.quantile(scale, floor))
    scale = np.maximum(scale, smallest)
    half_width = np.zeros(len(error))
    for _, train, test in each_fold(fold):
        half_width[test] = quantile(error[train], scale[train]) * scale[test]
    return Calibration(scale, half_width, quantile(error, scale), smallest)


def short(number: float | np.floating[Any]) -> float:
    """``number`` with four significant digits, in its unit, as cards give them; NaN stays NaN."""
    return float(f"{float(number):.4g}")


def error_figures(y: FloatArray, value: FloatArray) -> dict[str, float]:
    """n, RMSE, MAE and R² (0 where the values do not vary) of predictions (n,) of measured values (n,)."""
    error = value - y
    variance = float(((y - y.mean()) ** 2).mean())
    return {
        "n": len(y),
        "rmse": short(np.sqrt((error**2).mean())),
        "mae": short(np.abs(error).mean()),
        "r2": short(1 - float((error**2).mean()) / variance) if variance > 0 else 0.0,
    }


def spearman(a: FloatArray, b: FloatArray) -> float:
    """Rank correlation (ties share their mean rank); 0 where one of them is constant or there are fewer than three."""
    from scipy.stats import rankdata

    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return short(np.corrcoef(rankdata(a), rankdata(b))[0, 1])
