"""A small neural network on the descriptors and the fingerprint counts: what it predicts, from plain number arrays.

Inputs: the descriptors' codes as the Gaussian process has them (:class:`tools.predictors.kernel.Coding`), in standard deviations, and the logarithm of one
plus each Morgan count. Two layers of rectified linear units, then a sum. Several such networks, trained from different seeds, are averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.kernel import STEPS, Coding

FloatArray = NDArray[np.float64]

#: Rows for which only what they need of a first layer is made single precision; for more, all of it.
_FEW = 8


@dataclass(frozen=True)
class Layers:
    """Weights of one network, single precision: ``first`` (inputs, units), ``second`` (units, units), ``last`` (units,), and their offsets.

    ``first``, by far the largest, may be in half precision, as it ships.
    """

    first: NDArray[np.float32] | NDArray[np.float16]
    first_offset: NDArray[np.float32]
    second: NDArray[np.float32]
    second_offset: NDArray[np.float32]
    last: NDArray[np.float32]
    last_offset: NDArray[np.float32]

    def single(self) -> Layers:
        """The same with all numbers in single precision."""
        return Layers(*(value.astype(np.float32, copy=False) for value in vars(self).values()))

    def halved(self) -> Layers:
        """The same with all numbers rounded to half precision, as they ship."""
        return Layers(*(value.astype(np.float16).astype(np.float32) for value in vars(self).values()))


def inputs(coding: Coding, counts: NDArray[np.int64], x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Inputs of the network for the feature matrix ``x``, shape (len(x), descriptors + counts); ``counts``: columns of the Morgan counts.

    Dimensionless; empty for no rows.
    """
    return np.concatenate([coding.codes(x).astype(np.float32) / STEPS, np.log1p(x[:, counts])], axis=1)


class NetworkModel:
    """Trained networks: their mean is the prediction."""

    def __init__(self, coding: Coding, counts: NDArray[np.int64], networks: Sequence[Layers], centre: float, scale: float) -> None:
        """``centre`` and ``scale`` turn a network's output into the predictor's unit."""
        self._coding, self._counts = coding, counts
        self._networks = tuple(networks)
        self._asked = 0
        self._centre, self._scale = centre, scale

    def predict(self, x: NDArray[np.float32]) -> FloatArray:
        """Values for the feature matrix ``x`` (all columns of the feature kind), shape (len(x),).

        In the predictor's unit; empty for no rows.

        Each row is computed by itself from its descriptors and its counts that are not zero: most are, and a value does not depend on the
        batch.
        """
        value, described = np.empty(len(x)), len(self._coding.columns)
        self._asked += len(x)
        networks = self._networks if self._asked <= _FEW else self._single
        for i, row in enumerate(inputs(self._coding, self._counts, x)):
            held = described + np.flatnonzero(row[described:])
            first, counts = row[:described].copy(), row[held]  # copies: a product may depend on where in memory its vector starts
            value[i] = np.mean([_output(network, first, held, counts) for network in networks])
        return self._centre + self._scale * value

    @cached_property
    def _single(self) -> tuple[Layers, ...]:
        return tuple(layers.single() for layers in self._networks)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What :meth:`from_arrays` reads: numbers only, weights in half precision, centre and scale in the predictor's unit.

        Nothing pickled.
        """
        return {
            "columns": self._coding.columns.astype(np.uint16),
            "centre": self._coding.centre,
            "scale": self._coding.scale,
            "counts": self._counts.astype(np.uint16),
            "constants": np.array([self._centre, self._scale]),
            **{f"{name}_{i}": value.astype(np.float16) for i, layers in enumerate(self._networks) for name, value in vars(layers).items()},
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> NetworkModel:
        """The model of :meth:`arrays`, in the predictor's unit. Raises KeyError or ValueError for other arrays."""
        coding = Coding(arrays["columns"].astype(np.int64), arrays["centre"], arrays["scale"])
        networks: list[Layers] = []
        while f"first_{len(networks)}" in arrays:
            i = len(networks)
            smaller = {name: arrays[f"{name}_{i}"].astype(np.float32) for name in Layers.__dataclass_fields__ if name != "first"}
            networks.append(Layers(first=arrays[f"first_{i}"], **smaller))
        centre, scale = (float(v) for v in arrays["constants"])
        if not networks or networks[0].first.shape[0] != len(coding.columns) + len(arrays["counts"]):
            raise ValueError("these arrays hold no network for these columns")
        return cls(coding, arrays["counts"].astype(np.int64), networks, centre, scale)


def _output(network: Layers, described: NDArray[np.float32], held: NDArray[np.int64], counts: NDArray[np.float32]) -> float:
    """Output of one network for the first inputs ``described`` and ``counts`` at the positions ``held``; all others are zero."""
    first = network.first
    hidden = described @ first[: len(described)].astype(np.float32, copy=False) + counts @ first[held].astype(np.float32, copy=False)
    hidden = np.maximum(hidden + network.first_offset, 0.0)
    hidden = np.maximum(hidden @ network.second + network.second_offset, 0.0)
    return float(hidden @ network.last + network.last_offset[0])
