"""Exact replay: the graph runs again from the record, everything else is recomputed, and every step is compared."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from pydantic import Field

from core.errors import LiteratureError, NotFoundError, ReplayDiffers
from core.interfaces import Executor, LiteratureStore, RunStore
from core.model import Model
from graphs.context import DesignContext
from graphs.design import build
from memory.recorder import ReplayRecorder
from memory.sql.store import SqlRunStore

FINISHED = ("success", "no_candidate", "refused", "rejected")


class ReplayResult(Model):
    """What a replay found."""

    run_id: str = Field(description="The run that was replayed.")
    identical: bool = Field(description="Whether every recorded event was asked for again and agreed.")
    events: int = Field(ge=0, description="Events compared and found equal.")
    first_difference: str = Field(default="", description="Node, generation and index of the first event that differs.")
    text: str = Field(description="The result in words.")


def replay(
    store: RunStore, run_id: str, *, executor: Executor, progress: Callable[[dict[str, Any]], None] = lambda event: None
) -> ReplayResult:
    """Re-execute run ``run_id`` on a fresh thread in a scratch store.

    Nothing from outside is asked again: proposals, literature, decisions and the clock come from the record, and the run's own store is
    only read. NotFoundError if the run is unknown or never finished.
    """
    run = store.run(run_id)
    if run.status not in FINISHED:
        raise NotFoundError(f"run {run.run_id} has not finished (its status is {run.status!r}); resume it before replaying it")
    recorder = ReplayRecorder(store, run.run_id)
    with (
        tempfile.TemporaryDirectory(prefix="molwright-replay-") as folder,
        SqlRunStore(f"sqlite:///{Path(folder) / 'replay.db'}") as scratch,
    ):
        scratch.create_run(run.run_id, run.goal, run.options, run.created_at)
        context = DesignContext(
            store=scratch,
            lease=scratch.acquire(run.run_id, "replay"),
            recorder=recorder,
            executor=executor,
            literature=_nothing_outside,
            clock=lambda: datetime.fromtimestamp(0, UTC),
            progress=progress,
        )
        config: Any = {"configurable": {"thread_id": f"replay-{run.run_id}"}, "recursion_limit": 1_000_000}
        try:
            build(InMemorySaver()).invoke({"goal": run.goal, "options": run.options}, config, context=context)
            recorder.finish()
        except ReplayDiffers as error:
            d = recorder.difference
            place = f"{d.node}, generation {d.generation}, {d.index}" if d else "unknown"
            return ReplayResult(run_id=run.run_id, identical=False, events=len(recorder.compared), first_difference=place, text=str(error))
        finally:
            executor.close()
    count = len(recorder.compared)
    return ReplayResult(
        run_id=run.run_id, identical=True, events=count, text=f"identical: all {count} recorded events of run {run.run_id} agree"
    )


@contextmanager
def _nothing_outside() -> Iterator[LiteratureStore]:
    raise LiteratureError("a replay asks nothing outside its record")
    yield  # pragma: no cover - makes this a generator
