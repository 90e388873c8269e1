"""The tables of the literature: documents with their text, the passages cut from it, substances, numbers, and the journal of what was added."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from memory.sql.models import Base, JsonText

__all__ = ["Base", "DocumentRow", "JournalRow", "MentionRow", "PassageRow", "ReportedValueRow", "RetractionRow"]


def _document() -> Any:
    return mapped_column(ForeignKey("literature_documents.document_id", ondelete="CASCADE"), primary_key=True)


class DocumentRow(Base):
    """A paper. ``text`` is all of its text, compressed; passages are places in it and hold none of their own. ``layout``: its paragraphs.

    Measured on 153 papers (8.2 MB): one compressed text a paper takes 0.35 of the bytes of plain passages, each passage compressed alone 0.56.
    """

    __tablename__ = "literature_documents"
    __table_args__ = (UniqueConstraint("doi"),)

    document_id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    authors: Mapped[Any] = mapped_column(JsonText)
    year: Mapped[int | None]
    doi: Mapped[str | None]
    journal: Mapped[str | None]
    licence: Mapped[str | None]
    retracted: Mapped[bool | None]
    source: Mapped[str]
    collection: Mapped[str] = mapped_column(index=True)
    content_hash: Mapped[str] = mapped_column(index=True)
    level: Mapped[str]
    pages: Mapped[int | None]
    notes: Mapped[Any] = mapped_column(JsonText)
    characters: Mapped[int]
    text: Mapped[bytes]
    layout: Mapped[bytes]
    indexed: Mapped[bool] = mapped_column(index=True)
    added_at: Mapped[str] = mapped_column(index=True)


class PassageRow(Base):
    """A passage: where it stands in its document's text."""

    __tablename__ = "literature_passages"
    __table_args__ = (UniqueConstraint("passage_id"),)

    document_id: Mapped[str] = _document()
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    passage_id: Mapped[str]
    section: Mapped[str | None]
    page: Mapped[int | None]
    start_char: Mapped[int]
    end_char: Mapped[int]
    kind: Mapped[str]


class MentionRow(Base):
    """A substance that a document mentions. ``substance`` is the InChIKey or polymer key; ``name_key`` its name, or what is written, in lower case."""

    __tablename__ = "literature_mentions"
    __table_args__ = (Index(None, "substance"), Index(None, "name_key"))

    document_id: Mapped[str] = _document()
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    start_char: Mapped[int]
    end_char: Mapped[int]
    kind: Mapped[str]
    written: Mapped[str]
    name: Mapped[str | None]
    name_key: Mapped[str]
    smiles: Mapped[str | None]
    substance: Mapped[str | None]


class ReportedValueRow(Base):
    """A number that a document reports (:class:`core.papers.ReportedValue`)."""

    __tablename__ = "literature_values"
    __table_args__ = (Index(None, "property", "substance"), Index(None, "substance"))

    document_id: Mapped[str] = _document()
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    property: Mapped[str]
    relation: Mapped[str]
    value: Mapped[float]
    upper: Mapped[float | None]
    spread: Mapped[float | None]
    unit: Mapped[str]
    standard: Mapped[float | None]
    standard_upper: Mapped[float | None]
    standard_unit: Mapped[str]
    conditions: Mapped[Any] = mapped_column(JsonText)
    substance_said: Mapped[str | None]
    smiles: Mapped[str | None]
    substance: Mapped[str | None]
    quote: Mapped[str]
    start_char: Mapped[int]
    end_char: Mapped[int]
    page: Mapped[int | None]
    approved_by: Mapped[str]
    approved_at: Mapped[str]


class RetractionRow(Base):
    """A DOI that a notice of retraction names, whether the paper is stored yet or not. It stays when the notice is removed."""

    __tablename__ = "literature_retractions"

    doi: Mapped[str] = mapped_column(primary_key=True)
    notice: Mapped[str]


class JournalRow(Base):
    """What became of one record of one source file; whatever is written here is stored, so that adding it again goes on behind it."""

    __tablename__ = "literature_journal"
    __table_args__ = (Index(None, "document_id"), Index(None, "status"))

    source_hash: Mapped[str] = mapped_column(primary_key=True)
    collection: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str]
    document_id: Mapped[str | None] = mapped_column(ForeignKey("literature_documents.document_id", ondelete="CASCADE"))
    at: Mapped[str]
