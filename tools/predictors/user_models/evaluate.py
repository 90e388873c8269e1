"""What the trainer needs to know of a user's model while it is evaluated: features, folds, the kernel's share, the expected error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from core.errors import UsageError
from tools.predictors.features.assemble import Describer
from tools.predictors.training.calibration import calibrate, conformal_quantile, error_figures, short, spearman
from tools.predictors.training.cross_validation import Evaluation, FloatArray, OutOfFold, Rows, Unseen
from tools.predictors.training.splits import cluster_folds, group_folds, scaffold_folds
from tools.predictors.user_models.learned import Scale, combined, dense_bits
from tools.predictors.user_models.table import Measurements

SplitName = Literal["random", "scaffold", "cluster"]

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


def folds_of(data: Described, split: SplitName, seed: int) -> Rows:
    """The fold of every substance, (n,). Raises UsageError where the split leaves fewer than two folds with structures."""
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
class UserEvaluation(Evaluation):
    """An evaluation with what the final model takes from it: the kernel's share in the mean, 0 to 1, and the error to expect."""

    share: float
    scale: Scale


def best_kernel_share(parts: FloatArray, y: FloatArray) -> float:
    """The kernel's share in the mean, of five, with the least squared error out of fold; equals go to the even mean.

    ``parts``: predictions of the members, (3, n); ``y``: measured values, (n,); both in the unit that is learnt.

    Never NaN.
    """
    errors = {share: float(((combined(parts, share) - y) ** 2).mean()) for share in _KERNEL_SHARES}
    return min(errors, key=lambda share: (round(errors[share], 12), abs(share - 0.5)))


def out_of_fold(unseen: Unseen, share: float) -> OutOfFold:
    """The combined prediction and the disagreement of the members, with ``share`` (0 to 1) of the kernel. NaN where a member is NaN."""
    return OutOfFold(combined(unseen.parts, share), np.asarray(unseen.parts.std(axis=0)), unseen.near, unseen.nearest)


def similarity(oof: OutOfFold) -> FloatArray:
    """Tanimoto similarity of every row to the nearest training row, (n,). 0 where nothing resembles it."""
    return oof.near[:, 0].astype(np.float64)


def fit_scale(error: FloatArray, spread: FloatArray, similarity: FloatArray) -> Scale:
    """Non-negative least squares of the absolute errors, cut at their 95 % point so that single outliers do not decide.

    All are arrays (n,); errors and spread in the unit that is learnt. Never all 0: the constant part is at least a fifth of the mean error.
    Raises IndexError for empty arrays.
    """
    target = np.minimum(error, np.quantile(error, 0.95))
    found, _ = nnls(np.column_stack([np.ones_like(error), spread, 1.0 - similarity]), target)
    floor = 0.2 * float(np.mean(target)) + 1e-9
    return Scale(max(float(found[0]), floor), float(found[1]), float(found[2]))


def evaluated(fold: Rows, unseen: Unseen, y: FloatArray) -> UserEvaluation:
    """The evaluation of a split with the kernel's share, the expected error and the intervals that follow from it.

    ``y``: measured values (n,), in the unit that is learnt. Raises IndexError where there are no rows.
    """
    share = best_kernel_share(unseen.parts, y)
    oof = out_of_fold(unseen, share)
    error, near = np.abs(oof.value - y), similarity(oof)

    def fitted(rows: Rows) -> Scale:
        return fit_scale(error[rows], oof.spread[rows], near[rows])

    def expected(train: Rows, test: Rows) -> FloatArray:
        return fitted(train).of(oof.spread[test], near[test])

    calibration = calibrate(error, fold, expected, conformal_quantile, floor=0.0)
    return UserEvaluation(fold, oof, calibration, share, fitted(np.arange(len(y))))


def figures(y: FloatArray, value: FloatArray, interval: tuple[FloatArray, FloatArray] | None = None) -> dict[str, Any]:
    """n, RMSE, MAE, R², Spearman, the same errors of predicting the mean, and how often the 90 % interval holds.

    Errors are in the unit of ``y``; R² and Spearman are 0 where the values do not vary. Coverage is left out without ``interval``.
    """
    found: dict[str, Any] = {
        **error_figures(y, value),
        "spearman": spearman(y, value),
        "rmse_of_the_mean": short(np.std(y)),
        "mae_of_the_mean": short(np.abs(y - y.mean()).mean()),
    }
    if interval is not None:
        low, high = interval
        found["coverage"] = short(((y >= low) & (y <= high)).mean())
        found["median_half_width"] = short(np.median((high - low) / 2))
    return found
