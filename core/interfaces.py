"""Interfaces that rooms of the same or a lower level need from each other. ``app/wiring.py`` connects them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from core.candidate import Candidate, CandidateOutline, Citation
from core.columns import ColumnStore
from core.events import NumberedEvent, ProgressEvent
from core.feedback import FeedbackStore
from core.report import Report, RunStatus
from core.runs import Lease, RunFilter, RunRecord
from core.sharing import SharedStore
from core.spec import DesignSpec
from core.trace import CallRecord, EventKind, TraceEvent
from core.verification import Verification

T = TypeVar("T")


__all__ = [
    "Embedder",
    "Executor",
    "Lease",
    "LiteratureStore",
    "Passage",
    "Recorder",
    "RunFilter",
    "RunRecord",
    "RunStore",
    "StreamExecutor",
]


class RunStore(ColumnStore, FeedbackStore, SharedStore, Protocol):
    """Runs, specs, candidates, reports and trace events in SQL.

    Every write under a lease raises LeaseLost if another owner has taken the run over, and writes nothing then. Every
    write is idempotent. All raise StoreError if the database cannot be used.
    """

    def create_run(self, run_id: str, goal: str, options: dict[str, Any], created_at: str, *, queued: bool = False) -> None:
        """Store a new run with status 'running', or 'queued' for a worker to claim. The same once more changes nothing.

        ``options`` are JSON values. Raises StoreError if the id belongs to a run with another goal or other options.
        """
        ...

    def run(self, run_id: str) -> RunRecord:
        """The run with this id, or the only one whose id begins with it.

        ``spec_version`` is the version in force (0: none yet), ``approved_by`` who approved that one. Raises
        NotFoundError if there is no such run, or if several begin like this.
        """
        ...

    def runs(self, limit: int = 50) -> list[RunRecord]:
        """The newest runs, at most ``limit`` of them, newest first; [] if there is none."""
        ...

    def search_runs(self, wanted: RunFilter, limit: int = 50, offset: int = 0) -> tuple[list[RunRecord], int]:
        """The design runs that fit, newest first: ``limit`` of them after the first ``offset``, and the number of all; [] and 0 for none."""
        ...

    def acquire(self, run_id: str, owner: str) -> Lease:
        """The right to write to the run, with a higher fence than any before.

        Raises RunBusy while another owner's heartbeat is fresher than ``lease_seconds`` and that owner may be alive,
        NotFoundError if there is no such run. An owner that acquires its own run again gets a new fence; its older lease
        is void.
        """
        ...

    def heartbeat(self, lease: Lease) -> None:
        """Show that the owner is alive. Every other write under the lease does so too. Raises LeaseLost."""
        ...

    def release(self, lease: Lease) -> None:
        """Let the run go, so that anyone may acquire it; one that is finished is sealed. Raises LeaseLost if it is no longer held."""
        ...

    def seal_left(self, run_id: str, owner: str) -> bool:
        """Seal a finished run whose process died before it did, taking it over as ``owner``; whether there was one to seal.

        Nothing is done while that process may be alive. Raises NotFoundError if there is no such run.
        """
        ...

    def set_status(self, lease: Lease, status: RunStatus, *, error: str = "", finished_at: str = "") -> None:
        """Write status, error and time of ending, all three as given.

        Raises StatusError if the status may not follow the one that the run has (``core.report.TRANSITIONS``). A run that was asked to
        pause or to be cancelled stays so while it merely goes on: 'running' and 'waiting' change nothing then.
        """
        ...

    def ask_to_stop(self, run_id: str, wanted: Literal["paused", "cancelled"], at: str) -> RunStatus:
        """Pause or cancel a run; returns the status that it has then. Needs no lease.

        While a process that may be alive executes it, the status becomes 'pausing' or 'cancelling' and that process obeys between two
        steps. Raises StatusError for a run that is over, NotFoundError if there is no such run.
        """
        ...

    def enqueue(self, run_id: str, at: str) -> None:
        """Put a run at the end of the queue; one that is in it keeps its place. Needs no lease.

        Raises RunBusy while a process executes it, StatusError for a run that is over, NotFoundError if there is no such run.
        """
        ...

    def delete_run(self, run_id: str) -> None:
        """Delete a run that is over, with specs, candidates, report, trace, progress, feedback and seals. Needs no lease.

        Raises StatusError for a run that is not over, RunBusy while a process holds it, NotFoundError if there is no such run.
        """
        ...

    def archive_run(self, run_id: str, at: str) -> None:
        """Put a run that is over out of sight at this moment, or back where ``at`` is empty; nothing else changes. Needs no lease.

        Raises StatusError for a run that is not over, NotFoundError if there is no such run.
        """
        ...

    def queue(self) -> list[str]:
        """The runs that wait for a worker, first come first served."""
        ...

    def claim(self, owner: str, attempts: int = 3) -> Lease | None:
        """The lease on the next run of the queue, which is 'running' from now on; None if there is none.

        First comes a run whose worker died. One that lost a worker before goes to the end of the queue, and one that lost ``attempts``
        of them (how many it may lose) has failed, with an error that says so. No two workers get the same run.
        """
        ...

    def alive(self, run_id: str) -> bool:
        """Whether a process that may be alive executes the run. Raises NotFoundError if there is no such run."""
        ...

    def add_progress(self, lease: Lease, events: Sequence[tuple[str, ProgressEvent]]) -> None:
        """Store progress, each event with the time at which it happened. Of a long run the oldest events go, but never a BestFound.

        Unlike every other write under a lease it does not count as a sign of life.
        """
        ...

    def progress(self, run_id: str, after: int = 0, limit: int = 1000) -> list[NumberedEvent]:
        """The first progress events after number ``after``, at most ``limit`` of them; [] for none. Raises NotFoundError if there is no such run."""
        ...

    def save_spec(self, lease: Lease, spec: DesignSpec) -> int:
        """Store a spec as the next version, an index of 1 and up, and put it in force; returns that version.

        A spec that is stored already keeps its version, and the version in force does not change. Raises LeaseLost where another process
        has the run.
        """
        ...

    def spec(self, run_id: str, version: int | None = None) -> DesignSpec:
        """The run's spec of ``version``, at least 1; None: the one in force. Raises NotFoundError."""
        ...

    def approve_spec(self, lease: Lease, version: int, approved_by: str, at: str) -> None:
        """Note who approved ``version`` (at least 1), and when, and put it in force. Its first approval stays. Raises NotFoundError."""
        ...

    def save_candidates(self, lease: Lease, candidates: Sequence[Candidate]) -> None:
        """Store candidates, all or none, each in place of an earlier one with the same key."""
        ...

    def candidates(
        self, run_id: str, *, generation: int | None = None, status: str | None = None, keys: Iterable[str] | None = None
    ) -> list[Candidate]:
        """The run's candidates that fit every filter given, in the order in which they were first stored.

        ``generation``: number of the generation, 0 for the seeds. Keys that are not stored are left out. Raises NotFoundError if there is no such run.
        """
        ...

    def each_candidate(self, run_id: str, *, status: str | None = None) -> Iterator[Candidate]:
        """The run's candidates, those with ``status`` if it is given, one after the other in the order in which they were first stored.

        Only a few hundred are in memory at once. None for a run that is not stored.
        """
        ...

    def outlines(self, run_id: str) -> list[CandidateOutline]:
        """Key, generation, proposer and fate of every candidate of the run, in the order in which they were first stored; [] for none."""
        ...

    def candidate_counts(self, run_id: str) -> dict[str, int]:
        """How many candidates of the run have each status; a status that none has is left out.

        The number of each is at least 1; empty for a run without candidates.
        """
        ...

    def page_of_candidates(self, run_id: str, status: str | None, limit: int, offset: int) -> tuple[list[Candidate], int]:
        """``limit`` candidates after the first ``offset``, in the order in which they were first stored, and the number of all.

        ``status``: only those that have it. Raises NotFoundError if there is no such run.
        """
        ...

    def known_keys(self, run_id: str, names: Iterable[str] | None = None) -> dict[str, int]:
        """Number of the generation of every stored candidate, by its key and by its duplicate key; the earliest where several share one.

        With ``names`` only those of them that are stored as one or the other. Empty for a run without candidates.
        """
        ...

    def save_report(self, lease: Lease, report: Report) -> None:
        """Store the run's report in place of an earlier one."""
        ...

    def report(self, run_id: str) -> Report:
        """The run's report. Raises NotFoundError while there is none."""
        ...

    def add_event(self, lease: Lease, event: TraceEvent) -> TraceEvent:
        """Store an event, committed when this returns; returns it with its sequence number (from 1).

        If an event with the same (run_id, node, generation, index) is stored, nothing is written and that one returned.
        """
        ...

    def event(self, run_id: str, node: str, generation: int, index: str) -> TraceEvent | None:
        """The event at this place of the run (``generation`` at least 0), or None."""
        ...

    def events(self, run_id: str, kind: EventKind | None = None) -> list[TraceEvent]:
        """The run's events, those of one kind if it is given, in the order in which they were stored.

        Raises NotFoundError if there is no such run.
        """
        ...

    def event_places(self, run_id: str, node: str) -> list[tuple[int, str]]:
        """(generation, index) of each event of a node that is no step, by generation, in the order in which they were stored.

        Empty where there is none; generations are at least 0.
        """
        ...

    def verify(self, run_id: str, head: str = "") -> Verification:
        """Hold what is stored of the run against its seals, and against a ``head`` that was kept elsewhere.

        Raises NotFoundError if there is no such run.
        """
        ...


