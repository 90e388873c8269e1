"""The conversation graph: a question in, tools in turns, an answer out. Read it from the bottom.

A conversation is a run of kind "chat": its thread is kept, so that it goes on in another process, and its model calls, its look-ups
and its approvals are recorded, so that it replays without a server. Only ``design`` starts anything, and only after a person's approval.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import interrupt

from agent.models import ModelSession, Place, ToolCall
from agent.roles.assistant import talk as conversations
from agent.roles.assistant.built_in import BuiltInAssistant
from agent.roles.assistant.information import only_information
from agent.roles.assistant.protocol import ROLE, STEPS, Assistant, FirstQuestion
from agent.roles.assistant.wanted import wanted_design
from agent.roles.choose import choose
from agent.toolbox import ToolContext, ToolError
from agent.toolbox.conversation import Conversation
from agent.toolbox.runs import DesignArguments
from core.events import ProgressSink, ToolCalled, TurnTaken, silent
from core.interfaces import Lease, LiteratureStore, Recorder, RunStore
from tools.safety.guard import concerns, goal_verdict
from tools.workspace import Workspace

KIND = "chat"
"""What ``options["kind"]`` of a conversation's run is."""
NODE = "assistant"


@dataclass(frozen=True)
class ChatContext:
    """The parts a conversation is wired to.

    Attributes:
        store, lease, recorder, models, literature: as in a design run.
        runs: where tools look up stored runs; the same store, or none in a replay, which reads what was recorded.
        workspace: as in a design run.
        start_design: runs a goal to its report, also where a rule wants a person to look first if the second argument is True; answers
            run_id, status and summary.
        progress: receives each step.
    """

    store: RunStore
    lease: Lease
    recorder: Recorder
    models: ModelSession
    literature: Callable[[], AbstractContextManager[LiteratureStore]]
    runs: RunStore | None
    workspace: Workspace
    start_design: Callable[[str, bool], dict[str, Any]]
    progress: ProgressSink = silent

    def tools(self) -> ToolContext:
        """What the tools work with."""
        return ToolContext(literature=self.literature, store=self.runs, workspace=self.workspace)

    @property
    def built_in(self) -> Assistant:
        """The form that asks no language model."""
        return BuiltInAssistant(self.workspace.catalogue)

    @property
    def assistant(self) -> Assistant:
        """The form of the assistant, by the conversation's own plan."""
        return choose(self.models, self.recorder, self.literature, self.workspace).assistant


class ChatState(TypedDict, total=False):
    """What travels between the nodes.

    Attributes:
        asked: the question, as the person wrote it.
        question: its number in the conversation, from 1.
        step: the model's turns for this question so far.
        talk: messages and results, as :meth:`Conversation.state` gives them.
        pending: a tool call that is to be run next: id, name, arguments.
        approved: the person's answer to a pending start of a design.
        answer: the answer to the question.
        unsupported: numbers of the answer that neither a tool nor the person gave.
        by: the model that answered; '' for code alone.
        problem: why there is no answer; then ``answer`` is empty.
        refused: whether the safety guard refused the question.
        by_code: whether code alone answers it, as a question about a hazardous substance that asks for nothing but information.
    """

    asked: str
    question: int
    step: int
    talk: dict[str, Any]
    pending: dict[str, Any]
    approved: dict[str, Any]
    answer: str
    unsupported: list[str]
    by: str
    problem: str
    refused: bool
    by_code: bool


def listen(state: ChatState, context: ChatContext) -> ChatState:
    """Record and screen the question, and put it into the conversation."""
    number = state.get("question", 0) + 1
    text = str(context.recorder.record("listen", number, "question", {}, lambda: state["asked"]))
    cleared: ChatState = {
        "asked": text,
        "question": number,
        "step": 0,
        "pending": {},
        "approved": {},
        "answer": "",
        "unsupported": [],
        "by": "",
        "problem": "",
        "refused": False,
        "by_code": False,
    }
    verdict = goal_verdict(text)
    spared = verdict.verdict == "block" and only_information(text, verdict, catalogue=context.workspace.catalogue)
    if verdict.verdict == "block" and not spared:
        reasons = "; ".join(f"{hit.id}: {hit.reason}" for hit in verdict.rules if hit.verdict == "block")
        return {**cleared, "problem": f"the safety guard refused this question. {reasons}", "refused": True}
    if context.models.uses(ROLE) and not spared and (unclear := concerns(text)):
        return {
            **cleared,
            "problem": f"a person has to look at this question before a language model reads it. {'; '.join(unclear)}",
            "refused": True,
        }
    if "talk" in state:
        talk = {**state["talk"], "messages": [*state["talk"]["messages"], {"role": "user", "content": text}]}
    else:
        newest = context.models.tool(Place("listen", number, "runs"), "newest_runs", {}, lambda: conversations.newest_runs(context.store))
        talk = {"messages": context.assistant.open(FirstQuestion(text, newest), Place(NODE, number, "step0"))}
    return {**cleared, "talk": talk, "by_code": spared}


