"""Examples from stored conversations: calls that a tool answered, in conversations whose answers stated nothing without a source."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from agent.models.schema import schema_hash
from agent.roles.assistant.question import read_question
from agent.roles.assistant.talk import words_of
from core.interfaces import RunRecord, RunStore
from core.trace import TraceEvent
from learn.assistant import ROLE, first_tools, opened
from learn.example import Call, Example, call_message, named
from tools.safety.guard import concerns, goal_verdict
from tools.workspace import Workspace


def examples(store: RunStore, workspace: Workspace, dropped: Counter[str], *, most: int = 500) -> list[Example]:
    """First steps of the newest ``most`` conversations that were answered by a model, from the record; [] where there is none.

    Taken is a call in a conversation that ended well, that needed no second attempt, and whose answer no check objected to. The tools are
    kept by their hash alone, so those of today have to be the same.
    """
    found: list[Example] = []
    for run in store.runs(most):
        if run.kind == "chat" and run.status == "success":
            found += _of_run(run, store, workspace, dropped)
    return found


def _of_run(run: RunRecord, store: RunStore, workspace: Workspace, dropped: Counter[str]) -> Iterator[Example]:
    events = store.events(run.run_id)
    answers: dict[int, Any] = {e.generation: e.outputs for e in events if e.kind == "step" and e.node == "answer"}
    for event in events:
        if event.kind != "model" or event.inputs.get("role") != ROLE or event.inputs.get("attempt"):
            continue
        if len(event.inputs["messages"]) != 2:
            continue  # a later step, whose results the record holds elsewhere
        example = _example(run, event, workspace, dropped)
        if example is None:
            continue
        said = answers.get(event.generation)
        if said is None or (isinstance(said, dict) and said.get("unsupported")):
            dropped["a stored answer without a source"] += 1
            continue
        yield example


def _example(run: RunRecord, event: TraceEvent, workspace: Workspace, dropped: Counter[str]) -> Example | None:
    out = event.outputs
    if out["problem"] or out.get("fault") or len(out["calls"]) != 1:
        return None
    question = words_of(event.inputs["messages"][-1])
    if goal_verdict(question).verdict == "block" or concerns(question):
        dropped["blocked by the guard"] += 1
        return None
    read = read_question(question, catalogue=workspace.catalogue)
    tools = [t.openai() for t in first_tools(question, read, opened(question, read, workspace))]
    if schema_hash(tools) != event.inputs["tools"]:
        dropped["stored under other tools"] += 1
        return None
    try:
        arguments = json.loads(out["calls"][0]["arguments"])
    except ValueError:
        return None
    name = str(out["calls"][0]["name"])
    return Example(
        id=named(ROLE, "stored", question, run.run_id),
        role=ROLE,
        kind="stored",
        split="train",
        asked=question,
        messages=event.inputs["messages"],
        tools=tools,
        reply=call_message(name, arguments),
        accepted=[Call(name=name, arguments=arguments)],
        checked=["the conversation ended well", "its answer states nothing without a source"],
        source=f"run:{run.run_id}",
    )