class Recorder(Protocol):
    """Records what comes from outside the arithmetic before it is used, and gives it back in a resume or replay."""

    def record(self, node: str, generation: int, index: str, inputs: dict[str, Any], produce: Callable[[], T]) -> T:
        """The recorded outcome for this place (``generation`` at least 0), or that of ``produce()``, committed before it is returned.

        Outcomes are JSON values. In a resume the stored outcome is returned without calling ``produce``. In a replay ``produce`` is never
        called; ReplayDiffers is raised if nothing is stored or the request hash is another.
        """
        ...

    def call(
        self,
        node: str,
        generation: int,
        index: str,
        kind: Literal["model", "tool"],
        inputs: dict[str, Any],
        produce: Callable[[], CallRecord],
    ) -> TraceEvent:
        """As ``record``, for an exchange with a model server or a tool that reads outside: the whole event comes back.

        ``generation`` is at least 0. Raises ReplayDiffers as ``record`` does.
        """
        ...

    def calls(self) -> list[TraceEvent]:
        """Every recorded ``model`` event of the run so far, in the order of recording; in a replay those of the whole record."""
        ...

    def recorded(self, node: str, generation: int, index: str) -> Any:
        """The outcome recorded for this place (``generation`` at least 0).

        Raises StoreError (ReplayDiffers in a replay) if there is none.
        """
        ...

    def recorded_all(self, node: str) -> Iterator[tuple[str, Any]]:
        """(index, outcome) of everything recorded for ``node`` in this run, by generation, in the order of recording, one after the other."""
        ...

    def begin(self) -> None:
        """A node begins: the seconds of the step that it records count from here."""
        ...

    def step(self, node: str, generation: int, outputs: Any) -> None:
        """Record the hash of what a node computed in a ``generation``, at least 0; in a replay, raise ReplayDiffers where it differs."""
        ...


