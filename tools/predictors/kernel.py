"""A Gaussian process on the descriptors: the mean function, evaluated from the training structures' descriptors.

The kernel is a sum of three (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, ISBN 026218253X, chapter 4): a linear one, which
goes on where no training structure is near; a smooth one (squared exponential) for how the property bends; a rough one (Matérn of order 1/2) for what
single structures are about. Their distance d is the root mean square difference of the standardised descriptors, their product the mean product.
Descriptors are standardised, clipped to ±4 and kept as whole 32nds in one byte: inner products of such numbers are exact in single precision, so a
prediction does not depend on the batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

#: Steps of a standardised descriptor's unit.
STEPS = 32
#: Structures compared with all anchors at once; bounds the memory (anchors times this, four bytes each).
_BATCH = 64
#: Anchors whose codes are made single precision at once: they stay in the processor's cache, and all of them would take four times the memory.
_ANCHORS = 256
#: Structures in a call that is small, and small calls after which all anchors are kept in single precision: making them each time is half such a call.
_SMALL, _MANY = 4, 16


def soften(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """sign(x) log(1 + abs(x)) of each element, shape and dimensionless as ``x``; 0 for 0, never NaN for a finite x."""
    return np.asarray(np.sign(x) * np.log1p(np.abs(x)), dtype=np.float32)


def squares(codes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sum of the squares of each row, shape (n,); 0 for a row of zeros, empty for no rows."""
    return np.asarray(np.einsum("ij,ij->i", codes, codes), dtype=np.float32)


@dataclass(frozen=True)
class Shape:
    """The three parts of the kernel: weight of the linear one, weight and length of the smooth and of the rough one.

    Lengths are in standard deviations of a descriptor. The weights are relative to each other; the noise's variance is given in the same unit.
    """

    linear: float
    smooth: float
    smooth_length: float
    rough: float
    rough_length: float

    def __call__(self, a: NDArray[np.float32], b: NDArray[np.float32], b_squares: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Kernel of every row of ``a`` with every row of ``b`` (codes as whole numbers in float32), shape (len(a), len(b)).

        ``b_squares``: the rows' :func:`squares` of ``b`` where they are at hand.
        """
        unit = float(STEPS * STEPS * a.shape[1])
        product = a @ b.T
        squared = squares(a)[:, None] + (squares(b) if b_squares is None else b_squares)[None, :]
        squared -= 2.0 * product
        np.maximum(squared, 0.0, out=squared)
        product *= np.float32(self.linear / unit)
        smooth = squared * np.float32(-0.5 / (unit * self.smooth_length**2))
        np.exp(smooth, out=smooth)
        smooth *= np.float32(self.smooth)
        product += smooth
        np.sqrt(squared, out=squared)
        squared *= np.float32(-1.0 / (self.rough_length * np.sqrt(unit)))
        np.exp(squared, out=squared)
        squared *= np.float32(self.rough)
        product += squared
        return np.asarray(product)

    def numbers(self) -> tuple[float, ...]:
        """The five numbers, shape (5,), in the order of the fields; never fewer."""
        return (self.linear, self.smooth, self.smooth_length, self.rough, self.rough_length)


@dataclass(frozen=True)
class Coding:
    """How feature rows become codes: ``columns`` of the feature matrix, their ``centre`` and ``scale`` after :func:`soften`."""

    columns: NDArray[np.int64]
    centre: NDArray[np.float32]
    scale: NDArray[np.float32]

    def codes(self, x: NDArray[np.float32]) -> NDArray[np.int8]:
        """Codes of the feature matrix ``x``, shape (len(x), len(columns)).

        From -127 to 127 in steps of 1/32 of a standard deviation; empty for no rows.
        """
        standard = (soften(x[:, self.columns]) - self.centre) / self.scale
        return np.asarray(np.clip(np.rint(standard * STEPS), -127, 127), dtype=np.int8)


class KernelModel:
    """The mean function of a trained process: offset + sum of the anchors' kernels times their coefficients."""

    def __init__(self, coding: Coding, anchors: NDArray[np.int8], coefficients: FloatArray, offset: float, shape: Shape) -> None:
        """``anchors``: codes of the training structures; ``coefficients`` and ``offset`` in the predictor's unit."""
        self._coding = coding
        self._codes = anchors
        self._small = 0
        self._squares: NDArray[np.float32] | None = None
        self._coefficients = coefficients.astype(np.float32).astype(np.float64)
        self._offset, self._shape = offset, shape

    def predict(self, x: NDArray[np.float32]) -> FloatArray:
        """Values for the feature matrix ``x`` (all columns of the feature kind), shape (len(x),).

        In the predictor's unit; empty for no rows.
        """
        self._small += len(x) <= _SMALL
        codes = self._coding.codes(x).astype(np.float32)
        value = np.empty(len(x))
        for start in range(0, len(x), _BATCH):
            for i, row in enumerate(self._near(codes[start : start + _BATCH])):
                value[start + i] = self._offset + float(np.dot(row.astype(np.float64), self._coefficients))
        return value

    def _near(self, codes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Kernel of every row of ``codes`` with every anchor, shape (len(codes), anchors)."""
        near = np.empty((len(codes), len(self._codes)), dtype=np.float32)
        known, found = self._squares, []
        for start, anchors in self._parts():
            end = start + len(anchors)
            found.append(squares(anchors) if known is None else known[start:end])
            near[:, start:end] = self._shape(codes, anchors, found[-1])
        if known is None and found:
            self._squares = np.concatenate(found)
        return near

    def _parts(self) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """The anchors in single precision, part by part, each with its place."""
        if self._small > _MANY:
            yield 0, self._whole
            return
        for start in range(0, len(self._codes), _ANCHORS):
            yield start, self._codes[start : start + _ANCHORS].astype(np.float32)

    @cached_property
    def _whole(self) -> NDArray[np.float32]:
        return self._codes.astype(np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What :meth:`from_arrays` reads: numbers only, with offset and coefficients in the predictor's unit; nothing pickled."""
        return {
            "columns": self._coding.columns.astype(np.uint16),
            "centre": self._coding.centre,
            "scale": self._coding.scale,
            "anchors": self._codes,
            "coefficients": self._coefficients.astype(np.float32),
            "constants": np.array([self._offset, *self._shape.numbers()]),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> KernelModel:
        """The model of :meth:`arrays`, in the predictor's unit. Raises KeyError or ValueError for other arrays."""
        coding = Coding(arrays["columns"].astype(np.int64), arrays["centre"], arrays["scale"])
        offset, *numbers = (float(v) for v in arrays["constants"])
        if len(numbers) != 5:
            raise ValueError("these arrays hold another kernel")
        return cls(coding, arrays["anchors"], arrays["coefficients"].astype(np.float64), offset, Shape(*numbers))