def think(state: ChatState, context: ChatContext) -> ChatState:
    """One turn of the model: a tool call, or the answer."""
    step = state["step"] + 1
    if step > STEPS:
        return {"problem": f"the model gave no answer in {STEPS} steps"}
    context.progress(TurnTaken(step=step))
    talk = _talk(state, context)
    place = Place(NODE, state["question"], f"step{step - 1}")
    turn = (context.built_in if state.get("by_code") else context.assistant).turn(talk, place)
    if turn.problem:
        return {"step": step, "problem": turn.problem}
    if turn.calls:
        call = turn.calls[0]
        return {"step": step, "talk": talk.state(), "pending": {"id": call.id, "name": call.name, "arguments": call.given}}
    before = talk.messages[:-1]
    unsupported = [] if turn.by_code else conversations.unsupported_numbers(turn.text, before, catalogue=context.workspace.catalogue)
    context.recorder.step("answer", state["question"], {"answer": turn.text, "unsupported": unsupported})
    by = "" if turn.by_code else context.models.name_of(ROLE)
    return {"step": step, "talk": talk.state(), "answer": turn.text, "unsupported": unsupported, "by": by}


def act(state: ChatState, context: ChatContext) -> ChatState:
    """Run the tool that the model called."""
    talk, call = _talk(state, context), _call(state, context)
    context.progress(ToolCalled(name=call.name, arguments=call.given))
    talk.run(call, Place(NODE, state["question"], f"step{state['step']}"))
    return {"talk": talk.state(), "pending": {}}


def approve(state: ChatState, context: ChatContext) -> ChatState:
    """Show a person what the model wants to start, and wait."""
    talk, call = _talk(state, context), _call(state, context)
    assert isinstance(call.arguments, DesignArguments)
    try:
        wanted = wanted_design(call.arguments.goal, talk, context.workspace)
    except ToolError as error:
        talk.give(call, {"error": str(error)})
        return {"talk": talk.state(), "pending": {}, "approved": {}}
    shown = {
        "goal": wanted.goal,
        "spec": wanted.text,
        "borrowed": wanted.borrowed,
        "objections": list(wanted.objections),
        "question": state["asked"],
    }
    place = f"design{state['step']}"
    answer = context.recorder.record("approve", state["question"], place, {"goal": wanted.goal}, lambda: interrupt(shown))
    if answer["decision"] != "approve":
        talk.give(call, {"error": "the person did not approve this design run; nothing was started"})
        return {"talk": talk.state(), "pending": {}, "approved": {}}
    return {"approved": answer}


def design(state: ChatState, context: ChatContext) -> ChatState:
    """Run the approved design to its report."""
    talk, call = _talk(state, context), _call(state, context)
    assert isinstance(call.arguments, DesignArguments)
    goal, despite = call.arguments.goal, bool(state["approved"].get("despite_objections"))
    place = Place("design", state["question"], f"step{state['step']}")
    talk.give(call, context.models.tool(place, call.name, call.given, lambda: context.start_design(goal, despite)))
    return {"talk": talk.state(), "pending": {}, "approved": {}}


Step = Callable[[ChatState, ChatContext], ChatState]


def _node(step: Step) -> Any:
    def run(state: ChatState, *, runtime: Runtime[ChatContext]) -> ChatState:
        runtime.context.recorder.begin()
        return step(state, runtime.context)

    return run


def _talk(state: ChatState, context: ChatContext) -> Conversation:
    return conversations.conversation(context.models, context.tools(), state["talk"])


def _call(state: ChatState, context: ChatContext) -> ToolCall:
    pending = state["pending"]
    schema = next(s for s in _talk(state, context).schemas if s.name == pending["name"])
    return ToolCall(pending["id"], pending["name"], schema.arguments.model_validate(pending["arguments"]), pending["arguments"])


def _after_listen(state: ChatState) -> str:
    return END if state["problem"] else "think"


def _after_think(state: ChatState) -> str:
    if state["answer"] or state["problem"]:
        return END
    return "approve" if state["pending"]["name"] == "start_design" else "act"


def _after_approve(state: ChatState) -> str:
    return "design" if state["approved"] else "think"


def build(checkpointer: BaseCheckpointSaver[Any] | None = None) -> CompiledStateGraph[ChatState, ChatContext, ChatState, ChatState]:
    """The compiled conversation graph. Each question is one invocation on the conversation's thread."""
    graph: StateGraph[ChatState, ChatContext, ChatState, ChatState] = StateGraph(ChatState, context_schema=ChatContext)

    graph.add_node("listen", _node(listen))  # the guard reads the question before a model does
    graph.add_node("think", _node(think))  # one turn of the model
    graph.add_node("act", _node(act))  # tools that only look
    graph.add_node("approve", _node(approve))  # a person says whether a design run may start
    graph.add_node("design", _node(design))  # the design graph, with all its gates

    graph.add_edge(START, "listen")
    graph.add_conditional_edges("listen", _after_listen, ["think", END])
    graph.add_conditional_edges("think", _after_think, ["act", "approve", END])
    graph.add_edge("act", "think")
    graph.add_conditional_edges("approve", _after_approve, ["design", "think"])
    graph.add_edge("design", "think")
    return graph.compile(checkpointer=checkpointer)