@dataclass(frozen=True)
class Passage:
    """A passage of the literature store with its score (higher is better) and its reference."""

    key: str
    text: str
    score: float
    citation: Citation
    tags: tuple[str, ...] = ()


class Embedder(Protocol):
    """Turns texts into vectors of length ``dimension``, unit norm. ``name`` changes when the vectors do."""

    name: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of unit norm for each text, in their order; [] for no texts."""
        ...


class LiteratureStore(Protocol):
    """Passages that can be searched. Raises LiteratureError when the store cannot be used."""

    def add(self, passages: Sequence[Passage]) -> int:
        """Store passages, each in place of an earlier one with its key; returns the number of those that were new or changed.

        Raises LiteratureError where the store cannot be used; then none may have been stored.
        """
        ...

    def search(self, query: str, limit: int = 8) -> list[Passage]:
        """The ``limit`` passages nearest to ``query``, best first; [] for an empty store. ``score``: cosine similarity, -1 to 1."""
        ...

    def count(self) -> int:
        """The number of passages stored, 0 for an empty store. Raises LiteratureError."""
        ...

    def close(self) -> None:
        """Give back what the store holds open. Nothing may be asked of it afterwards."""
        ...


class Executor(Protocol):
    """Runs a pure function over many inputs. Results come in the order of the inputs."""

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """``function`` of each item, in the order of the items. What it raises for one passes through."""
        ...

    def close(self) -> None:
        """End the workers. Nothing may be asked of them afterwards."""
        ...


class StreamExecutor(Executor, Protocol):
    """An executor that also takes inputs without end, and hands results on in their order, holding only a few at a time."""

    workers: int

    def stream(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """As ``map``, one result after the other as soon as it and those before it are there; items are taken as they are needed."""
        ...
