"""Desirability of values: Derringer and Suich's ramps and their weighted geometric mean (J. Qual. Technol. 1980, 12, 214)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.spec import Objective

Array = NDArray[np.float64]


def desirability(values: Array, objective: Objective) -> Array:
    """Desirability, 0 to 1, of each value in the property's unit; 0 where the value is NaN (unknown)."""
    span = objective.high - objective.low
    if objective.shape == "maximise":
        raw = (values - objective.low) / span
    elif objective.shape == "minimise":
        raw = (objective.high - values) / span
    else:
        assert objective.target is not None
        up, down = objective.target - objective.low, objective.high - objective.target
        rising = (values - objective.low) / up if up > 0 else np.where(values >= objective.low, 1.0, 0.0)
        falling = (objective.high - values) / down if down > 0 else np.where(values <= objective.high, 1.0, 0.0)
        raw = np.minimum(rising, falling)
    return np.asarray(np.where(np.isnan(values), 0.0, np.clip(raw, 0.0, 1.0)))


def overall(parts: Array, weights: Sequence[float]) -> Array:
    """Weighted geometric mean over the columns of ``parts`` (n, k); 1 without objectives, 0 where any part is 0."""
    if parts.shape[1] == 0:
        return np.ones(parts.shape[0])
    share = np.asarray(weights, dtype=np.float64) / float(sum(weights))
    with np.errstate(divide="ignore"):
        return np.asarray(np.exp((np.log(parts) * share).sum(axis=1)))
