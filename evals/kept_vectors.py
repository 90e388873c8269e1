"""Vectors of many texts, made once where a folder to keep them is given, part by part, so that a run that is ended goes on where it was."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.literature.minilm.model import MiniLm, graph_bytes

#: Texts whose vectors are kept in one file.
PART = 500


def vectors_of(texts: Sequence[str], folder: Path, cache: Path | None) -> NDArray[np.float32]:
    """One vector a text, by the model in ``folder``; read from ``cache`` where they were kept there. ConfigurationError without the model."""
    model: MiniLm | None = None
    parts: list[NDArray[np.float32]] = []
    for start in range(0, len(texts), PART):
        part = texts[start : start + PART]
        name = hashlib.sha256("\0".join(part).encode() + graph_bytes()).hexdigest()[:16]
        kept = cache / f"{name}.npy" if cache is not None else None
        if kept is not None and kept.exists():
            parts.append(np.load(kept))
            continue
        model = model or MiniLm(folder)
        parts.append(model.array(part))
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            np.save(kept, parts[-1])
    return np.concatenate(parts) if parts else np.zeros((0, MiniLm.dimension), np.float32)
