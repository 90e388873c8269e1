"""Pareto fronts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pareto_fronts(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of the front of each row of ``values`` (n, d), more is better in every column: 1 is not dominated by any row.

    Equal rows share a front. Peels front by front; memory grows with n, time with n^2 and the number of fronts.
    """
    count = values.shape[0]
    fronts = np.zeros(count, dtype=np.int64)
    left = np.arange(count)
    number = 0
    while left.size:
        number += 1
        rest = values[left]
        dominated = np.array([bool(((rest >= row).all(axis=1) & (rest > row).any(axis=1)).any()) for row in rest])
        fronts[left[~dominated]] = number
        left = left[dominated]
    return fronts
