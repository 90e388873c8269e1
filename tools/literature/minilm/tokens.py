"""Tokens of BERT's uncased WordPiece vocabulary, as the model was trained on them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_LONGEST_WORD = 100
_CHINESE = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class WordPieces:
    """Texts as token numbers: lower case, accents off, cut at blanks and punctuation, words into the longest known pieces.

    ``longest`` is how many tokens of a text count, its two marks among them; the rest is cut off. ``vocabulary`` gives the tokens in the
    order of their numbers. Raises KeyError if it lacks one of the marks.
    """

    def __init__(self, vocabulary: Sequence[str], longest: int = 256) -> None:
        self._numbers = {token: number for number, token in enumerate(vocabulary)}
        self._first, self._last, self._unknown, self._pad = (self._numbers[t] for t in ("[CLS]", "[SEP]", "[UNK]", "[PAD]"))
        self._longest = longest
        self._pieces = lru_cache(maxsize=200_000)(self._cut)

    def numbers(self, text: str) -> list[int]:
        """The token numbers of ``text`` between the marks of beginning and end; at least those two."""
        found: list[int] = []
        for word in _words(text):
            found += self._pieces(word)
            if len(found) >= self._longest - 2:
                break
        return [self._first, *found[: self._longest - 2], self._last]

    def batch(self, rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows of token numbers filled up to the longest, and a mask of the same shape: 1 for a token, 0 for filling."""
        width = max(len(row) for row in rows)
        tokens = np.full((len(rows), width), self._pad, np.int64)
        mask = np.zeros((len(rows), width), np.float32)
        for at, row in enumerate(rows):
            tokens[at, : len(row)] = row
            mask[at, : len(row)] = 1.0
        return tokens, mask

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        pieces: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                number = self._numbers.get(("##" if start else "") + word[start:end])
                if number is not None:
                    pieces.append(number)
                    start = end
                    break
            else:
                return (self._unknown,)
        return tuple(pieces)


def _words(text: str) -> Iterable[str]:
    if text.isascii():
        plain = text.lower()
    else:
        parted = unicodedata.normalize("NFD", _clean(text))
        plain = "".join(c for c in parted if unicodedata.category(c) != "Mn").lower()
    return "".join(_spaced(c) for c in plain).split()


def _clean(text: str) -> str:
    """``text`` without control characters, blanks of any kind as spaces, Chinese characters on their own."""
    return "".join(f" {c} " if _chinese(ord(c)) else c for c in text)


def _chinese(code: int) -> bool:
    return code >= 0x3400 and any(low <= code <= high for low, high in _CHINESE)


@lru_cache(maxsize=4096)
def _spaced(character: str) -> str:
    """What a character becomes before the text is cut at spaces: nothing, itself, a space, or itself between spaces."""
    code, category = ord(character), unicodedata.category(character)
    if character in "\t\n\r" or category == "Zs":
        return " "
    if code in (0, 0xFFFD) or category.startswith("C"):
        return ""
    if 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126 or category.startswith("P"):
        return f" {character} "
    return character
