"""What the literature index holds: documents, and the passages that they are cut into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = ["EVERY", "Document", "Hit", "Passage", "PassageFilter", "PassageKind", "PassageStore"]

PassageKind = Literal["text", "table", "caption", "abstract", "note"]


@dataclass(frozen=True)
class Passage:
    """A piece of a document that is searched and quoted as one.

    ``text`` stands in the document's text from character ``start`` up to, but without, ``end``. ``page`` counts from 1; None where the
    document has no pages or they are not known. ``section`` is its heading, None where there is none. (``core.interfaces.Passage`` is
    something else: what the store of notes answers, with a score and a citation.)
    """

    passage_id: str
    document_id: str
    text: str
    section: str | None
    page: int | None
    start: int
    end: int
    kind: PassageKind


@dataclass(frozen=True)
class Document:
    """A paper, note or other text with what is known of it; None is "unknown", never "no".

    ``doi`` is bare and in lower case (``10.…``). ``source`` says where it came from, ``collection`` which of the team's collections it
    belongs to. ``content_hash``: SHA-256 of its text, in hexadecimal.
    """

    document_id: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    doi: str | None
    journal: str | None
    licence: str | None
    retracted: bool | None
    source: str
    collection: str
    content_hash: str


@dataclass(frozen=True)
class PassageFilter:
    """What a passage must be to be found; what is left empty does not matter.

    ``since`` and ``until``: first and last year of publication; with either, documents of unknown year are left out. Of ``sources``,
    ``sections``, ``dois`` and ``collections`` one must be the passage's, letter for letter.
    """

    since: int | None = None
    until: int | None = None
    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    dois: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether every passage passes."""
        return self == PassageFilter()


#: Every passage.
EVERY = PassageFilter()


@dataclass(frozen=True)
class Hit:
    """A passage that was found, with its document.

    ``lexical``: BM25 of the query's words in it, 0 where it shares none. ``dense``: cosine similarity of its vector to the query's, -1 to
    1; None where one of the two has no vector. ``words``: the words of the passage as they are indexed, a line a sentence.
    """

    passage: Passage
    document: Document
    lexical: float
    dense: float | None
    words: str


class PassageStore(Protocol):
    """Passages of documents, searched by words and by vectors. Every method raises LiteratureError where the store cannot be used."""

    @property
    def space(self) -> str:
        """The name of the embedder whose vectors are searched; '' where there are none."""
        ...

    def add(self, documents: Sequence[Document], passages: Sequence[Passage], vectors: Sequence[Sequence[float]] | None = None) -> int:
        """Store documents with all their passages, each document in place of an earlier one with its id.

        Answers how many passages were written, 0 where nothing was new.

        ``vectors`` has one vector of unit norm a passage, in their order. A document that is stored just so is not written again. When
        this returns, everything given is safe on the disk; where it raises (also for a passage without its document, or a vector of
        another length), nothing given is stored.
        """
        ...

    def delete(self, document_ids: Sequence[str]) -> int:
        """Delete documents with their passages and vectors; how many there were, 0 for none. Ids that are not stored are passed over."""
        ...

    def search(self, query: str, vector: Sequence[float] | None = None, accepted: PassageFilter = EVERY, limit: int = 50) -> list[Hit]:
        """At most ``limit`` passages that are best by words and as many that are best by vector, each once with both scores, in any order.

        Without ``vector`` by words alone; with a ``query`` without words by vector alone. [] where nothing fits.
        """
        ...

    def rarity(self, query: str) -> dict[str, float]:
        """How rare each word of ``query`` is, stemmed as it is indexed: about ln(N / n) where n of the N passages have it, at least 0.

        Empty for a question without words.
        """
        ...

    def get(self, passage_ids: Sequence[str]) -> list[tuple[Passage, Document]]:
        """These passages with their documents, in the order asked; those that are not stored are left out."""
        ...

    def documents(self, collection: str | None = None) -> list[Document]:
        """All documents, or those of one collection, by id."""
        ...

    def count(self) -> int:
        """The number of passages stored, 0 for an empty store."""
        ...

    def close(self) -> None:
        """Give back what is held open. Nothing may be asked of the store afterwards."""
        ...
