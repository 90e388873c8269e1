"""Design runs as they are looked at: found, listed, shown, followed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from app import wiring
from app.services.execution import report_of
from app.services.feedback import with_review
from core.candidate import Candidate
from core.errors import NotFoundError, UsageError
from core.events import BestFound, NumberedEvent
from core.interfaces import RunFilter, RunRecord, RunStore
from core.report import Report, RunStatus
from core.review import FeedbackEntry
from core.settings import Settings
from core.spec import DesignSpec
from core.trace import TraceEvent

if TYPE_CHECKING:
    from agent.models import RolePlan

#: A run with one of these may go on by itself, so whoever follows it waits for more.
UNDER_WAY: tuple[RunStatus, ...] = ("queued", "running", "pausing", "cancelling")
#: Progress events that are given at once.
AT_ONCE = 1000
#: More progress events than a run keeps.
ALL_PROGRESS = 10_000


@dataclass(frozen=True)
class RunDetails:
    """What is stored of a run, without its candidates.

    Attributes:
        record: status, times, options.
        spec: the spec in force; None while there is none.
        candidates: how many structures have each status.
        feedback: what reviewers said, the oldest first.
        parent: the run from whose decisions it was started; '' for none.
        rounds: ids of the runs that were started from the decisions on it, the oldest first.
    """

    record: RunRecord
    spec: DesignSpec | None
    candidates: dict[str, int]
    feedback: list[FeedbackEntry]
    parent: str
    rounds: list[str]


def rounds_after(store: RunStore, run_id: str) -> Iterator[RunRecord]:
    """The runs that were started from the decisions on a run, the oldest first, as far as whoever asks may see them."""
    for child in store.rounds_of(run_id):
        with suppress(NotFoundError):
            yield store.run(child)


class RunReader:
    """The runs of one store. Nothing here changes any."""

    def __init__(self, settings: Settings, store: RunStore) -> None:
        self.settings = settings
        self.store = store

    def find(self, run_id: str) -> RunRecord:
        """The run with this id or the only one whose id begins like this. NotFoundError."""
        return self.store.run(run_id)

    def list(self, limit: int = 50) -> list[RunRecord]:
        """The newest runs, newest first."""
        return self.store.runs(limit)

    def search(self, wanted: RunFilter, limit: int = 50, offset: int = 0) -> tuple[Sequence[RunRecord], int]:
        """The runs that fit, newest first: ``limit`` of them after the first ``offset``, and how many there are in all."""
        return self.store.search_runs(wanted, limit, offset)

    def candidates(self, run_id: str, status: str | None = None, limit: int = 50, offset: int = 0) -> tuple[Sequence[Candidate], int]:
        """Evaluated structures of a run in the order of their evaluation, ``limit`` after the first ``offset``; the number of all. NotFoundError."""
        return self.store.page_of_candidates(self.store.run(run_id).run_id, status, limit, offset)

    def candidate(self, run_id: str, key: str) -> Candidate:
        """One evaluated structure by its key. NotFoundError."""
        found = self.store.candidates(self.store.run(run_id).run_id, keys=[key])
        if not found:
            raise NotFoundError(f"run {run_id} has no candidate {key[:100]!r}")
        return found[0]

    def best(self, run_id: str, limit: int = 4) -> Sequence[Candidate]:
        """The fittest structures that meet every requirement, best first; [] for none. NotFoundError.

        Of a finished run the first of its list; before, those that were each the best when they were found.
        """
        record = self.store.run(run_id)
        if record.status == "success":
            return self.store.report(record.run_id).candidates[:limit]
        told = (e.event for e in self.store.progress(record.run_id, limit=ALL_PROGRESS))
        keys = [event.key for event in told if isinstance(event, BestFound) and event.meets][::-1][:limit]
        found = {c.key: c for c in self.store.candidates(record.run_id, keys=keys)}
        return [found[key] for key in keys if key in found]

    def show(self, run_id: str) -> RunDetails:
        """What is stored of a run. NotFoundError."""
        record = self.store.run(run_id)
        counts = self.store.candidate_counts(record.run_id)
        spec = self.store.spec(record.run_id) if record.spec_version else None
        parent, rounds = str(record.options.get("parent") or ""), [r.run_id for r in rounds_after(self.store, record.run_id)]
        return RunDetails(record, spec, counts, self.store.feedback(record.run_id), parent, rounds)

    def waiting_spec(self, run_id: str) -> DesignSpec:
        """The spec of a run that waits for approval. UsageError if the run does not wait."""
        record = self._design_run(run_id)
        if record.status != "waiting":
            raise UsageError(f"run {record.run_id} does not wait for approval, its status is {record.status!r}")
        return self.store.spec(record.run_id)

    def budget(self, run_id: str) -> int:
        """Evaluations that the run may spend: its spec's, or what it was started with while it has no spec."""
        record = self.store.run(run_id)
        spec = self.asked(record.run_id)
        if spec is not None:
            return spec.budget
        return record.given.budget or self.settings.search.budget

    def asked(self, run_id: str) -> DesignSpec | None:
        """The spec in force, or the one that the run was started with; None where its goal is still to be read. NotFoundError."""
        record = self.store.run(run_id)
        if record.spec_version:
            return self.store.spec(record.run_id)
        if record.given.spec is None:
            return None
        try:
            return DesignSpec.model_validate(record.given.spec)
        except ValidationError:  # the run itself says what is wrong with it
            return None

    def plan(self, run_id: str) -> RolePlan | None:
        """Who uses which language model in the run; None without models."""
        return wiring.stored_plan(self.store.run(run_id).options)

    def report(self, run_id: str) -> Report:
        """The stored report, with what people have said of its candidates since. NotFoundError says why there is none."""
        run = self.store.run(run_id)
        if run.status not in ("success", "no_candidate"):
            why = f": {run.error}" if run.error else ""
            raise NotFoundError(f"run {run.run_id} has no report, its status is {run.status!r}{why}")
        return with_review(self.store, self.store.report(run.run_id))

    def _finished(self, run: RunRecord) -> Report:
        return report_of(self.store, run) if run.status == "refused" else self.report(run.run_id)

    def trace(self, run_id: str) -> Sequence[TraceEvent]:
        """What happened in a run, in order: the record that a replay repeats. NotFoundError."""
        return self.store.events(self.store.run(run_id).run_id)

    def events(self, run_id: str, after: int = 0, limit: int = AT_ONCE) -> Sequence[NumberedEvent]:
        """The run's progress after event number ``after``. NotFoundError."""
        return self.store.progress(self.store.run(run_id).run_id, after, limit)

    def follow(
        self, run_id: str, after: int = 0, *, poll: float = 0.5, sleep: Callable[[float], None] = time.sleep
    ) -> Iterator[NumberedEvent]:
        """The run's progress after event number ``after``, as it comes, until no process executes the run and none is going to.

        ``poll``: seconds between two looks.
        """
        run_id = self.store.run(run_id).run_id
        while True:
            under_way = self.under_way(run_id)  # looked at first: what the run told before it ended must not be missed
            found = self.store.progress(run_id, after)
            for event in found:
                after = event.number
                yield event
            if found:
                continue
            if not under_way:
                return
            sleep(poll)

    def under_way(self, run_id: str) -> bool:
        """Whether a process executes the run, or it waits in the queue. NotFoundError."""
        record = self.store.run(run_id)
        return record.status == "queued" or (record.status in UNDER_WAY and self.store.alive(record.run_id))

    def goes_on(self, run_id: str) -> bool:
        """As :meth:`under_way`, or a worker is going to take it over: it came from the queue, and its worker died. NotFoundError."""
        record = self.store.run(run_id)
        return (record.status in UNDER_WAY and bool(record.queued_at)) or self.under_way(record.run_id)

    def position(self, run_id: str) -> int | None:
        """The run's place in the queue, from 1; None if it does not wait there."""
        waiting = self.store.queue()
        run_id = self.store.run(run_id).run_id
        return waiting.index(run_id) + 1 if run_id in waiting else None

    def _design_run(self, run_id: str) -> RunRecord:
        run = self.store.run(run_id)
        if run.kind != "design":
            raise UsageError(f"run {run.run_id} is a conversation; go on with it: molwright chat --run {run.run_id} QUESTION")
        return run
