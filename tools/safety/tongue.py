"""In which language a sentence is written, of those that share its letters.

A linear model over the pieces of the words (one to four letters, ends marked), trained by ``python -m evals.guard_tongue`` on the sentences in
``evals/data/guard``, ships as ``tables/tongue.npz``: for each language and each of 2^12 buckets of hashed pieces a weight of one byte.
The concepts of a sentence (:mod:`tools.safety.concepts`) are looked for in its own language, since many short words mean something else in another.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigurationError
from tools.safety.shipped_arrays import shipped
from tools.safety.spelling import WORD

#: Buckets of hashed pieces, as a power of two, and letters of the longest piece.
BITS, LONGEST = 12, 4
#: Longest word that is looked at, in letters.
LONGEST_WORD = 30
MODEL = "tables/tongue.npz"
#: Languages that share their letters; ``romanised`` are those of other writing in Latin letters, ``other`` are all else.
FAMILIES = {
    "latin": (
        "english", "spanish", "french", "german", "italian", "portuguese", "dutch", "scandinavian", "finnish", "polish", "czech", "romanian", "hungarian",
        "turkish", "vietnamese", "indonesian", "romanised", "other",
    ),
    "russian ukrainian": ("russian", "ukrainian"),
    "arabic persian": ("arabic", "persian"),
}  # fmt: skip
ALL = tuple(name for names in FAMILIES.values() for name in names)


@dataclass(frozen=True)
class Model:
    """Weights, one row a bucket and one column a language of ``ALL``, and a bias for each."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


@lru_cache(maxsize=1)
def model() -> Model:
    """The shipped model. Raises ConfigurationError if it is not there or has another shape."""
    weight, scale, bias = shipped(MODEL, "weight", "scale", "bias")
    if weight.shape != (1 << BITS, len(ALL)) or bias.shape != (len(ALL),):
        raise ConfigurationError(f"the guard's file {MODEL} has arrays of another shape than {1 << BITS} buckets and {len(ALL)} languages")
    return Model(weight.astype(np.float32) * np.float32(scale), bias.astype(np.float32))


def pieces(word: str) -> list[int]:
    """The buckets of the pieces of a word, with its ends marked."""
    framed = f" {word[:LONGEST_WORD]} "
    return [
        zlib.crc32(framed[start : start + size].encode()) & ((1 << BITS) - 1)
        for size in range(1, LONGEST + 1)
        for start in range(len(framed) - size + 1)
    ]


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> tuple[NDArray[np.float32], int]:
    """What the pieces of a word say of each language, and how many they are."""
    found = pieces(word)
    return model().weight[found].sum(axis=0), len(found)


def shares(sentence: str, family: str) -> dict[str, float]:
    """How probable each language of a family is for a normalised sentence; empty where it has no word or the family one language."""
    names = FAMILIES.get(family)
    heard = [_of_word(match[0]) for match in WORD.finditer(sentence) if not match[0].isdigit()]
    if not names or not heard:
        return {}
    first = ALL.index(names[0])
    total = (sum(said for said, _ in heard) / sum(number for _, number in heard) + model().bias)[first : first + len(names)]
    raised = np.exp(total - total.max())
    return dict(zip(names, (raised / raised.sum()).tolist(), strict=True))
