"""A Gaussian process on the descriptors: the mean function, evaluated from the training structures' descriptors.

Kernel: exp(-d / length), d the root mean square difference of the standardised descriptors (the Matérn kernel of order 1/2; Rasmussen and
Williams, Gaussian Processes for Machine Learning, 2006, ISBN 026218253X, equation 4.18). Descriptors are standardised, clipped to ±4 and
kept as whole 32nds in one byte: inner products of such numbers are exact in single precision, so a prediction does not depend on the batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

#: Steps of a standardised descriptor's unit.
STEPS = 32
#: Structures compared with all anchors at once; bounds the memory (anchors times this, four bytes each).
_BATCH = 64


def soften(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """sign(x) log(1 + |x|): long tails of extensive descriptors become short."""
    return np.asarray(np.sign(x) * np.log1p(np.abs(x)), dtype=np.float32)


def decay(a: NDArray[np.float32], b: NDArray[np.float32], length: float) -> NDArray[np.float32]:
    """Kernel of every row of ``a`` with every row of ``b`` (codes as whole numbers in float32), shape (len(a), len(b))."""
    squared = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)[None, :] - 2.0 * (a @ b.T)
    np.maximum(squared, 0.0, out=squared)
    np.sqrt(squared, out=squared)
    squared *= np.float32(-1.0 / (length * STEPS * np.sqrt(a.shape[1])))
    return np.asarray(np.exp(squared, out=squared))


@dataclass(frozen=True)
class Coding:
    """How feature rows become codes: ``columns`` of the feature matrix, their ``centre`` and ``scale`` after :func:`soften`."""

    columns: NDArray[np.int64]
    centre: NDArray[np.float32]
    scale: NDArray[np.float32]

    def codes(self, x: NDArray[np.float32]) -> NDArray[np.int8]:
        """Codes of the feature matrix ``x``, shape (len(x), len(columns))."""
        standard = (soften(x[:, self.columns]) - self.centre) / self.scale
        return np.asarray(np.clip(np.rint(standard * STEPS), -127, 127), dtype=np.int8)


class KernelModel:
    """The mean function of a trained process: offset + sum of the anchors' kernels times their coefficients."""

    def __init__(self, coding: Coding, anchors: NDArray[np.int8], coefficients: FloatArray, offset: float, length: float) -> None:
        """``anchors``: codes of the training structures; ``coefficients`` and ``offset`` in the predictor's unit."""
        self._coding = coding
        self._codes = anchors
        self._anchors = anchors.astype(np.float32)
        self._coefficients = coefficients.astype(np.float32).astype(np.float64)
        self._offset, self._length = offset, length

    def predict(self, x: NDArray[np.float32]) -> FloatArray:
        """Values for the feature matrix ``x`` (all columns of the feature kind), shape (len(x),)."""
        codes = self._coding.codes(x).astype(np.float32)
        value = np.empty(len(x))
        for start in range(0, len(x), _BATCH):
            near = decay(codes[start : start + _BATCH], self._anchors, self._length)
            for i, row in enumerate(near):
                value[start + i] = self._offset + float(np.dot(row.astype(np.float64), self._coefficients))
        return value

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What :meth:`from_arrays` reads; numbers only."""
        return {
            "columns": self._coding.columns.astype(np.uint16),
            "centre": self._coding.centre,
            "scale": self._coding.scale,
            "anchors": self._codes,
            "coefficients": self._coefficients.astype(np.float32),
            "constants": np.array([self._offset, self._length]),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> KernelModel:
        """The model of :meth:`arrays`. Raises KeyError or ValueError for other arrays."""
        coding = Coding(arrays["columns"].astype(np.int64), arrays["centre"], arrays["scale"])
        offset, length = (float(v) for v in arrays["constants"])
        return cls(coding, arrays["anchors"], arrays["coefficients"].astype(np.float64), offset, length)
