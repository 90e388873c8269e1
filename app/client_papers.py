"""The team's papers as the API gives them, and as the typed client (:mod:`app.client`) hands them on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.client_documents import Document, Page


class PaperSummary(Document):
    """A paper; what is None is unknown."""

    document_id: str = Field(description="Its id.")
    title: str = Field(description="Title.")
    authors: list[str] = Field(description="Authors.")
    year: int | None = Field(description="Year of publication.")
    doi: str | None = Field(description="DOI, without resolver address.")
    journal: str | None = Field(description="Journal.")
    licence: str | None = Field(description="Licence.")
    retracted: bool | None = Field(description="Whether it was retracted.")
    source: str = Field(description="File or service that it came from.")
    collection: str = Field(description="The team's collection that it belongs to.")
    level: Literal["reference", "abstract", "full"] = Field(description="How much of it is there.")
    pages: int | None = Field(description="Number of pages.")
    indexed: bool = Field(description="Whether searches find it.")
    added_at: str = Field(description="When it was added, ISO 8601 UTC.")
    passages: int = Field(description="Number of passages.")
    mentions: int = Field(description="Number of places where a substance is named.")
    values: int = Field(description="Number of reported values.")


class PaperPage(Page):
    """Some of the papers that fit, newest first."""

    papers: list[PaperSummary] = Field(description="The papers.")


class PaperPassage(Document):
    """A passage of a paper."""

    passage_id: str = Field(description="Its id.")
    document_id: str = Field(description="Id of its paper.")
    title: str = Field(description="Title of its paper.")
    year: int | None = Field(description="Year of its paper.")
    doi: str | None = Field(description="DOI of its paper.")
    retracted: bool | None = Field(description="Whether its paper was retracted.")
    collection: str = Field(description="Collection of its paper.")
    section: str | None = Field(description="Heading of the section.")
    page: int | None = Field(description="Page, from 1.")
    kind: str = Field(description="text, table, caption, abstract or note.")
    text: str = Field(description="The words.")


class FoundPassage(PaperPassage):
    """A passage that answers a search."""

    score: float = Field(description="Puts the passages of one search in order and means nothing else.")
    marks: list[tuple[int, int]] = Field(description="First character, and the one after the last, of each word that the question has too.")
    folded: list[str] = Field(description="Ids of passages that say nearly the same, which are left out.")


class FoundPassages(Document):
    """What a search found, best first."""

    passages: list[FoundPassage] = Field(description="The passages.")
    remark: str = Field(description="How it was searched, where that matters.")


class PaperNumber(Document):
    """A number that a paper reports; evidence to look at, not data."""

    id: str = Field(description="Its id, DOCUMENT/NUMBER.")
    property: str = Field(description="Name of the property.")
    relation: str = Field(description="'=', '<', '>' or '~'.")
    value: float = Field(description="The number in ``unit``; of a range its lower end.")
    upper: float | None = Field(description="Upper end of a range.")
    spread: float | None = Field(description="What stands behind '±'.")
    unit: str = Field(description="Unit as written.")
    standard: float | None = Field(description="The number in ``standard_unit``.")
    standard_upper: float | None = Field(description="The upper end in ``standard_unit``.")
    standard_unit: str = Field(description="The unit that such numbers are compared in.")
    substance: str | None = Field(description="What it is said of.")
    smiles: str | None = Field(description="Its structure, where it was resolved.")
    key: str | None = Field(description="Its InChIKey, or the key of a polymer's repeat unit.")
    conditions: list[str] = Field(description="How it was measured, in the paper's words.")
    quote: str = Field(description="The sentence.")
    page: int | None = Field(description="Page, from 1.")
    doi: str | None = Field(description="DOI of the paper.")
    title: str = Field(description="Title of the paper.")
    year: int | None = Field(description="Year of the paper.")
    retracted: bool | None = Field(description="Whether the paper was retracted.")
    approved_by: str = Field(description="Who released it for training; empty for nobody.")


class PaperNumbers(Document):
    """Reported values."""

    values: list[PaperNumber] = Field(description="The numbers.")


class NamedSubstance(Document):
    """A substance that a paper names."""

    name: str = Field(description="Its name, or what is written.")
    smiles: str | None = Field(description="Its structure; None where it was not resolved.")
    count: int = Field(description="How often it is named.")


class PaperDetail(PaperSummary):
    """All that is known of a paper."""

    notes: list[str] = Field(description="What a reader has to know of how it was read.")
    parts: list[PaperPassage] = Field(description="Its passages, in order.")
    substances: list[NamedSubstance] = Field(description="The substances that it names, the most often named first.")
    reported: list[PaperNumber] = Field(description="The numbers that it reports.")


class Mentioned(Document):
    """A passage that names a substance."""

    passage: PaperPassage = Field(description="The passage.")
    written: str = Field(description="What stands there.")
    name: str | None = Field(description="What it was resolved to.")
    smiles: str | None = Field(description="Its structure.")


class Mentions(Document):
    """Passages that name a substance or any substance with a group."""

    mentions: list[Mentioned] = Field(description="Each passage once, with the first place.")


class QuotedWords(Document):
    """Words of a passage, letter for letter."""

    start: int = Field(description="First character in the passage's text.")
    end: int = Field(description="The one after the last.")
    text: str = Field(description="The words.")


class CitedPassage(Document):
    """What [number] in an answer stands for."""

    number: int = Field(description="The number.")
    passage: PaperPassage = Field(description="The passage.")
    quotes: list[QuotedWords] = Field(description="The words that the answer rests on.")


class AnswerSentence(Document):
    """A sentence of an answer."""

    text: str = Field(description="The sentence.")
    citations: list[int] = Field(description="The numbers of its citations.")


class DisagreeingNumber(Document):
    """One of several numbers that do not agree."""

    number: str = Field(description="The number with its unit.")
    conditions: list[str] = Field(description="How it was measured.")
    document_id: str = Field(description="Id of the paper.")
    title: str = Field(description="Title of the paper.")
    page: int | None = Field(description="Page.")
    doi: str | None = Field(description="DOI.")
    retracted: bool | None = Field(description="Whether the paper was retracted.")
    quote: str = Field(description="The sentence.")
    citation: int | None = Field(description="The citation that holds it; None where the answer cites another passage.")


class PassagesDisagree(Document):
    """Passages that report different numbers of the same, further apart than their own errors."""

    property: str = Field(description="The property.")
    substance: str = Field(description="The substance.")
    sides: list[DisagreeingNumber] = Field(description="The numbers.")


class PaperReply(Document):
    """The answer to a question; without sentences it is "the collection does not say"."""

    answered: bool = Field(description="Whether the collection says something.")
    made_by: Literal["extracts", "model", "nobody"] = Field(description="The papers' own sentences, a language model, or nobody.")
    statements: list[AnswerSentence] = Field(description="The sentences.")
    citations: list[CitedPassage] = Field(description="What they rest on.")
    disagreements: list[PassagesDisagree] = Field(description="Where passages disagree.")
    evidence: float = Field(description="How sure it is that the passages answer, 0 to 1.")
    least: float = Field(description="What that has to reach for an answer.")
    notes: list[str] = Field(description="What a reader has to know.")


class ReplySoFar(Document):
    """What is there of an answer while it is made; the finished one decides, and may hold other sentences or none."""

    found: int | None = Field(description="How many passages were found; None while they are looked for.")
    statements: list[AnswerSentence] = Field(description="The sentences so far, each checked as it came.")
    citations: list[CitedPassage] = Field(description="What they rest on.")


class PaperQuestion(Document):
    """A question to the papers."""

    question_id: str = Field(description="Its id, under which it is recorded and replayed.")
    question: str = Field(description="As it was asked.")
    asked_at: str = Field(description="When, ISO 8601 UTC.")
    answer: PaperReply | None = Field(description="The answer; None while there is none.")
    problem: str = Field(description="Why there is none; empty where there is or will be one.")
    so_far: ReplySoFar | None = Field(default=None, description="What is there of it while it is made; None before and after.")


class PaperConversation(Document):
    """A conversation up to one question."""

    waiting: bool = Field(description="Whether the last one is being answered.")
    questions: list[PaperQuestion] = Field(description="The questions, oldest first.")

    @property
    def last(self) -> PaperQuestion:
        """The question that was asked for."""
        return self.questions[-1]


class Unread(Document):
    """A file or record that could not be read."""

    name: str = Field(description="What it is called.")
    reason: str = Field(description="Why it could not be read.")


class PaperAddition(Document):
    """How far the files of one request are; the numbers are of papers."""

    addition_id: str = Field(description="Its id.")
    collection: str = Field(description="The collection that they are added to.")
    waiting: bool = Field(description="Whether it has not ended.")
    files: int = Field(description="Number of files.")
    done: int = Field(description="Number of files looked at.")
    added: int = Field(description="New papers.")
    updated: int = Field(description="Papers of which there is more now.")
    duplicate: int = Field(description="Papers that were there already.")
    failed: int = Field(description="Papers or files that could not be read.")
    failures: list[Unread] = Field(description="These, once it has ended.")
    problem: str = Field(description="Why it ended before its end; empty where it did not.")


class PaperStats(Document):
    """Numbers of what is stored."""

    documents: int = Field(description="Papers.")
    passages: int = Field(description="Passages.")
    mentions: int = Field(description="Places where a substance is named.")
    values: int = Field(description="Reported values.")
    approved: int = Field(description="Reported values that somebody released for training.")
    unindexed: int = Field(description="Papers that searches do not find yet.")
    retracted: int = Field(description="Retracted papers.")
    failed: int = Field(description="What could not be read.")
    by_collection: dict[str, int] = Field(description="Papers by collection.")
    by_level: dict[str, int] = Field(description="Papers by how much of them is there.")
