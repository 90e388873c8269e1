"""What of the reference structures' chances says how many qualifying candidates a search will find, and the rule from the one to the other."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core import data
from core.errors import ConfigurationError
from tools.forecast.chances import Chances

Array = NDArray[np.float64]
FILE = "calibration.json"
#: How many of the best reference structures say how near a search begins.
BEST = 20
#: So many structures like the average of all are added to those that meet what is exact, so that a few do not decide alone.
PRIOR = 3.0
NAMES = ("met", "joint", "best", "exact", "windows", "polymer", "offset")
#: Structures of a first generation, about: how a search improves is not known before.
GENERATION = 100
#: How many of them, from the end, may have a negative weight.
FREE = 3


@dataclass(frozen=True)
class Numbers:
    """What the chances come to.

    Attributes:
        values: the features, in the order of ``NAMES``.
        meeting: reference structures that meet every requirement.
        exact: those that meet everything that is known exactly.
    """

    values: Array
    meeting: int
    exact: int


def numbers(chances: Chances) -> Numbers:
    """The features of the chances.

    A search makes structures that meet what the structure alone decides, so what counts is how the predictions stand among these. In order:
    log10 of the share of them that meets all; of their mean joint probability; of that of the best ``BEST``; of their share among all;
    the number of predictions that have to lie between two bounds, which no search can push past; 1 for polymers; 1.
    """
    n = len(chances.table)
    exact, joint, met = chances.exact(), chances.joint(), chances.met()
    among = float(exact.sum())
    soft = float(((exact * joint).sum() + PRIOR * joint.mean()) / (among + PRIOR))
    hard = float((met.sum() + PRIOR * soft) / (among + PRIOR))
    best = np.sort((exact * joint)[exact > 0])[::-1][:BEST]
    values = [
        _log(hard + 0.5 / n),
        _log(soft + 0.5 / n),
        _log((float(best.mean()) if len(best) else 0.0) + 0.001),
        _log(among / n + 0.5 / n),
        float(sum(bool(c.property) and bool(np.isfinite(c.low[0]) and np.isfinite(c.high[0])) for c in chances.columns)),
        float("polymer_assembly" in chances.table.origin),
        1.0,
    ]
    return Numbers(np.array(values), int(met.sum()), int(among))


def _log(number: float) -> float:
    return float(np.log10(number))


@dataclass(frozen=True)
class Rule:
    """How features become the share of the evaluated structures that qualify: weights for its logit in base 10, and what it errs by.

    Attributes:
        weights: one a feature, in the order of ``NAMES``; not negative but for the last ``FREE``.
        low, high: what is added to the logarithm (base 10) of the count for the ends of the range that held four of five goals.
        goals: how many goals it was calibrated on.
        budget: evaluations of each of their searches.
        evaluated: median of the structures that a run of the usual budget evaluates before it stops.
        growth: by how much the logit grows while ten times as many structures are evaluated: a search improves as it goes.
    """

    weights: Array
    low: float
    high: float
    goals: int
    budget: int
    evaluated: int
    growth: float

    def share(self, values: Array, evaluated: int) -> float:
        """Share of the structures that qualify of the first ``evaluated`` of a search, 0 to 1; fewer than a generation (100) count as one."""
        z = float(self.weights @ values) + self.growth * math.log10(max(evaluated, GENERATION) / self.budget)
        return float(1.0 / (1.0 + 10.0**-z))


@lru_cache(maxsize=1)
def rule() -> Rule:
    """The rule that ships. ConfigurationError if its file is missing or damaged."""
    try:
        found = json.loads(data.text("tools.forecast", FILE))
        weights = np.array([found["weights"][name] for name in NAMES], dtype=np.float64)
        return Rule(weights, found["low"], found["high"], found["goals"], found["budget"], found["evaluated"], found["growth"])
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"the calibration of the forecast cannot be read: {error}") from error


def fitted(features: Array, shares: Array, evaluated: Array, penalty: float = 0.1) -> Array:
    """Weights of the rule, by least squares on log10(count + 1), not negative but for the last ``FREE``; ``penalty`` on their squares.

    ``features`` (goals, features); ``shares`` of qualifying among ``evaluated`` structures, (goals,).
    """
    from scipy.optimize import minimize

    target = np.log10(shares * evaluated + 1.0)

    def loss(weights: Array) -> float:
        found = 1.0 / (1.0 + 10.0 ** -np.clip(features @ weights, -30, 30))
        return float(((np.log10(found * evaluated + 1.0) - target) ** 2).mean() + penalty * (weights[:-1] ** 2).mean())

    bounds = [(0.0, None)] * (features.shape[1] - FREE) + [(None, None)] * FREE
    start = np.array([0.3] * (features.shape[1] - FREE) + [0.0] * FREE)
    return np.asarray(minimize(loss, start, bounds=bounds, method="L-BFGS-B").x, dtype=np.float64)
