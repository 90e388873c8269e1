"""An answer to a question about the team's papers: sentences, each with the words of the passages that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.passages import Document, Passage

__all__ = ["Citation", "MadeBy", "PaperAnswer", "Quote", "Statement"]

MadeBy = Literal["extracts", "model", "nobody"]


@dataclass(frozen=True)
class Quote:
    """Words of a passage, letter for letter: its text from character ``start`` up to, but without, ``end``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Citation:
    """What ``[number]`` in an answer stands for: a passage with its document and the words of it that the answer rests on."""

    number: int
    passage: Passage
    document: Document
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class Statement:
    """A sentence of an answer with the numbers of its citations, at least one."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True)
class PaperAnswer:
    """The answer to a question; without statements it is "the collection does not say".

    Attributes:
        question: as it was asked.
        statements: in the order to be read.
        citations: numbered from 1.
        made_by: 'extracts' for sentences of the papers as they stand, 'model' for a language model's sentences that the checks let pass,
            'nobody' where there is no answer.
        evidence: how sure it is that the passages found hold an answer, 0 to 1, by a model fitted to questions with and without an answer.
        least: what ``evidence`` must reach for an answer.
        notes: what a reader has to know: how it was searched, what was dropped, which work is retracted, where passages disagree.
        run_id: under which the question is recorded; '' where it is not.
    """

    question: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    made_by: MadeBy
    evidence: float
    least: float
    notes: tuple[str, ...] = ()
    run_id: str = ""
