"""Pareto fronts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Rows that are compared with all others at once.
_BLOCK = 256


def pareto_fronts(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of the front of each row of ``values`` (n, d), more is better in every column: 1 is not dominated by any row.

    Empty for no rows.

    Equal rows share a front. Every pair is compared once and kept as one bit: n^2 time, n^2 / 8 bytes.
    """
    count = values.shape[0]
    dominators = np.zeros(count, dtype=np.int64)
    bits = np.empty((count, (count + 7) // 8), dtype=np.uint8)
    for start in range(0, count, _BLOCK):
        dominated = _dominated(values[start : start + _BLOCK], values)
        dominators += dominated.sum(axis=0)
        bits[start : start + _BLOCK] = np.packbits(dominated, axis=1)
    fronts = np.zeros(count, dtype=np.int64)
    number = 0
    while not fronts.all():
        number += 1
        front = np.flatnonzero((dominators == 0) & (fronts == 0))
        fronts[front] = number
        for start in range(0, front.size, _BLOCK):
            dominators -= np.unpackbits(bits[front[start : start + _BLOCK]], axis=1, count=count).sum(axis=0, dtype=np.int64)
    return fronts


def _dominated(rows: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each of ``rows`` (m, d) dominates each of ``values`` (n, d): at least as good everywhere and better somewhere. Shape (m, n)."""
    as_good = np.ones((rows.shape[0], values.shape[0]), dtype=np.bool_)
    better = np.zeros_like(as_good)
    for column in range(values.shape[1]):
        mine, theirs = rows[:, column, None], values[None, :, column]
        as_good &= mine >= theirs
        better |= mine > theirs
    return as_good & better
