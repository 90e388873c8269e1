"""nDCG and recall of rankings, with intervals by drawing documents anew."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_DRAWS, _SEED = 2000, 1


@dataclass(frozen=True)
class Figure:
    """A mean over questions with its 95 % interval, all 0 to 1."""

    value: float
    lower: float
    upper: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.lower:.3f} to {self.upper:.3f})"


def ndcg(ranking: Sequence[str], right: frozenset[str], k: int = 10) -> float:
    """nDCG at ``k`` of a ranking where every passage of ``right`` counts 1; 0 to 1."""
    gained = sum(1.0 / math.log2(at + 2) for at, name in enumerate(ranking[:k]) if name in right)
    return gained / sum(1.0 / math.log2(at + 2) for at in range(min(k, len(right))))


def recall(ranking: Sequence[str], right: frozenset[str], k: int = 10) -> float:
    """The share of ``right`` that is among the first ``k``; 0 to 1."""
    return len(right & set(ranking[:k])) / len(right)


def figure(values: Sequence[float], documents: Sequence[str]) -> Figure:
    """The mean of one value a question, with a 95 % bootstrap interval. Documents are drawn, with all their questions: they belong together."""
    of: dict[str, list[float]] = defaultdict(list)
    for value, document in zip(values, documents, strict=True):
        of[document].append(value)
    sums = np.array([sum(v) for v in of.values()])
    counts = np.array([len(v) for v in of.values()])
    drawn = np.random.default_rng(_SEED).integers(0, len(sums), (_DRAWS, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    lower, upper = np.percentile(means, [2.5, 97.5])
    return Figure(float(np.mean(values)), float(lower), float(upper))
