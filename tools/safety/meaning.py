"""A third voice beside the rules and the score of the words: how much what a sentence means looks like a request for harm.

The encoder (:mod:`tools.safety.encoder`) gives 384 numbers for a sentence in any of a hundred languages; a support vector machine with a Gaussian kernel
(C. Cortes and V. Vapnik, Machine Learning 1995, 20, 273-297) tells from them. It is trained by ``python -m evals.guard_meaning train`` on the sentences
in ``evals/data/guard`` and ships as ``tables/meaning.npz``, one byte a number. What is done with its number is decided in
:mod:`tools.safety.goal_text`; it reads the text as it was written, with capitals and accents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigurationError
from tools.safety import encoder
from tools.safety.shipped_arrays import shipped

MODEL = "tables/meaning.npz"
#: Steps of a stored number in one standard deviation.
STEPS = 30.0

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """What tells by the meaning: the support vectors (n, WIDTH) in standard deviations, their weights (n,), and how the encoder's numbers become such."""

    centre: FloatArray
    spread: FloatArray
    vectors: FloatArray
    weights: FloatArray
    gamma: float
    bias: float

    def says(self, means: FloatArray) -> FloatArray:
        """Distances from the border, shape (len(means),), of sentences with these ``means``: above 0 a request for harm; empty for none."""
        rows = (means - self.centre) / self.spread
        apart = (rows * rows).sum(axis=1)[:, None] + (self.vectors * self.vectors).sum(axis=1)[None, :] - 2.0 * (rows @ self.vectors.T)
        return np.asarray(np.exp(-self.gamma * apart) @ self.weights + self.bias, dtype=np.float32)


@lru_cache(maxsize=1)
def head() -> Head:
    """The shipped head. Raises ConfigurationError if it is not there or has another shape."""
    vectors, weights, centre, spread, numbers = shipped(MODEL, "vectors", "weights", "centre", "spread", "numbers")
    if vectors.shape != (len(weights), encoder.WIDTH) or centre.shape != (encoder.WIDTH,) or numbers.shape != (2,):
        raise ConfigurationError(f"the guard's file {MODEL} has arrays of another shape than {encoder.WIDTH} numbers")
    scaled = vectors.astype(np.float32) / np.float32(STEPS)
    return Head(centre, spread, scaled, weights, float(numbers[0]), float(numbers[1]))


def says(texts: Sequence[str]) -> list[float]:
    """What the voice says to each of ``texts``, as they were written; [] for none. ConfigurationError where a shipped file is missing."""
    found = {text: said for text in texts if (said := _SAID.get(text)) is not None}  # several threads may ask
    missing = [text for text in dict.fromkeys(texts) if text not in found]
    if missing:
        found.update(zip(missing, map(float, head().says(encoder.encoder().means(missing))), strict=True))
        if len(_SAID) > _KEPT:
            _SAID.clear()
        _SAID.update(found)
    return [found[text] for text in texts]


#: What was said to the sentences that were met last, and how many are kept.
_SAID: dict[str, float] = {}
_KEPT = 5_000


def forget() -> None:
    """Let the encoder and the head go; the next question reads them again."""
    _SAID.clear()
    head.cache_clear()
    encoder.forget()
