"""Errors of many predictions as normal scores and back: what the probabilities of :mod:`tools.catalogue.probability` are for one, for arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tools.catalogue.probability import DEGREES, END, QUARTILE, SCALE

Array = NDArray[np.float64]


def normal_scores(z: Array, shape: Array | None = None) -> Array:
    """Errors in sigmas as standard normal scores of the same probability (see ``tools.catalogue.probability`` for their shape).

    ``shape``: the numbers of an ``ErrorShape`` for each error, of the shape of ``z`` and four; None: all symmetric. Joint probabilities are those of a
    Gaussian copula: each error keeps its shape, the correlation is that of the scores.
    """
    from scipy.special import ndtri, stdtr  # imported where something is computed: it takes longer than most commands

    arm, bend = _side(z, shape)
    score = -ndtri(stdtr(DEGREES, -np.abs(z) / arm / SCALE))
    if shape is not None:
        outer = QUARTILE + (score - bend) * (END - QUARTILE) / (END - bend)
        score = np.where(score < bend, score * QUARTILE / bend, np.where(score < END, outer, score))
    return np.asarray(np.sign(z) * score)


def errors_of(scores: Array, shape: Array | None = None) -> Array:
    """The reverse of :func:`normal_scores`: errors in sigmas, of the shape of ``scores``; infinite where these are, NaN for NaN."""
    from scipy.special import ndtr, stdtrit

    arm, bend = _side(scores, shape)
    score = np.abs(scores)
    if shape is not None:
        outer = bend + (score - QUARTILE) * (END - bend) / (END - QUARTILE)
        score = np.where(score < QUARTILE, score * bend / QUARTILE, np.where(score < END, outer, score))
    return np.asarray(-np.sign(scores) * arm * SCALE * stdtrit(DEGREES, ndtr(-score)))


def _side(z: Array, shape: Array | None) -> tuple[Array, Array]:
    """Length and bend of the arm on which each error lies."""
    if shape is None:
        return np.ones(()), np.full((), QUARTILE)
    below = z < 0
    return np.where(below, shape[..., 0], shape[..., 1]), np.where(below, shape[..., 2], shape[..., 3])
