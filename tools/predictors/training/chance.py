"""How many tenths of probability of a perfect predictor would be off by chance alone.

A tenth of 200 rows is often some thirty substances, each measured in several solvents or at several laboratories, and the errors of one substance go
together. So truths are drawn from what is stated, those of a substance as alike as the errors are found to be, and are judged as the measured ones are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tools.catalogue.scores import normal_scores
from tools.predictors.training.calibration import short
from tools.predictors.training.tails import LEAST_ROWS, TOLERANCE, Stated, goals_of

FloatArray = NDArray[np.float64]
Rows = NDArray[np.bool_]

#: Draws, and the share of them that have no more tenths off than what is called the most.
DRAWS, MOST = 100, 0.95


def off_by_chance(
    y: FloatArray, stated: Stated, substance: NDArray[np.str_], rows: Mapping[str, Rows], seed: int = 0
) -> dict[str, dict[str, float]]:
    """For each of ``rows``, (n,), by name, the mean number of tenths that are off in draws, and the number that :data:`MOST` of the draws do not exceed.

    ``y``: (n,) what was measured, in the unit of ``stated``; ``substance``: (n,) what is alike. The same seed gives the same. IndexError for no rows.
    """
    ranges = list(goals_of(y))
    ends = sorted({end for pair in ranges for end in pair if np.isfinite(end)})
    scores = {end: normal_scores((end - stated.value) / stated.sigma, stated.shape) for end in ends}
    scores[-np.inf] = np.full(len(y), -np.inf)
    tenths = [_Tenths(scores[low], scores[high]) for low, high in ranges]
    _, number = np.unique(substance, return_inverse=True)
    shared = np.sqrt(alike(normal_scores((y - stated.value) / stated.sigma, stated.shape), number))
    rng = np.random.default_rng(seed)
    found: dict[str, list[int]] = {name: [] for name in rows}
    for _ in range(DRAWS):
        drawn = shared * rng.normal(size=int(number.max()) + 1)[number] + np.sqrt(1.0 - shared**2) * rng.normal(size=len(y))
        for name, which in rows.items():
            found[name].append(sum(one.off(drawn, which) for one in tenths))
    return {name: {"mean": short(float(np.mean(n))), "most": float(np.quantile(n, MOST, method="higher"))} for name, n in found.items()}


def alike(scores: FloatArray, substance: NDArray[np.int64]) -> float:
    """The correlation of the errors, as normal scores (n,), of two rows of one ``substance``, numbered from 0, (n,): 0 to 1; 0 where each has one row."""
    count, total, squares = (np.bincount(substance, weights) for weights in (np.ones(len(scores)), scores, scores**2))
    several = count > 1
    if not several.any():
        return 0.0
    pairs = ((total[several] ** 2 - squares[several]) / (count[several] - 1)).sum()
    return float(np.clip(pairs / squares[several].sum(), 0.0, 1.0))


class _Tenths:
    """The rows by the tenth of the probability that is stated of one range."""

    def __init__(self, low: FloatArray, high: FloatArray) -> None:
        """``low`` and ``high``: the ends of the range as normal scores of each row."""
        from scipy.special import ndtr

        self._low, self._high, self._said = low, high, ndtr(high) - ndtr(low)
        self._tenth = np.minimum((self._said * 10).astype(np.int64), 9)

    def off(self, scores: FloatArray, rows: Rows) -> int:
        """How many tenths with enough of ``rows`` are off if the truths have these ``scores``."""
        hit = (scores < self._high) & (scores >= self._low)
        count = np.bincount(self._tenth[rows], minlength=10)
        said, true = (np.bincount(self._tenth[rows], values[rows], minlength=10) for values in (self._said, hit.astype(np.float64)))
        enough = count >= LEAST_ROWS
        return int((np.abs(said - true)[enough] > TOLERANCE * count[enough]).sum())
