"""Questions to the team's papers: answered with the words that prove it, recorded like a run, gone on with in a conversation."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app import wiring
from app.services.kept_papers import KeptPapers
from app.services.papers import PapersService
from core.answers import Listening, PaperAnswer, deaf
from core.errors import NotFoundError, RefusedError, StatusError, UsageError
from core.interfaces import Lease, RunRecord, RunStore
from core.options import RunOptions
from core.papers import OpenPapers
from core.passages import EVERY, PassageFilter
from core.settings import Settings

if TYPE_CHECKING:
    from agent.models import RolePlan

#: Longest question, characters, and most sentences of an answer.
LONGEST, MOST = 1000, 10
#: Most questions of one conversation.
LONGEST_TALK = 40
#: Index of the event that holds the whole answer, to be shown again; the step of the graph keeps but the hash of what is long.
_ANSWER = "answer"


class QuestionService:
    """Answers questions from the team's papers. Each is a run of kind "ask" in the store, which ``molwright replay`` repeats."""

    def __init__(
        self, settings: Settings, store: Callable[[], RunStore], *, clock: Callable[[], datetime], kept: KeptPapers | None = None
    ) -> None:
        self.settings = settings
        self._store = store
        self._kept = kept
        self.clock = clock

    def ask(
        self,
        question: str,
        *,
        accepted: PassageFilter = EVERY,
        limit: int = 3,
        model: bool = True,
        follows: str = "",
        tell: Listening = deaf,
    ) -> PaperAnswer:
        """The answer: :meth:`prepare`, then :meth:`answer`."""
        return self.answer(self.prepare(question, accepted=accepted, limit=limit, model=model, follows=follows), tell)

    def prepare(self, question: str, *, accepted: PassageFilter = EVERY, limit: int = 3, model: bool = True, follows: str = "") -> str:
        """Store a question to be answered; its id. The answer has at most ``limit`` sentences where the papers' own are quoted.

        Without ``model`` no language model takes part. ``follows``: the question that it follows in a conversation, by its id.

        UsageError for a question that is empty, overlong or without a word to search for, NotFoundError for an id that is no question's,
        StoreError where nothing can be recorded.
        """
        from graphs.ask import KIND
        from tools.literature.analysis import passage_words
        from tools.literature.answering.following import whole_question

        question = " ".join(question.split())
        if not question or len(question) > LONGEST:
            raise UsageError(f"ask something, in at most {LONGEST} characters")
        before = self.conversation(follows) if follows else []
        if len(before) >= LONGEST_TALK:
            raise UsageError(f"this conversation has {LONGEST_TALK} questions; begin a new one")
        if not passage_words(whole_question(question, [run.goal for run in before])):
            raise UsageError(f"the question {question[:80]!r} has no word to search for")
        if not 1 <= limit <= MOST:
            raise UsageError(f"an answer has 1 to {MOST} sentences, not {limit}")
        plan = self._plan() if model else None
        run_id = uuid.uuid4().hex[:12]
        options = RunOptions(
            kind=KIND,
            user=wiring.user_name(self.settings),
            models=plan.model_dump(mode="json", exclude_none=True) if plan is not None else None,
            sentences=limit,
            accepted=_given(accepted),
            follows=before[-1].run_id if before else None,
            earlier=[run.goal for run in before] or None,
        )
        self._store().create_run(run_id, question, options.stored(), self.clock().isoformat())
        return run_id

    def answer(self, run_id: str, tell: Listening = deaf) -> PaperAnswer:
        """Answer a prepared question; ``tell`` hears of it while it is made. RefusedError if the guard refuses it, LiteratureError where the papers cannot be searched,
        StatusError for one that was answered.
        """
        from graphs.ask import NODE, AskContext, build
        from memory.recorder import SqlRecorder, held_lease

        store, run = self._store(), self.question(run_id)
        if run.status in ("success", "refused"):
            raise StatusError(f"question {run.run_id} was answered already")
        with held_lease(store, run.run_id, wiring.owner_name(), self.settings.store.lease_seconds) as lease:
            store.set_status(lease, "running")
            recorder = SqlRecorder(store, lease, self.clock)
            models = wiring.open_models(self.settings, wiring.stored_plan(run.options), recorder)
            given = run.given
            context = AskContext(
                recorder,
                models,
                wiring.open_workspace(self.settings),
                self._papers,
                accepted_of(given.accepted),
                given.sentences or 1,
                tuple(given.earlier or ()),
                tell,
            )
            try:
                state = build().invoke({"asked": run.goal}, context=context)
                if not state["refused"]:
                    recorder.note(NODE, 0, _ANSWER, "decision", asdict(state["answer"]))
            except BaseException as error:
                self._ended(store, lease, "failed", str(error)[:2000])
                raise
            finally:
                models.close()
            self._ended(store, lease, "refused" if state["refused"] else "success", state["refused"])
        if state["refused"]:
            raise RefusedError(f"the safety guard refused this question. {state['refused']}")
        answer: PaperAnswer = state["answer"]
        return replace(answer, run_id=run.run_id)

    def question(self, run_id: str) -> RunRecord:
        """A question by its id or the beginning of it. NotFoundError where there is none."""
        from graphs.ask import KIND

        record = self._store().run(run_id)
        if record.kind != KIND:
            raise NotFoundError(f"there is no question {run_id[:40]!r}")
        return record

    def accepted(self, run_id: str) -> PassageFilter:
        """Which passages may be found for a question. NotFoundError where there is no such question."""
        return accepted_of(self.question(run_id).given.accepted)

    def conversation(self, run_id: str) -> list[RunRecord]:
        """The questions of a conversation up to this one, oldest first. NotFoundError where there is no such question."""
        found = [self.question(run_id)]
        while (before := found[0].given.follows) and len(found) <= LONGEST_TALK:
            try:
                found.insert(0, self.question(before))
            except NotFoundError:  # it was deleted since
                break
        return found

    def recent(self, limit: int = 10) -> list[RunRecord]:
        """The newest questions, newest first; [] where none of the newest runs is one."""
        from graphs.ask import KIND

        return [run for run in self._store().runs(20 * limit) if run.kind == KIND][:limit]

    def answered(self, run_id: str) -> PaperAnswer | None:
        """The answer to a question as it was given; None where it has none, or was asked with an earlier molwright."""
        from pydantic import TypeAdapter

        from graphs.ask import NODE

        event = self._store().event(run_id, NODE, 0, _ANSWER)
        return None if event is None else replace(TypeAdapter(PaperAnswer).validate_python(event.outputs), run_id=run_id)

    def to_json(self, answer: PaperAnswer) -> dict[str, Any]:
        """An answer as a JSON object; ``answered`` says whether the collection says something."""
        return {"answered": bool(answer.statements), **asdict(answer)}

    def _plan(self) -> RolePlan | None:
        plan = wiring.plan_of(self.settings)
        return plan if plan is not None and "researcher" in plan.roles else None

    def _ended(self, store: RunStore, lease: Lease, status: Any, error: str = "") -> None:
        store.set_status(lease, status, error=error, finished_at=self.clock().isoformat())

    @contextmanager
    def _papers(self) -> Iterator[OpenPapers]:
        with PapersService(self.settings, self._kept).opened() as papers:
            empty = "" if papers.store.count() else "There are no papers to search: molwright literature add PATH."
            yield replace(papers, remark=papers.remark or empty)


def accepted_of(given: dict[str, Any] | None) -> PassageFilter:
    """The filter that a question was asked with."""
    named: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in (given or {}).items()}
    return PassageFilter(**named)


def _given(accepted: PassageFilter) -> dict[str, Any] | None:
    """What a filter asks for, as JSON values; None where every passage may be found."""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(accepted).items() if v} or None
