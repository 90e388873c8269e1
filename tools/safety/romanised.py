"""Native word lists read in Latin letters: a word typed in any of its romanised spellings is known by its skeleton.

``tables/romanised.tsv`` holds the entries of the lists in other writing, romanised once by ``python -m evals.romanising`` (language, kind, skeletons
of the words). What stands in a goal is reduced the same way (:func:`skeleton`), so that 'zapakh', 'zapah' and 'zapax' are one. Only goals in which
the small words of a romanised language were heard are read so, with a least length, so that short accidents say nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from core import data
from tools.safety.word_tables import Mention, Token

TABLE = "tables/romanised.tsv"
#: Languages whose vowels are kept as one sign, whose vowels are left out, and whose words are joined because their spacing is arbitrary.
VOWELS, CONSONANTS, JOINED = (
    ("russian", "greek"),
    ("arabic", "hebrew", "persian", "hindi"),
    ("chinese", "japanese", "korean"),
)
#: Fewest signs of a skeleton of one word, of several words, and of joined ones.
LEAST = {**dict.fromkeys(VOWELS, 5), **dict.fromkeys(CONSONANTS, 3), **dict.fromkeys(JOINED, 6)}
LEAST_GROUP = 6
_DIGITS = str.maketrans({"2": "", "3": "", "5": "kh", "6": "t", "7": "h", "8": "gh", "9": "q", "'": ""})
_DIGRAPHS = re.compile("shch|tsch|sch|tch|chh|sh|ch|kh|zh|ts|tz|ph|gh|th|dh|bh|ck")
_SOUNDS = {"shch": "X", "sch": "X", "sh": "X", "tsch": "C", "tch": "C", "chh": "C", "ch": "C", "kh": "H", "zh": "Z", "ts": "Q", "tz": "Q"}
_SOUNDS |= {"ph": "F", "gh": "G", "th": "T", "dh": "D", "bh": "B", "ck": "K"}
_SINGLE = str.maketrans({"q": "K", "k": "K", "c": "K", "x": "H", "h": "H", "w": "V", "v": "V", "j": "Z", "z": "Z"})
_OWN = {
    "russian": (str.maketrans({"j": "y"}), str.maketrans({})),
    "greek": (str.maketrans({"j": "y", "8": "th", "3": "ks"}), str.maketrans({"C": "H", "B": "V"})),
    "hebrew": (str.maketrans({}), str.maketrans({"B": "V", "P": "F", "H": "K", "C": "K", "X": "S", "Q": "S", "Z": "S"})),
    "persian": (str.maketrans({}), str.maketrans({"G": "K"})),
}
#: Articles and prepositions that are written with the noun.
_PREFIXES = {
    "arabic": re.compile("^(?:wa?|fa)?(?:(?:bi?|fi?|li?|ka?)?[aeiu]?l(?=[a-z]{3})|bi(?=[a-z]{4})|li(?=[a-z]{4}))"),
    "hebrew": re.compile("^(?:ve|u|she)?(?:ha|la|le|li|ba|be|bi|mi|me|ke)(?=[a-z']{3})"),
}
_NO_CHANGE: dict[int, str] = str.maketrans({})
#: What a letter is that no digraph holds: the c of 'ventilyaciya'.
_LONE = {"russian": str.maketrans({"c": "Q"})}
_VOWELS, _NO_VOWELS = re.compile("[AEIOUY]+"), re.compile("[AEIOUYV]+")
_DOUBLED = re.compile(r"(.)\1+")
_JAPANESE = (
    ("ou", "o"),
    ("oo", "o"),
    ("uu", "u"),
    ("si", "shi"),
    ("sshi", "shi"),
    ("tu", "tsu"),
    ("ttsu", "tsu"),
    ("ti", "chi"),
    ("l", "r"),
    ("mb", "nb"),
    ("mp", "np"),
)
_KOREAN = (
    ("ch", "j"),
    ("sh", "s"),
    ("eo", "o"),
    ("eu", "u"),
    ("ae", "e"),
    ("oe", "e"),
    ("k", "g"),
    ("t", "d"),
    ("p", "b"),
    ("l", "r"),
    ("oo", "u"),
    ("ee", "i"),
)


@lru_cache(maxsize=20_000)
def skeleton(word: str, language: str) -> str:
    """The sounds of a word in small Latin letters that all spellings of it share; empty for one that has no letters."""
    if not any(c.isalpha() for c in word):
        return ""
    if language in JOINED:
        for old, new in _JAPANESE if language == "japanese" else _KOREAN if language == "korean" else ():
            word = word.replace(old, new)
        return _DOUBLED.sub(r"\1", word) if language != "chinese" else word
    before, after = _OWN.get(language, (_NO_CHANGE, _NO_CHANGE))
    plain = _DIGRAPHS.sub(lambda match: _SOUNDS[match[0]], word.translate(before).translate(_DIGITS))
    plain = plain.translate(_LONE.get(language, _NO_CHANGE)).translate(_SINGLE).upper()
    plain = _DOUBLED.sub(r"\1", plain.translate(after))
    if language in VOWELS:
        return _VOWELS.sub("a", plain)
    return _DOUBLED.sub(r"\1", _NO_VOWELS.sub("", plain.removesuffix("H")))


@dataclass(frozen=True)
class _Entries:
    """The entries of one language: by the skeleton of their first word, those that go on behind it apart; joined ones as they are."""

    whole: dict[str, list[tuple[str, tuple[str, ...]]]]
    stems: dict[str, list[tuple[str, tuple[str, ...]]]]
    joined: list[tuple[str, str]]


@lru_cache(maxsize=1)
def _table() -> dict[str, _Entries]:
    found: dict[str, _Entries] = {}
    for line in data.text("tools.safety", TABLE).splitlines():
        language, kind, words = line.split("\t")
        entries = found.setdefault(language, _Entries(defaultdict(list), defaultdict(list), []))
        if language in JOINED:
            entries.joined.append((words, kind))
            continue
        first, *others = words.split()
        (entries.stems if first.endswith("*") else entries.whole)[first.rstrip("*")].append((kind, tuple(others)))
    return found


def mentions(words: list[Token], languages: frozenset[str]) -> list[Mention]:
    """What the ``words`` of a normalised text are by their skeletons, in those of the ``languages`` that are romanised ones (``russian_latin``)."""
    found: list[Mention] = []
    for latin in sorted(name for name in languages if name.endswith("_latin")):
        language = latin.removesuffix("_latin")
        entries = _table().get(language)
        if entries is None:
            continue
        forms = [skeleton(word.text, language) if word.text.isascii() else "" for word in words]
        spans = _joined(entries, forms) if language in JOINED else _spaced(entries, forms)
        if (prefixes := _PREFIXES.get(language)) is not None:
            bare = [skeleton(prefixes.sub("", word.text), language) if word.text.isascii() else "" for word in words]
            spans += _spaced(entries, bare)
        found += [Mention(kind, words[a].start, words[b].end, latin, everywhere=False, exact=False) for kind, a, b in spans]
    return found


def _spaced(entries: _Entries, forms: list[str]) -> list[tuple[str, int, int]]:
    """Entries among the skeletons of words, each with its first and last word."""
    found = []
    for i, form in enumerate(forms):
        near = [*entries.whole.get(form, ())]
        for size in range(1, len(form) + 1):
            near += entries.stems.get(form[:size], ())
        for kind, others in near:
            rest = forms[i + 1 : i + 1 + len(others)]
            if len(rest) == len(others) and all(_fits(one, other) for one, other in zip(rest, others, strict=True)):
                found.append((kind, i, i + len(others)))
    return found


def _fits(form: str, pattern: str) -> bool:
    return form.startswith(pattern[:-1]) if pattern.endswith("*") else form == pattern


def _joined(entries: _Entries, forms: list[str]) -> list[tuple[str, int, int]]:
    """Entries that begin where a word begins, whatever spaces lie in them."""
    starts: dict[int, int] = {}
    at = 0
    for i, form in enumerate(forms):
        starts.setdefault(at, i)
        at += len(form)
    run, places = "".join(forms), sorted(starts)
    found = []
    for words, kind in entries.joined:
        at = run.find(words)
        while at >= 0:
            if at in starts:
                last = max(place for place in places if place < at + len(words))
                found.append((kind, starts[at], starts[last]))
            at = run.find(words, at + 1)
    return found
