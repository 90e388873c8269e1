"""Storing a paper: what counts as the same paper, and what a better copy of it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, insert, select, update

from core.papers import Mention, Outcome, Paper, ReportedValue, Submission
from core.passages import Passage
from memory.sql import papers_rows as rows
from memory.sql.models import Base
from memory.sql.papers_models import DocumentRow, JournalRow, MentionRow, PassageRow, ReportedValueRow, RetractionRow

#: The number in the journal that stands for a source of which every record is stored.
WHOLE = -1
_LEVELS = ("reference", "abstract", "full")
#: What a further copy of a paper may fill in where the first one did not say it.
_FILLED = ("year", "doi", "journal", "licence", "retracted")


def store_one(connection: Connection, submission: Submission, collection: str, at: str) -> Outcome:
    """Store one submission and note it in the journal."""
    paper = submission.paper
    if paper is None:
        outcome = Outcome(submission.name, "failed", None, submission.reason)
    else:
        _note_retractions(connection, paper)
        if _is_retracted(connection, paper.document.doi):
            paper = replace(paper, document=replace(paper.document, retracted=True))
        known = _known(connection, paper)
        outcome = _new(connection, submission.name, paper, at) if known is None else _again(connection, submission.name, paper, known, at)
    place = {"source_hash": submission.source_hash, "collection": collection, "item": submission.item}
    connection.execute(delete(JournalRow).where(*(getattr(JournalRow, name) == value for name, value in place.items())))
    entry = {"name": submission.name, "status": outcome.status, "reason": outcome.reason, "document_id": outcome.document_id, "at": at}
    connection.execute(insert(_table(JournalRow)), {**place, **entry})
    return outcome


def write_parts(
    connection: Connection,
    document_id: str,
    passages: Sequence[Passage],
    mentions: Sequence[Mention],
    values: Sequence[ReportedValue],
    *,
    fresh: bool = False,
) -> None:
    """Put these in place of what was made of the document before; an approval stays with a number that is found again in the same place.

    ``fresh``: the document is new, so that there is nothing to take away.
    """
    approved = (
        {}
        if fresh
        else {
            (r.property, r.value, r.start_char): (r.approved_by, r.approved_at)
            for r in connection.execute(
                select(ReportedValueRow).where(ReportedValueRow.document_id == document_id, ReportedValueRow.approved_by != "")
            )
        }
    )
    value_rows = [rows.value_row(value, document_id, n) for n, value in enumerate(values)]
    for row in value_rows:
        row["approved_by"], row["approved_at"] = approved.get((row["property"], row["value"], row["start_char"]), ("", ""))
    written: tuple[tuple[Any, list[dict[str, Any]]], ...] = (
        (PassageRow, [rows.passage_row(passage, n) for n, passage in enumerate(passages)]),
        (MentionRow, [rows.mention_row(mention, document_id, n) for n, mention in enumerate(mentions)]),
        (ReportedValueRow, value_rows),
    )
    for table, new in written:
        if not fresh:
            connection.execute(delete(table).where(table.document_id == document_id))
        if new:
            connection.execute(insert(_table(table)), new)


def _table(row: type[Base]) -> Table:
    """The table itself: written to at half the cost of the mapped class."""
    return cast(Table, row.__table__)


def _note_retractions(connection: Connection, notice: Paper) -> None:
    """Flag the stored papers that a notice retracts, and remember the others for when they come."""
    for doi in notice.retracts:
        if not _is_retracted(connection, doi):
            connection.execute(insert(RetractionRow).values(doi=doi, notice=notice.document.doi or notice.document.title))
        connection.execute(update(DocumentRow).where(DocumentRow.doi == doi).values(retracted=True, indexed=False))


def _is_retracted(connection: Connection, doi: str | None) -> bool:
    return doi is not None and connection.execute(select(RetractionRow).where(RetractionRow.doi == doi)).first() is not None


def _known(connection: Connection, paper: Paper) -> Any:
    """The stored document that is the same paper: by DOI, or by its text where not both have a DOI. None if there is none."""
    of = paper.document
    if of.doi:
        found = connection.execute(select(DocumentRow).where(DocumentRow.doi == of.doi)).first()
        if found is not None:
            return found
    same = connection.execute(
        select(DocumentRow).where(DocumentRow.content_hash == of.content_hash).order_by(DocumentRow.document_id)
    ).all()
    return next((row for row in same if not (row.doi and of.doi)), None)


def _new(connection: Connection, name: str, paper: Paper, at: str) -> Outcome:
    connection.execute(insert(_table(DocumentRow)), rows.document_row(paper, at))
    write_parts(connection, paper.document.document_id, paper.passages, paper.mentions, paper.values, fresh=True)
    return Outcome(name, "added", paper.document.document_id)


def _again(connection: Connection, name: str, paper: Paper, known: Any, at: str) -> Outcome:
    """A paper that is there: more of its text takes the place of less, what was not known is filled in, and a retraction is never forgotten."""
    of, document_id = paper.document, known.document_id
    filled = {field: getattr(of, field) for field in _FILLED if getattr(known, field) is None and getattr(of, field) is not None}
    if of.retracted and not known.retracted:
        filled["retracted"] = True
    same = f"it is there as {document_id}" + (f" (DOI {of.doi})" if of.doi and known.doi == of.doi else " (the same text)")
    fuller = _LEVELS.index(paper.level) > _LEVELS.index(known.level)
    if fuller:
        row = rows.document_row(paper, at)
        kept = {"document_id": document_id, "collection": known.collection, "added_at": known.added_at}
        missing = {field: getattr(known, field) for field in _FILLED if row[field] is None}
        row |= kept | missing | filled | ({"retracted": True} if known.retracted else {})
        if known.title and paper.level == "full" and paper.document.source.lower().endswith(".pdf"):
            row |= {"title": known.title, "authors": known.authors or row["authors"]}  # a PDF says these less surely than a reference
        connection.execute(update(DocumentRow).where(DocumentRow.document_id == document_id).values(**row))
        moved = [_moved(p, document_id) for p in paper.passages]
        write_parts(connection, document_id, moved, paper.mentions, paper.values)
        return Outcome(name, "updated", document_id, f"{same}; now with {'its whole text' if paper.level == 'full' else 'its abstract'}")
    if filled:
        connection.execute(update(DocumentRow).where(DocumentRow.document_id == document_id).values(**filled, indexed=False))
        return Outcome(name, "updated", document_id, f"{same}; now with its {', '.join(_said(field) for field in filled)}")
    return Outcome(name, "duplicate", document_id, same)


def _moved(passage: Passage, document_id: str) -> Passage:
    """The passage as one of ``document_id``."""
    passage_id = document_id + passage.passage_id.removeprefix(passage.document_id)
    return Passage(passage_id, document_id, passage.text, passage.section, passage.page, passage.start, passage.end, passage.kind)


def _said(field: str) -> str:
    return {"doi": "DOI", "retracted": "retraction"}.get(field, field)
