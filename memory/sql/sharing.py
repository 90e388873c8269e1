"""The run store as one person has it: the one place where it is decided which runs somebody sees and which somebody may change.

Whatever a service asks a :class:`PersonsStore` for, by id, by search, in a list or under a lease, it gets runs of that person alone, those of the
person's projects and those that are open; any other run does not exist there. A method of the store that is not known here is closed.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, select

from core.candidate import Candidate
from core.errors import NotAllowedError
from core.people import Person, RunAccess
from core.review import FeedbackEntry
from core.runs import RunFilter, RunRecord
from memory.sql import access, runs
from memory.sql.models import Run
from memory.sql.people_models import RunAccessRow

if TYPE_CHECKING:
    from core.interfaces import RunStore
    from memory.sql.store import SqlRunStore

#: What only reads a run: open to everybody who may see it.
READ = frozenset(
    {
        *(
            "access",
            "alive",
            "candidate_counts",
            "candidates",
            "each_candidate",
            "event",
            "event_places",
            "events",
            "feedback",
            "known_keys",
        ),
        *("outlines", "page_of_candidates", "progress", "report", "rounds_of", "seal_left", "spec", "verify"),
    }
)
#: What adds a person's opinion to a run: open to everybody who may see it and may review.
REVIEW = frozenset({"add_feedback"})
# Everything else that names a run first, or a lease on one, changes it: it is for the owner alone.


class SharedRuns:
    """The part of the run store that knows whose a run is. Each method is one transaction."""

    def _read(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def _write(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def seen_by(self, person: Person, *, most: int) -> RunStore:
        """The store as ``person`` has it. ``most``: number of runs that one may have under way at once, unless the account says otherwise."""
        return cast("RunStore", self if person.local else PersonsStore(cast("SqlRunStore", self), person, most))

    def access(self, run_id: str) -> RunAccess:
        """Who may see a run. NotFoundError if there is no such run."""
        with self._read() as connection:
            return access.access_of(connection, run_id)

    def set_access(self, run_id: str, wanted: RunAccess, person: Person | None = None) -> None:
        """Write who may see a run. ``person`` (None: whoever sits at this machine) shares with projects of their own only.

        UsageError for a visibility that does not exist, NotFoundError for a run, project or owner that does not exist.
        """
        with self._write() as connection:
            access.set_access(connection, run_id, wanted, person)

    def owned(self, run_ids: Sequence[str]) -> set[str]:
        """Those of the runs that may be changed from here: all."""
        return set(run_ids)

    def give_unowned(self, owner: str) -> int:
        """Give every run of this machine that has no owner to an account; their number. NotFoundError."""
        with self._write() as connection:
            return access.give_unowned(connection, owner)

    # for PersonsStore ------------------------------------------------------------------------------------------------

    def run_seen_by(self, run_id: str, person: Person) -> RunRecord:
        """As ``run``, of the runs that the person may see."""
        with self._read() as connection:
            return runs.find_run(connection, run_id, access.visible_to(person))

    def runs_seen_by(self, limit: int, person: Person) -> list[RunRecord]:
        """As ``runs``, of the runs that the person may see."""
        with self._read() as connection:
            return runs.list_runs(connection, limit, access.visible_to(person))

    def ids_seen_by(self, run_ids: Sequence[str], person: Person) -> set[str]:
        """Those of the ids whose runs the person may see."""
        with self._read() as connection:
            found: set[str] = set()
            for start in range(0, len(run_ids), 500):
                chunk = select(Run.run_id).where(Run.run_id.in_(run_ids[start : start + 500]), access.visible_to(person))
                found |= set(connection.execute(chunk).scalars())
            return found

    def ids_owned_by(self, run_ids: Sequence[str], person: Person) -> set[str]:
        """Those of the ids whose runs are the person's own."""
        with self._read() as connection:
            wanted = select(RunAccessRow.run_id).where(RunAccessRow.run_id.in_(run_ids), RunAccessRow.owner == person.name)
            return set(connection.execute(wanted).scalars())

    def require(self, run_id: str, person: Person, *, owner: bool) -> None:
        """NotFoundError unless the person may see the run, with ``owner`` NotAllowedError unless it is the person's own."""
        with self._read() as connection:
            (access.require_owner if owner else access.require_visible)(connection, run_id, person)

    def create_owned(
        self, run_id: str, goal: str, options: dict[str, Any], created_at: str, queued: bool, person: Person, most: int
    ) -> None:
        """As ``create_run``, for a person with a quota. NotAllowedError, QuotaError."""
        with self._write() as connection:
            access.create_owned(connection, run_id, goal, options, created_at, queued, person, most)

    def check_quota(self, run_id: str, person: Person, most: int) -> None:
        """QuotaError unless the run may be under way beside the person's others; ``most`` as in :meth:`seen_by`."""
        with self._read() as connection:
            access.check_quota(connection, run_id, person, most)


