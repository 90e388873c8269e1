"""What a replay runs in: a store of its own, the run's own model plan with nobody to ask, no literature."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.models import ModelSession, NoBackend, RolePlan
from agent.models.plan import stored_plan
from core.errors import LiteratureError
from core.interfaces import Lease, LiteratureStore, Recorder, RunRecord
from memory.sql.store import SqlRunStore

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


def recorded_models(run: RunRecord, recorder: Recorder) -> ModelSession:
    """The run's own plan with nobody to ask: every exchange comes from the record."""
    return ModelSession(stored_plan(run.options) or RolePlan(), NoBackend(_NOTHING), recorder)


@contextmanager
def nothing_outside() -> Iterator[LiteratureStore]:
    """In place of the literature store: LiteratureError when it is opened."""
    raise LiteratureError(_NOTHING)
    yield  # pragma: no cover - makes this a generator
