"""Recognise goals that are not written in English, by their articles, prepositions and auxiliaries."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from core import data

_WORD = re.compile(r"[^\W\d_]+")
#: What is written with signs of a structure or with numbers between letters, and the short forms of with and without: no words of any language.
_STRUCTURE = re.compile(r"\bw/(?:o(?:ut)?\b)?|\S*[=#\[\]@]\S*|\S*\w\(\S*|[A-Za-z]+\d\w*")
#: Scripts that chemists use for symbols only.
_SYMBOLS = ("GREEK", "LATIN", "MICRO", "ANGSTROM", "OHM", "KELVIN", "DEGREE", "FEMININE", "MASCULINE")


@lru_cache(maxsize=1)
def _closed_words() -> dict[str, frozenset[str]]:
    table = data.table("agent.reading", "words/languages.toml")
    return {name: frozenset(words) for name, words in table.items()}


def foreign_language(text: str) -> str:
    """The language of ``text`` ('German', 'a non-Latin script', ...) where it is not English, else ''.

    At least two words that only this language uses, and more of them than English ones.
    """
    letters = [c for c in text if c.isalpha()]
    other = [c for c in letters if not unicodedata.name(c, "LATIN").startswith(_SYMBOLS)]
    if len(other) * 2 > len(letters) and letters:
        return "a script other than Latin"
    words = [w.lower() for w in _WORD.findall(_STRUCTURE.sub(" ", text)) if len(w) > 1 or w.islower()]  # 'O-CO-O' is no Spanish
    counts = {name: sum(w in closed for w in words) for name, closed in _closed_words().items()}
    english = counts.pop("English")
    name = max(counts, key=lambda n: counts[n])
    return name if counts[name] >= 2 and counts[name] > english else ""
