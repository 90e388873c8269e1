"""Questions about one candidate of a run, put to the assistant; answered beside the request that asks, kept like every conversation."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app import wiring
from app.services.conversations import ConversationService
from core.candidate import Candidate
from core.errors import MolwrightError, NotFoundError, UsageError
from core.interfaces import RunStore
from core.model import content_hash
from core.settings import Settings

log = logging.getLogger(__name__)

#: Longest question, characters, and how many are answered at once.
LONGEST, MOST = 2000, 2


@dataclass(frozen=True)
class Turn:
    """A question as it was asked, and its answer: '' while there is none; ``unsupported``: numbers in it that no tool gave."""

    question: str
    answer: str = ""
    unsupported: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Talk:
    """What was asked and answered in one conversation.

    ``waiting``: an answer is being made. ``problem``: why the last one is missing. ``model``: whether a language model takes part.
    """

    talk_id: str
    turns: list[Turn]
    waiting: bool = False
    problem: str = ""
    model: bool = False


class AskingService:
    """Answers questions about candidates in threads of its own. The model may look at everything and start nothing."""

    def __init__(self, settings: Settings, store: Callable[[], RunStore], conversations: Callable[[], ConversationService]) -> None:
        self._settings = settings
        self._store = store
        self._conversations = conversations
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._problems: dict[str, str] = {}

    def model(self) -> bool:
        """Whether a language model would take part in a new conversation; without one code answers what it understands."""
        plan = wiring.plan_of(self._settings)
        return plan is not None and "assistant" in plan.roles

    def ask(self, run_id: str, candidate: Candidate, question: str, talk_id: str = "") -> str:
        """Begin to answer ``question`` and return the conversation's id. ``talk_id``: the conversation about this candidate to go on with.

        UsageError for a question that is empty or too long or that comes before the answer to the last one, NotFoundError for a conversation
        about something else.
        """
        question = question.strip()
        if not question or len(question) > LONGEST:
            raise UsageError(f"ask something, in at most {LONGEST} characters")
        whole = f"{_about(run_id, candidate)}{question}"
        with self._lock:
            if talk_id in self._busy:
                raise UsageError("the last question is still being answered")
            if len(self._busy) >= MOST:
                raise UsageError(f"{MOST} questions are being answered already; ask again when they are")
            talk_id = self._found(run_id, candidate, talk_id) if talk_id else self._conversations().start(whole)
            self._busy.add(talk_id)
            self._problems.pop(talk_id, None)
        threading.Thread(target=self._answer, args=(talk_id, whole), name=f"answer {talk_id}", daemon=True).start()
        return talk_id

    def _answer(self, talk_id: str, question: str) -> None:
        try:
            self._conversations().ask(talk_id, question)
        except MolwrightError as error:
            self._problems[talk_id] = str(error).partition(" Go on with: ")[0]  # which a terminal would be told
        except Exception:
            log.exception("a question was not answered")
            self._problems[talk_id] = "something went wrong here; the server's log says what"
        finally:
            with self._lock:
                self._busy.discard(talk_id)

    def talk(self, run_id: str, candidate: Candidate, talk_id: str) -> Talk:
        """What was asked and answered in a conversation about this candidate. NotFoundError for any other."""
        talk_id = self._found(run_id, candidate, talk_id)
        waiting = talk_id in self._busy  # looked at first: an answer that comes meanwhile must not be missed
        about = _about(run_id, candidate)
        asked: dict[int, str] = {}
        answers: dict[int, dict[str, Any]] = {}
        for event in self._store().events(talk_id):
            if event.node == "listen" and event.index == "question":
                asked[event.generation] = str(event.outputs).removeprefix(about)
            elif event.kind == "step" and isinstance(event.outputs, dict) and "answer" in event.outputs:
                answers[event.generation] = event.outputs
        texts = {content_hash(text): text for text in self._conversations().texts(talk_id)}
        turns = [_turn(question, answers.get(n, {}), texts) for n, question in sorted(asked.items())]
        problem = "" if waiting else self._problems.get(talk_id, "")
        if not waiting and not problem and (not turns or not turns[-1].answer):
            problem = "the server was ended before this was answered; ask again"
        plan = wiring.stored_plan(self._store().run(talk_id).options)
        return Talk(talk_id, turns, waiting, problem, plan is not None and "assistant" in plan.roles)

    def _found(self, run_id: str, candidate: Candidate, talk_id: str) -> str:
        """The id of a conversation that is about this candidate."""
        record = self._store().run(talk_id)
        if record.kind != "chat" or not record.goal.startswith(_about(run_id, candidate)):
            raise NotFoundError(f"there is no conversation {talk_id[:40]!r} about this candidate")
        return record.run_id


def _turn(question: str, answered: dict[str, Any], texts: dict[str, str]) -> Turn:
    """A question with its answer; of a long one the record has the hash, and ``texts`` the words."""
    answer, unsupported = answered.get("answer", ""), answered.get("unsupported", [])
    words = texts.get(answer["sha256"], "") if isinstance(answer, dict) else str(answer)
    return Turn(question, words, unsupported if isinstance(unsupported, list) else ["more of them than are kept"])


def _about(run_id: str, candidate: Candidate) -> str:
    """What the model is told before each question; a structure and no key, because the guard can screen the one and not the other."""
    return f"About the candidate {candidate.smiles} of run {run_id}: "
