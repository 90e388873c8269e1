"""The learners for small tables: kernel regression and two LightGBM boosters; plain numbers and text, nothing pickled.

The kernel is a mean of the Tanimoto similarity of Morgan fingerprints and a Gaussian of the scaled descriptors; its share and its ridge
are chosen by exact leave-one-out inside the training rows. On few rows it is the better half, on many the boosters are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.features.assemble import feature_names
from tools.predictors.features.molecule import MORGAN_BITS
from tools.predictors.specs import FeatureKind
from tools.predictors.weights import compact_booster_text

if TYPE_CHECKING:
    from lightgbm import Booster

FloatArray = NDArray[np.float64]

#: Rows that the kernel part keeps at most; the boosters see all.
KERNEL_ROWS = 2500
_TUNING_ROWS = 600
_SHARES = (0.0, 0.5, 1.0)
_RIDGES = (0.003, 0.03, 0.3)
#: Scaled descriptors are cut at this many standard deviations.
_CLIP = 4.0
_TREES = 300


def descriptor_columns(kind: FeatureKind) -> NDArray[np.int64]:
    """Positions of the columns of a feature matrix that are no fingerprint bits."""
    return np.array([i for i, name in enumerate(feature_names(kind)) if not name.startswith("morgan_")], dtype=np.int64)


def dense_bits(bits: list[NDArray[np.uint16]]) -> NDArray[np.float32]:
    """Fingerprints as a 0/1 matrix of shape (n, 2048)."""
    rows = np.zeros((len(bits), MORGAN_BITS), dtype=np.float32)
    for i, on in enumerate(bits):
        rows[i, on] = 1.0
    return rows


def _tanimoto(a: NDArray[np.float32], b: NDArray[np.float32]) -> FloatArray:
    common = (a @ b.T).astype(np.float64)
    union = a.sum(axis=1)[:, None] + b.sum(axis=1)[None, :] - common
    return np.asarray(np.divide(common, union, out=np.zeros_like(common), where=union > 0))


def _squares(a: FloatArray, b: FloatArray) -> FloatArray:
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
        """Descriptors in standard deviations of the training rows, cut at four."""
        return np.clip((descriptors.astype(np.float64) - self.centre) / self.scale, -_CLIP, _CLIP)

    def predict(self, descriptors: NDArray[Any], bits: NDArray[np.float32]) -> FloatArray:
        """Values for n structures: descriptors (n, d) as computed, bits (n, 2048)."""
        gauss = np.exp(-_squares(self.scaled(descriptors), self.rows.astype(np.float64)) / self.width)
        kernel = self.share * _tanimoto(bits, self.bits) + (1 - self.share) * gauss
        return np.asarray(kernel @ self.weights + self.mean)


def train_kernel(descriptors: NDArray[Any], bits: NDArray[np.float32], y: FloatArray, seed: int) -> Kernel:
    """Kernel regression of ``y`` (n,) on descriptors (n, d) and fingerprints (n, 2048)."""
    rng = np.random.default_rng(seed)
    kept = np.sort(rng.permutation(len(y))[:KERNEL_ROWS])
    descriptors, bits, y = descriptors[kept].astype(np.float64), bits[kept], y[kept]
    centre, scale = descriptors.mean(axis=0), descriptors.std(axis=0)
    scale[scale < 1e-9] = 1.0
    x = np.clip((descriptors - centre) / scale, -_CLIP, _CLIP).astype(np.float32).astype(np.float64)
    tuned = np.sort(rng.permutation(len(y))[:_TUNING_ROWS])
    squares = _squares(x[tuned], x[tuned])
    width = float(np.median(squares[squares > 0])) if (squares > 0).any() else 1.0
    similar, gauss = _tanimoto(bits[tuned], bits[tuned]), np.exp(-squares / width)
    best = (float("inf"), _SHARES[1], _RIDGES[1])
    for share in _SHARES:
        for ridge in _RIDGES:
            inverse = np.linalg.inv(share * similar + (1 - share) * gauss + ridge * np.eye(len(tuned)))
            # Leave-one-out residuals in closed form (Rasmussen, Williams, Gaussian Processes for Machine Learning, eq. 5.12).
            left_out = inverse @ (y[tuned] - y[tuned].mean()) / np.diag(inverse)
            best = min(best, (float((left_out**2).mean()), share, ridge))
    _, share, ridge = best
    mean = float(y.mean())
    kernel = share * _tanimoto(bits, bits) + (1 - share) * np.exp(-_squares(x, x) / width)
    weights: FloatArray = np.linalg.solve(kernel + ridge * np.eye(len(y)), y - mean).astype(np.float64)
    return Kernel(centre, scale, x.astype(np.float32), bits, weights, mean, share, width)


def train_boosters(x: NDArray[np.float32], y: FloatArray, seed: int) -> list[Booster]:
    """Two boosters on the feature matrix (n, p), in the compact form in which they are stored."""
    import lightgbm

    common: dict[str, Any] = {
        "objective": "regression", "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": max(2, min(10, len(y) // 25)),
        "feature_fraction": 0.3, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 1.0, "max_bin": 63, "num_threads": 1,
        "verbosity": -1, "deterministic": True, "force_col_wise": True,
    }  # fmt: skip
    boosters = []
    for i, extra in enumerate((False, True)):
        trained = lightgbm.train({**common, "extra_trees": extra, "seed": seed * 10 + i}, lightgbm.Dataset(x, y), _TREES)
        boosters.append(lightgbm.Booster(model_str=compact_booster_text(trained.model_to_string())))
    return boosters


@dataclass
class Learned:
    """Kernel and boosters together. ``kernel_share`` is the kernel's weight in the mean; ``columns`` are those of the boosters."""

    kernel: Kernel
    boosters: list[Booster]
    columns: NDArray[np.int64]
    descriptors: NDArray[np.int64]
    kernel_share: float

    def parts(self, x: NDArray[np.float32], bits: NDArray[np.float32]) -> FloatArray:
        """Predictions of each member, shape (3, n): kernel first."""
        used = np.ascontiguousarray(x[:, self.columns])
        trees = [np.asarray(b.predict(used, num_threads=1)) for b in self.boosters]
        return np.array([self.kernel.predict(x[:, self.descriptors], bits), *trees])

    def combine(self, parts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(value, disagreement of the members) from :meth:`parts`."""
        return combined(parts, self.kernel_share), parts.std(axis=0)


def combined(parts: FloatArray, kernel_share: float) -> FloatArray:
    """The weighted mean of kernel and boosters."""
    return np.asarray(kernel_share * parts[0] + (1 - kernel_share) * parts[1:].mean(axis=0))


def learn(
    kind: FeatureKind, x: NDArray[np.float32], bits: NDArray[np.float32], y: FloatArray, seed: int, kernel_share: float = 0.5
) -> Learned:
    """Train all members on the feature matrix ``x``, fingerprints ``bits`` and values ``y``."""
    descriptors = descriptor_columns(kind)
    columns = np.flatnonzero(((x != 0).sum(axis=0) >= 3) & (x.max(axis=0) > x.min(axis=0)))
    kernel = train_kernel(x[:, descriptors], bits, y, seed)
    return Learned(kernel, train_boosters(np.ascontiguousarray(x[:, columns]), y, seed), columns, descriptors, kernel_share)
