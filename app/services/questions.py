"""Questions to the team's papers: answered with the words that prove it, recorded like a run."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app import wiring
from app.services.papers import PapersService
from core.answers import PaperAnswer
from core.errors import RefusedError, UsageError
from core.interfaces import Lease, RunStore
from core.options import RunOptions
from core.passages import EVERY, PassageFilter
from core.settings import Settings

if TYPE_CHECKING:
    from agent.models import RolePlan
    from graphs.ask import OpenPapers

#: Longest question, characters, and most sentences of an answer.
LONGEST, MOST = 1000, 10


class QuestionService:
    """Answers questions from the team's papers. Each is a run of kind "ask" in the store, which ``molwright replay`` repeats."""

    def __init__(self, settings: Settings, store: Callable[[], RunStore], *, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self._store = store
        self.clock = clock

    def ask(self, question: str, *, accepted: PassageFilter = EVERY, limit: int = 3, model: bool = True) -> PaperAnswer:
        """The answer, of at most ``limit`` sentences where the papers' own are quoted; without ``model`` no language model takes part.

        UsageError for a question that is empty, overlong or without a word to search for, RefusedError if the guard refuses it,
        LiteratureError where the papers cannot be searched, StoreError where nothing can be recorded.
        """
        from tools.literature.analysis import passage_words

        question = " ".join(question.split())
        if not question or len(question) > LONGEST:
            raise UsageError(f"ask something, in at most {LONGEST} characters")
        if not passage_words(question):
            raise UsageError(f"the question {question[:80]!r} has no word to search for")
        if not 1 <= limit <= MOST:
            raise UsageError(f"an answer has 1 to {MOST} sentences, not {limit}")
        return self._recorded(question, accepted, limit, self._plan() if model else None)

    def to_json(self, answer: PaperAnswer) -> dict[str, Any]:
        """An answer as a JSON object; ``answered`` says whether the collection says something."""
        return {"answered": bool(answer.statements), **asdict(answer)}

    def _plan(self) -> RolePlan | None:
        plan = wiring.plan_of(self.settings)
        return plan if plan is not None and "researcher" in plan.roles else None

    def _recorded(self, question: str, accepted: PassageFilter, limit: int, plan: RolePlan | None) -> PaperAnswer:
        from graphs.ask import KIND, AskContext, build
        from memory.recorder import SqlRecorder, held_lease

        store, run_id = self._store(), uuid.uuid4().hex[:12]
        used = plan.model_dump(mode="json", exclude_none=True) if plan is not None else None
        options = RunOptions(kind=KIND, user=wiring.user_name(self.settings), models=used, sentences=limit, accepted=_given(accepted))
        store.create_run(run_id, question, options.stored(), self.clock().isoformat())
        with held_lease(store, run_id, wiring.owner_name(), self.settings.store.lease_seconds) as lease:
            store.set_status(lease, "running")
            recorder = SqlRecorder(store, lease, self.clock)
            models = wiring.open_models(self.settings, plan, recorder)
            context = AskContext(recorder, models, wiring.open_workspace(self.settings), self._papers, accepted, limit)
            try:
                state = build().invoke({"asked": question}, context=context)
            except BaseException:
                self._ended(store, lease, "failed")
                raise
            finally:
                models.close()
            self._ended(store, lease, "refused" if state["refused"] else "success")
        if state["refused"]:
            raise RefusedError(f"the safety guard refused this question. {state['refused']}")
        answer: PaperAnswer = state["answer"]
        return replace(answer, run_id=run_id)

    def _ended(self, store: RunStore, lease: Lease, status: Any) -> None:
        store.set_status(lease, status, finished_at=self.clock().isoformat())

    @contextmanager
    def _papers(self) -> Iterator[OpenPapers]:
        from graphs.ask import OpenPapers

        with PapersService(self.settings).opened() as (store, embedder, remark):
            empty = "" if store.count() else "There are no papers to search: molwright literature add PATH."
            yield OpenPapers(store, embedder, remark or empty)


def _given(accepted: PassageFilter) -> dict[str, Any] | None:
    """What a filter asks for, as JSON values; None where every passage may be found."""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(accepted).items() if v} or None
