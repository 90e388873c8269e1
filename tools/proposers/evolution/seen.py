"""Which structures were met before, in memory that does not grow."""

from __future__ import annotations

import hashlib

import numpy as np

_WAYS = 4


class Seen:
    """A set of texts kept as 64-bit hashes in a table of fixed size (8 bytes an entry, four places a hash).

    A text that was never added is taken for known with a chance of about 4 in 2^64. When the four places of a hash are full, one entry is
    overwritten: beyond about half the capacity a text may be forgotten, and would be offered again.
    """

    def __init__(self, capacity: int = 1 << 18) -> None:
        """``capacity``: entries that the table holds, rounded up to a power of two; 2^18 take 2 MB."""
        self._rows = 1 << max(1, (max(capacity, _WAYS) // _WAYS - 1).bit_length())
        self._table = np.zeros((self._rows, _WAYS), dtype=np.uint64)

    @staticmethod
    def _hash(text: str) -> int:
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") | 1

    def __contains__(self, text: str) -> bool:
        value = self._hash(text)
        return value in self._table[(value >> 8) & (self._rows - 1)].tolist()

    def add(self, text: str) -> bool:
        """Add ``text``; returns whether it is new."""
        value = self._hash(text)
        row = self._table[(value >> 8) & (self._rows - 1)]
        held = row.tolist()
        if value in held:
            return False
        row[held.index(0) if 0 in held else (value >> 60) % _WAYS] = value
        return True
