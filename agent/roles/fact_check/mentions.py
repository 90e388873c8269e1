"""Which properties a sentence names, and which of them a number belongs to."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from agent.roles.fact_check.numbers import Number
from tools.catalogue.catalogue import Catalogue


class Mention(NamedTuple):
    """Where a sentence names a property: first and last character + 1, and the registered name."""

    start: int
    end: int
    property: str


def mentions_in(plain: str, *, catalogue: Catalogue) -> list[Mention]:
    """Every property that the sentence names, in order; the longest name where several overlap."""
    found: list[Mention] = []
    for match in _property_words(catalogue).finditer(plain):
        definition = catalogue.resolve(match[0].lower()) or catalogue.resolve(match[0])
        if definition is not None:
            found.append(Mention(match.start(), match.end(), definition.name))
    return found


@lru_cache(maxsize=4)
def _property_words(catalogue: Catalogue) -> re.Pattern[str]:
    """One pattern of every name of every property of ``catalogue``."""
    known = {word for word in catalogue.words() if len(word) > 1}
    choices = "|".join(re.escape(w) for w in sorted(known, key=lambda w: (-len(w), w)))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{choices})(?![A-Za-z0-9])", re.I)


def may_belong_to(name: str, number: Number, mentions: list[Mention]) -> bool:
    """Whether the number can be of property ``name``: the one named last before it or next after it; any, if none is named."""
    if not mentions:
        return True
    before = [m for m in mentions if m.start < number.start]
    after = [m for m in mentions if m.start >= number.start and m.start - number.end < 30]
    near = {before[-1].property} if before else set()
    if after:
        near.add(after[0].property)
    return name in near if near else name in {m.property for m in mentions}


def bound_to(number: Number, plain: str, mentions: list[Mention]) -> set[str]:
    """The properties that a number is said to be of: right before it ('a logP of 3') or right behind it ('3 aromatic rings')."""
    reach = max(0, number.start - 80) + len(text_before(plain, number))
    behind = {m.property for m in mentions if m.start >= number.end and not plain[number.end : m.start].strip()}
    return behind or {m.property for m in mentions if m.end == reach}


def text_before(plain: str, number: Number) -> str:
    """The text before a number, without the small words that lead up to it."""
    text = plain[max(0, number.start - 80) : number.start].rstrip("+-−–±~≈ ")
    for _ in range(4):
        text = re.sub(
            r"(?:\W+|\b(?:is|are|was|of|at|being|near|about|around|roughly|equals|value|a|an|the|only|just))$", "", text, flags=re.I
        )
    return text
