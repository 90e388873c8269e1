"""A Gaussian process that learns the scores of a run: a weighted sum of Tanimoto kernels and kernels on plain descriptors.

Weights and noise follow the marginal likelihood. The model is kept twice, on the scores and on their logarithms (in which a product of
factors becomes a sum); the one that ranks the better half of what it has not seen better (leave-one-out) is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.memory import hand_back_large_blocks
from tools.surrogate.features import FINGERPRINTS, Block, Floats, tanimoto

Doubles = npt.NDArray[np.float64]
_KERNELS = len(FINGERPRINTS) + 2
_MOST = 1200
_FIT_ON = 300


@dataclass
class _Model:
    log: bool
    theta: Doubles = field(default_factory=lambda: np.array([0.0, -1.0, -1.0, -1.0, -1.5, -5.0]))
    skill: float = 0.0


class Surrogate:
    """Fit to labelled molecules with :meth:`fit`, ask with :meth:`predict`. Deterministic for given data."""

    def __init__(self, *, logarithms: bool = True) -> None:
        """``logarithms``: whether the model on the logarithms is tried too, which needs scores above 0."""
        hand_back_large_blocks()  # a fit makes and lets go of some hundred megabytes, kernel by kernel
        self._models = [_Model(False), _Model(True)] if logarithms else [_Model(False)]
        self._fits = 0
        self._used = self._models[0]
        self._train: Block | None = None
        self._mean = self._scale = 0.0
        self._centre: Doubles = np.zeros(0)
        self._spread: Doubles = np.ones(0)

    def _norm(self, block: Block) -> Doubles:
        centred: Doubles = (block.plain - self._centre).astype(np.float64)
        return centred / self._spread

    def _kernels(self, one: Block, two: Block) -> list[Floats]:
        found = [tanimoto(one, two, kind) for kind in range(len(FINGERPRINTS))]
        a, b = self._norm(one).astype(np.float32), self._norm(two).astype(np.float32)
        square = np.maximum((a * a).sum(1)[:, None] + (b * b).sum(1)[None, :] - 2 * a @ b.T, 0)
        found.append(np.exp(-square / (0.5 * a.shape[1])).astype(np.float32))
        pa, pb = np.hstack([a, a * a]), np.hstack([b, b * b])
        found.append((pa @ pb.T / pa.shape[1]).astype(np.float32))
        return found

    def fit(self, train: Block, scores: Doubles) -> None:
        """Learn from the labelled ``train`` (at most 1,200 rows are sensible)."""
        self._centre = train.plain.mean(0).astype(np.float64)
        self._spread = train.plain.std(0).astype(np.float64) + 0.3
        n = len(scores)
        rows = np.argsort(-scores, kind="stable")
        if n > _FIT_ON:
            rest = rows[_FIT_ON // 2 :]
            rows = np.concatenate([rows[: _FIT_ON // 2], rest[:: max(1, len(rest) // (_FIT_ON // 2))]])
        self._fits += 1
        if self._fits <= 4 or self._fits % 2 == 0:
            self._choose_model(train.take(rows), scores[rows], scores)
        self._final(train, scores)

    def _choose_model(self, small: Block, some: Doubles, scores: Doubles) -> None:
        """Improve both models on a part of the data and take the one that ranks better."""
        kernels = [k.astype(np.float64) for k in self._kernels(small, small)]
        for model in self._models:
            y = self._target(some, model.log, scores)
            y = (y - y.mean()) / (y.std() + 1e-9)
            self._climb(model, kernels, y)
            model.skill = self._skill(model, kernels, y, some)
        self._used = max(self._models, key=lambda m: m.skill)

    @staticmethod
    def _target(values: Doubles, log: bool, every: Doubles) -> Doubles:
        if not log:
            return values
        positive = every[every > 0]
        floor = max(float(positive.min()) if len(positive) else 1e-3, 1e-30)
        return np.log(np.maximum(values, floor * 0.5))

    def _climb(self, model: _Model, kernels: list[Doubles], y: Doubles, steps: int = 10) -> None:
        """A few steps of gradient ascent (Adam) on the log marginal likelihood in the logarithms of weights and noise."""
        theta = model.theta.copy()
        m, v = np.zeros_like(theta), np.zeros_like(theta)
        eye = np.eye(len(y))
        best, best_theta = -np.inf, theta.copy()
        for step in range(1, steps + 1):
            w = np.exp(theta)
            k = sum(wi * ki for wi, ki in zip(w[:-1], kernels, strict=True)) + (w[-1] + 1e-6) * eye
            try:
                low = np.linalg.cholesky(k)
            except np.linalg.LinAlgError:
                break
            inverse_low = np.linalg.inv(low)
            inverse = inverse_low.T @ inverse_low
            alpha = inverse @ y
            value = -0.5 * y @ alpha - np.log(np.diag(low)).sum()
            if value > best:
                best, best_theta = value, theta.copy()
            inner = np.outer(alpha, alpha) - inverse
            grad = np.array(
                [0.5 * (inner * ki).sum() * wi for wi, ki in zip(w[:-1], kernels, strict=True)] + [0.5 * np.trace(inner) * w[-1]]
            )
            grad = grad / len(y) - 0.002 * (theta + 2)
            m, v = 0.8 * m + 0.2 * grad, 0.95 * v + 0.05 * grad * grad
            theta = np.clip(theta + 0.25 * (m / (1 - 0.8**step)) / (np.sqrt(v / (1 - 0.95**step)) + 1e-6), -9.0, 4.0)
        model.theta = best_theta

    @staticmethod
    def _skill(model: _Model, kernels: list[Doubles], y: Doubles, scores: Doubles) -> float:
        """Leave-one-out rank correlation over the better half."""
        w = np.exp(model.theta)
        k = sum(wi * ki for wi, ki in zip(w[:-1], kernels, strict=True)) + (w[-1] + 1e-6) * np.eye(len(y))
        inverse = np.linalg.inv(k)
        loo = y - (inverse @ y) / np.diag(inverse)
        top = np.argsort(-scores, kind="stable")[: max(10, len(y) // 2)]
        return _rank_correlation(loo[top], scores[top])

    def _final(self, train: Block, scores: Doubles) -> None:
        y = self._target(scores, self._used.log, scores)
        self._mean, self._scale = float(y.mean()), float(y.std() + 1e-9)
        w = np.exp(self._used.theta)
        kernels = self._kernels(train, train)
        k = np.zeros((len(y), len(y)))
        for wi in w[:-1]:  # each kernel is let go of when it has been added
            k += wi * kernels.pop(0)
        k.ravel()[:: len(y) + 1] += w[-1] + 1e-5
        low = np.linalg.cholesky(k)
        del k
        self._inverse_low = np.linalg.inv(low).astype(np.float32)
        del low
        self._alpha = (
            self._inverse_low.T.astype(np.float64) @ (self._inverse_low.astype(np.float64) @ ((y - self._mean) / self._scale))
        ).astype(np.float32)
        self._train = train
        self._w = w

    def predict(self, asked: Block) -> tuple[Doubles, Doubles]:
        """Mean and standard deviation of each asked molecule, in the units of the model (monotonic in the score)."""
        assert self._train is not None
        kernels = self._kernels(asked, self._train)
        cross = sum(wi * ki for wi, ki in zip(self._w[:-1].astype(np.float32), kernels, strict=True))
        mean = cross @ self._alpha
        own = self._w[: len(FINGERPRINTS) + 1].sum()
        a = self._norm(asked)
        own = own + self._w[len(FINGERPRINTS) + 1] * ((a * a).sum(1) + (a**4).sum(1)) / (2 * a.shape[1])
        half = cross @ self._inverse_low.T
        variance = np.maximum(own - (half * half).sum(1), 1e-8)
        return mean.astype(np.float64), np.sqrt(variance)

    def in_units(self, mean: Doubles, deviation: Doubles) -> tuple[Doubles, Doubles]:
        """What :meth:`predict` gave in the units of the scores; only where no logarithms are tried."""
        return self._mean + self._scale * mean, self._scale * deviation

    def left_out(self) -> tuple[Doubles, Doubles]:
        """Leave-one-out error and standard deviation of each molecule learnt from, in the units of the model (weights as they are)."""
        low = self._inverse_low.astype(np.float64)
        own = 1.0 / (low * low).sum(0)
        return self._alpha.astype(np.float64) * own, np.sqrt(own)


def _rank_correlation(one: Doubles, two: Doubles) -> float:
    a = np.argsort(np.argsort(one, kind="stable"), kind="stable").astype(float)
    b = np.argsort(np.argsort(two, kind="stable"), kind="stable").astype(float)
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / (np.sqrt((a * a).sum() * (b * b).sum()) + 1e-12))
