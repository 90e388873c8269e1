"""A third voice beside the rules and the score of the words: how much what a sentence means looks like a request for harm.

The encoder (:mod:`tools.safety.encoder`) gives 384 numbers for a sentence in any of a hundred languages. A straight border between requests for harm and
others, trained together with it, tells from them; to what that says is added what a support vector machine with a Gaussian kernel (C. Cortes and V. Vapnik,
Machine Learning 1995, 20, 273-297) says, which remembers the hard sentences themselves. ``python -m evals.guard_meaning train`` trains both on the sentences
in ``evals/data/guard``; they ship as ``tables/meaning.npz``. What is done with the number is decided in :mod:`tools.safety.goal_text`; the voice reads the
text as it was written, with capitals and accents.
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

MODEL = encoder.ADAPTED

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """The border: the weights (WIDTH,) of the encoder's numbers, and what is added.

    Beside it the support vectors (n, WIDTH) in standard deviations, their weights (n,), and how the encoder's numbers become such.
    """

    weights: FloatArray
    bias: float
    centre: FloatArray
    spread: FloatArray
    vectors: FloatArray
    dual: FloatArray
    gamma: float
    offset: float

    def says(self, means: FloatArray) -> FloatArray:
        """How much, shape (len(means),), sentences with these ``means`` look like requests for harm, above 0 more than not; empty for none."""
        rows = (means - self.centre) / self.spread
        apart = (rows * rows).sum(axis=1)[:, None] + (self.vectors * self.vectors).sum(axis=1)[None, :] - 2.0 * (rows @ self.vectors.T)
        remembered = np.exp(-self.gamma * apart) @ self.dual + self.offset
        return np.asarray(means @ self.weights + self.bias + remembered, dtype=np.float32)


#: Steps of a stored number in one standard deviation.
STEPS = 15.0


@lru_cache(maxsize=1)
def head() -> Head:
    """The shipped head. Raises ConfigurationError if it is not there or has another shape."""
    weights, bias, centre, spread, vectors, dual, numbers = shipped(
        MODEL, "weights", "bias", "centre", "spread", "vectors", "dual", "numbers"
    )
    rows = {weights.shape, centre.shape, spread.shape, vectors.shape[1:]}
    if rows != {(encoder.WIDTH,)} or bias.shape != (1,) or vectors.shape[:1] != dual.shape or numbers.shape != (2,):
        raise ConfigurationError(f"the guard's file {MODEL} has arrays of another shape than {encoder.WIDTH} numbers")
    scaled = vectors.astype(np.float32) / np.float32(STEPS)
    return Head(
        weights.astype(np.float32), float(bias[0]), centre, spread, scaled, dual.astype(np.float32), float(numbers[0]), float(numbers[1])
    )


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
