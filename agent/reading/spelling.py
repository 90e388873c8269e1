"""Words of the tables that are misspelt by one letter: 'presure', 'ponit', 'posible'. Names of chemistry are never guessed: 'imime' stays what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from agent.reading.lexicon import lexicon
from agent.reading.nomenclature import parts_of_name
from agent.reading.normalise import Text
from agent.reading.phrases import words_of
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue

#: Kinds of meanings of names of parts and substances, of which another name may be one letter away.
_CHEMICAL = frozenset(["grp", "elem", "halide", "cmpd", "fam", "pair", "compounded", "substituent", "adjectival", "rule", "isomers", "derived", "replacement"])  # fmt: skip
#: Kinds of meanings whose words are guessed: of properties, of what is known and not computed, and of what asks, denies, wishes and compares.
_GUESSED = frozenset(["prop", "verbprop", "vague", "unchk", "soft", "soft_after", "negation", "negation_after", "necessity_after", "permission_after", "positive_after", "cmp", "after", "link"])  # fmt: skip
#: Fewest letters of a misspelt word: with two letters changed over, one missing or too many, another vowel.
_SWAPPED, _ONE_OFF, _VOWEL = 5, 6, 8
#: Fewest letters of a word that is guessed and is none of a property.
_LONG = 7
_VOWELS = "aeiouy"
_WORD = re.compile(r"(?<![\w'-])[A-Za-z]?[a-z]{4,}(?![\w'])")


@dataclass(frozen=True)
class Vocabulary:
    """``known``: every word of the tables; ``plain``: those that are guessed; ``shortened``: the latter by each form without one of their inner letters."""

    known: frozenset[str]
    plain: frozenset[str]
    shortened: dict[str, tuple[str, ...]]


@lru_cache(maxsize=8)
def _vocabulary(catalogue: Catalogue) -> Vocabulary:
    known: set[str] = set()
    chemical: set[str] = set()
    guessed: set[str] = set()
    measured: set[str] = set()
    for key, meanings in lexicon(catalogue).meanings.items():
        words = set(key.split())
        known |= words
        if not _CHEMICAL.isdisjoint(meanings):
            chemical |= words
        elif not _GUESSED.isdisjoint(meanings):
            guessed |= words
            measured |= words if "prop" in meanings else set()
    plain = frozenset(w for w in guessed - chemical if w.isalpha() and len(w) >= (_SWAPPED if w in measured else _LONG))
    shortened: dict[str, list[str]] = {}
    for word in sorted(plain):
        for form in _without_one(word):
            shortened.setdefault(form, []).append(word)
    return Vocabulary(frozenset(known), plain, {form: tuple(words) for form, words in shortened.items()})


@lru_cache(maxsize=1)
def _right() -> frozenset[str]:
    """English words that are one letter off from a word of the tables and are no slip."""
    return frozenset(words_of("spelled_right.toml")["words"])


def _without_one(word: str) -> set[str]:
    """``word`` without each of its inner letters."""
    return {word[:n] + word[n + 1 :] for n in range(1, len(word) - 1)}


def respelt(text: Text, *, catalogue: Catalogue) -> tuple[Text, tuple[tuple[str, str], ...]]:
    """(``text`` with the words that are one letter off from one word of the tables alone as that word, those words as they were and are read)."""
    vocabulary = _vocabulary(catalogue)
    parts: list[str] = []
    origin: list[int] = []
    changed: list[tuple[str, str]] = []
    end = 0
    for match in _WORD.finditer(text.plain):
        word = match.group().lower()
        meant = "" if word in vocabulary.known or word in _right() else _meant(word, vocabulary)
        if not meant or parts_of_name(word):
            continue
        written = meant.capitalize() if match.group()[0].isupper() else meant
        last = match.end() - match.start() - 1
        parts += [text.plain[end : match.start()], written]
        origin += [*text.origin[end : match.start()], *(text.origin[match.start() + min(n, last)] for n in range(len(meant) - 1))]
        origin.append(text.origin[match.end() - 1])
        changed.append((match.group(), written))
        end = match.end()
    if not changed:
        return text, ()
    return Text("".join([*parts, text.plain[end:]]), (*origin, *text.origin[end:])), tuple(changed)


def _meant(word: str, vocabulary: Vocabulary) -> str:
    """The one word that ``word`` may be meant for, or ''."""
    found = set(vocabulary.shortened.get(word, ())) if len(word) >= _ONE_OFF else set()  # one letter is missing
    for form in _without_one(word):
        found |= {w for w in vocabulary.shortened.get(form, ()) if len(w) == len(word) and _near(word, w)}
        if form in vocabulary.plain and len(form) >= _ONE_OFF:
            found.add(form)  # one letter is too many
    return found.pop() if len(found) == 1 else ""


def _near(word: str, other: str) -> bool:
    """Whether two inner letters that stand beside each other have changed places, or one vowel of a long word is another."""
    places = [n for n in range(len(word)) if word[n] != other[n]]
    if len(places) == 1:
        vowels = word[places[0]] in _VOWELS and other[places[0]] in _VOWELS
        return vowels and len(word) >= _VOWEL and 0 < places[0] < len(word) - 1
    swapped = (
        len(places) == 2 and places[1] == places[0] + 1 and word[places[0]] == other[places[1]] and word[places[1]] == other[places[0]]
    )
    return swapped and places[0] > 0 and places[1] < len(word) - 1


def as_spelt(spec: DesignSpec, respelled: tuple[tuple[str, str], ...]) -> DesignSpec:
    """``spec`` with the phrases that it quotes in the spelling of the goal."""
    if not respelled:
        return spec

    def said(phrase: str) -> str:
        for written, meant in respelled:
            phrase = re.sub(rf"\b{meant}\b", written, phrase)
        return phrase

    quoting = ("requirements", "objectives", "set_requirements", "assumptions", "unchecked")
    return spec.model_copy(
        update={name: [row.model_copy(update={"phrase": said(row.phrase)}) for row in getattr(spec, name)] for name in quoting}
    )
