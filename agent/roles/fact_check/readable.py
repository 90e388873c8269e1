"""Whether a language model's text can be shown at all: it must be tidy and mostly words. A model that writes noise must not fill a report."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache

from agent.roles.fact_check.words import REPORT_WORDS
from tools.catalogue.catalogue import Catalogue
from tools.groups.groups import group_words
from tools.literature.embedder import idf
from tools.literature.terms import words

#: Smallest share of the words of a text that must be known: small words, words of the shipped notes, of properties and of groups.
LEAST_KNOWN = 0.4
#: Smallest share of them that must be small words (the, of, and): sentences have these, lists of terms and noise do not.
LEAST_SMALL = 0.1
#: Smallest share of the words of a text of more than 20 words that must differ from each other.
LEAST_VARIED = 0.25
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")
_MARKDOWN = re.compile(r"\*\*|__|`+|^\s{0,3}#{1,6}\s+|^\s*[-*•]\s+|^\s*>\s?", re.MULTILINE)
_MARKUP = re.compile(r"</?[a-zA-Z][^>\n]{0,200}>|\|\s*:?-{2,}:?\s*\|")


def tidy(text: str, longest: int) -> str:
    """``text`` on one line without Markdown, markup and signs that cannot be printed, at most ``longest`` characters.

    It is shortened at the end of a sentence, or to nothing if the first sentence is too long: half a sentence may say the opposite.
    """
    lines = [_MARKDOWN.sub("", line).strip() for line in _MARKUP.sub(" ", text).splitlines()]
    joined = " ".join(line if line.endswith((".", "!", "?", ":", ";", ",")) else f"{line}." for line in lines if line)
    joined = " ".join("".join(c if c.isprintable() else " " for c in joined).split())
    if len(joined) <= longest:
        return joined
    ends = [m.end() for m in re.finditer(r"[.!?](?=\s)", joined[: longest + 1])]
    return joined[: ends[-1]] if ends else ""


def readable(text: str, known: Iterable[str] = (), *, catalogue: Catalogue) -> bool:
    """Whether ``text`` is mostly English words and not one phrase over and over. ``known``: names that count as words."""
    names = {w.lower() for name in known for w in _WORD.findall(name)}
    found = [w.lower() for w in _WORD.findall(text)]
    if len(found) < 3:
        return False
    kinds = [_kind(w, catalogue) for w in found]
    kinds = ["known" if kind == "unknown" and w in names else kind for kind, w in zip(kinds, found, strict=True)]
    small, fine = kinds.count("small"), len(kinds) - kinds.count("unknown")
    varied = len(set(found)) >= LEAST_VARIED * len(found) if len(found) > 20 else len(set(found)) > 1
    return fine >= LEAST_KNOWN * len(found) and small >= LEAST_SMALL * len(found) and varied


def on_topic(text: str, topic: str, *, catalogue: Catalogue) -> bool:
    """Whether ``text`` has a word in common with ``topic``, or names a property, a group, or what reports speak of."""
    return any(stem in _names(catalogue) for stem in words(text)) or bool(set(words(text)) & set(words(topic)))


@lru_cache(maxsize=20_000)
def _kind(word: str, catalogue: Catalogue) -> str:
    """'small' for a stop word, 'known' for a word of the notes, the properties or the groups, else 'unknown'."""
    if not word.isascii() and len(word) > 1:
        return "unknown"
    stems = words(word)
    if not stems:
        return "small" if len(word) > 1 or word in ("a", "i") else "unknown"
    if any(stem in _names(catalogue) or idf(stem) < _rarest() - 1e-9 for stem in stems):
        return "known"
    return "unknown"


@lru_cache(maxsize=4)
def _names(catalogue: Catalogue) -> frozenset[str]:
    labels = [*catalogue.words(), *group_words(), *(d.description for d in catalogue), REPORT_WORDS]
    return frozenset(stem for label in labels for stem in words(label))


@lru_cache(maxsize=1)
def _rarest() -> float:
    return idf("\x00") if math.isfinite(idf("\x00")) else 0.0
