"""What the literature index holds: documents, and the passages that they are cut into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Document", "Passage", "PassageKind"]

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
