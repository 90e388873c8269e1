"""From what was read of a paper to what is stored of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from core.papers import Level, Paper, Piece
from core.passages import Document, Passage
from tools.literature.chunking import DEFAULT, Cut, Placed, passages, place
from tools.literature.reading.parts import Block, BlockKind, Reading, Unreadable, clean

#: How the titles of our own reports begin.
_OWN = ("molwright: ", "molwright · ")


@dataclass(frozen=True)
class Ways:
    """How papers are taken in: into which ``collection``, how they are ``cut``, and whether ``chemistry`` is looked for in them."""

    collection: str = "papers"
    cut: Cut = DEFAULT
    chemistry: bool = True


def paper_of(reading: Reading, source: str, ways: Ways) -> Paper:
    """The paper of a reading. ``source``: where it came from. Raises Unreadable for one without any words."""
    if reading.title.startswith(_OWN):
        raise Unreadable("it is a report of molwright's own: what it predicts is no literature")
    blocks, level = reading.blocks, _level(reading)
    if level == "reference":
        blocks = (Block(_reference(reading)),)
    text, placed = place(blocks)
    if not text.strip():
        raise Unreadable("it has no text")
    content_hash = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    document_id = hashlib.sha256((reading.doi or content_hash).encode()).hexdigest()[:20]
    document = Document(
        document_id=document_id,
        title=clean(reading.title)[:2000],
        authors=tuple(filter(None, map(clean, reading.authors))),
        year=reading.year,
        doi=reading.doi,
        journal=clean(reading.journal or "") or None,
        licence=clean(reading.licence or "") or None,
        retracted=reading.retracted,
        source=source,
        collection=ways.collection,
        content_hash=content_hash,
    )
    cut = tuple(passages(document_id, text, placed, ways.cut))
    layout = tuple(Piece(p.start, p.end, p.block.kind, p.block.section, p.block.page) for p in placed)
    paper = Paper(document, level, text, cut, reading.pages, reading.notes, layout=layout, retracts=reading.retracts)
    return with_chemistry(paper) if ways.chemistry else paper


def with_chemistry(paper: Paper) -> Paper:
    """The paper with the substances and numbers of its text."""
    from tools.literature.chemistry import chemistry_of

    mentions, values = chemistry_of(paper.text, paper.passages)
    return replace(paper, mentions=mentions, values=values)


def cut_again(document_id: str, text: str, layout: Sequence[Piece], cut: Cut) -> list[Passage]:
    """The passages of a stored document, cut another way."""
    placed = [Placed(Block(text[p.start : p.end], cast(BlockKind, p.kind), p.section, p.page), p.start, p.end) for p in layout]
    return passages(document_id, text, placed, cut)


def _level(reading: Reading) -> Level:
    if reading.complete:
        return "full"
    return "abstract" if any(block.kind == "abstract" for block in reading.blocks) else "reference"


def _reference(reading: Reading) -> str:
    """The words of a reference that comes without a text."""
    who = ", ".join(reading.authors)
    where = ", ".join(filter(None, (reading.journal, str(reading.year or ""))))
    return ". ".join(part.rstrip(".") for part in (reading.title, who, where) if part) + "." if reading.title else ""
