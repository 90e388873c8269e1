"""Probability of a box under a joint distribution of prediction errors, for many boxes at once and without random numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Points of the lattice; the error of a probability is then about 0.001 in two or three dimensions.
POINTS = 1024
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71)
_CHUNK = 256


def joint_probability(low: Array, high: Array, correlation: Array, *, points: int = POINTS) -> Array:
    """P(low < Z < high) of each row for Z ~ N(0, ``correlation``).

    ``low`` and ``high`` are standardised bounds of shape (n, m), infinite where open; the result has shape (n,) and lies in 0 to 1.
    Uncorrelated dimensions are multiplied exactly; correlated ones are integrated by Genz' separation of variables (A. Genz,
    J. Comput. Graph. Stat. 1992, 1, 141) on a fixed Richtmyer lattice, so that equal input gives equal output.
    """
    rows, dimensions = low.shape
    empty = (low >= high).any(axis=1)
    bounded = ~(np.isneginf(low).all(axis=0) & np.isposinf(high).all(axis=0))
    low, high, correlation = low[:, bounded], high[:, bounded], correlation[np.ix_(bounded, bounded)]
    dimensions = low.shape[1]
    if dimensions == 0:
        return np.where(empty, 0.0, np.ones(rows))
    if np.abs(correlation - np.eye(dimensions)).max() < 1e-12:
        result: Array = np.prod(_interval(low, high), axis=1)
    else:
        factor: Array = np.linalg.cholesky(0.999999 * correlation + 1e-6 * np.eye(dimensions)).astype(np.float64)
        lattice = _lattice(points, dimensions - 1)
        result = np.empty(rows)
        for start in range(0, rows, _CHUNK):
            part = slice(start, start + _CHUNK)
            result[part] = _separated(low[part], high[part], factor, lattice)
        result = np.minimum(result, _interval(low, high).min(axis=1))  # all together are no likelier than the least likely alone
    return np.clip(np.where(empty, 0.0, result), 0.0, 1.0)


def _interval(low: Array, high: Array) -> Array:
    """P(low < Z < high) of a standard normal, from the tail in which the interval lies."""
    from scipy.special import ndtr

    flip = low > 0
    a, b = np.where(flip, -high, low), np.where(flip, -low, high)
    return np.asarray(np.maximum(ndtr(b) - ndtr(a), 0.0))


def _lattice(points: int, dimensions: int) -> Array:
    """Richtmyer's lattice with the baker's transformation, shape (points, dimensions), values in (0, 1)."""
    index = np.arange(1, points + 1)[:, None]
    roots = np.sqrt(np.array([_PRIMES[i % len(_PRIMES)] for i in range(dimensions)]))[None, :]
    return np.asarray(np.abs(2.0 * ((index * roots) % 1.0) - 1.0))


def _separated(low: Array, high: Array, factor: Array, lattice: Array) -> Array:
    from scipy.special import ndtr, ndtri

    rows, dimensions = low.shape
    drawn = np.zeros((rows, lattice.shape[0], dimensions))
    value = np.ones((rows, lattice.shape[0]))
    for i in range(dimensions):
        shift = drawn[:, :, :i] @ factor[i, :i] if i else np.zeros((rows, lattice.shape[0]))
        start = ndtr((low[:, i, None] - shift) / factor[i, i])
        end = ndtr((high[:, i, None] - shift) / factor[i, i])
        width = np.maximum(end - start, 0.0)
        value *= width
        if i + 1 < dimensions:
            drawn[:, :, i] = ndtri(np.clip(start + lattice[None, :, i] * width, 1e-15, 1.0 - 1e-15))
    return np.asarray(value.mean(axis=1))
