"""Folds that keep what belongs together together, for the shipped and for users' models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, DataStructs
from rdkit.Chem.Scaffolds import MurckoScaffold
from rdkit.DataStructs import ExplicitBitVect
from rdkit.rdBase import BlockLogs
from rdkit.SimDivFilters.rdSimDivPickers import LeaderPicker

from tools.predictors.features.molecule import MORGAN_BITS
from tools.predictors.training.device import one_blas_thread

FOLDS = 5
#: Structures of a cluster are at most this far (1 - Tanimoto) from its first member.
_CLUSTER_DISTANCE = 0.65


def each_fold(fold: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
    """(number, rows of all other folds, its own rows) of every fold, in order. ``fold``: the fold number of each row. Empty for no rows."""
    for k in sorted(set(fold.tolist())):
        yield k, np.flatnonzero(fold != k), np.flatnonzero(fold == k)


def _dealt(counts: NDArray[np.int64], seed: int, folds: int) -> NDArray[np.int64]:
    """The fold of each group of rows: dealt from the largest to the smallest, each to the fold that is smallest so far; ties at random."""
    tie = np.random.default_rng(seed).permutation(len(counts))
    sizes, number = np.zeros(folds), np.zeros(len(counts), dtype=np.int64)
    for group in np.lexsort((tie, -counts)):
        number[group] = int(np.argmin(sizes))
        sizes[number[group]] += counts[group]
    return number


def group_folds(groups: Sequence[str], seed: int, folds: int = FOLDS) -> NDArray[np.int64]:
    """A fold number a row: equal ``groups`` share a fold, groups are dealt at random, folds have nearly equal numbers of groups.

    A fold is empty where there are fewer groups than folds.
    """
    names = sorted(set(groups))
    order = np.random.default_rng(seed).permutation(len(names))
    number = {names[position]: i % folds for i, position in enumerate(order)}
    return np.array([number[g] for g in groups], dtype=np.int64)


def scaffold_folds(mols: Sequence[Chem.Mol], keys: Sequence[str], seed: int, folds: int = FOLDS) -> NDArray[np.int64]:
    """A fold number a row: equal Bemis-Murcko scaffolds share a fold; structures without a ring are their own scaffold.

    A fold is empty where there are fewer scaffolds than folds.

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
    _, member, counts = np.unique(groups, return_inverse=True, return_counts=True)
    return np.asarray(_dealt(counts, seed, folds)[member], dtype=np.int64)


def cluster_folds(on: Sequence[NDArray[np.uint16]], seed: int, folds: int = FOLDS) -> NDArray[np.int64]:
    """A fold number a structure; structures that resemble one leader (Tanimoto at least 0.35) share a fold.

    Raises ValueError for no structures.

    ``on``: the positions of the bits of each fingerprint. Leaders are picked by sphere exclusion in the order of the structures; every
    structure joins its most similar leader; clusters are dealt as scaffolds are.
    """
    prints = []
    for positions in on:
        vector = ExplicitBitVect(MORGAN_BITS)
        vector.SetBitsFromList([int(p) for p in positions])
        prints.append(vector)
    leaders = list(LeaderPicker().LazyBitVectorPick(prints, len(prints), _CLUSTER_DISTANCE))
    similarity = np.array([DataStructs.BulkTanimotoSimilarity(prints[i], prints) for i in leaders])
    cluster = np.argmax(similarity, axis=0)
    return np.asarray(_dealt(np.bincount(cluster, minlength=len(leaders)), seed, folds)[cluster])


def family_folds(codes: NDArray[np.float32], seed: int, folds: int = FOLDS) -> NDArray[np.int64]:
    """A fold number a row, shape (n,): ``folds`` clusters by k-means on standardised descriptors ``codes`` (n, columns).

    Each cluster is a fold, and may be empty.

    Leaving out whole clusters asks for extrapolation to families that were not seen. The best of ten starts.
    """
    from scipy.cluster.vq import kmeans, vq

    rng = np.random.default_rng(seed)
    sample = rng.permutation(len(codes))[:4000]
    with one_blas_thread():
        centres, _ = kmeans(codes[sample].astype(np.float64), folds, iter=10, rng=rng)
        return np.asarray(vq(codes.astype(np.float64), centres)[0], dtype=np.int64)
