"""What runs in a store of its own: a replay with the run's own model plan and nobody to ask, and whole design runs that are measured."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from agent.models import NO_MODELS, ModelSession, NoBackend, RolePlan
from agent.models.plan import stored_plan
from core.errors import LiteratureError
from core.interfaces import Lease, LiteratureStore, Recorder, RunRecord
from graphs.context import DesignContext
from graphs.design import build
from memory.recorder import SqlRecorder
from memory.sql.store import SqlRunStore
from tools.execution import SerialExecutor
from tools.workspace import builtin

_NOTHING = "a replay asks nothing outside its record"


@contextmanager
def scratch_run(run: RunRecord) -> Iterator[tuple[SqlRunStore, Lease]]:
    """A store that holds ``run`` anew and nothing else, and the lease on it; both are gone after the block."""
    with (
        tempfile.TemporaryDirectory(prefix="molwright-replay-") as folder,
        SqlRunStore(f"sqlite:///{Path(folder) / 'replay.db'}") as scratch,
    ):
        scratch.create_run(run.run_id, run.goal, run.options, run.created_at)
        yield scratch, scratch.acquire(run.run_id, "replay")


@contextmanager
def finished_run(
    goal: str, options: dict[str, Any], *, models: Callable[[Recorder], ModelSession] = lambda recorder: NO_MODELS, **context: Any
) -> Iterator[SqlRunStore]:
    """A store with one design run, "run", by the product's own graph, which has ended; the store is gone after the block.

    ``models``: what the roles ask; ``context``: further parts of its :class:`graphs.design.DesignContext`, in which nothing outside is asked unless
    it says so. Raises MolwrightError as the run does.
    """
    with tempfile.TemporaryDirectory(prefix="molwright-run-") as folder, SqlRunStore(f"sqlite:///{Path(folder) / 'runs.db'}") as store:
        store.create_run("run", goal, options, now().isoformat())
        lease = store.acquire("run", "benchmark")
        recorder = SqlRecorder(store, lease, now)
        whole = DesignContext(
            workspace=builtin(),
            store=store,
            lease=lease,
            recorder=recorder,
            executor=SerialExecutor(),
            clock=now,
            models=models(recorder),
            **{"literature": nothing_outside, **context},
        )
        config: Any = {"configurable": {"thread_id": "run"}, "recursion_limit": 1_000_000}
        build(InMemorySaver()).invoke({"goal": goal, "options": options}, config, context=whole)
        yield store


def now() -> datetime:
    """The time of day, UTC."""
    return datetime.now(UTC)


def recorded_models(run: RunRecord, recorder: Recorder) -> ModelSession:
    """The run's own plan with nobody to ask: every exchange comes from the record."""
    return ModelSession(stored_plan(run.options) or RolePlan(), NoBackend(_NOTHING), recorder)


@contextmanager
def nothing_outside() -> Iterator[LiteratureStore]:
    """In place of the literature store: LiteratureError when it is opened."""
    raise LiteratureError(_NOTHING)
    yield  # pragma: no cover - makes this a generator
