"""Cross-validation of a model of own measurements: honest predictions, honest intervals, and where the domain ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rdkit import DataStructs
from rdkit.DataStructs import ExplicitBitVect
from rdkit.SimDivFilters.rdSimDivPickers import LeaderPicker
from scipy.optimize import nnls

from core.errors import UsageError
from tools.predictors.features.assemble import Describer
from tools.predictors.features.molecule import MORGAN_BITS
from tools.predictors.neighbours import NeighbourIndex
from tools.predictors.training.evaluate import conformal_quantile
from tools.predictors.training.splits import FOLDS, group_folds, scaffold_folds
from tools.predictors.user_models.learn import combined, dense_bits, learn
from tools.predictors.user_models.table import Measurements

FloatArray = NDArray[np.float64]
Progress = Callable[[str], None]
Split = Literal["random", "scaffold", "cluster"]

#: Structures of a cluster are at most this far (1 - Tanimoto) from its first member.
_CLUSTER_DISTANCE = 0.65
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


def cluster_folds(on: list[NDArray[np.uint16]], seed: int, folds: int = FOLDS) -> NDArray[np.int64]:
    """A fold number a structure; structures that resemble one leader (Tanimoto at least 0.35) share a fold.

    Leaders are picked by sphere exclusion in the order of the structures; every structure joins its most similar leader; clusters are
    dealt from the largest to the smallest, each to the fold that is smallest so far.
    """
    prints = []
    for positions in on:
        vector = ExplicitBitVect(MORGAN_BITS)
        vector.SetBitsFromList([int(p) for p in positions])
        prints.append(vector)
    leaders = list(LeaderPicker().LazyBitVectorPick(prints, len(prints), _CLUSTER_DISTANCE))
    similarity = np.array([DataStructs.BulkTanimotoSimilarity(prints[i], prints) for i in leaders])
    cluster = np.argmax(similarity, axis=0)
    counts = np.bincount(cluster, minlength=len(leaders))
    tie = np.random.default_rng(seed).permutation(len(leaders))
    sizes, number = np.zeros(folds), np.zeros(len(leaders), dtype=np.int64)
    for c in np.lexsort((tie, -counts)):
        number[c] = int(np.argmin(sizes))
        sizes[number[c]] += counts[c]
    return np.asarray(number[cluster])


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
    parts, similarity = np.zeros((3, len(y))), np.zeros(len(y))
    for k in sorted(set(fold.tolist())):
        train, test = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        model = learn(data.table.kind, data.x[train], data.bits[train], y[train], seed)
        parts[:, test] = model.parts(data.x[test], data.bits[test])
        similarity[test] = NeighbourIndex.of([data.on[i] for i in train]).query([data.on[i] for i in test]).similarity[:, 0]
        error = combined(parts[:, test], 0.5) - y[test]
        progress(f"fold {k + 1}: {len(test)} substances, RMSE {np.sqrt((error**2).mean()):.3g}")
    return OutOfFold(parts, similarity, fold)


def best_kernel_share(oof: OutOfFold, y: FloatArray) -> float:
    """The kernel's share in the mean, of five, with the least squared error out of fold; equals go to the even mean."""
    errors = {share: float(((oof.value(share) - y) ** 2).mean()) for share in _KERNEL_SHARES}
    return min(errors, key=lambda share: (round(errors[share], 12), abs(share - 0.5)))


@dataclass
class Scale:
    """The error to expect: ``constant`` + ``spread`` x disagreement + ``distance`` x (1 - similarity), none of them negative."""

    constant: float
    spread: float
    distance: float

    def of(self, spread: FloatArray, similarity: FloatArray) -> FloatArray:
        """Expected absolute error of n structures; it grows with disagreement and with the distance to the training structures."""
        return np.asarray(self.constant + self.spread * spread + self.distance * (1.0 - similarity))


def fit_scale(error: FloatArray, spread: FloatArray, similarity: FloatArray) -> Scale:
    """Non-negative least squares of the absolute errors, cut at their 95 % point so that single outliers do not decide."""
    target = np.minimum(error, np.quantile(error, 0.95))
    found, _ = nnls(np.column_stack([np.ones_like(error), spread, 1.0 - similarity]), target)
    floor = 0.2 * float(np.mean(target)) + 1e-9
    return Scale(max(float(found[0]), floor), float(found[1]), float(found[2]))


@dataclass
class Calibration:
    """What the final model uses (``scale``, ``q90``) and honest half-widths of the 90 % interval out of fold (n,)."""

    scale: Scale
    q90: float
    half_width: FloatArray


def calibrate(oof: OutOfFold, y: FloatArray, kernel_share: float) -> Calibration:
    """Normalised split-conformal intervals; the half-width of a row comes from the other folds only."""
    error = np.abs(oof.value(kernel_share) - y)
    half_width = np.zeros(len(y))
    for k in sorted(set(oof.fold.tolist())):
        test = oof.fold == k
        scale = fit_scale(error[~test], oof.spread[~test], oof.similarity[~test])
        scores = error[~test] / scale.of(oof.spread[~test], oof.similarity[~test])
        half_width[test] = conformal_quantile(scores) * scale.of(oof.spread[test], oof.similarity[test])
    scale = fit_scale(error, oof.spread, oof.similarity)
    return Calibration(scale, conformal_quantile(error / scale.of(oof.spread, oof.similarity)), half_width)


def figures(y: FloatArray, value: FloatArray, half_width: FloatArray | None = None) -> dict[str, Any]:
    """n, RMSE, MAE, R², Spearman, the same errors of predicting the mean, and how often the 90 % interval holds."""
    error = value - y
    variance = float(((y - y.mean()) ** 2).mean())
    found: dict[str, Any] = {
        "n": len(y),
        "rmse": _short(np.sqrt((error**2).mean())),
        "mae": _short(np.abs(error).mean()),
        "r2": _short(1 - float((error**2).mean()) / variance) if variance > 0 else 0.0,
        "spearman": spearman(y, value),
        "rmse_of_the_mean": _short(np.sqrt(variance)),
        "mae_of_the_mean": _short(np.abs(y - y.mean()).mean()),
    }
    if half_width is not None:
        found["coverage"] = _short((np.abs(error) <= half_width).mean())
        found["median_half_width"] = _short(np.median(half_width))
    return found


def spearman(a: FloatArray, b: FloatArray) -> float:
    """Rank correlation (ties share their mean rank); 0 where one of them is constant or there are fewer than three."""
    from scipy.stats import rankdata

    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return _short(np.corrcoef(rankdata(a), rankdata(b))[0, 1])


def _short(number: float | np.floating[Any]) -> float:
    return float(f"{float(number):.4g}")
