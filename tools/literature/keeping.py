"""Keeping stored papers right: remove them everywhere, cut and index them anew, check that all of it still agrees."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from core.errors import StoreError
from core.passages import Document, Passage
from memory.sql.papers import SqlPapers
from tools.literature.assemble import cut_again
from tools.literature.chunking import Cut
from tools.literature.ingest import PassageIndex

_BATCH = 100
Step = Callable[[int, int], None]


def remove(papers: SqlPapers, index: PassageIndex | None, document_ids: Sequence[str]) -> int:
    """Delete documents from the index and then from the store; how many there were.

    They count as not indexed first, so that a crash in between leaves a whole document, which the next call indexes again, never half of
    one. Raises LiteratureError while another process writes, StoreError.
    """
    with papers.writing():
        papers.set_indexed(document_ids, False)
        if index is not None:
            index.delete(document_ids)
        return papers.remove(document_ids)


def cut_anew(
    papers: SqlPapers, document_ids: Sequence[str], cut: Cut | None, *, chemistry: bool, step: Step = lambda done, total: None
) -> None:
    """Cut documents into passages again (None: leave them as they are) and look again for substances and numbers, where ``chemistry`` says so."""
    from tools.literature.chemistry import chemistry_of

    with papers.writing():
        for number, document_id in enumerate(document_ids, 1):
            text = papers.text(document_id)
            found = (
                papers.with_passages([document_id])[0][1] if cut is None else cut_again(document_id, text, papers.layout(document_id), cut)
            )
            if chemistry:
                mentions, values = chemistry_of(text, found)
            else:
                mentions = tuple(m for _, m in papers.mentions(document_id=document_id, limit=1_000_000))
                values = tuple(v for _, _, v in papers.values(document_id=document_id, limit=1_000_000))
            papers.replace_parts(document_id, found, mentions, values)
            step(number, len(document_ids))


def problems(papers: SqlPapers, indexed: Iterable[str] | None, step: Step = lambda done, total: None) -> Iterator[str]:
    """What does not agree, in words: damaged texts, passages, substances or numbers that do not stand where they should, and documents that
    the index lacks or has too many (``indexed``: the ids that it has, None where there is none to ask).
    """
    ids = papers.ids()
    waiting = set(papers.unindexed(len(ids) + 1))
    for number, document_id in enumerate(ids, 1):
        try:
            yield from _of_document(papers, document_id)
        except StoreError as error:
            yield str(error)
        step(number, len(ids))
    if indexed is None:
        return
    held = set(indexed)
    stored = set(ids)
    yield from (
        f"{document_id}: the search index does not have it; run `molwright literature reindex`"
        for document_id in sorted(stored - waiting - held)
    )
    yield from (
        f"{document_id}: the search index still has it, though it was removed; run `molwright literature reindex`"
        for document_id in sorted(held - stored)
    )


def _of_document(papers: SqlPapers, document_id: str) -> Iterator[str]:
    text = papers.text(document_id)
    document, passages = papers.with_passages([document_id])[0]
    if hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() != document.content_hash:
        yield f"{document_id}: its text is not the one that was added"
    if not passages:
        yield f"{document_id}: it has no passages; run `molwright literature reindex --longest 1000`"
    for n, passage in enumerate(passages):
        if not (0 <= passage.start < passage.end <= len(text)) or passage.passage_id != f"{document_id}:{n}":
            yield f"{passage.passage_id}: the passage does not stand in the text"
    for _, mention in papers.mentions(document_id=document_id, limit=1_000_000):
        if text[mention.start : mention.end] != mention.written:
            yield f"{document_id}: {mention.written!r} does not stand at character {mention.start}"
    for name, _, value in papers.values(document_id=document_id, limit=1_000_000):
        if text[value.start : value.end] != value.quote:
            yield f"{name}: its quotation does not stand at character {value.start}"


def batches(papers: SqlPapers, collection: str = "") -> Iterator[list[tuple[Document, list[Passage], str]]]:
    """Every document with its passages and its text, some at a time, by id."""
    ids = papers.ids(collection)
    for start in range(0, len(ids), _BATCH):
        some = papers.with_passages(ids[start : start + _BATCH])
        yield [(document, passages, papers.text(document.document_id)) for document, passages in some]
