"""What is known of a passage that was found, as numbers from which its rank is learnt."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.passages import Hit
from tools.literature.analysis import passage_words, words_of

#: What is known of each passage. Shares are 0 to 1; ``_rank`` is 1 / (10 + rank), rank from 0 among those found.
PLAIN = (
    "lexical",
    "lexical_share",
    "lexical_rank",
    "dense",
    "dense_share",
    "dense_rank",
    "covered",
    "covered_sentence",
    "pairs",
    "title_covered",
    "document_lexical",
    "document_dense",
    "document_found",
    "before_lexical",
    "after_lexical",
    "before_dense",
    "after_dense",
    "names_covered",
    "references",
    "first",
    "length",
    "digits",
)
#: The columns of :func:`features`: each once as it is, and once times how little of the question any passage found has in its own words
#: (:func:`in_other_words`), so that such questions have weights of their own, into which those of the others pass over.
FEATURES = (*PLAIN, *(f"{name}, in other words" for name in PLAIN))
#: Share of the question, weighted by rarity, from which on the best passage counts as having its words.
_IN_ITS_WORDS = 0.7
_NAME = re.compile(r"[^\s,;?!'\"]*(?:\d|[a-z][A-Z]|[A-Z]{2})[^\s,;?!'\"]*")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DIGIT = re.compile(r"\d")
_NO_VECTOR = 0.0
_COVERED = PLAIN.index("covered")


def features(question: str, hits: Sequence[Hit], rarity: dict[str, float], chosen: Sequence[int]) -> NDArray[np.float64]:
    """One row of :data:`FEATURES` for each of the hits at the places ``chosen``; the others count for ranks, documents and neighbours.

    ``rarity``: of the words of the question (``PassageStore.rarity``).
    """
    table = np.zeros((len(hits), len(PLAIN)))
    if not len(chosen):
        return np.zeros((0, len(FEATURES)))
    lexical = np.array([hit.lexical for hit in hits])
    dense = np.array([_NO_VECTOR if hit.dense is None else hit.dense for hit in hits])
    asked = passage_words(question)
    total = sum(rarity.get(word, 0.0) for word in set(asked)) or 1.0
    names = {name.strip("().[]").lower() for name in _NAME.findall(question)} - {""}
    table[:, :6] = np.stack([*_scores(lexical), *_scores(dense)], axis=1)
    for at in chosen:
        hit = hits[at]
        table[at, 6:10] = _overlap(asked, hit, rarity, total)
        plain = hit.passage.text.lower()
        table[at, 17] = sum(name in plain for name in names) / len(names) if names else 0.0
        mentions = len(_YEAR.findall(plain)) + sum(plain.count(word) for word in ("doi", "http", "et al", " vol ", "p."))
        table[at, 18] = 100.0 * mentions / max(1, len(plain))
        table[at, 19:22] = float(hit.passage.start == 0), math.log(max(1, len(plain))), len(_DIGIT.findall(plain)) / max(1, len(plain))
    table[:, 10:13] = _of_document(hits, lexical, dense)
    table[:, 13:17] = _neighbours(hits, lexical, dense)
    rows = table[list(chosen)]
    return np.concatenate([rows, in_other_words(float(rows[:, _COVERED].max())) * rows], axis=1)


def in_other_words(covered: float) -> float:
    """1 where no passage has a word of the question, 0 from 0.7 on; ``covered``: the largest share of it that stands in one."""
    return max(0.0, 1.0 - covered / _IN_ITS_WORDS)


def _scores(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    rank = np.empty(len(values))
    rank[np.argsort(-values, kind="stable")] = np.arange(len(values))
    return values, values / max(float(values.max()), 1e-9), 1.0 / (10.0 + rank)


def _overlap(asked: list[str], hit: Hit, rarity: dict[str, float], total: float) -> tuple[float, float, float, float]:
    """Shares of the question, weighted by rarity, that stand in the passage, its best sentence, as pairs of neighbours, in the title."""
    wanted = frozenset(asked)
    parts = [sentence.split() for sentence in hit.words.split("\n")]
    everything = [word for part in parts for word in part]
    best = max(_weight(wanted.intersection(part), rarity) for part in parts)
    pairs = set(pairwise(asked))
    held = len(pairs.intersection(pairwise(everything))) / len(pairs) if pairs else 0.0
    whole, title = wanted.intersection(everything), wanted & words_of(hit.document.title)
    return _weight(whole, rarity) / total, best / total, held, _weight(title, rarity) / total


def _weight(words: Iterable[str], rarity: dict[str, float]) -> float:
    return sum(rarity.get(word, 0.0) for word in words)


def _of_document(hits: Sequence[Hit], lexical: NDArray[np.float64], dense: NDArray[np.float64]) -> NDArray[np.float64]:
    """The document's three best scores against the three best of all, by words and by vectors, and the share of the hits that are its."""
    of: dict[str, list[int]] = defaultdict(list)
    for at, hit in enumerate(hits):
        of[hit.document.document_id].append(at)
    three = lambda values: float(np.sort(values)[::-1][:3].sum())  # noqa: E731
    most_lexical, most_dense = max(three(lexical), 1e-9), max(three(dense), 1e-9)
    table = np.zeros((len(hits), 3))
    for places in of.values():
        table[places] = (three(lexical[places]) / most_lexical, three(dense[places]) / most_dense, len(places) / len(hits))
    return table


def _neighbours(hits: Sequence[Hit], lexical: NDArray[np.float64], dense: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores, as shares of the best, of the passage before and the passage after in the document, 0 where it was not found."""
    order = sorted(range(len(hits)), key=lambda at: (hits[at].document.document_id, hits[at].passage.start))
    best = max(float(lexical.max()), 1e-9), max(float(dense.max()), 1e-9)
    table = np.zeros((len(hits), 4))
    for one, two in pairwise(order):
        a, b = hits[one].passage, hits[two].passage
        if a.document_id == b.document_id and abs(b.start - a.end) <= 200:
            table[two, 0], table[two, 2] = lexical[one] / best[0], dense[one] / best[1]
            table[one, 1], table[one, 3] = lexical[two] / best[0], dense[two] / best[1]
    return table
