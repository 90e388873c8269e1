"""What the learned voice knows of a text beside its letters: which kinds of words occur, which of them together in a sentence, and whether
the roles spare a hazard.

A linear model over letters alone cannot know that 'people' beside 'pesticide' is something else than either alone; the lexicon's kinds are the
same in every language, so that what one language teaches holds in the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from tools.safety.roles import judged, sentences

#: Kinds of words that every sentence holds.
_PLAIN = frozenset(("words", "fill", "article"))


@dataclass(frozen=True)
class Mark:
    """A kind of word at a place of a text; ``sentence`` counts the sentences."""

    kind: str
    start: int
    sentence: int


@lru_cache(maxsize=128)
def marks(text: str) -> tuple[Mark, ...]:
    """The marks of the normalised ``text``: the kind of every word of the lexicon, and of every hazard whether a role spares it (``-``) or not (``+``)."""
    found: list[Mark] = []
    for number, sentence in enumerate(sentences(text)):
        found += [
            Mark(m.kind, m.start, number)
            for m in sentence.found
            if m.kind not in _PLAIN and (m.everywhere or m.language in sentence.languages)
        ]
        found += [Mark(one.mention.kind + ("-" if one.spared else "+"), one.mention.start, number) for one in judged(sentence)]
    return tuple(found)


def features(text: str, start: int = 0, end: int | None = None) -> tuple[str, ...]:
    """The kinds of the marks between two places of the normalised ``text``, and the pairs of kinds within a sentence, each once, in order."""
    last = len(text) if end is None else end
    kinds: dict[int, set[str]] = {}
    for mark in marks(text):
        if start <= mark.start < last:
            kinds.setdefault(mark.sentence, set()).add(mark.kind)
    found: set[str] = set()
    for together in kinds.values():
        found |= together
        found.update(f"{one}&{other}" for one, other in combinations(sorted(together), 2))
    return tuple(sorted(found))
