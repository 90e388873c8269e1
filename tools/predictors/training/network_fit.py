"""Training of the small neural networks: Adam with decoupled weight decay, dropout, a Huber loss and averaged weights, in NumPy.

Kingma and Ba 2015, arXiv 1412.6980; Loshchilov and Hutter 2019, arXiv 1711.05101; one cycle of the learning rate: Smith and Topin 2019, arXiv 1708.07120.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.predictors.features.assemble import feature_names
from tools.predictors.network import Layers, NetworkModel, inputs
from tools.predictors.specs import FeatureKind
from tools.predictors.training.kernel_fit import coding_of

FloatArray = NDArray[np.float64]
Single = NDArray[np.float32]

NETWORKS = 2
_UNITS = 256
_EPOCHS = 20
_BATCH = 64
_RATE = 1e-3
_DECAY = 0.1
_INPUT_DROPOUT, _DROPOUT = 0.2, 0.3
_AVERAGING = 0.995
_BETAS = (0.9, 0.999)
#: A Morgan count is used when at least this many rows have it.
_SUPPORT = 8


def fit_network(kind: FeatureKind, x: Single, y: FloatArray, seed: int, *, bend: float, epochs: int = _EPOCHS) -> NetworkModel:
    """``NETWORKS`` networks trained on the feature matrix ``x`` (all columns of ``kind``) and values ``y``. Deterministic for a seed.

    ``bend``: the error, as a share of the standard deviation of ``y``, from which on the loss grows linearly.
    """
    coding = coding_of(kind, x)
    counts = np.array([i for i, name in enumerate(feature_names(kind)) if name.startswith("morgan_")])
    counts = counts[(x[:, counts] != 0).sum(axis=0) >= min(_SUPPORT, len(x) // 4)]
    centre, scale = float(y.mean()), float(y.std()) or 1.0
    rows, target = inputs(coding, counts, x), ((y - centre) / scale).astype(np.float32)
    networks = [_train(rows, target, np.random.default_rng([seed, i]), bend, epochs).halved() for i in range(NETWORKS)]
    return NetworkModel(coding, counts, networks, centre, scale)


@dataclass
class _Moments:
    """State of Adam for one array."""

    first: Single
    second: Single

    def step(self, value: Single, gradient: Single, rate: float, number: int, decay: float) -> None:
        """Change ``value`` in place; ``number``: of this step, from 1."""
        self.first += np.float32(1 - _BETAS[0]) * (gradient - self.first)
        self.second += np.float32(1 - _BETAS[1]) * (gradient * gradient - self.second)
        size = rate / (1 - _BETAS[0] ** number)
        root = np.sqrt(self.second / np.float32(1 - _BETAS[1] ** number)) + np.float32(1e-8)
        value *= np.float32(1 - rate * decay)
        value -= np.float32(size) * self.first / root


def _rate(done: float) -> float:
    """Learning rate after the share ``done`` of the training: up to the highest during the first 0.3, then down along a cosine."""
    rising = done < 0.3
    start, end, part = (_RATE / 25, _RATE, done / 0.3) if rising else (_RATE, _RATE / 25e4, (done - 0.3) / 0.7)
    return end + (start - end) * (1 + float(np.cos(np.pi * part))) / 2


def _train(rows: Single, target: Single, rng: np.random.Generator, bend: float, epochs: int) -> Layers:
    """One network, its weights averaged over the last steps."""
    width = rows.shape[1]

    def drawn(inputs: int, *shape: int) -> Single:
        limit = 1 / np.sqrt(inputs)
        return rng.uniform(-limit, limit, shape).astype(np.float32)

    values = [
        drawn(width, width, _UNITS), drawn(width, _UNITS), drawn(_UNITS, _UNITS, _UNITS), drawn(_UNITS, _UNITS), drawn(_UNITS, _UNITS),
        np.zeros(1, np.float32),
    ]  # fmt: skip
    average = [v.copy() for v in values]
    moments = [_Moments(np.zeros_like(v), np.zeros_like(v)) for v in values]
    steps = max(1, len(rows) // _BATCH)
    total, number = steps * epochs, 0
    for _ in range(epochs):
        for batch in np.array_split(rng.permutation(len(rows)), steps):
            number += 1
            rate = _rate(number / total)
            for value, moment, gradient in zip(values, moments, _gradients(values, rows[batch], target[batch], rng, bend), strict=True):
                moment.step(value, gradient, rate, number, _DECAY)
            keep = np.float32(min(_AVERAGING, number / (number + 10)))
            for mean, value in zip(average, values, strict=True):
                mean += (1 - keep) * (value - mean)
    return Layers(*average)


def _kept(rng: np.random.Generator, shape: tuple[int, ...], dropout: float) -> Single:
    """A mask for dropout: 0 where an entry is dropped, else what makes up for it."""
    return (rng.random(shape, dtype=np.float32) >= dropout).astype(np.float32) / np.float32(1 - dropout)


def _gradients(values: list[Single], batch: Single, target: Single, rng: np.random.Generator, bend: float) -> list[Single]:
    """Gradients of the mean Huber loss with respect to ``values`` (in the order of :class:`Layers`), with dropout."""
    first, first_offset, second, second_offset, last, last_offset = values
    x = batch * _kept(rng, batch.shape, _INPUT_DROPOUT)
    one_mask = _kept(rng, (len(x), _UNITS), _DROPOUT)
    two_mask = _kept(rng, (len(x), _UNITS), _DROPOUT)
    one = np.maximum(x @ first + first_offset, 0) * one_mask
    two = np.maximum(one @ second + second_offset, 0) * two_mask
    error = np.clip(two @ last + last_offset - target, -bend, bend) / np.float32(len(x))
    two_gradient = np.where(two > 0, error[:, None] * last * two_mask, np.float32(0))
    one_gradient = np.where(one > 0, (two_gradient @ second.T) * one_mask, np.float32(0))
    return [
        x.T @ one_gradient, one_gradient.sum(axis=0), one.T @ two_gradient, two_gradient.sum(axis=0), two.T @ error, error.sum(keepdims=True),
    ]  # fmt: skip
