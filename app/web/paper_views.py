"""What the services say of papers, turned into the documents of the API (:mod:`app.client_papers`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from pydantic import ConfigDict, Field, StrictBool, StrictInt

from app import client_papers as documents
from app.services.entry import Services
from app.services.paper_additions import MOST_FILES, Addition
from app.services.paper_talks import PaperTalk, PaperTurn
from app.services.questions import LONGEST, MOST
from app.web.views import FileContent
from core.answers import AnswerSoFar, Citation, PaperAnswer
from core.model import Model
from core.papers import Mention, PaperCounts, ReportedValue, StoredDocument
from core.passages import Document, Passage, PassageFilter


class Narrowing(Model):
    """Which papers may be looked at; what is left out does not matter."""

    since: StrictInt | None = Field(default=None, ge=0, le=9999, description="First year of publication.")
    until: StrictInt | None = Field(default=None, ge=0, le=9999, description="Last year of publication.")
    sources: list[str] = Field(default_factory=list, max_length=50, description="Files or services they came from, letter for letter.")
    sections: list[str] = Field(default_factory=list, max_length=50, description="Headings of the section, letter for letter.")
    dois: list[str] = Field(default_factory=list, max_length=50, description="DOIs.")
    collections: list[str] = Field(default_factory=list, max_length=50, description="Collections.")

    def accepted(self) -> PassageFilter:
        """The same for the services."""
        dois = tuple(doi.lower() for doi in self.dois)
        return PassageFilter(self.since, self.until, tuple(self.sources), tuple(self.sections), dois, tuple(self.collections))


class PaperQuestionRequest(Narrowing):
    """A question to the papers."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"question": "How does platinum catalyse CO oxidation?", "since": 2010}]}
    )

    question: str = Field(max_length=LONGEST, description="The question.")
    sentences: StrictInt = Field(default=3, ge=1, le=MOST, description="Most sentences that are quoted where no language model answers.")
    use_models: StrictBool = Field(default=True, description="Whether a configured language model may answer.")
    follows: str = Field(default="", max_length=64, description="Id of the question that it follows; then it looks where that one did.")


class PaperAdditionRequest(Model):
    """Papers that are to be added."""

    collection: str = Field(default="papers", max_length=100, description="The collection that they belong to.")
    files: list[FileContent] = Field(min_length=1, max_length=MOST_FILES, description="The files.")


def summary(stored: StoredDocument) -> documents.PaperSummary:
    """A stored paper."""
    return documents.PaperSummary.model_validate({**asdict(stored), **asdict(stored.document)})


def passage(text: Passage, document: Document) -> documents.PaperPassage:
    """A passage with what is known of its paper."""
    return documents.PaperPassage.model_validate({**asdict(document), **asdict(text)})


def number(door: Services, row: tuple[str, Document, ReportedValue]) -> documents.PaperNumber:
    """A reported number."""
    return documents.PaperNumber.model_validate(door.paper_keeping.value_json(*row))


def detail(door: Services, stored: StoredDocument) -> documents.PaperDetail:
    """All that is known of a paper."""
    from app.services.paper_keeping import substances

    passages, mentions, values = door.paper_keeping.parts(stored.document.document_id)
    more = {
        "notes": list(stored.notes),
        "parts": [passage(p, stored.document) for p in passages],
        "substances": [documents.NamedSubstance(**asdict(s)) for s in substances(mentions)],
        "reported": [number(door, row) for row in values],
    }
    return documents.PaperDetail.model_validate({**summary(stored).model_dump(), **more})


def mentioned(found: Sequence[tuple[Document, Passage, Mention]]) -> documents.Mentions:
    """Passages that name a substance."""
    return documents.Mentions(
        mentions=[documents.Mentioned(passage=passage(p, d), written=m.written, name=m.name, smiles=m.smiles) for d, p, m in found]
    )


def conversation(talk: PaperTalk) -> documents.PaperConversation:
    """A conversation up to one question."""
    return documents.PaperConversation(waiting=talk.waiting, questions=[_question(turn) for turn in talk.turns])


def _question(turn: PaperTurn) -> documents.PaperQuestion:
    answer = _reply(turn.answer) if turn.answer is not None else None
    return documents.PaperQuestion(
        question_id=turn.run_id,
        question=turn.question,
        asked_at=turn.asked_at,
        answer=answer,
        problem=turn.problem,
        so_far=so_far(turn.so_far) if turn.so_far else None,
    )


def so_far(answer: AnswerSoFar | None) -> documents.ReplySoFar:
    """What is there of an answer while it is made; None where passages are still looked for."""
    if answer is None:
        return documents.ReplySoFar(found=None, statements=[], citations=[])
    return documents.ReplySoFar.model_validate({**asdict(answer), "citations": _cited(answer.citations)})


def _reply(answer: PaperAnswer) -> documents.PaperReply:
    given = {**asdict(answer), "answered": bool(answer.statements), "citations": _cited(answer.citations)}
    return documents.PaperReply.model_validate(given)


def _cited(citations: Sequence[Citation]) -> list[documents.CitedPassage]:
    given = [{"number": c.number, "passage": passage(c.passage, c.document), "quotes": [asdict(q) for q in c.quotes]} for c in citations]
    return [documents.CitedPassage.model_validate(one) for one in given]


def addition(of: Addition) -> documents.PaperAddition:
    """How far the files of a request are."""
    failures = [documents.Unread(name=name, reason=reason) for name, reason in of.failures]
    return documents.PaperAddition.model_validate({**asdict(of), "files": len(of.names), "failures": failures})


def stats(counts: PaperCounts) -> documents.PaperStats:
    """Numbers of what is stored."""
    return documents.PaperStats.model_validate(asdict(counts))
