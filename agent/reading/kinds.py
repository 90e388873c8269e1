"""What structure the name of a thing demands: a mesogen needs rings in line and a chain, a HALS a tetramethylpiperidine.

Whether a name has such a structure is a matter of its field and stands in ``words/kinds.toml`` with its source. A name of use that has none
('kinase inhibitor') is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from core import data

if TYPE_CHECKING:
    from agent.reading.reading import Reading

#: Most words before the noun at the head that may belong to the name of the kind.
_MOST_BEFORE = 6


@dataclass(frozen=True)
class Kind:
    """One entry of ``words/kinds.toml``: names, what they demand (compact notation), why, and whether the family's demands fall away."""

    words: tuple[str, ...]
    requires: tuple[str, ...]
    note: str
    unless: frozenset[str]
    instead: bool = False


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, Kind], tuple[str, ...]]:
    """(kinds by the key of each of their names, the names that are nouns of their own)."""
    from agent.reading.lexicon import key_of

    found: dict[str, Kind] = {}
    nouns: list[str] = []
    for row in data.table("agent.reading", "words/kinds.toml")["kind"]:
        words = (*row.get("words", ()), *row.get("nouns", ()))
        kind = Kind(words, tuple(row.get("requires", ())), row["note"], frozenset(row.get("unless", ())), row.get("instead", False))
        nouns += row.get("nouns", ())
        found.update({key_of(word): kind for word in words})
    return found, tuple(nouns)


def kinds() -> dict[str, Kind]:
    """Every kind by the keys of its names (:func:`agent.reading.lexicon.key_of`)."""
    return _table()[0]


def nouns() -> tuple[str, ...]:
    """The names that no other table knows, as nouns for molecules."""
    return _table()[1]


def kind_of(reading: Reading) -> tuple[Kind, str] | None:
    """The kind that the name at the head of the goal says, with its words there: the longest that ends the name. None if it says none."""
    from agent.reading.lexicon import key_of

    head = reading.head
    if head is None or head.role != "head":
        return None
    lattice = reading.lattice
    first = max(0, head.i - _MOST_BEFORE)
    before = {lattice.lower(k) for k in range(first, head.i)}
    for k in range(first, head.j):
        text = lattice.text(k, head.j)
        kind = kinds().get(key_of(text))
        if kind is not None:
            return None if kind.unless & before else (kind, text)
    return None
