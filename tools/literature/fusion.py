"""The order of the passages that were found: a sum of learnt weights times what is known of each (``features``).

The weights come from ``python -m evals.retrieval DATA --learn``; ``fusion.json`` has one set for searches by words and vectors, one for words
alone. They maximise how likely the right passage is under a softmax over the passages found for its question.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core import data
from core.errors import ConfigurationError
from core.passages import Hit
from tools.literature.features import FEATURES, features

#: Passages that are looked at closely: so many by both scores, and besides the nearest by vectors, which words may have missed.
CLOSELY, NEAREST = 50, 35
_FIRST = 0.3


@dataclass(frozen=True)
class Weights:
    """One weight, mean and scale a feature."""

    weight: NDArray[np.float64]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    def scores(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """The score of each row of features; higher is better, comparable within one question only."""
        result: NDArray[np.float64] = ((table - self.mean) / self.scale) @ self.weight
        return result


def best_first(question: str, hits: Sequence[Hit], rarity: dict[str, float]) -> list[tuple[Hit, float]]:
    """The hits that are looked at closely with their fused score, best first; equal ones by passage id."""
    chosen = closely(hits)
    if not chosen:
        return []
    weights = shipped()["hybrid" if any(hit.dense is not None for hit in hits) else "words"]
    scores = [float(score) for score in weights.scores(features(question, hits, rarity, chosen))]
    return sorted(zip([hits[at] for at in chosen], scores, strict=True), key=lambda pair: (-round(pair[1], 9), pair[0].passage.passage_id))


def closely(hits: Sequence[Hit]) -> list[int]:
    """The places of the hits to look at closely: the :data:`CLOSELY` best by 0.7 times the share of the best BM25 and 0.3 times that of the
    best cosine, then those of the :data:`NEAREST` best by cosine that are not among them.
    """
    lexical = max((hit.lexical for hit in hits), default=0.0) or 1.0
    dense = max((hit.dense for hit in hits if hit.dense is not None), default=0.0) or 1.0
    score = [(1.0 - _FIRST) * hit.lexical / lexical + _FIRST * (hit.dense or 0.0) / dense for hit in hits]
    best = sorted(range(len(hits)), key=lambda at: (-score[at], hits[at].passage.passage_id))[:CLOSELY]
    near = [at for at, hit in enumerate(hits) if hit.dense is not None]
    near.sort(key=lambda at: (-(hits[at].dense or 0.0), hits[at].passage.passage_id))
    return list(dict.fromkeys([*best, *near[:NEAREST]]))


@lru_cache(maxsize=1)
def shipped() -> dict[str, Weights]:
    """The two sets of weights that ship. ConfigurationError where they do not fit the features."""
    table = json.loads(data.text("tools.literature", "fusion.json"))
    if table["features"] != list(FEATURES):
        raise ConfigurationError("fusion.json is of other features: python -m evals.retrieval DATA --learn")
    return {name: Weights(*(np.array(table[name][part]) for part in ("weight", "mean", "scale"))) for name in ("hybrid", "words")}
