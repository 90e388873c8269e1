"""What a text speaks of, in 29 languages: relatives, food, pests, illness, killing, hiding, healing ... as concepts that all languages share.

``tables/concepts.tsv`` holds for each concept its class (a person, a harm, a place, ...) and the beginnings of its words, one column a language. The learned voice (:mod:`tools.safety.score`) is
told the concepts of a sentence, so that what is learnt of one language holds in the others. An entry is the beginning of a word; one that ends
in a full stop is a whole word; ``_`` stands between words that stand side by side. In writing without spaces entries are found anywhere.
Of the entries that cover a place the longest counts, and of the languages that the writing allows those that the letters tell (:mod:`tools.safety.tongue`),
else those in which most words are known.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

from core import data
from tools.safety import tongue
from tools.safety.spelling import WORD, normalise
from tools.safety.word_tables import PREFIXES

TABLE = "tables/concepts.tsv"
#: Languages whose entries are found anywhere, and those that join words into one.
_ANYWHERE = ("chinese", "japanese", "korean", "thai", "bengali")
_JOINING = ("german", "dutch", "scandinavian", "finnish", "hungarian")
#: Fewest letters of an entry that is found inside a word of a language that joins words, and letters of a word that are looked at.
INSIDE, LONGEST_WORD = 5, 40
#: Fewest words of a sentence whose language is told by its letters, and from which probability on it may be a language.
FEWEST_WORDS, LEAST_SHARE = 3, 0.1
_SCRIPTS = (
    (re.compile("[\u3040-\u30ff]"), "japanese"),
    (re.compile("[\u3400-\u9fff]"), "chinese"),
    (re.compile("[\u1100-\u11ff\uac00-\ud7a3]"), "korean"),
    (re.compile("[\u0e00-\u0e7f]"), "thai"),
    (re.compile("[\u0900-\u097f]"), "hindi"),
    (re.compile("[\u0980-\u09ff]"), "bengali"),
    (re.compile("[\u0590-\u05ff]"), "hebrew"),
    (re.compile("[\u0600-\u06ff]"), "arabic persian"),
    (re.compile("[\u0400-\u04ff]"), "russian ukrainian"),
    (re.compile("[\u0370-\u03ff]"), "greek"),
)
_LATIN = "latin"
#: Where a sentence ends.
_SENTENCE = re.compile(r"[;!?\u3002\uff01\uff1f\n]|\.(?=\s|$)")


@dataclass(frozen=True)
class Seen:
    """A concept at a place of a text; ``sentence`` counts the sentences."""

    concept: str
    start: int
    end: int
    sentence: int = 0


@dataclass(frozen=True)
class _Table:
    """The entries of languages that share a writing, each with its language: beginnings of words, whole words, and groups by their first word."""

    stems: dict[str, list[tuple[str, str]]]
    whole: dict[str, list[tuple[str, str]]]
    groups: dict[str, list[tuple[str, tuple[str, ...], str]]]


@lru_cache(maxsize=16)
def _table(family: str) -> _Table:
    """The entries of the languages that share a writing. Raises ValueError for a row with too few columns."""
    heading, *lines = data.text("tools.safety", TABLE).splitlines()
    languages = heading.split("\t")
    written = {language: name for _, name in _SCRIPTS for language in name.split()}
    columns = [i for i, language in enumerate(languages) if i > 1 and written.get(language, _LATIN) == family]
    found = _Table(defaultdict(list), defaultdict(list), defaultdict(list))
    for line in lines:
        cells = line.split("\t")
        if len(cells) != len(languages):
            raise ValueError(f"{TABLE}: {cells[0]!r} has {len(cells)} columns, not {len(languages)}")
        for column in columns:
            for raw in cells[column].split():
                _add(found, languages[column], cells[0], raw)
    return found


def _plain(entry: str) -> str:
    """An entry as it stands in a normalised text."""
    return entry if entry.isascii() and entry.isalnum() and entry.islower() else normalise(entry)


def _add(entries: _Table, language: str, concept: str, raw: str) -> None:
    if language in _ANYWHERE:
        entries.stems[_plain(raw.rstrip("._").replace("_", ""))].append((language, concept))
        return
    parts = [_plain(part.rstrip(".")) for part in raw.split("_") if part]
    if len(parts) > 1:
        entries.groups[parts[0]].append((language, tuple(parts[1:]), concept))
    else:
        (entries.whole if raw.endswith(".") else entries.stems)[parts[0]].append((language, concept))


@lru_cache(maxsize=1)
def classes() -> dict[str, str]:
    """The class of each concept."""
    rows = (line.split("\t", 2) for line in data.text("tools.safety", TABLE).splitlines()[1:])
    return {concept: kind for concept, kind, _ in rows}


@lru_cache(maxsize=64)
def seen(text: str) -> tuple[Seen, ...]:
    """The concepts of the normalised ``text``, in order."""
    found: list[Seen] = []
    at = 0
    for number, stop in enumerate([*(match.start() for match in _SENTENCE.finditer(text)), len(text)]):
        found += (Seen(one.concept, one.start + at, one.end + at, number) for one in _seen(text[at:stop]))
        at = stop
    return tuple(found)


@lru_cache(maxsize=256)
def _seen(sentence: str) -> tuple[Seen, ...]:
    family = next((family for pattern, family in _SCRIPTS if pattern.search(sentence)), _LATIN)
    found: dict[str, list[Seen]] = defaultdict(list)
    for language, one in _anywhere(family, sentence) if family in _ANYWHERE else _of_words(family, sentence):
        found[language].append(one)
    spoken = _spoken(family, sentence, found)
    kept = {language: _longest(ones) for language, ones in found.items() if language in spoken}
    heard = Counter({language: len({one.start for one in ones}) for language, ones in kept.items()})
    loudest = max(heard.values(), default=0)
    ones = {one for language, ones in kept.items() if heard[language] * 5 >= loudest * 4 for one in ones}
    return tuple(sorted(ones, key=lambda one: (one.start, one.end, one.concept)))


def _spoken(family: str, sentence: str, heard: Iterable[str]) -> set[str]:
    """Those of the languages ``heard`` in which a sentence is probably written; all of them where nothing tells, as in a sentence of few words."""
    shares = tongue.shares(sentence, family) if len(WORD.findall(sentence)) >= FEWEST_WORDS else {}
    if not shares or max(shares, key=shares.__getitem__) in ("romanised", "other"):
        return set(heard)
    return {language for language in heard if shares.get(language, 0) >= LEAST_SHARE}


def _anywhere(family: str, text: str) -> Iterator[tuple[str, Seen]]:
    entries = _table(family).stems
    longest = max(map(len, entries))
    for start in range(len(text)):
        for size in range(1, min(longest, len(text) - start) + 1):
            for language, concept in entries.get(text[start : start + size], ()):
                yield language, Seen(concept, start, start + size)


def _of_words(family: str, text: str) -> Iterator[tuple[str, Seen]]:
    words = [(match[0], match.start(), match.end()) for match in WORD.finditer(text)]
    for i, (word, start, _) in enumerate(words):
        for language, concept, at, size in _of_word(family, word[:LONGEST_WORD]):
            yield language, Seen(concept, start + at, start + at + size)
        for language, others, concept in _groups(family, word[:LONGEST_WORD]):
            rest = words[i + 1 : i + 1 + len(others)]
            if len(rest) == len(others) and all(other[0].startswith(part) for other, part in zip(rest, others, strict=True)):
                yield language, Seen(concept, start, rest[-1][2])


@lru_cache(maxsize=20_000)
def _of_word(family: str, word: str) -> tuple[tuple[str, str, int, int], ...]:
    """The entries that a word begins with, in languages that join words also those inside: language, concept, place in the word, and length."""
    entries = _table(family)
    found: list[tuple[str, str, int, int]] = []
    for form in _forms(family, word):
        at = len(word) - len(form)
        found += [(language, concept, at, len(form)) for language, concept in entries.whole.get(form, ())]
        found += [(*entry, at, size) for size in range(1, len(form) + 1) for entry in entries.stems.get(form[:size], ())]
    if family == _LATIN:
        for at in range(1, len(word) - INSIDE + 1):
            for size in range(INSIDE, len(word) - at + 1):
                near = [*entries.stems.get(word[at : at + size], ()), *(entries.whole.get(word[at:], ()) if at + size == len(word) else ())]
                found += [(*entry, at, size) for entry in near if entry[0] in _JOINING]
    return tuple(found)


@lru_cache(maxsize=20_000)
def _groups(family: str, word: str) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """The entries of several words whose first one ``word`` may be."""
    entries = _table(family).groups
    return tuple(entry for form in _forms(family, word) for size in range(1, len(form) + 1) for entry in entries.get(form[:size], ()))


def _forms(family: str, word: str) -> set[str]:
    """The word, and in Hebrew, Arabic and Persian writing without a prefix."""
    if family not in ("hebrew", "arabic persian"):
        return {word}
    return {word, *(word[len(p) :] for p in PREFIXES if word.startswith(p) and len(word) > len(p) + 1)}


def _longest(found: list[Seen]) -> list[Seen]:
    """Those that do not lie inside a longer one."""
    kept: list[Seen] = []
    last = -1
    for one in sorted(set(found), key=lambda one: (one.start, -one.end)):
        if one.end > last or (one.start, one.end) == (kept[-1].start, kept[-1].end):
            kept.append(one)
            last = max(last, one.end)
    return kept


def between(text: str, start: int, end: int) -> list[Seen]:
    """The concepts that begin between two places of the normalised ``text``."""
    ones = seen(text)
    starts = [one.start for one in ones]
    return list(ones[bisect_left(starts, start) : bisect_left(starts, end)])


def features(text: str, start: int = 0, end: int | None = None) -> tuple[str, ...]:
    """What the learned voice is told of the concepts between two places of the normalised ``text``, each once, in order.

    Within a sentence: each concept; which follows which (``^`` and ``$`` are the ends); each with the classes of the others; and which class stands
    before which.
    """
    sentences: dict[int, list[str]] = {}
    for one in between(text, start, len(text) if end is None else end):
        row = sentences.setdefault(one.sentence, [])
        if not row or row[-1] != one.concept:
            row.append(one.concept)
    kind = classes()
    found: set[str] = set()
    for row in sentences.values():
        found.update(row)
        found.update(f"{one}>{other}" for one, other in pairwise(["^", *row, "$"]))
        found.update(f"{one}&:{kind[other]}" for one in set(row) for other in set(row) if kind[one] != kind[other])
        found.update(f":{kind[one]}>:{kind[other]}" for one, other in combinations(row, 2))
    return tuple(sorted(found))
