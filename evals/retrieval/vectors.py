"""Vectors of the texts of a retrieval set, made once where a folder to keep them is given."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.literature.minilm.model import MiniLm


def vectors_of(texts: Sequence[str], folder: Path, cache: Path | None) -> NDArray[np.float32]:
    """One vector a text, by the model in ``folder``; read from ``cache`` where they were kept there. ConfigurationError without the model."""
    name = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
    kept = cache / f"{name}.npy" if cache is not None else None
    if kept is not None and kept.exists():
        found: NDArray[np.float32] = np.load(kept)
        return found
    vectors = MiniLm(folder).array(texts)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.save(kept, vectors)
    return vectors
