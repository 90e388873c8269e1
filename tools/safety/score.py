"""A learned second voice beside the rules on the words of a goal: how much a sentence looks like one that asks for harm.

A linear model over two blocks of features: the pieces of the words (two to five letters), pairs of neighbouring words, and what the lexicon knows of
them (:mod:`tools.safety.marks`), in whatever language; and the concepts that all languages share (:mod:`tools.safety.concepts`). It is trained by
``python -m evals.guard_score train`` on the sentences in ``evals/data`` and ships as ``tables/score.npz``: for each of 2^18 buckets of
hashed pieces, and of 2^16 of concepts behind them, a weight and a rarity, one byte each. The same text gives the same number everywhere: nothing is
sampled, and no network is asked.

The number is a log-odds on a training set that is half harmful, not a probability of anything in the world. What is done with it is
decided in :mod:`tools.safety.goal_text`.
"""

from __future__ import annotations

import math
import re
import zlib
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigurationError
from tools.safety import concepts
from tools.safety.marks import features
from tools.safety.romanised import skeleton
from tools.safety.shipped_arrays import shipped
from tools.safety.spelling import UNSPACED, WORD

#: Buckets of hashed pieces and of concepts, as powers of two, and of both together.
BITS, CONCEPT_BITS = 18, 16
SIZE = (1 << BITS) + (1 << CONCEPT_BITS)
#: What is added to the square of the length of each block.
LEAST = (0.0, 200.0)
#: Letters of the shortest and of the longest piece of a word.
SHORTEST, LONGEST = 2, 5
#: Fewest letters of a word whose consonants are looked at.
SOUNDED = 4
#: Longest word, in letters.
LONGEST_WORD = 60
#: Fewest words of a sentence that is looked at alone, and most words that are looked at in one go.
FEWEST_WORDS, MOST_WORDS = 6, 30
MODEL = "tables/score.npz"
#: Where a sentence ends.
SENTENCE = re.compile(r"[;!?\u3002\uff01\uff1f\n]|\.(?=\s|$)")


#: The buckets of a text: those of its pieces, and those of its concepts.
Row = tuple[NDArray[np.int64], NDArray[np.int64]]


_VOWELS = "aeiouy"


@dataclass(frozen=True)
class Model:
    """The weights: a piece in bucket b adds ``weight[b] * rarity[b]``; the sum of each block is divided by the length of its vector of rarities (:func:`scaled`)."""

    weight: NDArray[np.float64]
    rarity: NDArray[np.float64]
    bias: float

    def says(self, row: Row) -> float:
        """What the model says to a row of buckets."""
        return self.bias + sum(
            float(self.weight[block] @ scaled(self.rarity[block], least)) for block, least in zip(row, LEAST, strict=True)
        )


