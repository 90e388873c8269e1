"""One spelling for the words of a goal: Unicode, case, accents, hidden characters, look-alikes, letters set apart, digits for letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "€": "e", "|": "l"})
_LEET_SIGNS = "013457@$!€|"
_LOOKALIKES = str.maketrans(
    {"а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "х": "x", "у": "y", "і": "i", "ѕ": "s", "к": "k", "м": "m", "т": "t", "н": "h", "в": "b",
     "ј": "j", "һ": "h", "ԁ": "d", "ɡ": "g", "ο": "o", "α": "a", "ε": "e", "ι": "i", "ν": "v", "ρ": "p", "τ": "t", "κ": "k",
     "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ς": "σ",
     "ك": "ک", "ي": "ی", "ى": "ی", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا"}
)  # fmt: skip
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
_DASHES = re.compile("[\u2010-\u2015\u2212\u30fb\u00b7_\\-]")
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u05f3": "'", "\u00b4": "'", "`": "'"})
_SPELLED = re.compile(r"(?<!\w)(?:\w[ .,*/|+~:'\"]{1,3}){3,}\w(?!\w)")
#: Letters set apart by one sign, the same between all of them: 'f-e-n-t-a-n-y-l', whatever stands before.
_SPELLED_BY_SIGN = re.compile(r"(?<![^\W_])[^\W_](?=([-.,*/|+~:_]))(?:\1[^\W_]){3,}(?![^\W_])")
#: A sign of no width that parts pieces of one word in Arabic and Persian writing.
_PARTS = re.compile("(?<=[\u0600-\u06ff])\u200c(?=[\u0600-\u06ff])")
_SIGNS = re.compile(r"[ .,*/|+~:'\"]")
#: Runs of letters, digits and the vowel signs of Indic, Thai and Arabic writing.
WORD = re.compile("(?:[^\\W_]|[\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd\u09d7\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u064b-\u0652])+")
#: Writing without spaces between words: Chinese, Japanese, Korean (whose particles follow without a space; also decomposed), Thai.
_UNSPACED = "[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
UNSPACED = re.compile(_UNSPACED)
#: Where a name in Latin letters touches such writing.
_BORDER = re.compile(f"(?<=[a-z0-9])(?={_UNSPACED})|(?<={_UNSPACED})(?=[a-z0-9])")


def normalise(text: str) -> str:
    """``text`` in lower case, without accents, hidden characters and look-alikes; hyphens are spaces, spelled-out words are joined."""
    plain = text.lower() if text.isascii() else _plain_letters(text)
    words = plain.split()
    if plain.isascii() and all(word.isalnum() for word in words) and sum(len(word) == 1 for word in words) < 4:
        return " ".join(words)  # plain words, none of them spelled out
    plain = _SPELLED_BY_SIGN.sub(_letters_joined, plain.translate(_QUOTES))
    plain = _BORDER.sub(" ", _DASHES.sub(" ", plain))
    plain = " ".join(plain.split())
    return _SPELLED.sub(_joined, plain)


def _plain_letters(text: str) -> str:
    """``text`` in lower case, without accents, hidden characters and look-alikes; what is ASCII alone has none of these."""
    parted = _PARTS.sub(" ", unicodedata.normalize("NFKC", text))
    plain = unicodedata.normalize("NFKD", _HIDDEN.sub("", parted)).casefold().translate(_LOOKALIKES)
    return "".join(character for character in plain if not unicodedata.combining(character))


def _joined(match: re.Match[str]) -> str:
    """The letters joined; also without a first one that may be a word of its own: 'a t a t p'."""
    if sum(c.isalpha() for c in match[0]) < 4:
        return match[0]
    joined = _SIGNS.sub("", match[0])
    return f"{joined} {joined[1:]}" if joined[0] in "aeiouy" and len(joined) > 4 else joined


def _letters_joined(match: re.Match[str]) -> str:
    """Letters set apart by one sign joined; digits among them are left as they are (numbers, locants)."""
    return match[0].replace(match[1], "") if not any(c.isdigit() for c in match[0]) else match[0]


def unleet(text: str) -> str:
    """``text`` with digits and signs inside words read as the letters they stand for."""
    return " ".join(
        token.translate(_LEET) if any(c.isalpha() for c in token) and any(c in _LEET_SIGNS for c in token[:-1]) else token
        for token in text.split(" ")
    )


def within(one: str, other: str, most: int) -> bool:
    """Whether at most ``most`` insertions, deletions, replacements and swaps of neighbours turn ``one`` into ``other``."""
    return distance(one, other, most) <= most


def distance(one: str, other: str, most: int) -> int:
    """How many insertions, deletions, replacements and swaps of neighbours turn ``one`` into ``other``; more than ``most``, any number, where so many do not."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    older: Sequence[int] = ()
    before = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        older, before = before, row
    return before[-1]


def letters(word: str) -> int:
    """The letters of ``word`` as bits: words that are near each other differ in few of them."""
    bits = 0
    for character in word:
        bits |= 1 << (ord(character) % 61)
    return bits
