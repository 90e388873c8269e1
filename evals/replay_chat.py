"""Exact replay of a conversation: the graph runs again from the record, without a model server and without the stored runs."""

from __future__ import annotations

from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from core.interfaces import RunRecord
from evals.scratch import nothing_outside, recorded_models, scratch_run
from graphs.assistant import ChatContext, build
from memory.recorder import ReplayRecorder
from tools.workspace import Workspace


def replay_chat(run: RunRecord, recorder: ReplayRecorder, workspace: Workspace) -> None:
    """Ask every recorded question again on a fresh thread. Raises ReplayDiffers at the first event that differs."""
    with scratch_run(run) as (scratch, lease):
        context = ChatContext(
            store=scratch,
            lease=lease,
            recorder=recorder,
            models=recorded_models(run, recorder),
            literature=nothing_outside,
            runs=None,
            workspace=workspace,
            start_design=_starts_nothing,
        )
        graph = build(InMemorySaver())
        config: Any = {"configurable": {"thread_id": f"replay-{run.run_id}"}, "recursion_limit": 1000}
        for index, text in recorder.recorded_all("listen"):
            if index == "question":
                graph.invoke({"asked": text}, config, context=context)
    recorder.finish()


def _starts_nothing(goal: str, despite_objections: bool) -> dict[str, Any]:
    raise AssertionError("a replay reads what was started from the record")
