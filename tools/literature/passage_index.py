"""The search index of the papers as :class:`tools.literature.ingest.PassageIndex`: it gets each passage with its vector, where there is an embedder."""

from __future__ import annotations

from collections.abc import Sequence

from core.interfaces import Embedder
from core.passages import Document, Passage, PassageStore

#: Passages that are embedded at once, which bounds the memory.
_AT_ONCE = 64


class EmbeddedIndex:
    """``store`` with ``embedder``; without one passages are found by words alone. Raises what the two raise."""

    def __init__(self, store: PassageStore, embedder: Embedder | None) -> None:
        self._store = store
        self._embedder = embedder

    def add(self, documents: Sequence[Document], passages: Sequence[Passage]) -> int:
        """Take documents with all their passages, each in place of an earlier one; how many passages were written, 0 where nothing was new."""
        titles = {document.document_id: document.title for document in documents}
        vectors: list[list[float]] | None = None
        if self._embedder is not None:
            vectors = []
            for start in range(0, len(passages), _AT_ONCE):
                some = passages[start : start + _AT_ONCE]
                vectors += self._embedder.embed([f"{titles[p.document_id]}\n{p.text}" for p in some])
        return self._store.add(documents, passages, vectors)

    def delete(self, document_ids: Sequence[str]) -> int:
        """Forget documents; how many there were, 0 for none."""
        return self._store.delete(document_ids)

    def documents(self) -> list[Document]:
        """All documents that it has; [] for none."""
        return self._store.documents()
