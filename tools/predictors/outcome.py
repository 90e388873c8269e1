"""Probabilities of the two outcomes of a test: from what the boosters make of 0 and 1 to a calibrated probability, and its place among the properties.

A requirement asks for an outcome by comparing the probability with one half, and ranking asks with which chance it holds. So that it holds with the
calibrated probability itself, the value carries the sigma with which the error distribution of the predictors puts just that much on its side of one half.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tools.catalogue.probability import error_cdf

FloatArray = NDArray[np.float64]

#: No outcome is taken for more certain than this, nor for less than its complement.
CERTAIN = 0.995
#: Raw values are clipped to this distance from 0 and 1 before their log odds are taken.
_CLIP = 0.02
#: Structures up to which a quantile of the error distribution is looked for alone; for more, the whole distribution is made.
_FEW = 16


@dataclass(frozen=True)
class Platt:
    """Log odds of the second outcome: ``intercept`` + (``slope`` + ``near`` * similarity) * log odds of the raw value. All dimensionless."""

    intercept: float
    slope: float
    near: float

    def probability(self, raw: FloatArray, similarity: NDArray[np.float32]) -> FloatArray:
        """The calibrated probability, shape (n,), of raw values and similarities to the nearest training structure; never 0 or 1."""
        odds = _odds(raw)
        p = 1.0 / (1.0 + np.exp(-(self.intercept + (self.slope + self.near * similarity.astype(np.float64)) * odds)))
        return np.asarray(np.clip(p, 1.0 - CERTAIN, CERTAIN))

    def numbers(self) -> list[float]:
        """The three numbers, dimensionless, as the card keeps them; never empty."""
        return [round(v, 6) for v in (self.intercept, self.slope, self.near)]


def _odds(raw: FloatArray) -> FloatArray:
    held = np.clip(raw, _CLIP, 1.0 - _CLIP)
    return np.asarray(np.log(held / (1.0 - held)))


def fit_platt(raw: FloatArray, similarity: NDArray[np.float32], outcome: FloatArray) -> Platt:
    """Logistic regression of ``outcome`` (0 or 1) on the log odds of ``raw`` and their product with the similarity; arrays (n,).

    Newton steps with a weak ridge (0.5) towards a slope of 1. Raises LinAlgError where there are no rows.
    """
    odds = _odds(raw)
    x = np.column_stack([np.ones_like(odds), odds, odds * similarity])
    prior = np.array([0.0, 1.0, 0.0])
    beta, ridge = prior.copy(), 0.5 * np.eye(3)
    for _ in range(30):
        p = 1.0 / (1.0 + np.exp(-(x @ beta)))
        step = np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]) + ridge, x.T @ (outcome - p) - ridge @ (beta - prior))
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    return Platt(*(float(b) for b in beta))


#: Numbers of standard deviations between which the inverse of the error distribution is interpolated.
_GRID = np.linspace(0.0, 8.0, 4001)


@cache
def _cdf() -> FloatArray:
    """The error distribution on the whole grid, which takes as long as a few hundred structures take without."""
    return np.array([error_cdf(float(z)) for z in _GRID])


def _scores(probability: FloatArray) -> FloatArray:
    """Where the error distribution reaches each ``probability``, (n,), of 0.5 to 1, in standard deviations."""
    if len(probability) > _FEW:
        return np.asarray(np.interp(probability, _cdf(), _GRID))
    found = np.empty(len(probability))
    for row, p in enumerate(probability):
        place = min(max(bisect_right(_GRID, p, key=error_cdf) - 1, 0), len(_GRID) - 2)
        ends = _GRID[place : place + 2]
        found[row] = np.interp(p, [error_cdf(z) for z in ends], ends)
    return found


def outcome_sigma(probability: FloatArray) -> FloatArray:
    """The sigma with which the error distribution puts ``probability``, (n,), above one half; 0.27 to 0.47 for 5 to 50 %. Never 0."""
    likelier = np.maximum(probability, 1.0 - probability)
    at = np.maximum(_scores(likelier), 1e-4)
    return np.asarray(np.maximum(likelier - 0.5, _slope() * 1e-4) / at)


@cache
def _slope() -> float:
    """Density of the error distribution at 0."""
    return (error_cdf(1e-4) - 0.5) / 1e-4


def outcome_figures(y: FloatArray, p: FloatArray, nearest: NDArray[np.float32]) -> dict[str, object]:
    """What a card says of probabilities ``p`` (n,) of outcomes ``y`` (0 or 1): area under the ROC curve, Brier score, accuracy at one half, base rate,
    mean distance of said and true share over ten equal groups (all and the least similar third), and these groups. Never NaN where both outcomes occur."""
    from scipy.stats import rankdata

    ranks, positive = rankdata(p), y > 0.5
    n1, n0 = int(positive.sum()), int((~positive).sum())
    auc = (ranks[positive].sum() - n1 * (n1 + 1) / 2) / max(1, n1 * n0)
    far = np.argsort(nearest, kind="stable")[: len(y) // 3]
    brier, base = float(((p - y) ** 2).mean()), float(y.mean())
    groups = _groups(y, p)
    return {
        "n": len(y),
        "rmse": _short(brier**0.5),
        "mae": _short(float(np.abs(p - y).mean())),
        "median_absolute_error": _short(float(np.median(np.abs(p - y)))),
        "r2": _short(1.0 - brier / max(base * (1.0 - base), 1e-9)),
        "auc": _short(float(auc)),
        "brier": _short(brier),
        "accuracy": _short(float(((p >= 0.5) == positive).mean())),
        "base_rate": _short(base),
        "calibration_error": _short(float(np.mean([abs(g["said"] - g["true"]) for g in groups]))),
        "calibration_error_far": _short(float(np.mean([abs(g["said"] - g["true"]) for g in _groups(y[far], p[far])]))),
        "tenths": groups,
    }


def _groups(y: FloatArray, p: FloatArray) -> list[dict[str, float]]:
    order = np.argsort(p, kind="stable")
    return [
        {"said": _short(float(p[part].mean())), "true": _short(float(y[part].mean()))} for part in np.array_split(order, 10) if len(part)
    ]


def _short(number: float) -> float:
    return float(f"{number:.4g}")
