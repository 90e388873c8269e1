"""Training of the small neural networks: Adam with decoupled weight decay, dropout, a Huber loss and averaged weights, on any device.

Kingma and Ba 2015, arXiv 1412.6980; Loshchilov and Hutter 2019, arXiv 1711.05101; one cycle of the learning rate: Smith and Topin 2019, arXiv 1708.07120.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.features.assemble import feature_names
from tools.predictors.network import Layers, NetworkModel, inputs
from tools.predictors.specs import FeatureKind
from tools.predictors.training.device import PROCESSOR, Device
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


def fit_network(
    kind: FeatureKind,
    x: Single,
    y: FloatArray,
    seed: int,
    *,
    bend: float,
    epochs: int = _EPOCHS,
    device: Device = PROCESSOR,
    networks: int = NETWORKS,
) -> NetworkModel:
    """So many ``networks`` trained on the feature matrix ``x`` (all columns of ``kind``) and values ``y``. Deterministic for a seed and device.

    ``bend``: the error, as a share of the standard deviation of ``y``, from which on the loss grows linearly. Raises what ``device`` does.
    """
    coding = coding_of(kind, x)
    counts = np.array([i for i, name in enumerate(feature_names(kind)) if name.startswith("morgan_")])
    counts = counts[(x[:, counts] != 0).sum(axis=0) >= min(_SUPPORT, len(x) // 4)]
    centre, scale = float(y.mean()), float(y.std()) or 1.0
    rows, target = inputs(coding, counts, x), ((y - centre) / scale).astype(np.float32)
    trained = [_train(rows, target, np.random.default_rng([seed, i]), bend, epochs, device).halved() for i in range(networks)]
    return NetworkModel(coding, counts, trained, centre, scale)


@dataclass
class _Moments:
    """State of Adam for one array of the device."""

    first: Any
    second: Any

    def step(self, value: Any, gradient: Any, rate: float, number: int, decay: float, xp: Any) -> None:
        """Change ``value`` in place; ``number``: of this step, from 1."""
        self.first += (gradient - self.first) * (1 - _BETAS[0])
        self.second += (gradient * gradient - self.second) * (1 - _BETAS[1])
        size = rate / (1 - _BETAS[0] ** number)
        root = xp.sqrt(self.second / (1 - _BETAS[1] ** number)) + 1e-8
        value *= 1 - rate * decay
        value -= self.first * size / root


def _rate(done: float) -> float:
    """Learning rate after the share ``done`` of the training: up to the highest during the first 0.3, then down along a cosine."""
    rising = done < 0.3
    start, end, part = (_RATE / 25, _RATE, done / 0.3) if rising else (_RATE, _RATE / 25e4, (done - 0.3) / 0.7)
    return end + (start - end) * (1 + float(np.cos(np.pi * part))) / 2


def _train(rows: Single, target: Single, rng: np.random.Generator, bend: float, epochs: int, device: Device) -> Layers:
    """One network, its weights averaged over the last steps."""
    xp, place, width = device.xp, device.place, rows.shape[1]

    def drawn(inputs: int, *shape: int) -> Any:
        limit = 1 / np.sqrt(inputs)
        return place(rng.uniform(-limit, limit, shape).astype(np.float32))

    values = [
        drawn(width, width, _UNITS), drawn(width, _UNITS), drawn(_UNITS, _UNITS, _UNITS), drawn(_UNITS, _UNITS), drawn(_UNITS, _UNITS),
        place(np.zeros(1, np.float32)),
    ]  # fmt: skip
    average = [xp.asarray(v, copy=True) for v in values]
    moments = [_Moments(xp.zeros_like(v), xp.zeros_like(v)) for v in values]
    all_rows, all_targets = place(np.ascontiguousarray(rows)), place(target)
    steps = max(1, len(rows) // _BATCH)
    total, number = steps * epochs, 0
    for _ in range(epochs):
        for batch in np.array_split(rng.permutation(len(rows)), steps):
            number += 1
            rate, chosen = _rate(number / total), place(batch)
            some, wanted = xp.take(all_rows, chosen, axis=0), xp.take(all_targets, chosen, axis=0)
            for value, moment, gradient in zip(values, moments, _gradients(values, some, wanted, rng, bend, device), strict=True):
                moment.step(value, gradient, rate, number, _DECAY, xp)
            keep = float(np.float32(min(_AVERAGING, number / (number + 10))))
            for mean, value in zip(average, values, strict=True):
                mean += (value - mean) * (1 - keep)
    return Layers(*(device.fetch(mean) for mean in average))


def _kept(rng: np.random.Generator, shape: tuple[int, ...], dropout: float) -> Single:
    """A mask for dropout: 0 where an entry is dropped, else what makes up for it."""
    return (rng.random(shape, dtype=np.float32) >= dropout).astype(np.float32) / np.float32(1 - dropout)


def _gradients(values: list[Any], batch: Any, target: Any, rng: np.random.Generator, bend: float, device: Device = PROCESSOR) -> list[Any]:
    """Gradients of the mean Huber loss with respect to ``values`` (in the order of :class:`Layers`), with dropout. Arrays of ``device``."""
    xp, place = device.xp, device.place
    first, first_offset, second, second_offset, last, last_offset = values
    count = batch.shape[0]
    x = batch * place(_kept(rng, tuple(batch.shape), _INPUT_DROPOUT))
    one_mask = place(_kept(rng, (count, _UNITS), _DROPOUT))
    two_mask = place(_kept(rng, (count, _UNITS), _DROPOUT))
    one = xp.clip(x @ first + first_offset, 0, None) * one_mask
    two = xp.clip(one @ second + second_offset, 0, None) * two_mask
    error = xp.clip(two @ last + last_offset - target, -bend, bend) / count
    two_gradient = xp.where(two > 0, error[:, None] * last * two_mask, xp.zeros_like(two))
    one_gradient = xp.where(one > 0, (two_gradient @ second.T) * one_mask, xp.zeros_like(one))
    return [
        x.T @ one_gradient, xp.sum(one_gradient, axis=0), one.T @ two_gradient, xp.sum(two_gradient, axis=0), two.T @ error, xp.sum(error, keepdims=True),
    ]  # fmt: skip
