"""The errors of a predictor by what it predicts and how sure it is: quantiles that were read off predictions of structures it had not seen.

A booster's sigma says how large an error to expect, alike in both directions. Where the truth mostly lies on one side (melting points below 60 °C,
absorption beyond 600 nm) that is wrong; the table holds, by prediction and by sigma, where a twentieth, a quarter, a half, three quarters and nineteen
twentieths of the true values lay. The half is what is stated as the value.

Of a quantity that is bounded and lies in heaps at its bounds (quantum yields: half of all are below 0.2, many at 0 and near 1) no multiple of sigma about
a prediction says where the truth lies; there the table holds the true values themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.catalogue.probability import DEGREES, END, NEAR, SCALE

FloatArray = NDArray[np.float64]

#: The quantiles of the table: ends of the 90 % interval, quartiles, and the middle.
LEVELS = (0.05, 0.25, 0.50, 0.75, 0.95)
LOWER, QUARTILE_LOW, MIDDLE, QUARTILE_HIGH, UPPER = range(5)
_ARRAYS = ("predictions", "sigmas", "quantiles", "similarities", "stretch")
#: An array that is there where the quantiles are of true values.
_OF_VALUES = "of_values"


@dataclass(frozen=True)
class ErrorTable:
    """Quantiles of (truth - prediction) / sigma, or of the truth.

    Attributes:
        predictions: (a,) quantiles of the predictions, at even ranks from the lowest to the highest, in the predictor's unit.
        sigmas: (b,) likewise of the sigmas.
        quantiles: (u, v, 5) at even ranks of prediction and of sigma, :data:`LEVELS` of the errors, dimensionless, or of the true values, in the unit.
        similarities: (c,) rising similarities to the nearest training structure, 0 to 1.
        stretch: (c,) how much longer the arms are at that similarity, dimensionless.
        of_values: whether ``quantiles`` are of the true values.
    """

    predictions: FloatArray
    sigmas: FloatArray
    quantiles: FloatArray
    similarities: FloatArray
    stretch: FloatArray
    of_values: bool = False

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[np.generic]]) -> ErrorTable:
        """From what :meth:`arrays` gave. Raises KeyError where something is missing."""
        predictions, sigmas, quantiles, similarities, stretch = (np.asarray(arrays[name], dtype=np.float64) for name in _ARRAYS)
        return cls(predictions, sigmas, quantiles, similarities, stretch, _OF_VALUES in arrays)

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Its arrays, in the units and shapes of the attributes, for a file; never empty."""
        found = {name: getattr(self, name).astype(np.float32) for name in _ARRAYS}
        return found | {_OF_VALUES: np.ones(1, dtype=np.float32)} if self.of_values else found

    def values(self, prediction: FloatArray, sigma: FloatArray, similarity: NDArray[np.floating]) -> FloatArray:
        """:data:`LEVELS` of the true values, (n, 5) in the predictor's unit and rising, of predictions (n,) with these sigmas (n,), in that unit, and
        similarities to the nearest training structure (n,).

        Between the ranks of the table it is interpolated; beyond them its edge holds, and quantiles of true values never leave the table; empty for no rows.
        """
        at, share = _between(self.predictions, prediction, self.quantiles.shape[0])
        at_sigma, share_sigma = _between(self.sigmas, sigma, self.quantiles.shape[1])
        z = np.zeros((len(prediction), len(LEVELS)))
        for i, w in ((0, 1.0 - share), (1, share)):
            for j, v in ((0, 1.0 - share_sigma), (1, share_sigma)):
                z += (w * v)[:, None] * self.quantiles[at + i, at_sigma + j]
        middle = z[:, MIDDLE, None]
        z = middle + (z - middle) * np.interp(similarity, self.similarities, self.stretch)[:, None]
        if self.of_values:
            return np.asarray(np.clip(z, self.quantiles.min(), self.quantiles.max()))
        return np.asarray(prediction[:, None] + sigma[:, None] * z)


def _between(ordered: FloatArray, asked: FloatArray, nodes: int) -> tuple[NDArray[np.int64], FloatArray]:
    """(node below, share of the one above) of each number asked, by its rank among the ``ordered``."""
    rank = ranks(ordered, asked) * (nodes - 1)
    below = np.minimum(rank.astype(np.int64), nodes - 2)
    return below, rank - below


def ranks(ordered: FloatArray, asked: FloatArray) -> FloatArray:
    """The rank, 0 to 1, of each number asked, (n,), among the ``ordered`` ones, in the same unit; 0 or 1 beyond them. Never NaN for finite numbers."""
    return np.interp(asked, ordered, np.linspace(0.0, 1.0, len(ordered)))


def stated_sigma(quantiles: FloatArray) -> FloatArray:
    """One standard deviation as stated, (n,): half of the 90 % interval of ``quantiles``, (n, 5), over 1.645, in their unit; empty for no rows."""
    return np.asarray((quantiles[:, UPPER] - quantiles[:, LOWER]) / (2.0 * END))


def shapes(quantiles: FloatArray) -> FloatArray:
    """The numbers of an ``ErrorShape`` for each row of ``quantiles``, (n, 5) and rising: (n, 4), dimensionless; as ranking makes them of a value; empty for no
    rows."""
    from scipy.special import ndtri, stdtr

    middle, sigma = quantiles[:, MIDDLE], stated_sigma(quantiles)
    arms = np.column_stack([middle - quantiles[:, LOWER], quantiles[:, UPPER] - middle]) / END
    inner = np.column_stack([middle - quantiles[:, QUARTILE_LOW], quantiles[:, QUARTILE_HIGH] - middle])
    bends = np.clip(-ndtri(stdtr(DEGREES, -inner / arms / SCALE)), NEAR, END - NEAR)
    return np.column_stack([arms / sigma[:, None], bends])
