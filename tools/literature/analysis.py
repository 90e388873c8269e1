"""Words of passages and questions as they are indexed: stemmed, without stop words, with numbers, Greek letters and what stands in formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.literature.terms import is_stop_word, normalise, stem

_TOKEN = re.compile(r"\d+\.\d+|[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def passage_words(text: str) -> list[str]:
    """The words of ``text`` in order, stemmed, without stop words; unlike ``terms.words`` with plain numbers and all alphabets."""
    return [stem(word) for word in _TOKEN.findall(normalise(text)) if not is_stop_word(word)]


def sentences(text: str) -> list[str]:
    """``text`` cut behind full stops, question marks, exclamation marks and lines; [] for nothing."""
    return [part for part in _SENTENCE.split(text) if part.strip()]


def marked(text: str, words: set[str]) -> Iterator[tuple[int, int]]:
    """(start, end) of every word of ``text`` whose stem is one of ``words``, in characters of ``text``."""
    for match in re.finditer(r"\d+\.\d+|[^\W_]+", text):
        if any(word in words for word in passage_words(match.group())):
            yield match.span()