def scaled(rarity: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """The values of a block: its rarities divided by the length of their vector; ``least`` is added to its square, so that a few say little."""
    return rarity / math.sqrt(float(rarity @ rarity) + least) if len(rarity) else rarity


@lru_cache(maxsize=1)
def model() -> Model:
    """The shipped model. Raises ConfigurationError if it is not there or has another shape."""
    weight, rarity, scale = shipped(MODEL, "weight", "rarity", "scale")
    if weight.shape != (SIZE,) or rarity.shape != weight.shape or scale.shape != (3,):
        raise ConfigurationError(f"the guard's file {MODEL} has arrays of another shape than {SIZE} buckets")
    return Model(weight * float(scale[0]), rarity * float(scale[1]), float(scale[2]))


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[int, ...]:
    """The buckets of the pieces of a word, with its ends marked."""
    framed = f" {word} "
    return tuple(
        zlib.crc32(framed[start : start + size].encode()) & ((1 << BITS) - 1)
        for size in range(SHORTEST, LONGEST + 1)
        for start in range(len(framed) - size + 1)
    )


@lru_cache(maxsize=20_000)
def _sounds(word: str) -> tuple[int, ...]:
    """The buckets of the consonants of a word in Latin letters, and of its first three: what its romanised spellings share."""
    if not word.isascii() or len(word) < SOUNDED:
        return ()
    sounds = skeleton(word, "arabic")
    return tuple(zlib.crc32(f"~{part}".encode()) & ((1 << BITS) - 1) for part in {sounds, f"{sounds[:3]}*"}) if len(sounds) > 1 else ()


def buckets(words: Iterable[str], known: Iterable[str] = (), spoken_of: Iterable[str] = ()) -> Row:
    """The buckets that some words fall into with what is ``known`` of them, and those of the concepts that are ``spoken_of``, each once, in order."""
    found = {zlib.crc32(f"\n{feature}".encode()) & ((1 << BITS) - 1) for feature in known}
    before = "^"
    for word in words:
        found.update(_pieces(word))
        found.add(zlib.crc32(f"{before}|{word}".encode()) & ((1 << BITS) - 1))
        found.update(_sounds(word))
        before = word
    if before != "^":
        found.add(zlib.crc32(f"{before}|$".encode()) & ((1 << BITS) - 1))
    shared = {(1 << BITS) + (zlib.crc32(feature.encode()) & ((1 << CONCEPT_BITS) - 1)) for feature in spoken_of}
    return np.array(sorted(found), dtype=np.int64), np.array(sorted(shared), dtype=np.int64)


@dataclass(frozen=True)
class Word:
    """A word as the model sees it, with its place in the text."""

    text: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words of a normalised text, as the model sees them: no numbers, and a run without spaces in pieces of ``LONGEST_WORD`` letters."""
    return [
        Word(match[0][at : at + LONGEST_WORD], match.start() + at, min(match.start() + at + LONGEST_WORD, match.end()))
        for match in WORD.finditer(text)
        if not match[0].isdigit()
        for at in range(0, len(match[0]), LONGEST_WORD)
    ]


@dataclass(frozen=True)
class Stretch:
    """A stretch of a text with what the model says to it."""

    value: float
    words: int
    """Different words in it; in writing without spaces, half as many as its signs."""


def stretches(text: str, most: int = MOST_WORDS) -> list[Stretch]:
    """How much each stretch of the normalised ``text`` looks like a request for harm; above zero, more than not.

    The stretches are the whole of a text of up to ``most`` words, each of its sentences, and of a longer sentence pieces of ``most`` words
    that overlap by half, so that a harmful part is not hidden among harmless ones. Sentences of fewer than ``FEWEST_WORDS`` words count with
    the rest only.
    """
    return [_stretch(text, words) for words in cut(text, most)]


def cut(text: str, most: int = MOST_WORDS) -> list[tuple[Word, ...]]:
    """The words of the stretches of ``text`` that are looked at one by one; none for a text without words."""
    whole = words_of(text)
    pieces = [words for words in _sentences(text, whole) if len(words) >= FEWEST_WORDS]
    if len(whole) <= most or not pieces:
        pieces.append(whole)
    found = (words[at : at + most] for words in pieces for at in range(0, max(len(words) - most // 2, 1), most // 2))
    return [words for words in dict.fromkeys(tuple(words) for words in found) if words]


def _sentences(text: str, words: list[Word]) -> list[list[Word]]:
    """``words`` of ``text``, by the sentence that they stand in."""
    ends = [match.start() for match in SENTENCE.finditer(text)]
    pieces: list[list[Word]] = [[] for _ in range(len(ends) + 1)]
    for word in words:
        pieces[bisect_right(ends, word.start)].append(word)
    return pieces


def _stretch(text: str, words: tuple[Word, ...]) -> Stretch:
    plain = tuple(word.text for word in words)
    start, end = words[0].start, words[-1].end
    value = _score(plain, features(text, start, end), concepts.features(text, start, end))
    return Stretch(value, sum(max(len(word) // 2, 1) if UNSPACED.search(word) else _counts(word) for word in set(plain)))


def _counts(word: str) -> bool:
    """Whether a word is one: no piece of a structure written in letters, signs and digits."""
    return (len(word) > 1 or not word.isascii() or word in _VOWELS) and not any(sign.isdigit() for sign in word)


@lru_cache(maxsize=2_000)
def _score(words: tuple[str, ...], known: tuple[str, ...], spoken_of: tuple[str, ...]) -> float:
    return model().says(buckets(words, known, spoken_of))
