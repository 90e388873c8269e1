"""Passages with their sentences numbered, so that a model points at what supports it instead of copying it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: Where one sentence may end and the next begin; not after an abbreviation or an initial.
_END = re.compile(
    r"(?<!\s[A-Z]\.)(?<!\bal\.)(?<!\bFig\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bca\.)(?<!\bcf\.)(?<!\bvs\.)(?<=[.!?])\s+(?=[A-Z(\[\d])"
)
#: Shortest sentence that supports something, in characters and in words; a shorter one is put to the one before it.
SHORTEST, FEWEST_WORDS = 20, 4


@dataclass(frozen=True)
class Sentence:
    """A sentence by its number: the passage that it stands in, from 1, and its words as they stand there."""

    passage: int
    text: str


def numbered(passages: Sequence[str]) -> tuple[list[str], dict[int, Sentence]]:
    """(the passages with a number in brackets before each sentence, the sentences by number). Numbers go on from passage to passage."""
    shown: list[str] = []
    found: dict[int, Sentence] = {}
    for place, text in enumerate(passages, start=1):
        lines = []
        for part in _split(text):
            found[len(found) + 1] = Sentence(place, part)
            lines.append(f"[{len(found)}] {part}")
        shown.append("\n".join(lines))
    return shown, found


def _split(text: str) -> list[str]:
    """The sentences of a passage, each a piece of ``text``; [] for an empty one."""
    starts = [0, *(m.end() for m in _END.finditer(text))]
    parts: list[tuple[int, int]] = []
    for begin, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = text[begin:end].strip()
        if parts and (len(piece) < SHORTEST or len(piece.split()) < FEWEST_WORDS):
            parts[-1] = (parts[-1][0], end)
        elif piece:
            parts.append((begin, end))
    return [text[begin:end].strip() for begin, end in parts]
