"""Words of passages and questions as they are indexed: stemmed, without stop words, with numbers, Greek letters and what stands in formulas."""

from __future__ import annotations

import re
from functools import lru_cache

from tools.literature.terms import is_stop_word, normalise, stem

_TOKEN = re.compile(r"\d+\.\d+|[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def passage_words(text: str) -> list[str]:
    """The words of ``text`` in order, stemmed, without stop words; unlike ``terms.words`` with plain numbers and all alphabets."""
    return [word for word in map(_kept, _TOKEN.findall(normalise(text))) if word]


def sentence_words(text: str) -> list[list[str]]:
    """:func:`passage_words` of each sentence of ``text``; a line ends a sentence, too."""
    whole = normalise(_SENTENCE.sub(" ¶ ", text))
    return [[word for word in map(_kept, _TOKEN.findall(part)) if word] for part in whole.split("¶")]


def marked(text: str, words: frozenset[str]) -> list[tuple[int, int]]:
    """(start, end) of every word of ``text`` whose stem is one of ``words``, in characters of ``text``; [] for none."""
    return [match.span() for match in _TOKEN.finditer(text) if not words.isdisjoint(words_of(match.group()))]


@lru_cache(maxsize=100_000)
def words_of(text: str) -> frozenset[str]:
    """The different :func:`passage_words` of a short text that comes again and again: a word, a title."""
    return frozenset(passage_words(text))


@lru_cache(maxsize=200_000)
def _kept(word: str) -> str:
    """The stem of a word in lower case, '' for a stop word."""
    return "" if is_stop_word(word) else stem(word)
