"""Of what use a thing is, by its name (``words/uses.toml``): nouns of use, the words before them, and on which groups a thing of a name acts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from agent.reading.phrases import words_of

#: British endings and what American English writes for them.
_AMERICAN = (
    ("iser", "izer"), ("ising", "izing"), ("ised", "ized"), ("isation", "ization"), ("isable", "izable"), ("colour", "color"), ("fibre", "fiber"),
    ("odour", "odor"), ("flavour", "flavor"), ("vapour", "vapor"), ("tumour", "tumor"), ("mould", "mold"), ("levelling", "leveling"),
    ("labelling", "labeling"), ("savoury", "savory"), ("aesthetic", "esthetic"), ("tyre", "tire"), ("catalyse", "catalyze"),
)  # fmt: skip
#: What a thing acts on that acts on whatever is named before it.
ANY = "*"


def spellings(word: str) -> tuple[str, ...]:
    """``word`` in British and in American spelling."""
    other = word
    for british, american in _AMERICAN:
        other = other.replace(british, american)
    return (word,) if other == word else (word, other)


@lru_cache(maxsize=1)
def acts() -> dict[str, frozenset[str]]:
    """By noun (key, singular): the names of the groups on which such a thing may act; :data:`ANY` for all of them."""
    found: dict[str, frozenset[str]] = {}
    for row in words_of("uses.toml")["acts"]:
        for noun in row["nouns"]:
            for word in spellings(noun):
                key = word.replace("-", " ")
                found[key] = found.get(key, frozenset()) | frozenset(row["on"])
    return found


def use_words() -> Iterator[tuple[str, str]]:
    """(kind, word) of every word of use: 'role' for a noun, 'composed' for one before which a group is a part of the thing, 'neutral' for a word before it."""
    for word in words_of("uses.toml")["classes"]["words"]:
        for form in (word, f"{word}s"):
            yield "role", form
            yield "whole", form
    for word in words_of("uses.toml")["made_of"]["words"]:
        for form in spellings(word):
            yield "made_of", form
    for field in words_of("uses.toml")["field"]:
        before = [word for said in field["before"] for word in spellings(said)]
        ends = [f"{word} {end}" for word in before for end in field.get("ends", ())]
        for word in [word for said in field["nouns"] for word in spellings(said)] + ends:
            yield "role", word
            if ANY not in acts().get(word.replace("-", " "), ()):
                yield "composed", word
        for word in before:
            yield "neutral", word


@lru_cache(maxsize=1)
def polymer_of() -> dict[str, str]:
    """By word before a noun for a polymer: the family that it names."""
    return dict(words_of("uses.toml")["polymer_of"])


def on_what(noun: str) -> frozenset[str]:
    """The groups on which a thing called ``noun`` (singular or plural) may act."""
    key = noun.lower().replace("-", " ")
    return acts().get(key) or acts().get(key.removesuffix("s"), frozenset())
