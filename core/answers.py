"""An answer to a question about the team's papers: sentences, each with the words of the passages that it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from core.passages import Document, Passage

__all__ = ["AnswerSoFar", "Citation", "Disagreement", "Listening", "MadeBy", "PaperAnswer", "Quote", "Side", "Statement", "deaf"]

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
class Side:
    """One of several numbers that do not agree: as it stands in its paper, with the conditions and the sentence.

    ``number``: with its unit. ``citation``: the number of the citation that holds it; None where the answer cites another passage. ``doi``,
    ``page`` and ``retracted``: None is unknown.
    """

    number: str
    conditions: tuple[str, ...]
    document_id: str
    title: str
    page: int | None
    doi: str | None
    retracted: bool | None
    quote: str
    citation: int | None

    @property
    def text(self) -> str:
        """The number with its conditions and its place: '385 °C, by DSC ([1])', '388 °C (Films of high Tg, p. 4, not cited)'."""
        page = f", p. {self.page}" if self.page else ""
        place = f"[{self.citation}]" if self.citation else f"{self.title or self.document_id}{page}, not cited"
        how = f", {'; '.join(self.conditions)}" if self.conditions else ""
        return f"{self.number}{how} ({place}{', retracted' if self.retracted else ''})"


@dataclass(frozen=True)
class Disagreement:
    """Passages that report different numbers for the same ``property`` of the same ``substance``, further apart than their own errors."""

    property: str
    substance: str
    sides: tuple[Side, ...]

    def in_words(self) -> str:
        """The disagreement in a sentence."""
        return f"Passages disagree on the {self.property.replace('_', ' ')} of {self.substance}: {'; '.join(s.text for s in self.sides)}."


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
        notes: what a reader has to know: how it was searched, what was dropped, which work is retracted.
        run_id: under which the question is recorded; '' where it is not.
        disagreements: where a number of a cited passage disagrees with another one of the collection.
    """

    question: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    made_by: MadeBy
    evidence: float
    least: float
    notes: tuple[str, ...] = ()
    run_id: str = ""
    disagreements: tuple[Disagreement, ...] = ()


@dataclass(frozen=True)
class AnswerSoFar:
    """What is there of an answer while it is made. The finished one decides: it may hold other sentences, or none.

    ``found``: how many passages were found. ``statements`` and ``citations``: the sentences that were checked so far, numbered as they will be.
    """

    found: int
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()


#: Who wants to hear of an answer while it is made; called with all there is, each time there is more.
Listening = Callable[[AnswerSoFar], None]


def deaf(so_far: AnswerSoFar) -> None:
    """For those who do not want to hear."""
