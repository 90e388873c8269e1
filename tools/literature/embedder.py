"""The built-in embedder: words, not meanings. It needs no model, no download and no GPU."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from functools import lru_cache

from core import data
from core.model import content_hash
from tools.literature.terms import terms

DIMENSION = 512
_PAIR_WEIGHT = 0.6


class HashedTermsEmbedder:
    """Sublinear tf-idf weights of stemmed words and word pairs, hashed with signs into 512 dimensions, unit norm.

    The hashed signs make collisions cancel on average; SHA-256 makes the vectors the same on every machine. The
    idf weights come from the shipped notes (``idf.json``); a term unknown there counts as rare. ``name`` ends with a hash of weights and
    synonyms, since other weights are other vectors. Two texts without a common word have a similarity near 0 even if they mean the same.
    """

    dimension = DIMENSION

    def __init__(self) -> None:
        self.name = f"hashed-terms-1-{_fingerprint()}"

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of length 512 and norm 1 a text, in order. A text without any word gets a fixed vector of its own."""
        return [_vector(text) for text in texts]


def default_embedder() -> HashedTermsEmbedder:
    """The embedder that is used unless another one is configured."""
    return HashedTermsEmbedder()


@lru_cache(maxsize=1)
def _table() -> tuple[int, dict[str, float]]:
    table = json.loads(data.text("tools.literature", "idf.json"))
    return int(table["documents"]), {str(term): float(value) for term, value in table["idf"].items()}


def idf(term: str) -> float:
    """Inverse document frequency ln((N + 1) / (n + 0.5)) over the shipped notes; n is 0 for an unknown term."""
    documents, table = _table()
    known = table.get(term)
    return known if known is not None else math.log((documents + 1) / 0.5)


def weights(text: str) -> dict[str, float]:
    """tf-idf weight of every term of ``text``: (1 + ln tf) times idf for tf of 1 or more, tf times idf below, less for word pairs."""
    result: dict[str, float] = {}
    for term, count in terms(text).items():
        frequency = 1.0 + math.log(count) if count >= 1.0 else count
        result[term] = frequency * idf(term) * (_PAIR_WEIGHT if " " in term else 1.0)
    return result


def _vector(text: str) -> list[float]:
    vector = [0.0] * DIMENSION
    for term, weight in sorted(weights(text).items()):
        position, sign = _slot(term)
        vector[position] += sign * weight
    norm = math.sqrt(sum(x * x for x in vector))
    if norm == 0.0:
        vector[_slot("")[0]], norm = 1.0, 1.0
    return [x / norm for x in vector]


@lru_cache(maxsize=100_000)
def _slot(term: str) -> tuple[int, float]:
    digest = hashlib.sha256(term.encode()).digest()
    return int.from_bytes(digest[:4], "big") % DIMENSION, 1.0 if digest[4] & 1 else -1.0


@lru_cache(maxsize=1)
def _fingerprint() -> str:
    synonyms = data.text("tools.literature", "synonyms.toml")
    documents, table = _table()
    return content_hash([documents, table, synonyms])[:8]