class PersonsStore:
    """The runs that one person may see, behind the interface of the run store. It asks the database each time: what is taken back is gone at once."""

    def __init__(self, store: SqlRunStore, person: Person, most: int) -> None:
        self._store = store
        self._person = person
        self._most = most

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """A method whose first argument is a run's id or a lease on it, after a look whether this person may."""
        method = getattr(type(self._store), name, None)
        if method is None or name.startswith("_"):
            raise AttributeError(name)
        first = list(inspect.signature(method).parameters)[1:2]
        if first not in (["run_id"], ["lease"]):
            raise NotAllowedError(f"{name} is not for people who work over the network")

        def guarded(*given: Any, **named: Any) -> Any:
            about = given[0] if given else named[first[0]]
            self._require(name, about if isinstance(about, str) else about.run_id)
            return getattr(self._store, name)(*given, **named)

        return guarded

    def _require(self, name: str, run_id: str) -> None:
        self._store.require(run_id, self._person, owner=name not in READ | REVIEW)
        if name in REVIEW and not self._person.may("review"):
            raise NotAllowedError(f"your role, {self._person.role}, does not allow reviews")

    def create_run(self, run_id: str, goal: str, options: dict[str, Any], created_at: str, *, queued: bool = False) -> None:
        """Store a new run, which is the person's own."""
        self._store.create_owned(run_id, goal, options, created_at, queued, self._person, self._most)

    def enqueue(self, run_id: str, at: str) -> None:
        """Put a run of the person's own into the queue, if the quota allows."""
        self._require("enqueue", run_id)
        self._store.check_quota(run_id, self._person, self._most)
        self._store.enqueue(run_id, at)

    def set_access(self, run_id: str, wanted: RunAccess, person: Person | None = None) -> None:
        """Share a run of the person's own. It stays the person's."""
        self._require("set_access", run_id)
        self._store.set_access(run_id, replace(wanted, owner=self._person.name), self._person)

    def run(self, run_id: str) -> RunRecord:
        """The run with this id, or the only one that the person may see whose id begins with it."""
        return self._store.run_seen_by(run_id, self._person)

    def runs(self, limit: int = 50) -> list[RunRecord]:
        """The newest runs that the person may see."""
        return self._store.runs_seen_by(limit, self._person)

    def search_runs(self, wanted: RunFilter, limit: int = 50, offset: int = 0) -> tuple[list[RunRecord], int]:
        """Those of the runs that fit which the person may see, and the number of them."""
        return self._store.search_runs(replace(wanted, person=self._person), limit, offset)

    def queue(self) -> list[str]:
        """The queue, with '' in the place of a run that the person may not see."""
        waiting = self._store.queue()
        mine = self._store.ids_seen_by(waiting, self._person)
        return [run_id if run_id in mine else "" for run_id in waiting]

    def owned(self, run_ids: Sequence[str]) -> set[str]:
        """Those of the runs that are the person's own."""
        return self._store.ids_owned_by(run_ids, self._person)

    def columns(self, run_ids: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, bytes]]:
        """The columns of those of the runs that the person may see."""
        mine = self._store.ids_seen_by(run_ids, self._person)
        return self._store.columns([run_id for run_id in run_ids if run_id in mine], names)

    def candidates_at(self, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Candidate]:
        """The candidates at those of the places that are in runs which the person may see."""
        mine = self._store.ids_seen_by(list({run_id for run_id, _ in places}), self._person)
        return self._store.candidates_at([place for place in places if place[0] in mine])

    def measured(self, wanted: RunFilter) -> list[tuple[str, FeedbackEntry]]:
        """The measured values of those of the runs that the person may see."""
        return self._store.measured(replace(wanted, person=self._person))

    def close(self) -> None:
        """Nothing: the store belongs to the server."""
