"""A trained model of own measurements in memory: kernel regression and two LightGBM boosters, and the error to expect of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.features.molecule import MORGAN_BITS

if TYPE_CHECKING:
    from lightgbm import Booster

FloatArray = NDArray[np.float64]

#: Files of a model's folder, beside its boosters.
ARRAYS, NEIGHBOURS, CALIBRATION = "arrays.npz", "neighbours.tsv.gz", "calibration.npz"
#: Scaled descriptors are cut at this many standard deviations.
CLIP = 4.0


def dense_bits(bits: list[NDArray[np.uint16]]) -> NDArray[np.float32]:
    """Fingerprints as a 0/1 matrix of shape (n, 2048). Empty for none."""
    rows = np.zeros((len(bits), MORGAN_BITS), dtype=np.float32)
    for i, on in enumerate(bits):
        rows[i, on] = 1.0
    return rows


def tanimoto(a: NDArray[np.float32], b: NDArray[np.float32]) -> FloatArray:
    """Tanimoto similarity of the 0/1 rows of ``a`` (n, d) with those of ``b`` (m, d), shape (n, m); 0 where both are empty."""
    common = (a @ b.T).astype(np.float64)
    union = a.sum(axis=1)[:, None] + b.sum(axis=1)[None, :] - common
    return np.asarray(np.divide(common, union, out=np.zeros_like(common), where=union > 0))


def square_distances(a: FloatArray, b: FloatArray) -> FloatArray:
    """Squared Euclidean distance of the rows of ``a`` (n, d) from those of ``b`` (m, d), shape (n, m).

    Never negative, and 0 for equal rows to rounding.
    """
    return np.asarray(np.maximum(0.0, (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2 * a @ b.T))


@dataclass
class Kernel:
    """A trained kernel regression. ``centre`` and ``scale`` belong to the descriptor columns, ``rows`` and ``bits`` to the kept rows."""

    centre: FloatArray
    scale: FloatArray
    rows: NDArray[np.float32]
    bits: NDArray[np.float32]
    weights: FloatArray
    mean: float
    share: float
    width: float

    def scaled(self, descriptors: NDArray[Any]) -> FloatArray:
        """Descriptors (n, d) in standard deviations of the training rows, cut at four.

        0 for one that did not vary there and has its value.
        """
        return np.clip((descriptors.astype(np.float64) - self.centre) / self.scale, -CLIP, CLIP)

    def predict(self, descriptors: NDArray[Any], bits: NDArray[np.float32]) -> FloatArray:
        """Values for n structures: descriptors (n, d) as computed, bits (n, 2048). In the unit that was learnt; empty for no structures."""
        gauss = np.exp(-square_distances(self.scaled(descriptors), self.rows.astype(np.float64)) / self.width)
        kernel = self.share * tanimoto(bits, self.bits) + (1 - self.share) * gauss
        return np.asarray(kernel @ self.weights + self.mean)


@dataclass
class Learned:
    """Kernel and boosters together. ``kernel_share`` is the kernel's weight in the mean; ``columns`` are those of the boosters."""

    kernel: Kernel
    boosters: list[Booster]
    columns: NDArray[np.int64]
    descriptors: NDArray[np.int64]
    kernel_share: float

    def parts(self, x: NDArray[np.float32], bits: NDArray[np.float32]) -> FloatArray:
        """Predictions of each member, shape (3, n): kernel first. In the unit that was learnt; empty for no structures."""
        used = np.ascontiguousarray(x[:, self.columns])
        trees = [np.asarray(b.predict(used, num_threads=1)) for b in self.boosters]
        return np.array([self.kernel.predict(x[:, self.descriptors], bits), *trees])

    def combine(self, parts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(value, disagreement of the members) from :meth:`parts`, (n,) each, in the unit that was learnt; empty for no structures."""
        return combined(parts, self.kernel_share), parts.std(axis=0)


def combined(parts: FloatArray, kernel_share: float) -> FloatArray:
    """The weighted mean, (n,), of the kernel and the boosters in ``parts`` (members, n); NaN where one of them is.

    ``kernel_share``: 0 to 1.
    """
    return np.asarray(kernel_share * parts[0] + (1 - kernel_share) * parts[1:].mean(axis=0))


@dataclass
class Scale:
    """The error to expect: ``constant`` + ``spread`` x disagreement + ``distance`` x (1 - similarity), none of them negative."""

    constant: float
    spread: float
    distance: float

    def of(self, spread: FloatArray, similarity: FloatArray) -> FloatArray:
        """Expected absolute error (n,), in the unit that was learnt; never 0.

        It grows with the disagreement ``spread`` (n,) and with the distance, 1 less ``similarity`` (n,), to the training structures.
        """
        return np.asarray(self.constant + self.spread * spread + self.distance * (1.0 - similarity))
