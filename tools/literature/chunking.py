"""Cutting a paper into passages: within a section, at the ends of sentences and rows, with the page and the place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.errors import UsageError
from core.passages import Passage, PassageKind
from tools.literature.reading.parts import Block
from tools.literature.sentences import sentence_spans

_REFERENCES = re.compile(r"(?:\W|\d)*(?:references(?: and notes)?|bibliography|literature cited|works cited)\W*", re.IGNORECASE)
Span = tuple[int, int]


@dataclass(frozen=True)
class Cut:
    """How long passages are, in characters: ``longest``, and ``overlap`` of each with the one before, in whole sentences."""

    longest: int = 1000
    overlap: int = 0

    def __post_init__(self) -> None:
        if not 100 <= self.longest <= 20_000:
            raise UsageError(f"the longest passage has 100 to 20000 characters, not {self.longest}")
        if not 0 <= self.overlap <= self.longest // 2:
            raise UsageError(f"the overlap of passages is 0 to half of the longest ({self.longest // 2} characters), not {self.overlap}")


DEFAULT = Cut()


@dataclass(frozen=True)
class Placed:
    """A block and where it stands in the document's text."""

    block: Block
    start: int
    end: int


def place(blocks: Sequence[Block]) -> tuple[str, list[Placed]]:
    """The text of a document, its blocks parted by empty lines, and where each stands."""
    text, placed = [], []
    at = 0
    for block in blocks:
        placed.append(Placed(block, at, at + len(block.text)))
        text.append(block.text)
        at += len(block.text) + 2
    return "\n\n".join(text), placed


def passages(document_id: str, text: str, placed: Sequence[Placed], cut: Cut) -> list[Passage]:
    """The passages of a document in order. Headings are the section of what follows, the list of references gives none; [] for no text."""
    found: list[Passage] = []
    for group in _groups(placed):
        first = group[0].block
        kind: PassageKind = "text" if first.kind == "heading" else first.kind
        if any(p.block.kind == "table" for p in group):
            spans = _rows(text, group, cut)
            kind = "table"
        else:
            spans = _filled([s for p in group for s in _sentences(text, p, cut.longest)], cut)
        for start, end in spans:
            page = next((p.block.page for p in group if p.end > start), None)
            number = len(found)
            found.append(Passage(f"{document_id}:{number}", document_id, text[start:end], first.section, page, start, end, kind))
    return found


def in_references(block: Block) -> bool:
    """Whether a block stands in the list of references."""
    return bool(block.section and _REFERENCES.fullmatch(block.section.rpartition(" › ")[2]))


def _groups(placed: Sequence[Placed]) -> Iterator[list[Placed]]:
    """Blocks that may share a passage: paragraphs of one section; a caption with its table."""
    held: list[Placed] = []
    for p in placed:
        if p.block.kind == "heading" or in_references(p.block):
            if held:
                yield held
            held = []
            continue
        if held and not _together(held[-1].block, p.block):
            yield held
            held = []
        held.append(p)
    if held:
        yield held


def _together(before: Block, block: Block) -> bool:
    if before.section != block.section:
        return False
    if block.kind == "table":
        return before.kind == "caption"
    return before.kind == block.kind and block.kind in ("text", "abstract")


def _sentences(text: str, p: Placed, longest: int) -> Iterator[Span]:
    """The sentences of a block; one that is longer than a passage may be is cut at white space, or where it must."""
    for start, end in sentence_spans(text, p.start, p.end):
        while end - start > longest:
            space = text.rfind(" ", start + longest // 2, start + longest)
            stop = space if space > 0 else start + longest
            yield start, stop
            start = stop + (space > 0)
        if start < end:
            yield start, end


def _filled(sentences: Sequence[Span], cut: Cut) -> Iterator[Span]:
    """Sentences put together as long as they fit. A short rest is shared out with the one before it."""
    pieces: list[list[Span]] = []
    held: list[Span] = []
    for span in sentences:
        if held and span[1] - held[0][0] > cut.longest:
            pieces.append(held)
            held = _overlap(held, span, cut)
        held.append(span)
    if held:
        pieces.append(held)
    if len(pieces) > 1 and cut.overlap == 0 and _length(pieces[-1]) < cut.longest // 3:
        both = pieces[-2] + pieces[-1]
        middle = min(range(1, len(both)), key=lambda n: abs(_length(both[:n]) - _length(both[n:])))
        if max(_length(both[:middle]), _length(both[middle:])) <= cut.longest:
            pieces[-2:] = [both[:middle], both[middle:]]
    return ((piece[0][0], piece[-1][1]) for piece in pieces)


def _overlap(held: Sequence[Span], following: Span, cut: Cut) -> list[Span]:
    """The last sentences of a passage that the next one repeats, as long as both they and what follows fit."""
    repeated: list[Span] = []
    for span in reversed(held[1:]):
        if held[-1][1] - span[0] > cut.overlap or following[1] - span[0] > cut.longest:
            break
        repeated.insert(0, span)
    return repeated


def _length(piece: Sequence[Span]) -> int:
    return piece[-1][1] - piece[0][0]


def _rows(text: str, group: Sequence[Placed], cut: Cut) -> Iterator[Span]:
    """A table with its caption as one passage, or, if it is too long, parts of whole rows."""
    start = group[0].start
    begin = start
    for p in group:
        ends = [p.start + m.start() for m in re.finditer("\n", p.block.text)] if p.block.kind == "table" else []
        for end in [*ends, p.end]:
            if end - begin > cut.longest and start > begin:
                yield begin, start - 1 if text[start - 1] == "\n" else start
                begin = start
            start = end + 1
        start = p.end + 2
    end = group[-1].end
    while end - begin > cut.longest:
        yield begin, begin + cut.longest
        begin += cut.longest
    if begin < end:
        yield begin, end
