"""How sure the order is: rank intervals and ties under the errors of the predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.seeding import generator
from tools.catalogue.scores import errors_of
from tools.evaluation.table import ScoringTable

Array = NDArray[np.float64]

#: Most draws of the prediction errors; fewer for long lists, never below the minimum.
DRAWS, LEAST_DRAWS, ROWS = 1000, 200, 20_000
#: Lattice points of the joint probability within a draw; its error then is well below that of the predictions.
DRAW_POINTS = 64
#: Rows that are scored in one go, of several draws one after the other: a list is short, and a call for each draw costs ten times its arithmetic.
TOGETHER = 1024
#: Two candidates are tied unless one ranks above the other in this share of the draws.
SURE = 0.9


@dataclass(frozen=True)
class OrderCertainty:
    """``intervals``: the 90 % interval of each rank; ``tied``: groups of row numbers, best first, each of at least two."""

    intervals: list[tuple[int, int]]
    tied: list[list[int]]


def order_certainty(table: ScoringTable, scores: Array) -> OrderCertainty:
    """Rank intervals and ties of the listed candidates, the rows of ``table`` in the order of their ranks; empty for an empty table.

    ``scores``: (n,), 0 to 1.

    Every draw adds to each prediction an error from its distribution (correlated between the properties of one structure, independent
    between structures, which makes the intervals rather wide) and ranks again. The generator depends on the spec's seed only. A candidate
    is tied with the first of its group unless that ranks above it in 90 % of the draws.
    """
    count = scores.shape[0]
    if count == 0:
        return OrderCertainty([], [])
    drawn = _drawn_scores(table, scores)
    # Equal scores keep the order of the list: a stable sort of the negated scores.
    order = np.argsort(-np.round(drawn, 9), axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(1, count + 1), order.shape), axis=1)
    low = np.quantile(ranks, 0.05, axis=0, method="lower")
    high = np.quantile(ranks, 0.95, axis=0, method="higher")
    intervals = [(min(int(low[i]), i + 1), max(int(high[i]), i + 1)) for i in range(count)]
    return OrderCertainty(intervals, _ties(drawn))


def _drawn_scores(table: ScoringTable, scores: Array) -> Array:
    """Scores under drawn errors, (draws, n)."""
    count, properties = table.mean.shape
    if properties == 0 or not (table.sigma > 0).any():
        return scores[None, :]
    draws = max(LEAST_DRAWS, min(DRAWS, ROWS // count))
    numbers = np.random.default_rng(generator(table.spec.seed, "rank", 0, "intervals").getrandbits(64))
    factor = np.linalg.cholesky(0.999999 * table.correlation + 1e-6 * np.eye(properties))
    errors = errors_of(numbers.standard_normal((draws, count, properties)) @ factor.T, table.shape)
    result = np.empty((draws, count))
    block = max(1, TOGETHER // count)
    whole = table.repeated(min(block, draws))
    for start in range(0, draws, block):
        part = errors[start : start + block]
        many = whole if len(part) == block else table.repeated(len(part))
        shift = part.reshape(-1, properties)
        result[start : start + block] = (many.p_meets(shift, points=DRAW_POINTS) * many.desirability(shift)).reshape(-1, count)
    return result


def _ties(drawn: Array) -> list[list[int]]:
    groups: list[list[int]] = []
    for row in range(drawn.shape[1]):
        leader = groups[-1][0] if groups else row
        above = float((np.round(drawn[:, leader], 9) > np.round(drawn[:, row], 9)).mean())
        if groups and above < SURE:
            groups[-1].append(row)
        else:
            groups.append([row])
    return [group for group in groups if len(group) > 1]
