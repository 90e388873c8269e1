"""Replays that were asked for, as rows: a queue of their own beside that of the runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from core.errors import NotFoundError
from core.replays import ReplayJob
from memory.sql.engine import Database, for_reading, normalise_url
from memory.sql.leases import stamp
from memory.sql.models import ReplayRow
from memory.sql.owners import is_dead
from memory.sql.schema import upgrade

#: How many workers may die over a replay before it counts as failed, and after how long one that nobody hears of is taken for dead.
ATTEMPTS, LOST_AFTER = 3, timedelta(days=1)
_KEPT = ("replay_id", "run_id", "state", "asked_by", "asked_at", "begun_at", "finished_at")


class ReplayStore:
    """Replays in the database at ``url`` (SQLite or PostgreSQL). StoreError if it cannot be used."""

    def __init__(self, url: str, *, clock: Callable[[], datetime]) -> None:
        parsed = for_reading(normalise_url(url))
        upgrade(parsed)
        self._database = Database(parsed)
        self._clock = clock

    def add(self, replay_id: str, run_id: str, asked_by: str) -> ReplayJob:
        """Put a replay of a stored run into the queue; the one that waits or goes on already, if the run has one."""
        with self._database.write() as connection:
            wanted = (ReplayRow.run_id == run_id, ReplayRow.state.in_(("queued", "running")))
            there = connection.execute(select(ReplayRow.__table__).where(*wanted).limit(1)).one_or_none()
            if there is not None:
                return _job(there)
            values = {"replay_id": replay_id, "run_id": run_id, "state": "queued", "asked_by": asked_by, "asked_at": stamp(self._clock())}
            connection.execute(insert(ReplayRow).values(**values, begun_at="", finished_at="", owner="", attempts=0, content={}))
            return _found(connection, run_id, replay_id)

    def job(self, run_id: str, replay_id: str) -> ReplayJob:
        """One replay of a run. NotFoundError."""
        with self._database.read() as connection:
            return _found(connection, run_id, replay_id)

    def of_run(self, run_id: str) -> list[ReplayJob]:
        """The replays of a run, newest first."""
        newest = (ReplayRow.asked_at.desc(), ReplayRow.replay_id)
        with self._database.read() as connection:
            rows = connection.execute(select(ReplayRow.__table__).where(ReplayRow.run_id == run_id).order_by(*newest)).all()
            return [_job(row) for row in rows]

    def claim(self, owner: str) -> ReplayJob | None:
        """The next replay, which is 'running' from now on; None if there is none. One whose worker died comes before those that wait."""
        now, open_ones = self._clock(), select(ReplayRow.replay_id).where(ReplayRow.state.in_(("queued", "running"))).limit(1)
        with self._database.read() as connection:  # idle workers look often, and should hold up nobody who writes
            if connection.execute(open_ones).first() is None:
                return None
        with self._database.write() as connection:
            running = select(ReplayRow.__table__).where(ReplayRow.state == "running").with_for_update(skip_locked=True)
            for row in connection.execute(running.order_by(ReplayRow.asked_at)).all():
                if is_dead(row.owner) or datetime.fromisoformat(row.begun_at) + LOST_AFTER < now:
                    if row.attempts < ATTEMPTS:
                        return self._take(connection, row, owner, now)
                    problem = f"{ATTEMPTS} workers died over it"
                    self._set(connection, row.replay_id, state="failed", owner="", finished_at=stamp(now), content={"problem": problem})
            queued = select(ReplayRow.__table__).where(ReplayRow.state == "queued").with_for_update(skip_locked=True)
            first = connection.execute(queued.order_by(ReplayRow.asked_at, ReplayRow.replay_id).limit(1)).one_or_none()
            return None if first is None else self._take(connection, first, owner, now)

    def put_back(self, replay_id: str) -> None:
        """A worker that leaves puts its replay back into the queue, which counts as no attempt."""
        with self._database.write() as connection:
            counted = ReplayRow.attempts - 1
            self._set(connection, replay_id, state="queued", owner="", begun_at="", attempts=counted)

    def finish(self, job: ReplayJob) -> None:
        """Keep the outcome: state, verdict and problem of ``job``."""
        content = job.model_dump(mode="json", include={"result", "seals", "problem"})
        with self._database.write() as connection:
            self._set(connection, job.replay_id, state=job.state, owner="", finished_at=stamp(self._clock()), content=content)

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()

    def _take(self, connection: Connection, row: Row[Any], owner: str, now: datetime) -> ReplayJob:
        begun = stamp(now)
        self._set(connection, row.replay_id, state="running", owner=owner, begun_at=begun, attempts=row.attempts + 1)
        return _found(connection, row.run_id, row.replay_id)

    def _set(self, connection: Connection, replay_id: str, **values: Any) -> None:
        connection.execute(update(ReplayRow).where(ReplayRow.replay_id == replay_id).values(**values))


def _found(connection: Connection, run_id: str, replay_id: str) -> ReplayJob:
    wanted = (ReplayRow.run_id == run_id, ReplayRow.replay_id == replay_id)
    row = connection.execute(select(ReplayRow.__table__).where(*wanted)).one_or_none()
    if row is None:
        raise NotFoundError(f"run {run_id} has no replay {replay_id[:40]!r}")
    return _job(row)


def _job(row: Row[Any]) -> ReplayJob:
    return ReplayJob.model_validate({name: getattr(row, name) for name in _KEPT} | row.content)
