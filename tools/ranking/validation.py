"""Does p_meets keep its word after selection? Pools of measured structures, the best ten picked, promised against true.

Run ``python -m tools.ranking.validation``: for several goals and pool sizes, pools are drawn from the out-of-fold predictions of the
shipped predictors (no structure was in the training data of the model that predicted it), ranked as in a run, and the mean p_meets of
the ten picked is compared with the share of them whose measured value truly lies in the range asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.seeding import generator
from tools.catalogue.scores import normal_scores
from tools.evaluation.joint import joint_probability
from tools.evaluation.selection import Prior, corrected, strength_of

Array = NDArray[np.float64]

#: Pool sizes, draws of each, and how many are picked.
SIZES, DRAWS, PICKED = (100, 1000, 5000), 200, 10
#: Fewest rows that must reach a probability of 0.5: with fewer, every pool picks the same few and the share that hits is chance.
LEAST_ROWS = 50
#: Training structures whose similarity to their nearest neighbour is looked up.
SAMPLE = 300
#: Largest difference between promise and truth that is accepted.
TOLERANCE = 0.10


@dataclass(frozen=True)
class PoolGoal:
    """A range asked of one property, in its unit; ``push`` +1 or -1 also ranks by how high or low the value is, as an objective does."""

    name: str
    low: float
    high: float
    push: int = 0

    @property
    def text(self) -> str:
        """The goal in short."""
        arrow = {0: "", 1: ", highest best", -1: ", lowest best"}[self.push]
        return f"{self.name} in ({self.low:g}, {self.high:g}){arrow}"


INF = float("inf")
GOALS = (
    PoolGoal("glass_transition_temperature", 250, INF),
    PoolGoal("glass_transition_temperature", 250, INF, 1),
    PoolGoal("glass_transition_temperature", -INF, 0, -1),
    PoolGoal("glass_transition_temperature", 120, 200),
    PoolGoal("absorption_maximum", 475, 525),
    PoolGoal("absorption_maximum", 640, INF, 1),
    PoolGoal("log_epsilon", 4.7, INF, 1),
    PoolGoal("aqueous_solubility", -2, INF),
    PoolGoal("aqueous_solubility", -1, INF, 1),
    PoolGoal("aqueous_solubility", -INF, -5, -1),
    PoolGoal("melting_point", -INF, 25, -1),
    PoolGoal("melting_point", 200, INF, 1),
    PoolGoal("melting_point", 95, 155),
    PoolGoal("flash_point", 100, INF, 1),
    PoolGoal("flash_point", 40, 80),
)


@dataclass(frozen=True)
class PoolResult:
    """One goal and pool size: mean p_meets of the picked, the share that truly hits, and the share in the whole set."""

    goal: PoolGoal
    size: int
    promised: float
    true: float
    base: float

    @property
    def gap(self) -> float:
        """Promised minus true share, -1 to 1; positive is too good to be true. Never outside, and 0 where they agree."""
        return self.promised - self.true


def pick_and_compare(
    goal: PoolGoal, arrays: Mapping[str, NDArray[np.floating]], size: int, *, draws: int = DRAWS, strength: Array | float, seed: int = 0
) -> PoolResult | None:
    """Draw pools of ``size`` from the out-of-fold ``arrays`` of a predictor, pick the best ten, compare. None if there are fewer rows,
    or too few to pick from.

    ``arrays`` hold oof_pred, oof_sigma and oof_residual (measured minus predicted) in the property's unit and, where it is known, oof_shape; ``strength`` is that of the
    correction, one number or one a row. In a pool where fewer than ten reach a probability of 0.5, those that do are picked, as in a
    ranking; pools with none are passed over.
    """
    prediction, sigma, residual = (np.asarray(arrays[key], dtype=np.float64) for key in ("oof_pred", "oof_sigma", "oof_residual"))
    if prediction.shape[0] < size:
        return None
    shape = np.asarray(arrays["oof_shape"], dtype=np.float64) if "oof_shape" in arrays else None
    measured = prediction + residual
    prior = Prior(float(measured.mean()), float(measured.std()))
    centre, spread = corrected(prediction, sigma, prior, strength)
    promised = _inside(centre, spread, shape, goal)
    met = _inside(prediction, sigma, shape, goal) >= 0.5
    if met.sum() < LEAST_ROWS:
        return None
    hits = (measured >= goal.low) & (measured <= goal.high)
    merit = promised * _push(centre, goal)
    numbers = np.random.default_rng(generator(seed, "validation", size, goal.text).getrandbits(64))
    said, held = [], []
    for _ in range(draws):
        pool = numbers.choice(prediction.shape[0], size=size, replace=False)
        pool = pool[met[pool]]
        best = pool[np.argsort(-merit[pool], kind="stable")[:PICKED]]
        if best.size:
            said.append(float(promised[best].mean()))
            held.append(float(hits[best].mean()))
    if not said:
        return None
    return PoolResult(goal, size, float(np.mean(said)), float(np.mean(held)), float(hits.mean()))


def _inside(centre: Array, sigma: Array, shape: Array | None, goal: PoolGoal) -> Array:
    low, high = (normal_scores((bound - centre) / sigma, shape)[:, None] for bound in (goal.low, goal.high))
    return joint_probability(low, high, np.eye(1))


def _push(centre: Array, goal: PoolGoal) -> Array:
    """A linear desirability over the range of the predictions."""
    if goal.push == 0:
        return np.ones_like(centre)
    low, high = float(centre.min()), float(centre.max())
    share = (centre - low) / (high - low)
    return share if goal.push > 0 else 1.0 - share


def row_strengths(name: str, rows: int) -> Array:
    """Strength of the correction for each of ``rows`` training rows, as if it were new: similarities to the nearest *other* structure.

    The calibration data do not say which structure a row is, so the similarities of a sample of the training structures are dealt out
    to the rows at random. Raises PredictorError where the weights are missing.
    """
    from tools.predictors.model import ARRAYS_FILE
    from tools.predictors.neighbours import NeighbourIndex
    from tools.predictors.weights import WeightsFolder

    arrays = WeightsFolder(name).arrays(ARRAYS_FILE)
    ends = np.cumsum(arrays["sizes"].astype(np.int64))
    sets = [arrays["bits"][end - size : end] for end, size in zip(ends, arrays["sizes"].astype(np.int64), strict=True)]
    numbers = np.random.default_rng(generator(0, "validation", rows, name).getrandbits(64))
    sample = numbers.choice(len(sets), size=min(SAMPLE, len(sets)), replace=False)
    nearest = NeighbourIndex(arrays["bits"], arrays["sizes"]).query([sets[i] for i in sample]).similarity[:, 1]
    return strength_of(numbers.choice(nearest.astype(np.float64), size=rows))


def validate(goals: Sequence[PoolGoal] = GOALS, sizes: Sequence[int] = SIZES, *, draws: int = DRAWS) -> list[PoolResult]:
    """All goals and sizes with the shipped predictors' calibration data; ``draws``: number of pools drawn.

    Raises PredictorError where those are missing.
    """
    from tools.predictors.predict import calibration

    found = []
    for name in dict.fromkeys(goal.name for goal in goals):
        arrays = calibration(name)
        strength = row_strengths(name, len(arrays["oof_pred"]))
        for goal in (goal for goal in goals if goal.name == name):
            for size in sizes:
                result = pick_and_compare(goal, arrays, size, draws=draws, strength=strength)
                if result is not None:
                    found.append(result)
    return found


def main() -> int:
    """Print the table of shares; 1 if any gap exceeds the tolerance, else 0. Raises PredictorError where calibration data are missing."""
    results = validate()
    print(f"{'goal':60} {'pool':>5} {'base':>6} {'p_meets':>8} {'true':>6} {'gap':>6}")
    for result in results:
        mark = "" if abs(result.gap) <= TOLERANCE else "  <-- beyond tolerance"
        print(
            f"{result.goal.text:60} {result.size:5d} {result.base:6.3f} {result.promised:8.3f} {result.true:6.3f} {result.gap:+6.3f}{mark}"
        )
    return int(any(abs(result.gap) > TOLERANCE for result in results))


if __name__ == "__main__":
    sys.exit(main())
