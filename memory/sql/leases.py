"""Who may write to a run: owner, heartbeat and fencing number."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from core.errors import LeaseLost, NotFoundError, RunBusy, StoreError
from core.interfaces import Lease, RunStore
from memory.sql.models import Run
from memory.sql.owners import is_dead


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds. A moment without a zone is taken as UTC."""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")


def _age(heartbeat_at: str, now: datetime) -> float:
    """Seconds since a heartbeat; negative if the other clock is ahead."""
    if not heartbeat_at:
        return float("inf")
    return (datetime.fromisoformat(stamp(now)) - datetime.fromisoformat(heartbeat_at)).total_seconds()


def is_held(owner: str, heartbeat_at: str, now: datetime, lease_seconds: float, dead: Callable[[str], bool]) -> bool:
    """Whether a run's owner may be alive: heard of within ``lease_seconds``, and not certainly dead.

    A sign of life that lies as far in the future is no news either: it comes from before the clock was put back.
    """
    return bool(owner) and abs(_age(heartbeat_at, now)) < lease_seconds and not dead(owner)


def acquire(
    connection: Connection,
    run_id: str,
    owner: str,
    now: datetime,
    lease_seconds: float,
    dead: Callable[[str], bool] = is_dead,
) -> Lease:
    """Make ``owner`` the one that may write to the run, with a fence one higher than the last.

    Raises RunBusy while another owner's heartbeat is fresher than ``lease_seconds``, unless that owner certainly died;
    NotFoundError if there is no such run; ValueError for an empty owner. An owner that acquires its own run again gets a new fence, and its
    older lease is void.
    """
    if not owner:
        raise ValueError("a lease needs an owner")
    row = connection.execute(select(Run.owner, Run.fence, Run.heartbeat_at).where(Run.run_id == run_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"no run {run_id!r}")
    age = _age(row.heartbeat_at, now)
    if row.owner != owner and is_held(row.owner, row.heartbeat_at, now, lease_seconds, dead):
        raise RunBusy(
            f"run {run_id} is being executed by {row.owner}, last heard of {max(age, 0):.0f} s ago; "
            f"it can be taken over {lease_seconds:g} s after its last sign of life"
        )
    fence = row.fence + 1
    connection.execute(update(Run).where(Run.run_id == run_id).values(owner=owner, fence=fence, heartbeat_at=stamp(now)))
    return Lease(run_id=run_id, owner=owner, fence=fence)


def verify(connection: Connection, lease: Lease, now: datetime | None) -> None:
    """Make sure that ``lease`` is still the run's, and keep the run's row until this transaction ends.

    Counts as a heartbeat, unless ``now`` is None. Raises LeaseLost if another lease was given out or this one was released, NotFoundError if
    there is no such run.
    """
    mine = (Run.run_id == lease.run_id, Run.owner == lease.owner, Run.fence == lease.fence)
    if now is None:
        if connection.execute(select(Run.run_id).where(*mine).with_for_update()).one_or_none() is not None:
            return
    elif connection.execute(update(Run).where(*mine).values(heartbeat_at=stamp(now))).rowcount == 1:
        return
    row = connection.execute(select(Run.owner, Run.fence).where(Run.run_id == lease.run_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"no run {lease.run_id!r}")
    if not row.owner:
        raise LeaseLost(f"run {lease.run_id}: this lease (fence {lease.fence}) was released; nothing was written")
    raise LeaseLost(
        f"run {lease.run_id} was taken over by {row.owner} (fence {row.fence}; this one had fence {lease.fence}); nothing was written"
    )


def release(connection: Connection, lease: Lease) -> None:
    """Let the run go. The lease must have been verified in this transaction."""
    connection.execute(update(Run).where(Run.run_id == lease.run_id).values(owner="", heartbeat_at=""))


@contextmanager
def held_lease(store: RunStore, run_id: str, owner: str, lease_seconds: float = 30.0) -> Iterator[Lease]:
    """The lease of a run for the length of a ``with`` block, kept alive by a thread and released at the end.

    The thread gives a sign of life three times in ``lease_seconds``, which should be the store's. If the run is taken
    over, the thread ends; the block learns of it by LeaseLost at its next write. Raises RunBusy and NotFoundError like
    ``acquire``. Leaving the block never hides the block's own error.
    """
    lease = store.acquire(run_id, owner)
    done = threading.Event()

    def beat() -> None:
        while not done.wait(lease_seconds / 3):
            try:
                store.heartbeat(lease)
            except LeaseLost:
                return
            except StoreError:
                continue  # a locked or unreachable database may come back before the lease runs out

    thread = threading.Thread(target=beat, name=f"heartbeat {run_id}", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        done.set()
        thread.join()
        with suppress(StoreError, NotFoundError):
            store.release(lease)
