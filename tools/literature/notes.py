"""The shipped notes, searched in memory: all that a local store holds in which nobody has put anything."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.errors import LiteratureError
from core.interfaces import Passage
from memory.literature import embedded_text, ranked
from tools.literature.corpus import load_notes
from tools.literature.embedder import default_embedder


class ShippedNotes:
    """A literature store of the shipped notes alone, with the answers that Milvus gives on them; it opens no file and starts no server."""

    def add(self, passages: Sequence[Passage]) -> int:
        """Never stores anything: LiteratureError."""
        raise LiteratureError("the shipped notes are read only; passages are added to a store in a file or on a server")

    def search(self, query: str, limit: int = 8) -> list[Passage]:
        """The ``limit`` notes nearest to ``query``, best first; ``score``: cosine similarity, -1 to 1. Empty for a limit below 1."""
        if limit < 1:
            return []
        similar = _vectors() @ np.array(default_embedder().embed([query])[0])
        return ranked(zip(load_notes(), map(float, similar), strict=True))[:limit]

    def count(self) -> int:
        """The number of notes."""
        return len(load_notes())

    def close(self) -> None:
        """Nothing is held."""


@lru_cache(maxsize=1)
def _vectors() -> NDArray[np.float64]:
    return np.array(default_embedder().embed([embedded_text(note) for note in load_notes()]))
