"""Conversations: started, gone on with in any process, stored like runs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app import wiring
from app.services.progress import journal
from app.services.runs import RunService
from core.errors import MolwrightError, RefusedError, UsageError
from core.events import ProgressSink, silent
from core.interfaces import Lease, RunStore
from core.options import RunOptions
from core.settings import Settings

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

    from agent.models import RolePlan
    from graphs.assistant import ChatContext, ChatState

Decide = Callable[[dict[str, Any]], bool]
"""Asks a person whether a design run may start: gets goal, spec (in words), borrowed, objections (to be shown), question."""


@dataclass(frozen=True)
class ChatAnswer:
    """The answer to one question.

    Attributes:
        run_id: the conversation.
        text: the answer.
        unsupported: numbers in it that neither a tool nor the person gave.
        by: who answered: the model's name; '' for code alone.
    """

    run_id: str
    text: str
    unsupported: list[str]
    by: str = ""


class ConversationService:
    """Conversations in one store. ``decide`` is asked before anything is started; ``progress`` hears each step."""

    def __init__(
        self,
        settings: Settings,
        store: RunStore,
        decide: Decide,
        progress: ProgressSink = silent,
        *,
        clock: Callable[[], datetime] = wiring.now,
        plan: Callable[[], RolePlan | None] | None = None,
    ) -> None:
        """``plan``: which models new conversations use, in place of what is configured and promoted."""
        self._plan = plan or (lambda: wiring.plan_of(settings))
        self.settings = settings
        self.store = store
        self._decide = decide
        self._progress = progress
        self.clock = clock

    def start(self, title: str) -> str:
        """Store a new conversation and return its id. Without a model for the assistant, code answers what it understands."""
        from graphs.assistant import KIND

        plan = self._plan()
        run_id = uuid.uuid4().hex[:12]
        used = plan.model_dump(mode="json", exclude_none=True) if plan is not None else None
        options = RunOptions(kind=KIND, user=wiring.user_name(self.settings), models=used)
        self.store.create_run(run_id, title.strip()[:2000] or "conversation", options.stored(), self.clock().isoformat())
        return run_id

    def ask(self, run_id: str, question: str) -> ChatAnswer:
        """The answer to ``question`` in conversation ``run_id``.

        A question that a killed process left unanswered is gone on with first. Raises RefusedError if the guard refuses the question,
        MolwrightError if no model answers; the conversation can be gone on with after both.
        """
        from graphs.assistant import KIND, build
        from memory.checkpoints import open_checkpointer
        from memory.recorder import held_lease

        if not question.strip():
            raise UsageError("the question is empty")
        run = self.store.run(run_id)
        if run.kind != KIND:
            raise UsageError(f"run {run.run_id} is a design run, not a conversation")
        with (
            held_lease(self.store, run.run_id, wiring.owner_name(), self.settings.store.lease_seconds) as lease,
            open_checkpointer(self.settings) as saver,
            journal(self.store, lease, self.clock, self._progress) as tell,
        ):
            self.store.set_status(lease, "running")
            context = self._context(lease, tell)
            try:
                state = self._drive(build(saver), context, question)
            finally:
                context.models.close()
            self.store.set_status(lease, "success", finished_at=self.clock().isoformat())
        if state["refused"]:
            raise RefusedError(state["problem"])
        if state["problem"]:
            raise MolwrightError(f"no answer: {state['problem']}. Go on with: molwright chat --run {run.run_id} QUESTION")
        return ChatAnswer(run.run_id, state["answer"], state["unsupported"], state.get("by", ""))

    def texts(self, run_id: str) -> list[str]:
        """Every text of the model in the kept thread of a conversation, in order; [] before the first. NotFoundError."""
        from graphs.assistant import build
        from memory.checkpoints import open_checkpointer

        config: Any = {"configurable": {"thread_id": self.store.run(run_id).run_id}}
        with open_checkpointer(self.settings) as saver:
            talk = build(saver).get_state(config).values.get("talk") or {}
        return [str(m["content"]) for m in talk.get("messages", ()) if m["role"] == "assistant" and m.get("content")]

    def calls(self, run_id: str) -> dict[tuple[str, str], Any]:
        """What tools answered to the last question of a conversation, by tool and arguments (JSON with sorted keys). NotFoundError."""
        from agent.models.session import NO_MODELS
        from agent.roles.assistant.talk import conversation
        from agent.toolbox import ToolContext
        from graphs.assistant import build
        from memory.checkpoints import open_checkpointer

        config: Any = {"configurable": {"thread_id": self.store.run(run_id).run_id}}
        with open_checkpointer(self.settings) as saver:
            talk = build(saver).get_state(config).values.get("talk")
        return conversation(NO_MODELS, ToolContext(workspace=wiring.open_workspace(self.settings)), talk).made() if talk else {}

    def _drive(self, graph: CompiledStateGraph[ChatState, ChatContext, Any, Any], context: ChatContext, question: str) -> ChatState:
        from langgraph.types import Command

        config: Any = {"configurable": {"thread_id": context.lease.run_id}, "recursion_limit": 1000}
        given: Any = None if graph.get_state(config).next else {"asked": question}
        left_over = given is None
        while True:
            waiting = [i.value for task in graph.get_state(config).tasks for i in task.interrupts] if given is None else []
            if waiting:
                given = Command(resume=self._answer(waiting[0]))
            graph.invoke(given, config, context=context, durability="sync")
            state = graph.get_state(config)
            if not state.next:
                if not left_over:
                    values: ChatState = state.values  # type: ignore[assignment]
                    return values
                given, left_over = {"asked": question}, False
            else:
                given = None

    def _answer(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """What the person decided. A yes to something with objections, which were shown, counts despite them."""
        approved = self._decide(wanted)
        answer: dict[str, Any] = {"decision": "approve" if approved else "reject"}
        if approved and wanted.get("objections"):
            answer["despite_objections"] = True
        return answer

    def _context(self, lease: Lease, tell: ProgressSink) -> ChatContext:
        from agent.models.plan import stored_plan
        from graphs.assistant import ChatContext
        from memory.recorder import SqlRecorder

        recorder = SqlRecorder(self.store, lease, self.clock)
        return ChatContext(
            store=self.store,
            lease=lease,
            recorder=recorder,
            models=wiring.open_models(self.settings, stored_plan(self.store.run(lease.run_id).options), recorder),
            literature=lambda: wiring.read_literature(self.settings),
            runs=self.store,
            workspace=wiring.open_workspace(self.settings),
            start_design=self._start_design,
            progress=tell,
        )

    def _start_design(self, goal: str, despite_objections: bool) -> dict[str, Any]:
        """Run an approved goal to its report. A run that ends otherwise is told as an error."""
        service = RunService(self.settings, self.store, self._progress, clock=self.clock)
        try:
            report = service.execute(service.start(goal, RunOptions(yes=True, despite_objections=despite_objections or None)))
        except MolwrightError as error:
            return {"error": str(error)}
        return {"run_id": report.run_id, "status": report.status, "summary": report.summary}
