"""Exact replay of a conversation: the graph runs again from the record, without a model server and without the stored runs."""

from __future__ import annotations

import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from agent.models import ModelSession, NoBackend
from agent.models.plan import RolePlan
from core.errors import LiteratureError
from core.interfaces import LiteratureStore, RunRecord
from graphs.assistant import ChatContext, build
from memory.recorder import ReplayRecorder
from memory.sql.store import SqlRunStore


def replay_chat(run: RunRecord, recorder: ReplayRecorder) -> None:
    """Ask every recorded question again on a fresh thread. Raises ReplayDiffers at the first event that differs."""
    session = ModelSession(RolePlan.model_validate(run.options["models"]), NoBackend("a replay asks nothing outside its record"), recorder)
    with (
        tempfile.TemporaryDirectory(prefix="molwright-replay-") as folder,
        SqlRunStore(f"sqlite:///{Path(folder) / 'replay.db'}") as scratch,
    ):
        scratch.create_run(run.run_id, run.goal, run.options, run.created_at)
        context = ChatContext(
            store=scratch,
            lease=scratch.acquire(run.run_id, "replay"),
            recorder=recorder,
            models=session,
            literature=_nothing_outside,
            runs=None,
            start_design=_starts_nothing,
        )
        graph = build(InMemorySaver())
        config: Any = {"configurable": {"thread_id": f"replay-{run.run_id}"}, "recursion_limit": 1000}
        for index, text in recorder.recorded_all("listen"):
            if index == "question":
                graph.invoke({"asked": text}, config, context=context)
    recorder.finish()


def _nothing_outside() -> AbstractContextManager[LiteratureStore]:
    raise LiteratureError("a replay asks nothing outside its record")


def _starts_nothing(goal: str) -> dict[str, Any]:
    raise AssertionError("a replay reads what was started from the record")
