"""Polymers by how their names are made: 'poly(butyl acrylate)' is a polyacrylate, 'a urea-linked polymer' a polyurea, 'PBI' a polybenzimidazole where something beside it says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from agent.reading.lexicon import Family, families
from agent.reading.phrases import words_of

if TYPE_CHECKING:
    from agent.reading.mentions import Lattice

#: 'poly(...)' with one pair of brackets inside, at most; what stands inside is group 1.
_POLY = re.compile(r"\bpoly ?\(((?:[^()]|\([^()]*\)){3,60})\)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _endings() -> tuple[tuple[str, str], ...]:
    """(ending, name of the family or '') of what stands inside 'poly(...)', the longest first."""
    table = words_of("families.toml")
    found = [(ending, row["name"]) for row in table["family"] for ending in row.get("inside", ())]
    found += [(ending, "") for ending in table["inside"]["none"]]
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))


def family_inside(name: str) -> Family | None:
    """The family of 'poly(``name``)': that with the longest ending of ``name``; None for a copolymer, and where none is known."""
    text = f" {name.lower().strip()}"
    if any(sign in text for sign in words_of("families.toml")["inside"]["joined"]):
        return None
    said = next((family for ending, family in _endings() if text.endswith(ending)), "")
    return next((f for f in families() if f.name == said), None) if said else None


def polymers_written(plain: str) -> Iterator[tuple[int, int, Family]]:
    """(start, end, family) of every 'poly(...)' in ``plain`` that names a family."""
    for match in _POLY.finditer(plain):
        family = family_inside(match[1])
        if family is not None:
            yield match.start(), match.end(), family


@dataclass(frozen=True)
class Acronym:
    """How a family is shortened: ``word`` in capitals; ``shown_by``: words that show which sense of it is meant; ``not_with``: those that show another."""

    word: str
    family: str
    shown_by: tuple[str, ...] = ()
    not_with: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def acronyms() -> dict[str, Acronym]:
    """By acronym: the families in ``words/uses.toml``."""
    return {
        word: Acronym(word, row["family"], tuple(row.get("shown_by", ())), tuple(row.get("not_with", ())))
        for row in words_of("uses.toml")["acronym"]
        for word in row["words"]
    }


@lru_cache(maxsize=1)
def _shorter() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(acronyms(), key=len, reverse=True)))})(?!\w)")


@lru_cache(maxsize=1)
def _nouns() -> frozenset[str]:
    """Nouns for a polymer, of one word."""
    generic = [word for f in families() if not f.name and f.candidate_class == "polymer" for word in f.words]
    return frozenset(word for word in (*words_of("heads.toml")["polymer"], *generic) if word.isalpha())


#: The two words right behind, with no sign between.
_BEHIND = re.compile(r"[ -]([A-Za-z]+)(?:[ -]([A-Za-z]+))?")
#: Words that are no part of the noun phrase.
_APART = frozenset(["for", "of", "with", "in", "to", "and", "or", "that", "which", "as", "at", "on", "from", "by", "like", "than"])


def acronyms_written(plain: str) -> Iterator[tuple[int, int, Family]]:
    """(start, end, family) of every acronym in ``plain`` that is shown to name a family."""
    text = f" {re.sub(r'[^a-z]+', ' ', plain.lower())} "
    for match in _shorter().finditer(plain):
        entry = acronyms()[match[0]]
        if any(f" {word} " in text for word in entry.not_with):
            continue
        behind = _BEHIND.match(plain, match.end())
        words = [word.lower() for word in behind.groups() if word] if behind else []
        nouns = words and words[0] not in _APART and not _nouns().isdisjoint(words)
        family = next(f for f in families() if f.name == entry.family)
        if (nouns and family.candidate_class == "polymer") or any(f" {word} " in text for word in entry.shown_by):
            yield match.start(), match.end(), family


def mark_polymers(lattice: Lattice, starts: dict[int, int], ends: dict[int, int]) -> None:
    """Add what such names are, families, to the mentions. ``starts`` and ``ends``: pieces by the character where they start, and the piece behind by that where they end."""
    from agent.reading.mentions import Mention

    for start, end, family in (*polymers_written(lattice.plain), *acronyms_written(lattice.plain)):
        if start in starts and end in ends:
            here, j = lattice.at[starts[start]], ends[end]
            if not any(m.kind == "fam" and m.j == j for m in here):
                here.append(Mention(starts[start], j, "fam", family))
