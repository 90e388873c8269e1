"""Questions to the papers that are answered beside the request that asks them: each at an address, with those that it follows."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from app.services.questions import QuestionService
from core.answers import AnswerSoFar, PaperAnswer
from core.errors import MolwrightError, UsageError
from core.interfaces import RunRecord
from core.passages import EVERY, PassageFilter

log = logging.getLogger(__name__)

#: How many questions are answered at once.
MOST = 2


@dataclass(frozen=True)
class PaperTurn:
    """A question with its answer; None while there is none, or where ``problem`` says why there will be none.

    ``so_far``: what is there of an answer that is being made; None while passages are looked for, and once it is made.
    """

    run_id: str
    question: str
    asked_at: str
    answer: PaperAnswer | None = None
    problem: str = ""
    so_far: AnswerSoFar | None = None


@dataclass(frozen=True)
class PaperTalk:
    """A conversation up to the question that was asked for, the oldest first. ``waiting``: the last one is being answered."""

    turns: list[PaperTurn]
    waiting: bool = False

    @property
    def last(self) -> PaperTurn:
        """The question that was asked for."""
        return self.turns[-1]


class PaperTalkService:
    """Answers questions to the papers in threads of its own."""

    def __init__(self, questions: QuestionService) -> None:
        self._questions = questions
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._problems: dict[str, str] = {}
        self._so_far: dict[str, AnswerSoFar] = {}

    def begin(self, question: str, *, accepted: PassageFilter = EVERY, limit: int = 3, model: bool = True, follows: str = "") -> str:
        """Begin to answer a question; its id. Arguments and errors as :meth:`QuestionService.prepare`; UsageError also while two are answered."""
        with self._lock:
            if len(self._busy) >= MOST:
                raise UsageError(f"{MOST} questions are being answered already; ask again when they are")
            run_id = self._questions.prepare(question, accepted=accepted, limit=limit, model=model, follows=follows)
            self._busy.add(run_id)
        threading.Thread(target=self._answer, args=(run_id,), name=f"papers {run_id}", daemon=True).start()
        return run_id

    def talk(self, run_id: str) -> PaperTalk:
        """A conversation up to this question. NotFoundError where there is none."""
        runs = self._questions.conversation(run_id)
        waiting = runs[-1].run_id in self._busy  # looked at first: an answer that comes meanwhile must not be missed
        turns = [self._turn(run, waiting and run is runs[-1]) for run in runs]
        return PaperTalk(turns, waiting)

    def _turn(self, run: RunRecord, waiting: bool) -> PaperTurn:
        run = self._questions.question(run.run_id)  # as it is now
        answer = None if waiting else self._questions.answered(run.run_id)
        problem = ""
        if answer is None and not waiting:
            problem = self._problems.get(run.run_id) or _why(run)
        so_far = self._so_far.get(run.run_id) if waiting else None
        return PaperTurn(run.run_id, run.goal, run.created_at, answer, problem, so_far)

    def _answer(self, run_id: str) -> None:
        def heard(so_far: AnswerSoFar) -> None:
            self._so_far[run_id] = so_far

        try:
            self._questions.answer(run_id, heard)
        except MolwrightError as error:
            self._problems[run_id] = str(error)
        except Exception:
            log.exception("a question to the papers was not answered")
            self._problems[run_id] = "something went wrong here; the server's log says what"
        finally:
            with self._lock:
                self._busy.discard(run_id)
                self._so_far.pop(run_id, None)


def _why(run: RunRecord) -> str:
    """Why a question has no answer."""
    if run.status == "refused":
        return f"the safety guard refused this question. {run.error}".strip()
    if run.status == "success":
        return f"the answer was made by an earlier molwright, which kept no copy; molwright replay {run.run_id} makes it again"
    return run.error or "the server was ended before this was answered; ask again"
