"""Cross-validation of a model of own measurements: honest predictions, honest intervals, and where the domain ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from core.errors import UsageError
from tools.predictors.features.assemble import Describer
from tools.predictors.training.calibration import Calibration, conformal_quantile, error_figures, short, spearman
from tools.predictors.training.calibration import calibrate as cross_fitted
from tools.predictors.training.cross_validation import Predict, Rows, cross_validated
from tools.predictors.training.splits import cluster_folds, group_folds, scaffold_folds
from tools.predictors.user_models.learn import learn
from tools.predictors.user_models.learned import Scale, combined, dense_bits
from tools.predictors.user_models.table import Measurements

FloatArray = NDArray[np.float64]
Progress = Callable[[str], None]
Split = Literal["random", "scaffold", "cluster"]

_KERNEL_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass
class Described:
    """Measurements with features (n, p), fingerprints as bit positions, and fingerprints as a 0/1 matrix (n, 2048)."""

    table: Measurements
    x: NDArray[np.float32]
    on: list[NDArray[np.uint16]]
    bits: NDArray[np.float32]


def describe(table: Measurements) -> Described:
    """Compute the features of all structures."""
    describer = Describer()
    x = describer.matrix(table.kind, table.smiles, table.mols)
    on = describer.fingerprints(table.kind, table.smiles, table.mols)
    return Described(table, x, on, dense_bits(on))


def folds_of(data: Described, split: Split, seed: int) -> NDArray[np.int64]:
    """The fold of every substance. Raises UsageError where the split leaves fewer than two folds with structures."""
    table = data.table
    if split == "random":
        fold = group_folds(table.keys, seed)
    elif split == "scaffold":
        fold = scaffold_folds(table.mols, table.keys, seed)
    else:
        fold = cluster_folds(data.on, seed)
    if len(set(fold.tolist())) < 2:
        raise UsageError(f"a {split} split is not possible: all structures are of one kind")
    return fold


@dataclass
class OutOfFold:
    """What models say of substances that they have not seen: members' predictions (3, n), similarity to the training rows (n,)."""

    parts: FloatArray
    similarity: FloatArray
    fold: NDArray[np.int64]

    def value(self, kernel_share: float) -> FloatArray:
        """The combined prediction."""
        return combined(self.parts, kernel_share)

    @property
    def spread(self) -> FloatArray:
        """Disagreement of the members."""
        return np.asarray(self.parts.std(axis=0))


def cross_validate(data: Described, fold: NDArray[np.int64], seed: int, progress: Progress) -> OutOfFold:
    """Train on all folds but one and predict that one, for each fold."""
    y = data.table.y

    def fit(train: Rows) -> Predict:
        model = learn(data.table.kind, data.x[train], data.bits[train], y[train], seed)
        return lambda test: model.parts(data.x[test], data.bits[test])

    def told(k: int, test: Rows, answers: FloatArray) -> None:
        error = combined(answers, 0.5) - y[test]
        progress(f"fold {k + 1}: {len(test)} substances, RMSE {np.sqrt((error**2).mean()):.3g}")

    found = cross_validated(fold, data.on, fit, told)
    return OutOfFold(found.parts, found.near[:, 0].astype(np.float64), fold)


def best_kernel_share(oof: OutOfFold, y: FloatArray) -> float:
    """The kernel's share in the mean, of five, with the least squared error out of fold; equals go to the even mean."""
    errors = {share: float(((oof.value(share) - y) ** 2).mean()) for share in _KERNEL_SHARES}
    return min(errors, key=lambda share: (round(errors[share], 12), abs(share - 0.5)))


def fit_scale(error: FloatArray, spread: FloatArray, similarity: FloatArray) -> Scale:
    """Non-negative least squares of the absolute errors, cut at their 95 % point so that single outliers do not decide."""
    target = np.minimum(error, np.quantile(error, 0.95))
    found, _ = nnls(np.column_stack([np.ones_like(error), spread, 1.0 - similarity]), target)
    floor = 0.2 * float(np.mean(target)) + 1e-9
    return Scale(max(float(found[0]), floor), float(found[1]), float(found[2]))


def calibrate(oof: OutOfFold, y: FloatArray, kernel_share: float) -> tuple[Scale, Calibration]:
    """The expected error that the final model uses, and the calibration of its intervals."""
    error = np.abs(oof.value(kernel_share) - y)

    def fitted(rows: NDArray[np.int64]) -> Scale:
        return fit_scale(error[rows], oof.spread[rows], oof.similarity[rows])

    def expected(train: NDArray[np.int64], test: NDArray[np.int64]) -> FloatArray:
        return fitted(train).of(oof.spread[test], oof.similarity[test])

    return fitted(np.arange(len(y))), cross_fitted(error, oof.fold, expected, conformal_quantile, floor=0.0)


def figures(y: FloatArray, value: FloatArray, half_width: FloatArray | None = None) -> dict[str, Any]:
    """n, RMSE, MAE, R², Spearman, the same errors of predicting the mean, and how often the 90 % interval holds."""
    found: dict[str, Any] = {
        **error_figures(y, value),
        "spearman": spearman(y, value),
        "rmse_of_the_mean": short(np.std(y)),
        "mae_of_the_mean": short(np.abs(y - y.mean()).mean()),
    }
    if half_width is not None:
        found["coverage"] = short((np.abs(value - y) <= half_width).mean())
        found["median_half_width"] = short(np.median(half_width))
    return found
