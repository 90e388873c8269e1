"""Terms of a text for lexical retrieval: stemmed words and pairs of neighbouring words, with chemists' synonyms added."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

from core import data

_WORD = re.compile(r"[a-z][a-z0-9]*|[0-9]+[a-z][a-z0-9]*")
_BRITISH = re.compile(r"(?<=[a-z]{4})is(?=(?:ation|ations|ed|es|e|ing|er|ers)\b)")


def normalise(text: str) -> str:
    """Lower case, compatibility forms unified, Greek lambda spelled out, British -is- as -iz-, every hyphen and underscore a space."""
    text = unicodedata.normalize("NFKC", text).lower().replace("λ", "lambda ").replace("ε", "epsilon ")
    text = re.sub(r"[\u2010-\u2015\u2212_/-]", " ", text)
    return _BRITISH.sub("iz", re.sub(r"\s+", " ", text))


def words(text: str) -> list[str]:
    """The stemmed words of ``text`` in order, without stop words and plain numbers."""
    return [stem(word) for word in _WORD.findall(normalise(text)) if not is_stop_word(word)]


def expansions_in(text: str) -> list[str]:
    """What the table of synonyms adds to the phrases that occur in ``text``; [] for none."""
    plain = " ".join(_WORD.findall(normalise(text)))
    return [added for phrase, added in _expansions() if re.search(rf"\b{re.escape(phrase)}\b", plain)]


def expanded_words(text: str) -> list[list[str]]:
    """The words of ``text``, then for each synonym phrase that occurs in it the words that it adds; one list each."""
    return [words(text), *(words(added) for added in expansions_in(text))]


def terms(text: str) -> dict[str, float]:
    """Term frequencies: words and neighbouring pairs ('a b'); what a synonym adds counts half."""
    counts: dict[str, float] = {}
    for position, run in enumerate(expanded_words(text)):
        weight = 1.0 if position == 0 else 0.5
        for term in (*run, *(f"{a} {b}" for a, b in pairwise(run))):
            counts[term] = counts.get(term, 0.0) + weight
    return counts


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    return frozenset(data.text("tools.literature", "stop_words.txt").split())


@lru_cache(maxsize=1)
def _expansions() -> tuple[tuple[str, str], ...]:
    table = data.table("tools.literature", "synonyms.toml")["expansions"]
    return tuple((_plain(phrase), str(added)) for phrase, added in table.items())


def _plain(phrase: str) -> str:
    return " ".join(_WORD.findall(normalise(phrase))) or phrase


@lru_cache(maxsize=1)
def _snowball() -> tuple[Callable[[str], str], threading.Lock]:
    import snowballstemmer

    return snowballstemmer.stemmer("english").stemWord, threading.Lock()


def is_stop_word(word: str) -> bool:
    """Whether a word in lower case says too little to be searched for."""
    return word in _stop_words()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one word in lower case. The stemmer keeps state, so only one thread uses it at a time."""
    stemmed, lock = _snowball()
    with lock:
        return stemmed(word)
