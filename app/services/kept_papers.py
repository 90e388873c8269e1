"""The search in papers kept open between the requests of a server: opening it takes longer than a search."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app import wiring
from core.interfaces import Embedder
from core.passages import PassageStore
from core.settings import Settings

if TYPE_CHECKING:
    from memory.passages.embedded import EmbeddedPassages

#: Device and number of a file: another one means that it was replaced.
_Place = tuple[int, int]


class KeptPapers:
    """The embedding model and the papers of one home, opened when they are first asked for; several threads may search at once.

    What other processes write is seen, since the store looks for it before each search. A Milvus server is asked over a connection of its own
    each time, with the model that is kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._embedder: Embedder | None = None
        self._model: _Place | None = None
        self._store: EmbeddedPassages | None = None
        self._record: _Place | None = None

    @contextmanager
    def opened(self, settings: Settings) -> Iterator[tuple[Embedder | None, PassageStore]]:
        """Embedder and store for the length of the block. Raises as :func:`app.wiring.open_embedder` and :func:`app.wiring.open_passages` do."""
        from memory.passages.embedded import EmbeddedPassages
        from tools.literature.analysis import sentence_words

        embedder = self._kept_embedder(settings)
        space = embedder.name if embedder else ""
        if settings.literature.uri:
            with wiring.open_passages(settings, space) as store:
                yield embedder, store
            return
        folder = wiring.prepare_home(settings) / "papers"
        with self._lock:
            place = _place(folder / "passages.sqlite")
            if self._store is None or place != self._record or self._store.asked_with != space:
                self._store = EmbeddedPassages(folder, sentence_words, space=space)  # an older one is closed when its last search is over
                self._record = _place(folder / "passages.sqlite")
            kept = self._store
        yield embedder, kept

    def _kept_embedder(self, settings: Settings) -> Embedder | None:
        """The embedder; the one that was opened before, unless the settings name a server or its files were fetched anew."""
        if settings.literature.embeddings:
            return wiring.open_embedder(settings)
        from tools.literature.minilm.files import WEIGHTS

        with self._lock:
            place = _place(wiring.embeddings_folder(settings) / WEIGHTS)
            if place is None or place != self._model:
                self._embedder, self._model = wiring.open_embedder(settings), place
            return self._embedder


def _place(file: Path) -> _Place | None:
    try:
        about = file.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino
