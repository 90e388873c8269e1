"""Phrases that are made of a few words (multiples, denied comparatives, sizes of rings), and the words of use."""

from __future__ import annotations

from typing import Any

from agent.reading.keys import key_of
from agent.reading.registered import GROUPS, plural
from agent.reading.uses import use_words

#: Words before a noun of use that name a substance.
_NO_USE = frozenset(
    ["acid", "base", "metal", "sulfur", "solvent", "polymer", "lipid", "sugar", "salt", "oil", "water", "peroxide", "fibre", "protein"]
)

#: What a word says that is no word of use: these meanings stand before it.
_SAYS_MORE = ("fam", "vague", "grp", "prop", "rule", "cmpd", "unchk")


def add_uses(add: Any, meanings: dict[str, dict[str, Any]]) -> None:
    """The words of use (``words/uses.toml``), where the word says nothing else of a thing; what stands before a known noun is a word before it."""
    whole = {word for kind, word in use_words() if kind == "whole"}
    for kind, word in use_words():
        if kind == "made_of":
            for form in (word, plural(word)):
                add(form, "composed", True)
            continue
        words = word.split()
        known = next(
            (n for n in range(1, len(words)) if {"fam", "role", "vague"} & meanings.get(key_of(" ".join(words[n:])), {}).keys()), 0
        )
        if kind in ("role", "composed") and known and word not in whole:
            kind, word = "neutral", " ".join(words[:known])
            if word in _NO_USE:
                continue
        for form in (word, plural(word)) if kind in ("role", "composed") and word not in whole else (word,):
            here = meanings.get(key_of(form), {})
            if here.keys().isdisjoint(_SAYS_MORE) and not (kind in ("role", "composed") and "groups" in here):
                add(form, kind, "molecule" if kind == "role" else True)


#: How many of a group a prefix or an adjective says: 'bis-hydrazide', 'trifunctional epoxy', 'dipodal silane'.
_FOLDS = {
    2: ("bis", "difunctional", "bifunctional", "dipodal", "two-fold", "homobifunctional", "bi-functional", "di-functional"),
    3: ("tris", "trifunctional", "tripodal", "tri-functional"),
    4: ("tetrakis", "tetrafunctional", "tetrapodal", "tetra-functional"),
    5: ("pentafunctional",),
    6: ("hexafunctional", "hexakis"),
    1: ("monofunctional", "mono-functional", "mono"),
}

#: Comparatives of which the denial bounds from the other side: 'no warmer than', 'not any heavier than'.
_UPWARDS = (
    "warmer",
    "hotter",
    "higher",
    "larger",
    "bigger",
    "greater",
    "heavier",
    "longer",
    "more",
    "wider",
    "thicker",
    "denser",
    "later",
    "further",
    "stronger",
    "redder",
    "shallower",
)

_DOWNWARDS = (
    "colder",
    "cooler",
    "lower",
    "smaller",
    "lighter",
    "shorter",
    "less",
    "fewer",
    "narrower",
    "thinner",
    "earlier",
    "weaker",
    "bluer",
    "deeper",
)

_DENYING = (
    "no",
    "not",
    "not any",
    "never",
    "nothing",
    "be no",
    "be not",
    "in no case",
    "by no means",
    "isn't",
    "is not",
    "must not be",
    "cannot be",
    "may not be",
    "should not be",
    "should be no",
    "must be no",
)

#: Said of rings: 'ring size seven'.
_RINGS = {
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    10: "ten",
    11: "eleven",
    12: "twelve",
    13: "thirteen",
    14: "fourteen",
    15: "fifteen",
    16: "sixteen",
    18: "eighteen",
    20: "twenty",
}


def add_made(add: Any) -> None:
    """Phrases that are made of a few words: multiples of groups, denied comparatives, sizes of rings."""
    for number, words in _FOLDS.items():
        for word in words:
            add(word, "fold", float(number))
    for operator, comparatives in (("<=", _UPWARDS), (">=", _DOWNWARDS)):
        for denying in _DENYING:
            for word in comparatives:
                add(f"{denying} {word} than", "cmp", operator)
    for modal in ("must", "should", "shall", "may", "can", "ought", "will", "would", "is", "are"):
        for be in (
            ("not be", "not lie", "not come", "not end up", "never be", "never lie") if modal not in ("is", "are") else ("not", "never")
        ):
            for operator, words in (("<=", ("above", "over", "beyond")), (">=", ("below", "under", "beneath"))):
                for word in words:
                    add(f"{modal} {be} {word}", "cmp", operator)
    for number, word in _RINGS.items():
        name = f"{word}-membered ring"
        if name in GROUPS:
            for size in (word, str(number)):
                for said in ("ring size {}", "ring size of {}", "a ring size of {}", "ring of size {}"):
                    add(said.format(size), "grp", name)
