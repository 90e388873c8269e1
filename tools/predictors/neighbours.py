"""The nearest training structures of a structure: Tanimoto similarity of Morgan fingerprints (radius 2, 2048 bits)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from tools.predictors.features.molecule import MORGAN_BITS

#: Queries compared with the whole index at once; bounds the memory (index size times this, four bytes each).
_BATCH = 64
NEAREST = 3


@dataclass(frozen=True)
class Neighbours:
    """The nearest index entries of each query: ``position`` and ``similarity``, both of shape (queries, 3), nearest first."""

    position: NDArray[np.int64]
    similarity: NDArray[np.float32]


class NeighbourIndex:
    """Fingerprints of the training structures as sets of bits."""

    def __init__(self, bits: NDArray[np.uint16], sizes: NDArray[np.uint16]) -> None:
        """``bits``: the set bits of all structures one after the other; ``sizes``: how many belong to each structure."""
        pointer = np.concatenate([[0], np.cumsum(sizes.astype(np.int64))]).astype(np.int32)
        ones = np.ones(len(bits), dtype=np.float32)
        self._matrix = csr_matrix((ones, bits.astype(np.int32), pointer), shape=(len(sizes), MORGAN_BITS))
        self._sizes = sizes.astype(np.float32)

    @classmethod
    def of(cls, fingerprints: Sequence[NDArray[np.uint16]]) -> NeighbourIndex:
        """The index of these sets of bits."""
        bits = np.concatenate(fingerprints) if fingerprints else np.zeros(0, dtype=np.uint16)
        return cls(bits, np.array([len(f) for f in fingerprints], dtype=np.uint16))

    def __len__(self) -> int:
        return len(self._sizes)

    def query(self, fingerprints: Sequence[NDArray[np.uint16]]) -> Neighbours:
        """The three nearest entries of each query; equal similarities go to the earlier entry."""
        count = min(NEAREST, len(self))
        positions = np.zeros((len(fingerprints), NEAREST), dtype=np.int64)
        similarities = np.zeros((len(fingerprints), NEAREST), dtype=np.float32)
        for start in range(0, len(fingerprints), _BATCH):
            part = fingerprints[start : start + _BATCH]
            dense = np.zeros((MORGAN_BITS, len(part)), dtype=np.float32)
            for column, bits in enumerate(part):
                dense[bits, column] = 1.0
            common = np.asarray(self._matrix @ dense)
            union = self._sizes[:, None] + dense.sum(axis=0)[None, :] - common
            tanimoto = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
            for column in range(len(part)):
                values = tanimoto[:, column]
                limit = np.partition(values, len(values) - count)[len(values) - count]
                found = np.flatnonzero(values >= limit)
                found = found[np.argsort(-values[found], kind="stable")][:count]
                positions[start + column, :count] = found
                similarities[start + column, :count] = values[found]
        return Neighbours(positions, similarities)
