"""Search in the literature: candidates by vector from the store, put in order by the words that they share with the query (BM25)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from core.errors import UsageError
from core.interfaces import LiteratureStore, Passage
from tools.literature.embedder import idf
from tools.literature.passages import passages_from_json, passages_to_json
from tools.literature.terms import terms, words

__all__ = ["MAX_QUERY", "passages_from_json", "passages_to_json", "relevance", "search", "searchable_text"]

MAX_QUERY = 4_000
_CANDIDATES = 100
# BM25 with its usual constants; the typical length is the mean of the shipped notes, in terms.
_K1, _B, _TYPICAL_LENGTH = 1.2, 0.75, 140.0


def search(store: LiteratureStore, query: str, limit: int = 8) -> list[Passage]:
    """The ``limit`` passages that fit ``query`` best, best first.

    The store gives the 100 nearest by vector; ``score`` is then :func:`relevance`, 0 to 1, so that scores of different queries can be
    compared. Ties go to the higher cosine similarity, then to the key. Raises UsageError for an empty or overlong query,
    LiteratureError if the store cannot be used.
    """
    if len(query) > MAX_QUERY:
        raise UsageError(f"the query is longer than {MAX_QUERY} characters")
    if not words(query):
        raise UsageError(f"the query {query[:80]!r} has no word to search for")
    found = store.search(query, max(_CANDIDATES, 3 * limit))
    scored = [(round(relevance(query, searchable_text(p)), 4), p) for p in found]
    scored.sort(key=lambda pair: (-pair[0], -pair[1].score, pair[1].key))
    return [replace(p, score=score) for score, p in scored[: max(0, limit)] if score > 0.0]


def searchable_text(passage: Passage) -> str:
    """The text that is searched: title, note and tags."""
    return f"{passage.citation.title}\n{passage.text}\n{', '.join(passage.tags)}"


def relevance(query: str, text: str) -> float:
    """BM25 of the words of ``query`` in ``text``, divided by its upper bound: 0 for no common word, below 1.

    A word that a synonym adds to the query counts half; rarity is judged over the shipped notes.
    """
    counts = _counts(text)
    length = _K1 * (1.0 - _B + _B * sum(counts.values()) / _TYPICAL_LENGTH)
    reached = possible = 0.0
    for term, times in _counts(query).items():
        if " " in term:
            continue
        weight = times * idf(term)
        possible += weight
        reached += weight * counts[term] / (counts[term] + length) if term in counts else 0.0
    return reached / possible if possible > 0.0 else 0.0


@lru_cache(maxsize=20_000)
def _counts(text: str) -> dict[str, float]:
    return terms(text)
