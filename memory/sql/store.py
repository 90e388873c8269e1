"""The run store: every method is one transaction, and every write under a lease checks it in that same transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal

from sqlalchemy import Connection

from core.candidate import Candidate, CandidateOutline
from core.errors import LeaseLost, RunBusy, StoreError
from core.events import NumberedEvent, ProgressEvent
from core.interfaces import Lease, RunFilter, RunRecord
from core.kept import Kept
from core.report import FINISHED, Report, RunStatus
from core.spec import DesignSpec
from core.trace import EventKind, TraceEvent
from core.verification import Verification
from memory.sql import candidates as candidate_rows
from memory.sql import events, leases, listing, progress, queue, runs, seals
from memory.sql.columns import StructureColumns
from memory.sql.engine import Database, for_reading, normalise_url
from memory.sql.feedback import StoredFeedback
from memory.sql.owners import is_dead
from memory.sql.schema import upgrade
from memory.sql.sharing import SharedRuns

#: Reports of runs that are over are kept in memory up to so many characters of their JSON, which take some ten times as many bytes there.
REPORTS = 8_000_000


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class SqlRunStore(StructureColumns, StoredFeedback, SharedRuns):
    """Runs, specs, candidates, reports and trace events in SQLite or PostgreSQL (``core.interfaces.RunStore``).

    ``url``: ``sqlite:///FILE`` or ``postgresql://...``; the folder, the file and the tables are made, and an older schema
    is brought up to date, when the store is opened. ``clock`` gives the time of heartbeats. ``lease_seconds``: a run
    whose heartbeat is older may be taken over. ``owner_is_dead`` lets a run be taken over at once when its owner
    certainly is no more. The store may be used by several threads and, each with a store of its own, by several processes.

    Raises ConfigurationError for a URL that cannot be used, StoreError if the database cannot be used or was written by
    a newer molwright.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], datetime] = utc_now,
        lease_seconds: float = 30.0,
        owner_is_dead: Callable[[str], bool] = is_dead,
    ) -> None:
        parsed = for_reading(normalise_url(url))
        upgrade(parsed)
        self.lease_seconds = lease_seconds
        self.clock = clock
        self._owner_is_dead = owner_is_dead
        self.database = Database(parsed)
        self._reports: Kept[runs.KeptReport] = Kept(REPORTS)

    def close(self) -> None:
        """Give every connection back. The store opens new ones if it is used again."""
        self.database.close()

    def __enter__(self) -> SqlRunStore:
        """The store itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the store."""
        self.close()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with _damage_named(), self.database.read() as connection:
            yield connection

    @contextmanager
    def _write(self, lease: Lease | None = None) -> Iterator[Connection]:
        """A write transaction; with a lease, one in which no other owner can take the run over."""
        with _clear_errors(), self.database.write() as connection:
            if lease is not None:
                leases.verify(connection, lease, self.clock())
            yield connection

    # runs ------------------------------------------------------------------------------------------------------------

    def create_run(self, run_id: str, goal: str, options: dict[str, Any], created_at: str, *, queued: bool = False) -> None:
        """Store a new run with status 'running', or 'queued' for a worker to claim. The same once more changes nothing.

        ``options`` are JSON values. Raises StoreError if the id belongs to a run with another goal or other options.
        """
        with self._write() as connection:
            runs.create_run(connection, run_id, goal, options, created_at, queued)

    def run(self, run_id: str) -> RunRecord:
        """The run with this id, or the only one whose id begins with it.

        ``spec_version`` is the version in force (0: none yet), ``approved_by`` who approved that one. Raises
        NotFoundError if there is no such run, or if several begin like this.
        """
        with self._read() as connection:
            return runs.find_run(connection, run_id)

    def runs(self, limit: int = 50) -> list[RunRecord]:
        """The newest ``limit`` runs, newest first."""
        with self._read() as connection:
            return runs.list_runs(connection, limit)

    def search_runs(self, wanted: RunFilter, limit: int = 50, offset: int = 0) -> tuple[list[RunRecord], int]:
        """The design runs that fit, newest first: ``limit`` of them after the first ``offset``, and the number of all; [] and 0 for none."""
        with self._read() as connection:
            return listing.search_runs(connection, wanted, limit, offset)

    def set_status(self, lease: Lease, status: RunStatus, *, error: str = "", finished_at: str = "") -> None:
        """Write status, error and time of ending, all three as given.

        Raises StatusError if the status may not follow the one that the run has (``core.report.TRANSITIONS``). A run that was asked to
        pause or to be cancelled stays so while it merely goes on: 'running' and 'waiting' change nothing then.
        """
        with self._write(lease) as connection:
            runs.set_status(connection, lease.run_id, status, error, finished_at)

    def ask_to_stop(self, run_id: str, wanted: Literal["paused", "cancelled"], at: str) -> RunStatus:
        """Pause or cancel a run; returns the status that it has then. Needs no lease.

        While a process that may be alive executes it, the status becomes 'pausing' or 'cancelling' and that process obeys between two
        steps. Raises StatusError for a run that is over, NotFoundError if there is no such run.
        """
        with self._write() as connection:
            status = queue.ask_to_stop(connection, run_id, wanted, self._alive(connection, run_id), at)
            seals.seal_run(connection, run_id, at)
            return status

    def enqueue(self, run_id: str, at: str) -> None:
        """Put a run at the end of the queue; one that is in it keeps its place. Needs no lease.

        Raises RunBusy while a process executes it, StatusError for a run that is over, NotFoundError if there is no such run.
        """
        with self._write() as connection:
            queue.enqueue(connection, run_id, self._alive(connection, run_id), at)

    def delete_run(self, run_id: str) -> None:
        """Delete a run that is over, with specs, candidates, report, trace, progress, feedback and seals. Needs no lease.

        Raises StatusError for a run that is not over, RunBusy while a process holds it, NotFoundError if there is no such run.
        """
        with self._write() as connection:
            queue.remove(connection, run_id, self._alive(connection, run_id))

    def archive_run(self, run_id: str, at: str) -> None:
        """Put a run that is over out of sight, or back where ``at`` is empty. StatusError for one that is not over, NotFoundError."""
        with self._write() as connection:
            listing.archive(connection, run_id, at)

    def queue(self) -> list[str]:
        """The runs that wait for a worker, first come first served."""
        with self._read() as connection:
            return queue.queue(connection)

    def claim(self, owner: str, attempts: int = 3) -> Lease | None:
        """The lease on the next run of the queue, which is 'running' from now on; None if there is none.

        First comes a run whose worker died. One that lost a worker before goes to the end of the queue, and one that lost ``attempts``
        of them has failed. No two workers get the same run.
        """
        with self._write() as connection:
            return queue.claim(connection, owner, self.clock(), self.lease_seconds, self._owner_is_dead, attempts)

    def alive(self, run_id: str) -> bool:
        """Whether a process that may be alive executes the run. Raises NotFoundError if there is no such run."""
        with self._read() as connection:
            return self._alive(connection, run_id)

    def _alive(self, connection: Connection, run_id: str) -> bool:
        return queue.is_alive(connection, run_id, self.clock(), self.lease_seconds, self._owner_is_dead)

    # leases ----------------------------------------------------------------------------------------------------------

    def acquire(self, run_id: str, owner: str) -> Lease:
        """The right to write to the run, with a higher fence than any before.

        Raises RunBusy while another owner's heartbeat is fresher than ``lease_seconds`` and that owner may be alive,
        NotFoundError if there is no such run. An owner that acquires its own run again gets a new fence; its older lease
        is void.
        """
        with self._write() as connection:
            return leases.acquire(connection, run_id, owner, self.clock(), self.lease_seconds, self._owner_is_dead)

    def heartbeat(self, lease: Lease) -> None:
        """Show that the owner is alive. Every other write under the lease does so too. Raises LeaseLost."""
        with self._write(lease):
            pass

    def release(self, lease: Lease) -> None:
        """Let the run go, so that anyone may acquire it; one that is finished is sealed, in the same transaction.

        Raises LeaseLost if it is no longer held, StoreError if it cannot be sealed; then it is let go all the same.
        """
        try:
            with self._write(lease) as connection:
                leases.release(connection, lease)
                seals.seal_run(connection, lease.run_id, leases.stamp(self.clock()))
        except LeaseLost:
            raise
        except StoreError:
            with self._write(lease) as connection:
                leases.release(connection, lease)
            raise

    def seal_left(self, run_id: str, owner: str) -> bool:
        """Seal a finished run whose process died before it did; whether there was one to seal.

        Takes the run over as ``owner`` and lets it go. Nothing is done while that process may be alive. Raises NotFoundError if there is no
        such run.
        """
        with self._read() as connection:
            row = runs.find_run(connection, run_id)
        if row.status not in FINISHED or not row.owner:
            return False
        try:
            self.release(self.acquire(row.run_id, owner))
        except RunBusy:
            return False
        return True

    # specs -----------------------------------------------------------------------------------------------------------

    def save_spec(self, lease: Lease, spec: DesignSpec) -> int:
        """Store a spec as the next version, from 1, and put it in force; returns the version.

        A spec that is stored already keeps its version, and the version in force does not change.
        """
        with self._write(lease) as connection:
            return runs.save_spec(connection, lease.run_id, spec)

    def spec(self, run_id: str, version: int | None = None) -> DesignSpec:
        """A version of the run's spec, by default the one in force. Raises NotFoundError."""
        with self._read() as connection:
            return runs.load_spec(connection, run_id, version)

    def approve_spec(self, lease: Lease, version: int, approved_by: str, at: str) -> None:
        """Note who approved a version, and when, and put it in force. Its first approval stays. Raises NotFoundError."""
        with self._write(lease) as connection:
            runs.approve_spec(connection, lease.run_id, version, approved_by, at)

    # candidates ------------------------------------------------------------------------------------------------------

    def save_candidates(self, lease: Lease, candidates: Sequence[Candidate]) -> None:
        """Store candidates, all or none, each in place of an earlier one with the same key."""
        with self._write(lease) as connection:
            candidate_rows.save(connection, lease.run_id, candidates)

    def candidates(
        self, run_id: str, *, generation: int | None = None, status: str | None = None, keys: Iterable[str] | None = None
    ) -> list[Candidate]:
        """The run's candidates that fit every filter given, in the order in which they were first stored.

        Keys that are not stored are left out. Raises NotFoundError if there is no such run.
        """
        with self._read() as connection:
            found = candidate_rows.load(connection, run_id, generation, status, keys)
            if not found:
                runs.require_run(connection, run_id)
            return found

    def each_candidate(self, run_id: str, *, status: str | None = None) -> Iterator[Candidate]:
        """The run's candidates, those with ``status`` if it is given, one after the other in the order in which they were first stored.

        Only a few hundred are in memory at once. Each of those is read in a transaction of its own.
        """
        after = -1
        while True:
            with self._read() as connection:
                page, after = candidate_rows.load_page(connection, run_id, status, after)
            if not page:
                return
            yield from page

    def outlines(self, run_id: str) -> list[CandidateOutline]:
        """Key, generation, proposer and fate of every candidate of the run, in the order in which they were first stored."""
        with self._read() as connection:
            return candidate_rows.outlines(connection, run_id)

    def candidate_counts(self, run_id: str) -> dict[str, int]:
        """How many candidates of the run have each status; a status that none has is left out."""
        with self._read() as connection:
            return candidate_rows.count(connection, run_id)

    def known_keys(self, run_id: str, names: Iterable[str] | None = None) -> dict[str, int]:
        """Generation of every stored candidate by its key and by its duplicate key; the earliest where several share one.

        With ``names`` only those of them that are stored as one or the other, which costs no more in a long run.
        """
        with self._read() as connection:
            return candidate_rows.known_keys(connection, run_id, names)

    def page_of_candidates(self, run_id: str, status: str | None, limit: int, offset: int) -> tuple[list[Candidate], int]:
        """``limit`` candidates after the first ``offset``, in the order in which they were first stored, and the number of all.

        ``status``: only those that have it. Raises NotFoundError if there is no such run.
        """
        with self._read() as connection:
            return listing.page_of_candidates(connection, run_id, status, limit, offset)

    # reports, trace --------------------------------------------------------------------------------------------------

    def save_report(self, lease: Lease, report: Report) -> None:
        """Store the run's report in place of an earlier one."""
        with self._write(lease) as connection:
            runs.save_report(connection, lease.run_id, report)
        self._reports.drop(lease.run_id)

    def report(self, run_id: str) -> Report:
        """The run's report; the same object for the next who asks, so nobody may change it. Raises NotFoundError while there is none."""
        with self._read() as connection:
            return runs.load_report(connection, run_id, self._reports)

    def add_event(self, lease: Lease, event: TraceEvent) -> TraceEvent:
        """Store an event, committed when this returns; returns it with its sequence number (from 1).

        If an event with the same (run_id, node, generation, index) is stored, nothing is written and that one returned.
        """
        with self._write(lease) as connection:
            return events.add_event(connection, lease.run_id, event)

    def event(self, run_id: str, node: str, generation: int, index: str) -> TraceEvent | None:
        """The event at this place of the run, or None."""
        with self._read() as connection:
            return events.find_event(connection, run_id, node, generation, index)

    def events(self, run_id: str, kind: EventKind | None = None) -> list[TraceEvent]:
        """The run's events, those of one kind if it is given, in the order in which they were stored.

        Raises NotFoundError if there is no such run.
        """
        with self._read() as connection:
            return events.list_events(connection, run_id, kind)

    def event_places(self, run_id: str, node: str) -> list[tuple[int, str]]:
        """(generation, index) of each event of a node that is no step, by generation, in the order in which they were stored."""
        with self._read() as connection:
            return events.event_places(connection, run_id, node)

    def verify(self, run_id: str, head: str = "") -> Verification:
        """Hold what is stored of the run against its seals, and against a ``head`` that was kept elsewhere.

        Raises NotFoundError if there is no such run.
        """
        with self._read() as connection:
            runs.require_run(connection, run_id)
            return seals.verify(connection, run_id, head)

    def add_progress(self, lease: Lease, events: Sequence[tuple[str, ProgressEvent]]) -> None:
        """Store progress, each event with the time at which it happened. Of a long run the oldest events go, but never a BestFound.

        Unlike every other write under a lease it does not count as a sign of life.
        """
        with _clear_errors(), self.database.write() as connection:
            leases.verify(connection, lease, None)
            progress.add_progress(connection, lease.run_id, events)

    def progress(self, run_id: str, after: int = 0, limit: int = 1000) -> list[NumberedEvent]:
        """The first ``limit`` progress events after number ``after``. Raises NotFoundError if there is no such run."""
        with self._read() as connection:
            return progress.list_progress(connection, run_id, after, limit)


@contextmanager
def _clear_errors() -> Iterator[None]:
    """A value that a table cannot hold is a StoreError that says so."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise StoreError(f"cannot be stored: {error}") from error


@contextmanager
def _damage_named() -> Iterator[None]:
    """A stored value that is no longer what was stored is a StoreError that says so."""
    try:
        yield
    except ValueError as error:  # JSONDecodeError and pydantic's ValidationError among them
        raise StoreError(f"the database holds a damaged record: {str(error)[:300]}") from error
