"""Folds that keep what belongs together together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem.Scaffolds import MurckoScaffold
from rdkit.rdBase import BlockLogs

from tools.predictors.training.device import one_blas_thread

FOLDS = 5


def group_folds(groups: Sequence[str], seed: int, folds: int = FOLDS) -> NDArray[np.int64]:
    """A fold number a row: equal ``groups`` share a fold, groups are dealt at random, folds have nearly equal numbers of groups."""
    names = sorted(set(groups))
    order = np.random.default_rng(seed).permutation(len(names))
    number = {names[position]: i % folds for i, position in enumerate(order)}
    return np.array([number[g] for g in groups], dtype=np.int64)


def scaffold_folds(mols: Sequence[Chem.Mol], keys: Sequence[str], seed: int, folds: int = FOLDS) -> NDArray[np.int64]:
    """A fold number a row: equal Bemis-Murcko scaffolds share a fold; structures without a ring are their own scaffold.

    Scaffolds are dealt from the largest to the smallest, each to the fold that is smallest so far; equals in random order.
    """
    with BlockLogs():
        scaffolds = [
            MurckoScaffold.MurckoScaffoldSmiles(mol=mol, includeChirality=False) or f"acyclic {key}"
            for mol, key in zip(mols, keys, strict=True)
        ]
    # One substance must stay in one fold even where two ways of writing it give two scaffolds.
    first: dict[str, str] = {}
    groups = [first.setdefault(key, scaffold) for key, scaffold in zip(keys, scaffolds, strict=True)]
    names, counts = np.unique(groups, return_counts=True)
    tie = np.random.default_rng(seed).permutation(len(names))
    sizes = np.zeros(folds)
    number: dict[str, int] = {}
    for i in np.lexsort((tie, -counts)):
        target = int(np.argmin(sizes))
        number[str(names[i])] = target
        sizes[target] += counts[i]
    return np.array([number[g] for g in groups], dtype=np.int64)


def family_folds(codes: NDArray[np.float32], seed: int, folds: int = FOLDS) -> NDArray[np.int64]:
    """A fold number a row: ``folds`` clusters by k-means on standardised descriptors ``codes`` (rows, columns); each cluster is a fold.

    Leaving out whole clusters asks for extrapolation to families that were not seen. The best of ten starts.
    """
    from scipy.cluster.vq import kmeans, vq

    rng = np.random.default_rng(seed)
    sample = rng.permutation(len(codes))[:4000]
    with one_blas_thread():
        centres, _ = kmeans(codes[sample].astype(np.float64), folds, iter=10, rng=rng)
        return np.asarray(vq(codes.astype(np.float64), centres)[0], dtype=np.int64)
