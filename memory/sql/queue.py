"""The queue of runs, and the wish of one door that another's run stops. Each function works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, select, update

from core.errors import NotFoundError, RunBusy, StatusError
from core.events import StatusChanged
from core.interfaces import Lease
from core.report import FINISHED, RunStatus
from memory.sql.leases import acquire, is_held, stamp
from memory.sql.models import Run
from memory.sql.progress import add_progress
from memory.sql.runs import require_transition, status_of

_WISHES: dict[RunStatus, RunStatus] = {"paused": "pausing", "cancelled": "cancelling"}
#: A queued run with one of these was claimed and is not over.
_CLAIMED = ("running", "pausing", "cancelling")


def ask_to_stop(connection: Connection, run_id: str, wanted: Literal["paused", "cancelled"], alive: bool, at: str) -> RunStatus:
    """Pause or cancel the run at once, or, while a process that may be ``alive`` executes it, leave it the wish. The status then.

    Raises StatusError for a run that is over, NotFoundError if there is no such run.
    """
    now = status_of(connection, run_id)
    executed = alive and now in _CLAIMED
    following: RunStatus = _WISHES[wanted] if executed else wanted
    if now == wanted:
        return now
    require_transition(run_id, now, following)
    values = {"status": following, "error": ""} | ({"finished_at": at} if following == "cancelled" else {})
    connection.execute(update(Run).where(Run.run_id == run_id).values(**values))
    return following


def enqueue(connection: Connection, run_id: str, alive: bool, at: str) -> None:
    """Put the run at the end of the queue; one that is in it keeps its place. Raises RunBusy, StatusError, NotFoundError."""
    now = status_of(connection, run_id)
    if now == "queued":
        return
    if alive:
        raise RunBusy(f"run {run_id} is being executed")
    require_transition(run_id, now, "queued")
    connection.execute(update(Run).where(Run.run_id == run_id).values(status="queued", queued_at=at, losses=None, error="", finished_at=""))


def remove(connection: Connection, run_id: str, alive: bool) -> None:
    """Delete the run's row and, by its references, everything else that is stored of it. Raises RunBusy, StatusError, NotFoundError."""
    now = status_of(connection, run_id)
    if now not in (*FINISHED, "failed"):
        raise StatusError(f"run {run_id} cannot be deleted, its status is {now!r}: cancel it first")
    if alive:
        raise RunBusy(f"run {run_id} is still held by the process that ended it")
    connection.execute(delete(Run).where(Run.run_id == run_id))


def queue(connection: Connection) -> list[str]:
    """The runs that wait for a worker, first come first served."""
    waiting = select(Run.run_id).where(Run.status == "queued").order_by(Run.queued_at, Run.run_id)
    return list(connection.execute(waiting).scalars())


def claim(
    connection: Connection, owner: str, now: datetime, lease_seconds: float, dead: Callable[[str], bool], attempts: int
) -> Lease | None:
    """The lease on the run that is next, whose status is 'running' from now on; None if there is none.

    A run from the queue whose worker died comes before those that wait, once: one that lost a worker before goes to the end of the queue,
    and one that lost ``attempts`` of them has failed. Two workers never get the same one: on PostgreSQL a row that another transaction
    holds is passed over, on SQLite there is one writer at a time.
    """
    run_id = _left(connection, now, lease_seconds, dead, attempts) or _next(connection)
    if run_id is None:
        return None
    lease = acquire(connection, run_id, owner, now, lease_seconds, dead)
    connection.execute(update(Run).where(Run.run_id == run_id, Run.status == "queued").values(status="running"))
    return lease


def _left(connection: Connection, now: datetime, lease_seconds: float, dead: Callable[[str], bool], attempts: int) -> str | None:
    """A run from the queue that its worker left behind, with or without letting it go, and that is to be taken over at once."""
    claimed = select(Run.run_id, Run.status, Run.owner, Run.heartbeat_at, Run.losses).where(Run.status.in_(_CLAIMED), Run.queued_at != "")
    for row in connection.execute(claimed.order_by(Run.queued_at, Run.run_id).with_for_update(skip_locked=True)).all():
        if is_held(row.owner, row.heartbeat_at, now, lease_seconds, dead):
            continue
        if row.status != "running" or _after_a_loss(connection, row.run_id, (row.losses or 0) + 1, attempts, stamp(now)):
            return str(row.run_id)
    return None


def _after_a_loss(connection: Connection, run_id: str, losses: int, attempts: int, at: str) -> bool:
    """Note that the run lost another worker; whether it is to be taken over at once rather than from the end of the queue or not at all."""
    changes: dict[str, str | int] = {"losses": losses}
    if losses >= attempts:
        times = "once" if losses == 1 else f"{losses} times"
        error = (
            f"the process that executed this run ended without a word {times}, so it is not begun again by itself. "
            "It may need more memory than there is: the log of the workers or of the system may say more"
        )
        changes |= {"status": "failed", "error": error, "owner": "", "heartbeat_at": ""}
        add_progress(connection, run_id, [(at, StatusChanged(status="failed", message=error))])
    elif losses > 1:
        changes |= {"status": "queued", "queued_at": at, "owner": "", "heartbeat_at": ""}
        message = f"{losses} processes that executed it ended without a word; it is put behind the runs that wait"
        add_progress(connection, run_id, [(at, StatusChanged(status="queued", message=message))])
    connection.execute(update(Run).where(Run.run_id == run_id).values(**changes))
    return losses < attempts and losses <= 1


def _next(connection: Connection) -> str | None:
    waiting = select(Run.run_id).where(Run.status == "queued").order_by(Run.queued_at, Run.run_id).limit(1)
    return connection.execute(waiting.with_for_update(skip_locked=True)).scalar_one_or_none()


def is_alive(connection: Connection, run_id: str, now: datetime, lease_seconds: float, dead: Callable[[str], bool]) -> bool:
    """Whether a process that may be alive holds the run's lease. Raises NotFoundError if there is no such run."""
    row = connection.execute(select(Run.owner, Run.heartbeat_at).where(Run.run_id == run_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"no run {run_id!r}")
    return is_held(row.owner, row.heartbeat_at, now, lease_seconds, dead)
