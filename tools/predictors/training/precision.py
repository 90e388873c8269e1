"""How many of the ten best-ranked measured structures truly meet a goal, against chance and against the nearest neighbour.

Every structure is predicted by models that have not seen its substance. Pools are drawn from one fold each; one measurement a substance.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import UsageError
from core.spec import Condition
from tools.predictors.specs import PredictorSpec
from tools.predictors.training.cross_validation import Progress
from tools.predictors.training.fit import PredictorTask, load, write_out_of_fold
from tools.predictors.training.trainer import evaluate

TOP = 10
POOL_SIZES = (100, 300, 1000)
POOLS = 40


def parse_goal(text: str) -> Condition:
    """'>= 250', '< 3' or '475..525' as a Condition. Raises UsageError for anything else."""
    number = r"\s*(-?\d+(?:\.\d+)?)\s*"
    window = re.fullmatch(number + r"\.\." + number, text)
    if window:
        return Condition(comparison="between", low=float(window[1]), high=float(window[2]))
    one_sided = re.fullmatch(r"\s*(>=|<=|>|<)" + number, text)
    if not one_sided:
        raise UsageError(f"a goal is written like '>= 250' or '475..525', not {text!r}")
    return Condition(comparison=one_sided[1], value=float(one_sided[2]))


def probability(condition: Condition, value: NDArray[np.float64], sigma: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability, 0 to 1, that each value (n,) meets ``condition``, for normal errors with ``sigma`` (n,), all in the predictor's unit.

    NaN for a sigma of 0 at the limit.
    """
    low, high = condition.bounds()
    cdf = np.vectorize(lambda z: 0.5 * (1 + math.erf(z / math.sqrt(2))))
    return np.asarray(cdf((high - value) / sigma) - cdf((low - value) / sigma))


def _neighbour_ranks(condition: Condition, value: NDArray[np.float64], similarity: NDArray[np.float32]) -> list[NDArray[np.int64]]:
    """Two ways of ranking by the nearest neighbour's measured value, best first.

    By how far inside the goal the value lies (for a window: how near its middle), and by similarity among those inside the goal.
    """
    low, high = condition.bounds()
    margin = np.minimum(value - low, high - value)
    ranks = []
    for order in (np.lexsort((-similarity, -margin)), np.lexsort((-similarity, np.maximum(0.0, -margin)))):
        rank = np.empty(len(value), dtype=np.int64)
        rank[order] = np.arange(len(value))
        ranks.append(rank)
    return ranks


def precision_at_ten(condition: Condition, table: dict[str, NDArray[Any]], seed: int) -> list[dict[str, float]]:
    """For each pool size: means over the pools of precision@10 of the model and of the neighbour ranking, base rate, mean p of the ten.

    The neighbour ranking is the better of two (by the neighbour's value, by similarity among neighbours that meet the goal). ``table`` is
    what ``write_out_of_fold`` stores. Sizes with fewer substances in a fold than asked for are left out.

    Empty where all are. Precision, base rate and p are 0 to 1.
    """
    hit = np.array([condition.holds(v) for v in table["measured"].tolist()])
    p = probability(condition, table["predicted"], table["sigma"])
    rivals = _neighbour_ranks(condition, table["nearest_value"], table["similarity"])
    rng = np.random.default_rng(seed)
    results = []
    for size in POOL_SIZES:
        rows = []
        for number in range(POOLS):
            fold = np.flatnonzero(table["fold"] == number % (int(table["fold"].max()) + 1))
            shuffled = rng.permutation(fold)
            _, first = np.unique(table["key"][shuffled], return_index=True)
            pool = shuffled[np.sort(first)][:size]
            if len(pool) < size:
                break
            best = pool[np.argsort(-p[pool], kind="stable")[:TOP]]
            nearest = [hit[pool[np.argsort(rank[pool], kind="stable")[:TOP]]].mean() for rank in rivals]
            rows.append((hit[best].mean(), hit[pool].mean(), p[best].mean(), *nearest))
        if len(rows) == POOLS:
            mean = np.mean(rows, axis=0)
            names = ("precision", "base_rate", "mean_probability")
            row = {name: round(float(value), 3) for name, value in zip(names, mean[:3], strict=True)}
            results.append({"pool": size, **row, "nearest_neighbour": round(float(mean[3:].max()), 3)})
    return results


def precision_report(spec: PredictorSpec, goal: str, data: Path | None, out_of_fold: Path | None, seed: int, progress: Progress) -> str:
    """A table of :func:`precision_at_ten`. Uses ``out_of_fold`` where the file exists, else cross-validates on ``data`` (and stores it).

    Shares are 0 to 1. Raises UsageError for a goal that cannot be read and where there is neither file.
    """
    condition = parse_goal(goal)
    if out_of_fold is None or not out_of_fold.is_file():
        if data is None:
            raise UsageError("give --data FILE, or --out-of-fold with a file written by training")
        prepared = load(data, spec, progress)
        target = out_of_fold or Path(f"{spec.name}.oof.npz")
        task = PredictorTask(prepared, spec, seed)
        write_out_of_fold(target, spec, prepared, evaluate(task, task.random_split(), progress))
        out_of_fold = target
    with np.load(out_of_fold, allow_pickle=False) as archive:
        table = {key: archive[key] for key in archive.files}
    lines = [f"{spec.name} {goal} {spec.unit}: precision@{TOP}, mean of {POOLS} pools of measured structures absent from training"]
    for row in precision_at_ten(condition, table, seed):
        lines.append(
            f"pool {row['pool']:>5}: model {row['precision']:.3f}  nearest neighbour {row['nearest_neighbour']:.3f}  "
            f"base rate {row['base_rate']:.3f}  mean probability of the ten {row['mean_probability']:.3f}"
        )
    return "\n".join(lines)
