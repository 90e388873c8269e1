"""The weights by which sentences are chosen and by which it is told whether a collection answers a question at all.

They come from ``python -m evals.ask DATA --learn``; ``weights.json`` has one set for searches by words and vectors, one for words alone.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import data
from core.errors import ConfigurationError
from tools.literature.answering.features import EVIDENCE, SENTENCE


@dataclass(frozen=True)
class Line:
    """A weighted sum of standardised features with a constant."""

    weight: NDArray[np.float64]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    constant: float = 0.0

    def __call__(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum for each row of ``table``."""
        result: NDArray[np.float64] = ((table - self.mean) / self.scale) @ self.weight + self.constant
        return result


@dataclass(frozen=True)
class AnsweringWeights:
    """``sentence``: the score of a sentence. ``evidence``: the log odds that there is an answer; from ``least`` on (0 to 1) one is given."""

    sentence: Line
    evidence: Line
    least: float

    def sureness(self, row: NDArray[np.float64]) -> float:
        """How sure it is that there is an answer, 0 to 1."""
        odds = float(self.evidence(row[None, :])[0])
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, odds))))


@lru_cache(maxsize=1)
def shipped() -> dict[str, AnsweringWeights]:
    """The two sets that ship, ``hybrid`` and ``words``. ConfigurationError where they do not fit the features."""
    table = json.loads(data.text("tools.literature.answering", "weights.json"))
    if (table["sentence"], table["evidence"]) != (list(SENTENCE), list(EVIDENCE)):
        raise ConfigurationError("weights.json is of other features: python -m evals.ask DATA --learn")
    return {
        name: AnsweringWeights(_line(table[name]["sentence"]), _line(table[name]["evidence"]), table[name]["least"])
        for name in ("hybrid", "words")
    }


def _line(table: dict[str, Any]) -> Line:
    return Line(np.array(table["weight"]), np.array(table["mean"]), np.array(table["scale"]), float(table["constant"]))
