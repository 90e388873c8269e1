"""The learners for small tables: kernel regression and two LightGBM boosters; plain numbers and text, nothing pickled.

The kernel is a mean of the Tanimoto similarity of Morgan fingerprints and a Gaussian of the scaled descriptors; its share and its ridge
are chosen by exact leave-one-out inside the training rows. On few rows it is the better half, on many the boosters are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.features.assemble import feature_names
from tools.predictors.specs import FeatureKind
from tools.predictors.user_models.learned import CLIP, Kernel, Learned, square_distances, tanimoto
from tools.predictors.weights import compact_booster_text

if TYPE_CHECKING:
    from lightgbm import Booster

FloatArray = NDArray[np.float64]

#: Rows that the kernel part keeps at most; the boosters see all.
KERNEL_ROWS = 2500
_TUNING_ROWS = 600
_SHARES = (0.0, 0.5, 1.0)
_RIDGES = (0.003, 0.03, 0.3)
_TREES = 300


def descriptor_columns(kind: FeatureKind) -> NDArray[np.int64]:
    """Index of each column of a feature matrix that is no fingerprint bit; never empty."""
    return np.array([i for i, name in enumerate(feature_names(kind)) if not name.startswith("morgan_")], dtype=np.int64)


def train_kernel(descriptors: NDArray[Any], bits: NDArray[np.float32], y: FloatArray, seed: int) -> Kernel:
    """Kernel regression of ``y`` (n,) on descriptors (n, d) and fingerprints (n, 2048).

    Raises LinAlgError where the kernel matrix is singular.
    """
    rng = np.random.default_rng(seed)
    kept = np.sort(rng.permutation(len(y))[:KERNEL_ROWS])
    descriptors, bits, y = descriptors[kept].astype(np.float64), bits[kept], y[kept]
    centre, scale = descriptors.mean(axis=0), descriptors.std(axis=0)
    scale[scale < 1e-9] = 1.0
    x = np.clip((descriptors - centre) / scale, -CLIP, CLIP).astype(np.float32).astype(np.float64)
    tuned = np.sort(rng.permutation(len(y))[:_TUNING_ROWS])
    apart = square_distances(x[tuned], x[tuned])
    width = float(np.median(apart[apart > 0])) if (apart > 0).any() else 1.0
    similar, gauss = tanimoto(bits[tuned], bits[tuned]), np.exp(-apart / width)
    best = (float("inf"), _SHARES[1], _RIDGES[1])
    for share in _SHARES:
        for ridge in _RIDGES:
            inverse = np.linalg.inv(share * similar + (1 - share) * gauss + ridge * np.eye(len(tuned)))
            # Leave-one-out residuals in closed form (Rasmussen, Williams, Gaussian Processes for Machine Learning, eq. 5.12).
            left_out = inverse @ (y[tuned] - y[tuned].mean()) / np.diag(inverse)
            best = min(best, (float((left_out**2).mean()), share, ridge))
    _, share, ridge = best
    mean = float(y.mean())
    kernel = share * tanimoto(bits, bits) + (1 - share) * np.exp(-square_distances(x, x) / width)
    weights: FloatArray = np.linalg.solve(kernel + ridge * np.eye(len(y)), y - mean).astype(np.float64)
    return Kernel(centre, scale, x.astype(np.float32), bits, weights, mean, share, width)


def train_boosters(x: NDArray[np.float32], y: FloatArray, seed: int) -> list[Booster]:
    """Two boosters on the feature matrix (n, p), in the compact form in which they are stored.

    Raises LightGBMError for data that it cannot use.
    """
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


def learn(
    kind: FeatureKind, x: NDArray[np.float32], bits: NDArray[np.float32], y: FloatArray, seed: int, kernel_share: float = 0.5
) -> Learned:
    """Train all members. Raises what they raise.

    ``x``: feature matrix (n, p); ``bits``: fingerprints (n, 2048); ``y``: values (n,), in whose unit they predict.
    """
    descriptors = descriptor_columns(kind)
    columns = np.flatnonzero(((x != 0).sum(axis=0) >= 3) & (x.max(axis=0) > x.min(axis=0)))
    kernel = train_kernel(x[:, descriptors], bits, y, seed)
    return Learned(kernel, train_boosters(np.ascontiguousarray(x[:, columns]), y, seed), columns, descriptors, kernel_share)
