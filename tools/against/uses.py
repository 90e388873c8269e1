"""Which uses a goal names: the fields of :mod:`tools.against.table` that its words mean.

The thing designed decides: in 'antioxidant for lubricants' it is an antioxidant. What stands behind 'for', 'in', 'that' is read only where the words
before it name no field ('a molecule that glows', but not 'one that dissolves in organic solvents'), or one that takes its meaning from there ('a solvent for lithium-ion batteries', 'a dye that fluoresces'). Words that are
denied ('not fluorescent', 'instead of a phthalate plasticiser') name nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tools.against.table import Field, fields

#: Where the name of the thing ends and what it is for, where, and what it does begins.
_BEHIND = re.compile(
    r"(?<!\w)(?:for|that|which|to|in|with|by|of|on|under|against|used|absorbing|having|from|as|when|where|whose|;|:)(?!\w)|[,.;:]\s"
)
#: What the thing is for, or does, where its name says neither; not in what it dissolves or what it comes with.
_PURPOSE = re.compile(r"(?<!\w)(?:for|as|that|which|to)(?!\w)((?:(?!(?<!\w)(?:in|with)(?!\w)|[,.;]\s).)*)")
#: What denies the words behind it, up to the end of its clause.
_DENIED = re.compile(
    r"(?<!\w)(?:not an?|not|no|never|without|instead of|rather than|other than|unlike|except|neither|avoid(?:ing)?|replac(?:e|es|ing)|"
    r"(?:replacement|substitute|alternative) (?:for|to)|free of|incapable of)(?!\w)[^,.;]*"
)
#: Fields that take their meaning from what stands behind: a dye may be one that fluoresces, a solvent one of a battery.
_TURNS: dict[str, frozenset[str]] = {
    "dye": frozenset({"emission", "semiconductor", "nlo", "photoswitch", "uv", "photoinitiator", "redox_flow"}),
    "solvent": frozenset({"electrolyte_solvent", "co2", "coolant"}),
    "monomer": frozenset({"membrane"}),
}


@lru_cache(maxsize=2_000)
def uses_in(goal: str) -> tuple[str, ...]:
    """The ids of the fields that a goal in English names, in the order of the tables; () for none."""
    text = _DENIED.sub(" ", goal.lower().replace("\u2010", "-").replace("\u2011", "-").replace("\u2082", "2"))
    cut = next((m.start() for m in _BEHIND.finditer(text) if text[: m.start()].strip(" ,.;:")), len(text))
    head, behind = text[:cut], text[cut:]
    named = _named(head, text)
    if not named:
        return tuple(_named(" ; ".join(f"{head} for {purpose}" for purpose in _PURPOSE.findall(behind)), text))
    turned = [f for key in named if key in _TURNS for f in _named(behind, text) if f in _TURNS[key]]
    found = {*named, *turned} - ({key for key in named if key == "dye"} if turned else set())
    if "electrolyte_solvent" in found:
        found.discard("solvent")
    return tuple(key for key in fields() if key in found)


def _named(part: str, whole: str) -> list[str]:
    """The fields that words of ``part`` name; of several the one named last, with those named by the same words."""
    ends = {key: end for key, field in fields().items() if (end := _end(field, part, whole))}
    last = max(ends.values(), default=0)
    return [key for key, end in ends.items() if end >= last - 1]


def _end(field: Field, part: str, whole: str) -> int:
    """Where the last word of ``field`` in ``part`` ends, its own ending included; 0 for none."""
    if any(p.search(whole) for p in field.unless):
        return 0
    ends = [m.end() for p in field.words for m in p.finditer(part)]
    if not ends:
        return 0
    rest = re.match(r"[a-z]*", part[max(ends) :])
    return max(ends) + (rest.end() if rest else 0)
