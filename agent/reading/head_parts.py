"""The parts of the noun phrase at the head of a goal."""

from __future__ import annotations

from dataclasses import dataclass

from agent.reading.lexicon import Family, Vague
from agent.reading.mentions import Mention
from agent.reading.statements import Statement


@dataclass(frozen=True)
class Part:
    """One word or phrase before the noun: 'unknown', 'unchecked' (with a reason), 'plain', 'read' (with statements), 'joint'."""

    sort: str
    i: int
    j: int
    statements: tuple[Statement, ...] = ()
    reason: str = ""
    groups: bool = False
    family: Family | None = None
    free: bool = False


@dataclass(frozen=True)
class Found:
    """A noun phrase: its cost (unknown words, parts), its parts, the noun (None: not known) and the piece behind it."""

    cost: tuple[int, int]
    parts: tuple[Part, ...]
    noun: Mention | None
    noun_end: int


def noun_like(entry: object) -> bool:
    """Whether an entry of the vague words is a noun for a thing: 'liquid', 'elastomer', 'hydrocarbon'."""
    return isinstance(entry, Vague) and entry.noun
