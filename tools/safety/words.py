"""What the words of a goal can be for the guard: what of :mod:`tools.safety.word_tables` a text mentions, misspelt words and letters set apart included."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise

from tools.safety.spelling import UNSPACED, letters, within
from tools.safety.word_tables import (
    ENDINGS,
    HAZARDS,
    LIKENESS,
    LONGEST,
    NAMES,
    ONE_OFF,
    PREFIXES,
    TWO_OFF,
    Entry,
    Lexicon,
    Mention,
    Token,
    lexicon,
    tokens,
)


def _off(word: str) -> int:
    """By how many letters a hazard word may be misspelt."""
    return 2 if len(word) >= TWO_OFF else 1 if len(word) >= ONE_OFF else 0


def mentions(text: str) -> list[Mention]:
    """Every mention of an entry in the normalised ``text``; those inside a longer one of their own kind are left out."""
    known = lexicon()
    words = tokens(text)
    found: list[Mention] = []
    for i, word in enumerate(words):
        for entry, stop in _spaced(known, words, i):
            found.append(Mention(entry.kind, *_span(entry, word, words[stop - 1]), entry.language, entry.everywhere))
    if UNSPACED.search(text):
        for plain, entry in known.unspaced:
            at = text.find(plain)
            while at >= 0:
                found.append(Mention(entry.kind, at, at + len(plain), entry.language, entry.everywhere))
                at = text.find(plain, at + 1)
    found += _set_apart(known, words)
    found += _joined_up(known, words)
    found += _misspelt(known, words, found)
    found += _misspelt_groups(known, words)
    found += _misspelt_beside(known, words, found)
    return _longest(found)


def _spaced(known: Lexicon, words: list[Token], i: int) -> Iterator[tuple[Entry, int]]:
    """Entries that begin at word ``i``, each with the word behind it."""
    for entry in _candidates(words[i].text[:LONGEST]):
        stop = i + len(entry.words)
        if stop <= len(words) and all(
            _fits(word.text, pattern) for word, pattern in zip(words[i + 1 : stop], entry.words[1:], strict=True)
        ):
            yield entry, stop


@lru_cache(maxsize=20_000)
def _candidates(text: str) -> tuple[Entry, ...]:
    """The entries whose first word ``text`` can be."""
    known = lexicon()
    bare = {text, *(text[len(p) :] for p in PREFIXES if text.startswith(p) and len(text) > len(p) + 1)} if text >= "\u0590" else {text}
    found: list[Entry] = [entry for form in bare for entry in known.whole.get(form, ())]
    for form in bare if text >= "\u0590" else ():
        found += [entry for noun, language in _without_ending(form) for entry in known.whole.get(noun, ()) if entry.language == language]
    for form in bare:
        for size in range(2, len(form) + 1):
            found += known.stems.get(form[:size], ())
    for start in range(len(text)):
        for size in range(3, len(text) - start + 1):
            for entry in known.inside.get(text[start : start + size], ()):
                if entry.words[0].endswith("*") or start + size == len(text):
                    found.append(entry)
    return tuple(found)


def _without_ending(word: str) -> Iterator[tuple[str, str]]:
    """The noun of which ``word`` is a form, with the language in which it would be; nouns of three letters or more."""
    for language, endings in ENDINGS.items():
        for ending in endings:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                yield word[: -len(ending)], language


def _span(entry: Entry, first: Token, last: Token) -> tuple[int, int]:
    """Where an entry stands: inside a longer word, only what it covers of it."""
    stem = entry.words[0].strip("*")
    if len(entry.words) == 1 and "*" in entry.words[0] and (at := first.text.find(stem)) >= 0:
        return first.start + at, first.start + at + len(stem)
    return first.start, last.end


def _fits(word: str, pattern: str) -> bool:
    stem = pattern.strip("*")
    if pattern.endswith("*"):
        return word.startswith(stem)
    if word == stem or word < "\u0590":
        return word == stem
    forms = {word, *(noun for noun, _ in _without_ending(word))}
    return any(form in (stem, prefix + stem) for form in forms for prefix in PREFIXES)


#: Names of substituents, and prepositions behind them that say where they stand.
_SUBSTITUENTS = frozenset(
    [
        "methyl",
        "ethyl",
        "propyl",
        "butyl",
        "phenyl",
        "benzyl",
        "acetyl",
        "amino",
        "nitro",
        "fluoro",
        "chloro",
        "bromo",
        "iodo",
        "hydroxy",
        "methoxy",
    ]
)
_PLACING = frozenset(["on", "in", "an", "at", "of", "to", "as", "or", "and", "is"])


def _set_apart(known: Lexicon, words: list[Token]) -> Iterator[Mention]:
    """Hazard words that are cut into two or three pieces: 'fen tanyl'."""
    for i in range(len(words)):
        for stop in range(i + 2, min(i + 4, len(words)) + 1):
            if len(words[stop - 1].text) < 2 or len(words[i].text) < 2:
                break
            if stop == i + 2 and words[i].text in _SUBSTITUENTS and words[stop - 1].text in _PLACING:
                continue  # 'a methyl on the ring'
            joined = "".join(word.text for word in words[i:stop])
            if len(joined) > 30:
                break
            endings = [
                e
                for cut in (0, 1)
                for form in (joined[: len(joined) - cut],)
                for e in (*known.stems.get(form, ()), *known.inside.get(form, ()))
            ]
            for entry in [*known.whole.get(joined, ()), *endings]:
                if entry.kind in HAZARDS and len(entry.words) == 1 and len(joined) >= ONE_OFF and entry.everywhere:
                    yield Mention(entry.kind, words[i].start, words[stop - 1].end, entry.language)


def _joined_up(known: Lexicon, words: list[Token]) -> Iterator[Mention]:
    """Hazard words inside a run of words without spaces: 'designasarinanalogue'."""
    for word in words:
        if not 14 <= len(word.text) <= 400 or not word.text.isalpha():
            continue
        text = word.text
        for start in range(len(text)):
            for size in range(5, min(30, len(text) - start) + 1):
                piece = text[start : start + size]
                for entry in [*known.whole.get(piece, ()), *known.stems.get(piece, ())]:
                    strict = size >= 8 or len(text) >= 18
                    if entry.kind in HAZARDS and entry.everywhere and len(entry.words) == 1 and strict and piece not in known.ordinary:
                        yield Mention(entry.kind, word.start, word.end, entry.language, exact=size >= 8)


def _misspelt(known: Lexicon, words: list[Token], found: list[Mention]) -> Iterator[Mention]:
    """Words that are near a hazard word and are no ordinary words."""
    covered = {m.start for m in found if m.kind in (*HAZARDS, "harmless", "medicine")}
    for word in words:
        text = word.text
        if not ONE_OFF <= len(text) <= 30 or not text.isalpha() or word.start in covered or text in known.ordinary:
            continue
        entry = _nearest(text)
        if entry is not None:
            yield Mention(entry.kind, word.start, word.end, entry.language, exact=False)


def _misspelt_groups(known: Lexicon, words: list[Token]) -> Iterator[Mention]:
    """Hazards of several words of which one is misspelt by a letter and the others are right: 'nerve agnet'.

    They count in sentences of their own language only: a short word is near ordinary ones of another.
    """
    for i, word in enumerate(words):
        for size in range(3, len(word.text[:LONGEST]) + 1):
            for place, entry in known.groups.get(word.text[:size], ()):
                first = i - place
                group = words[max(first, 0) : first + len(entry.words)]
                if first >= 0 and len(group) == len(entry.words) and entry.everywhere and _one_off(known, group, entry):
                    yield Mention(entry.kind, group[0].start, group[-1].end, entry.language, everywhere=False, exact=False)


def _misspelt_beside(known: Lexicon, words: list[Token], found: list[Mention]) -> Iterator[Mention]:
    """Words of weapons of five letters misspelt by a letter that stand right before a word of likeness: 'sarrin type', 'a tabuun analogue'."""
    likeness = {m.start for m in found if m.kind == "like"}
    covered = {m.start for m in found if m.kind in (*HAZARDS, "harmless", "medicine")}
    for word, following in pairwise(words):
        near = following.start in likeness or following.text in LIKENESS
        if (
            near
            and word.start not in covered
            and word.text.isascii()
            and word.text not in known.ordinary
            and (entry := _short_name(word.text))
        ):
            yield Mention(entry.kind, word.start, word.end, entry.language, exact=False)


@lru_cache(maxsize=20_000)
def _short_name(word: str) -> Entry | None:
    """The weapon with a name of five letters from which ``word`` is misspelt by a letter behind its first."""
    if not word.isalpha() or not ONE_OFF - 1 <= len(word) <= ONE_OFF:
        return None
    known = lexicon()
    for table in (known.whole, known.stems):
        for stem in table:
            if len(stem) == ONE_OFF - 1 and stem[0] == word[0] and within(word, stem, 1):
                for entry in table[stem]:
                    if entry.kind == "weapon" and entry.language == NAMES and len(entry.words) == 1:
                        return entry
    return None


def _one_off(known: Lexicon, group: list[Token], entry: Entry) -> bool:
    """Whether all words of a group but one are those of the entry, and that one is a long word misspelt by a letter."""
    wrong = [(token.text, pattern) for token, pattern in zip(group, entry.words, strict=True) if not _fits(token.text, pattern)]
    if len(wrong) != 1:
        return False
    (word, pattern) = wrong[0]
    stem = pattern.strip("*")
    long = len(stem) >= ONE_OFF or (
        len(stem) == ONE_OFF - 1 and word[0] == stem[0] and sum(len(part.strip("*")) for part in entry.words) >= TWO_OFF - 1
    )
    if not long or word in known.ordinary:
        return False
    cuts = range(len(stem) - 1, len(stem) + 2) if pattern.endswith("*") else (len(word),)
    return any(within(word[:cut], stem, 1) for cut in cuts)


@lru_cache(maxsize=20_000)
def _nearest(word: str) -> Entry | None:
    """The hazard word from which ``word`` is misspelt, if any: the first of them in the order of the tables."""
    bits, first = letters(word), None
    for size in range(len(word) - 2, len(word) + 3):
        most = _off(word[:size])
        if abs(size - len(word)) > most:
            continue
        for place, plain, others, entry in _near_of_size().get(size, ()):
            if first is not None and place > first[0]:
                break
            if (bits ^ others).bit_count() <= 2 * most and within(word, plain, most):
                first = (place, entry)
                break
    return first[1] if first else None


@cache
def _near_of_size() -> dict[int, list[tuple[int, str, int, Entry]]]:
    """The hazard words that count in every sentence, by their length: (place in the tables, word, its letters as bits, entry), in their order."""
    found: dict[int, list[tuple[int, str, int, Entry]]] = {}
    for place, (plain, bits, entry) in enumerate(lexicon().near):
        if entry.everywhere:
            found.setdefault(len(plain), []).append((place, plain, bits, entry))
    return found


def _longest(found: list[Mention]) -> list[Mention]:
    """The mentions in order, without those that lie inside a longer one of the same kind and language."""
    kept: list[Mention] = []
    ends: dict[tuple[str, str], tuple[int, int]] = {}
    for m in sorted(set(found), key=lambda m: (m.start, -m.end, m.kind, not m.exact)):
        start, end = ends.get((m.kind, m.language), (-1, -1))
        if m.end <= end and (m.start, m.end) != (start, end):
            continue
        if m.end > end:
            ends[m.kind, m.language] = (m.start, m.end)
        kept.append(m)
    return kept
