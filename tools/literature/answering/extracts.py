"""An answer in the papers' own sentences: those that score best, or none where the evidence is too weak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.literature.analysis import passage_words
from tools.literature.answering.features import Read, Sentence, evidence_row, sentence_table, sentences_of
from tools.literature.answering.weights import AnsweringWeights, shipped

#: Passages that are read for an answer, and most sentences of it where nothing else is asked for.
READ, SENTENCES = 8, 3
#: A further sentence is added while its score is at most this below the best; and share of its words that a chosen one may have already.
_NEAR, _SAME = 1.0, 0.7


@dataclass(frozen=True)
class Extracts:
    """``sentences``: best first, [] for no passages. ``evidence``: how sure it is that they answer, 0 to 1; from ``least`` on they count."""

    sentences: list[Sentence]
    evidence: float
    least: float

    @property
    def enough(self) -> bool:
        """Whether the collection says something to the question."""
        return bool(self.sentences) and self.evidence >= self.least


def extract(question: str, found: Sequence[Read], rarity: Mapping[str, float], limit: int = SENTENCES) -> Extracts:
    """The sentences of the first eight passages that answer ``question`` best, ``limit`` at most, and whether they do."""
    read = list(found[:READ])
    weights = shipped()["hybrid" if any(one.dense is not None for one in read) else "words"]
    sentences = sentences_of(read)
    if not sentences:
        return Extracts([], 0.0, weights.least)
    table = sentence_table(question, read, sentences, rarity)
    order = chosen(sentences, weights.sentence(table), limit)
    return Extracts([sentences[n] for n in order], sureness(question, read, sentences, table, order[0], rarity, weights), weights.least)


def sureness(
    question: str,
    read: Sequence[Read],
    sentences: Sequence[Sentence],
    table: NDArray[np.float64],
    best: int,
    rarity: Mapping[str, float],
    weights: AnsweringWeights,
) -> float:
    """How sure it is that the passages answer, 0 to 1, the sentence at place ``best`` being the best."""
    return weights.sureness(evidence_row(question, read, sentences, table, best, rarity))


def chosen(sentences: Sequence[Sentence], scores: NDArray[np.float64], limit: int) -> list[int]:
    """Places of at most ``limit`` sentences, best first: near the best by score, and none that says again what a better one says."""
    kept: list[int] = []
    said: list[frozenset[str]] = []
    order = np.argsort(-scores, kind="stable")
    for n in map(int, order):
        if len(kept) >= limit or scores[n] < scores[order[0]] - _NEAR:
            break
        words = frozenset(passage_words(sentences[n].text))
        if kept and (not words or any(len(words & other) >= _SAME * len(words) for other in said)):
            continue
        kept.append(n)
        said.append(words)
    return kept
