"""The nearest training structures of a structure: Tanimoto similarity of Morgan fingerprints (radius 2, 2048 bits)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.features.molecule import MORGAN_BITS

#: Bits that at least this share of the structures have are kept as a column each, the others as lists of structures.
_COMMON = 1 / 16
#: Queries before the lists are made; as for trees.
_FEW = 16
#: Bits looked through at once: what that needs is small enough to be used again for the next.
_PART = 32768
NEAREST = 3


@dataclass(frozen=True)
class Neighbours:
    """The nearest index entries of each query: ``position`` and ``similarity``, both of shape (queries, 3), nearest first."""

    position: NDArray[np.int64]
    similarity: NDArray[np.float32]


@dataclass(frozen=True)
class _Lists:
    """Which entries have a bit: of common bits a ``columns`` row of 0 and 1 each, whose place is in ``column``; of all a list in ``owners``."""

    owners: list[NDArray[Any]]
    column: NDArray[np.int64]
    columns: NDArray[np.uint8]

    @classmethod
    def of(cls, bits: NDArray[np.uint16], ends: NDArray[np.int64]) -> _Lists:
        """The lists of entries whose bits end at ``ends``."""
        kind = np.uint16 if len(ends) <= 1 << 16 else np.uint32  # half a million numbers a model
        owner = np.repeat(np.arange(len(ends), dtype=kind), np.diff(ends, prepend=0))
        frequency = np.bincount(bits, minlength=MORGAN_BITS)
        ordered, after = owner[np.argsort(bits, kind="stable")], np.cumsum(frequency)
        owners = [ordered[end - count : end] for end, count in zip(after.tolist(), frequency.tolist(), strict=True)]
        common = np.flatnonzero(frequency > _COMMON * len(ends))
        column = np.full(MORGAN_BITS, -1)
        column[common] = np.arange(len(common))
        columns = np.zeros((len(common), len(ends)), dtype=np.uint8)
        for row, bit in enumerate(common):
            columns[row, owners[bit]] = 1
        return cls(owners, column, columns)

    def shared(self, bits: NDArray[np.uint16]) -> NDArray[np.float32]:
        """How many of ``bits`` every entry has, shape (entries,)."""
        columns = self.column[bits]
        shared = np.add.reduce(self.columns[columns[columns >= 0]], axis=0, dtype=np.uint8 if len(bits) < 256 else np.uint16)
        common = shared.astype(np.float32)
        rare = [self.owners[bit] for bit in bits[columns < 0]]
        if rare:
            np.add.at(common, np.concatenate(rare).astype(np.intp), np.float32(1.0))
        return np.asarray(common)


class NeighbourIndex:
    """Fingerprints of the training structures as sets of bits."""

    def __init__(self, bits: NDArray[np.uint16], sizes: NDArray[np.uint16]) -> None:
        """``bits``: the set bits of all structures one after the other; ``sizes``: how many belong to each structure."""
        self._bits, self._sizes = bits, sizes.astype(np.float32)
        self._ends = np.cumsum(sizes, dtype=np.int64)
        self._asked = 0

    @cached_property
    def _lists(self) -> _Lists:
        return _Lists.of(self._bits, self._ends)

    @classmethod
    def of(cls, fingerprints: Sequence[NDArray[np.uint16]]) -> NeighbourIndex:
        """The index of these sets of bits, shape (bits,) each; empty for none."""
        bits = np.concatenate(fingerprints) if fingerprints else np.zeros(0, dtype=np.uint16)
        return cls(bits, np.array([len(f) for f in fingerprints], dtype=np.uint16))

    def __len__(self) -> int:
        return len(self._sizes)

    def query(self, fingerprints: Sequence[NDArray[np.uint16]]) -> Neighbours:
        """The three nearest entries of each query, fewer where there are fewer and [] where there is none; equal similarities go to the earlier entry.

        Tanimoto similarity, 0 to 1. Where the index has fewer than three entries the rest is 0; so is the similarity of a structure without
        bits.
        """
        positions = np.zeros((len(fingerprints), NEAREST), dtype=np.int64)
        similarities = np.zeros((len(fingerprints), NEAREST), dtype=np.float32)
        for row, bits in enumerate(fingerprints):
            self._asked += 1
            tanimoto = self._tanimoto(bits)
            for rank in range(min(NEAREST, len(self))):
                best = int(tanimoto.argmax())
                positions[row, rank], similarities[row, rank] = best, tanimoto[best]
                tanimoto[best] = -1.0
        return Neighbours(positions, similarities)

    def similarities(self, bits: NDArray[np.uint16]) -> NDArray[np.float32]:
        """Tanimoto similarity, 0 to 1, of one structure to every entry, shape (entries,), empty for no entries; 0 to all for a structure without bits."""
        self._asked += 1
        return self._tanimoto(bits)

    def _tanimoto(self, bits: NDArray[np.uint16]) -> NDArray[np.float32]:
        """Similarity of the structure with these ``bits`` to every entry; 0 to all for a structure without bits."""
        if not len(bits):
            return np.zeros(len(self), dtype=np.float32)
        common = self._lists.shared(bits) if self._asked > _FEW else self._counted(bits)
        return np.asarray(common / (self._sizes + np.float32(len(bits)) - common))

    def _counted(self, bits: NDArray[np.uint16]) -> NDArray[np.float32]:
        """How many of ``bits`` every entry has: all bits of all entries looked through, which for a few structures costs less than the lists."""
        wanted = np.zeros(MORGAN_BITS, dtype=np.bool_)
        wanted[bits] = True
        starts = range(0, max(1, len(self._bits)), _PART)
        met = np.concatenate([start + np.flatnonzero(wanted.take(self._bits[start : start + _PART])) for start in starts])
        return np.bincount(np.searchsorted(self._ends, met, side="right"), minlength=len(self)).astype(np.float32)
