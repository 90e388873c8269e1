"""Rows of the literature as the values of ``core``, and back."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, astuple
from typing import Any

from core.errors import StoreError
from core.papers import Mention, Paper, Piece, ReportedValue, StoredDocument
from core.passages import Document, Passage

_OF_DOCUMENT = ("document_id", "title", "year", "doi", "journal", "licence", "retracted", "source", "collection", "content_hash")
_OF_VALUE = (
    "property",
    "relation",
    "value",
    "upper",
    "spread",
    "unit",
    "standard",
    "standard_upper",
    "standard_unit",
    "quote",
    "page",
    "smiles",
)


def packed(text: str) -> bytes:
    """``text`` compressed."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def unpacked(data: bytes, document_id: str) -> str:
    """The text that was packed. StoreError if it is damaged."""
    try:
        return zlib.decompress(data).decode("utf-8", "surrogatepass")
    except (zlib.error, UnicodeDecodeError) as error:
        raise StoreError(f"the text of document {document_id} is damaged: {error}; remove the document and add it again") from error


def document(row: Any) -> Document:
    """The document of a row."""
    return Document(authors=tuple(row.authors), **{name: getattr(row, name) for name in _OF_DOCUMENT})


def stored(row: Any) -> StoredDocument:
    """A row of a listing."""
    return StoredDocument(
        document=document(row),
        level=row.level,
        pages=row.pages,
        notes=tuple(row.notes),
        indexed=row.indexed,
        added_at=row.added_at,
        passages=row.passages,
        mentions=row.mentions,
        values=row.values,
    )


def document_row(paper: Paper, at: str) -> dict[str, Any]:
    """The row of a paper that no index has yet."""
    return {
        **asdict(paper.document),
        "authors": list(paper.document.authors),
        "level": paper.level,
        "pages": paper.pages,
        "notes": list(paper.notes),
        "characters": len(paper.text),
        "text": packed(paper.text),
        "layout": packed(json.dumps([astuple(piece) for piece in paper.layout], separators=(",", ":"), ensure_ascii=False)),
        "indexed": False,
        "added_at": at,
    }


def layout(data: bytes, document_id: str) -> tuple[Piece, ...]:
    """The paragraphs of a document. StoreError if they are damaged."""
    return tuple(Piece(*piece) for piece in json.loads(unpacked(data, document_id)))


def passage(row: Any, text: str) -> Passage:
    """The passage of a row; ``text`` is all of its document's."""
    return Passage(
        passage_id=row.passage_id,
        document_id=row.document_id,
        text=text[row.start_char : row.end_char],
        section=row.section,
        page=row.page,
        start=row.start_char,
        end=row.end_char,
        kind=row.kind,
    )


def passage_row(passage: Passage, position: int) -> dict[str, Any]:
    """The row of a passage."""
    return {
        "document_id": passage.document_id,
        "position": position,
        "passage_id": passage.passage_id,
        "section": passage.section,
        "page": passage.page,
        "start_char": passage.start,
        "end_char": passage.end,
        "kind": passage.kind,
    }


def mention(row: Any) -> Mention:
    """The mention of a row."""
    return Mention(row.start_char, row.end_char, row.kind, row.written, row.name, row.smiles, row.substance)


def mention_row(mention: Mention, document_id: str, position: int) -> dict[str, Any]:
    """The row of a mention."""
    return {
        "document_id": document_id,
        "position": position,
        "start_char": mention.start,
        "end_char": mention.end,
        "kind": mention.kind,
        "written": mention.written,
        "name": mention.name,
        "name_key": (mention.name or mention.written).lower(),
        "smiles": mention.smiles,
        "substance": mention.key,
    }


def value(row: Any) -> ReportedValue:
    """The reported value of a row."""
    return ReportedValue(
        conditions=tuple(row.conditions),
        substance=row.substance_said,
        key=row.substance,
        start=row.start_char,
        end=row.end_char,
        approved_by=row.approved_by,
        **{name: getattr(row, name) for name in _OF_VALUE},
    )


def value_row(value: ReportedValue, document_id: str, position: int) -> dict[str, Any]:
    """The row of a reported value that nobody has approved yet."""
    return {
        "document_id": document_id,
        "position": position,
        "conditions": list(value.conditions),
        "substance_said": value.substance,
        "substance": value.key,
        "start_char": value.start,
        "end_char": value.end,
        "approved_by": "",
        "approved_at": "",
        **{name: getattr(value, name) for name in _OF_VALUE},
    }
