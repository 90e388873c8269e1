"""The one cross-validation: of the models that ship and of those that users train."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tools.predictors.errors import LOWER, MIDDLE, UPPER
from tools.predictors.model import Z90
from tools.predictors.neighbours import NeighbourIndex
from tools.predictors.training.calibration import Calibration
from tools.predictors.training.splits import each_fold

FloatArray = NDArray[np.float64]
Rows = NDArray[np.int64]
Progress = Callable[[str], None]
Predict = Callable[[Rows], FloatArray]
"""What a trained model says of rows: an array of shape (m, number of rows), in the unit that is learnt."""

#: Neighbours among the training rows that are kept of every row.
NEIGHBOURS = 3


@dataclass
class Unseen:
    """What models say of rows that they have not seen.

    Attributes:
        parts: their answers, (m, n), in the unit that is learnt.
        near: Tanimoto similarity to the nearest training rows, (n, 3), highest first; 0 where there are fewer.
        nearest: position of the nearest training row, (n,).
    """

    parts: FloatArray
    near: NDArray[np.float32]
    nearest: Rows


def cross_validated(
    fold: Rows, bits: Sequence[NDArray[np.uint16]], fit: Callable[[Rows], Predict], told: Callable[[int, Rows, FloatArray], None]
) -> Unseen:
    """Train on all folds but one and predict that one, for each fold.

    ``fold``: the fold of every row, (n,). ``bits``: the fingerprint of every row as bit positions. ``fit`` trains on rows and gives what
    predicts; ``told`` hears fold number, rows and answers as each fold is done.

    A fold that has no training rows cannot be predicted; what ``fit`` raises comes through. Raises AssertionError for an empty ``fold``.
    """
    n = len(fold)
    parts: FloatArray | None = None
    near, nearest = np.zeros((n, NEIGHBOURS), np.float32), np.zeros(n, np.int64)
    for k, train, test in each_fold(fold):
        answers = fit(train)(test)
        if parts is None:
            parts = np.zeros((len(answers), n))
        parts[:, test] = answers
        found = NeighbourIndex.of([bits[i] for i in train]).query([bits[i] for i in test])
        near[test, : found.similarity.shape[1]] = found.similarity
        nearest[test] = train[found.position[:, 0]]
        told(k, test, answers)
    assert parts is not None
    return Unseen(parts, near, nearest)


@dataclass
class OutOfFold:
    """Predictions of every row by models that have not seen its substance.

    Attributes:
        value: the prediction, (n,), in the unit that is learnt.
        spread: standard deviation over the members, (n,), in the same unit.
        near: Tanimoto similarity to the nearest training rows, (n, 3), highest first.
        nearest: position of the nearest training row, (n,).
    """

    value: FloatArray
    spread: FloatArray
    near: NDArray[np.float32]
    nearest: Rows


@dataclass
class Evaluation:
    """One split, evaluated: the fold of every row, out-of-fold predictions, and the intervals held against them.

    ``quantiles``: of the true values, (n, 5), from errors of other folds (see ``tools.predictors.errors``); None: the interval is symmetric.
    """

    fold: Rows
    oof: OutOfFold
    calibration: Calibration
    quantiles: FloatArray | None = field(default=None, kw_only=True)

    @property
    def value(self) -> FloatArray:
        """What is stated for every row, (n,), in the unit that is learnt: the middle of the quantiles, or the prediction itself."""
        return self.oof.value if self.quantiles is None else self.quantiles[:, MIDDLE]

    @property
    def interval(self) -> tuple[FloatArray, FloatArray]:
        """Ends of the stated 90 % interval of every row, (n,) each, in the unit that is learnt."""
        if self.quantiles is None:
            return self.oof.value - self.calibration.half_width, self.oof.value + self.calibration.half_width
        return self.quantiles[:, LOWER], self.quantiles[:, UPPER]

    @property
    def sigma(self) -> FloatArray:
        """One standard deviation of every row before the quantiles, (n,), in the unit that is learnt: half of the 90 % interval over 1.645.

        Never NaN for finite errors.
        """
        return self.calibration.half_width / Z90
