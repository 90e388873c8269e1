"""Interfaces that rooms of the same or a lower level need from each other. ``app/wiring.py`` connects them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from core.candidate import Candidate, Citation
from core.events import NumberedEvent, ProgressEvent
from core.options import DESIGN, RunOptions, stored_options
from core.report import Report, RunStatus
from core.spec import DesignSpec
from core.trace import CallRecord, TraceEvent

T = TypeVar("T")


@dataclass(frozen=True)
class Lease:
    """The right to write to one run. ``fence`` grows each time the run changes hands; older fences are rejected."""

    run_id: str
    owner: str
    fence: int


__all__ = [
    "DESIGN",
    "Embedder",
    "Executor",
    "Lease",
    "LiteratureStore",
    "Passage",
    "Recorder",
    "RunRecord",
    "RunStore",
    "StreamExecutor",
]


@dataclass(frozen=True)
class RunRecord:
    """What the store knows about a run. ``options`` are as stored, word for word; :attr:`given` reads them."""

    run_id: str
    goal: str
    status: RunStatus
    created_at: str
    finished_at: str
    owner: str
    fence: int
    spec_version: int
    approved_by: str
    options: dict[str, Any]
    error: str

    @property
    def kind(self) -> str:
        """What kind of run it is: 'design', or 'chat' for a conversation."""
        return str(self.options.get("kind", DESIGN))

    @property
    def given(self) -> RunOptions:
        """What the run was started with. StoreError if this version of molwright cannot read it."""
        return stored_options(self.options, self.run_id)


class RunStore(Protocol):
    """Runs, specs, candidates, reports and trace events in SQL.

    Every write under a lease raises LeaseLost if another owner has taken the run over, and writes nothing then. Every
    write is idempotent. All raise StoreError if the database cannot be used.
    """

    def create_run(self, run_id: str, goal: str, options: dict[str, Any], created_at: str, *, queued: bool = False) -> None: ...
    def run(self, run_id: str) -> RunRecord: ...  # NotFoundError; an unambiguous prefix of the id is enough
    def runs(self, limit: int = 50) -> list[RunRecord]: ...
    def acquire(self, run_id: str, owner: str) -> Lease: ...  # RunBusy while another owner's heartbeat is fresh
    def heartbeat(self, lease: Lease) -> None: ...
    def release(self, lease: Lease) -> None: ...
    def set_status(self, lease: Lease, status: RunStatus, *, error: str = "", finished_at: str = "") -> None: ...  # StatusError
    def ask_to_stop(self, run_id: str, wanted: Literal["paused", "cancelled"], at: str) -> RunStatus: ...  # the status then; StatusError
    def enqueue(self, run_id: str, at: str) -> None: ...  # RunBusy, StatusError
    def queue(self) -> list[str]: ...  # runs that wait for a worker, first come first served
    def claim(self, owner: str) -> Lease | None: ...  # the next run for a worker, running from now on; None if there is none
    def alive(self, run_id: str) -> bool: ...  # whether a process that may be alive executes the run
    def add_progress(self, lease: Lease, events: Sequence[tuple[str, ProgressEvent]]) -> None: ...  # (when, what); the oldest may go
    def progress(self, run_id: str, after: int = 0, limit: int = 1000) -> list[NumberedEvent]: ...
    def save_spec(self, lease: Lease, spec: DesignSpec) -> int: ...  # the version; the same spec again gives the same version
    def spec(self, run_id: str, version: int | None = None) -> DesignSpec: ...
    def approve_spec(self, lease: Lease, version: int, approved_by: str, at: str) -> None: ...
    def save_candidates(self, lease: Lease, candidates: Sequence[Candidate]) -> None: ...  # upsert by (run_id, key)
    def candidates(
        self, run_id: str, *, generation: int | None = None, status: str | None = None, keys: Iterable[str] | None = None
    ) -> list[Candidate]: ...
    def known_keys(self, run_id: str) -> dict[str, int]: ...  # key and dedup_key of every stored candidate -> its generation
    def save_report(self, lease: Lease, report: Report) -> None: ...
    def report(self, run_id: str) -> Report: ...
    def add_event(self, lease: Lease, event: TraceEvent) -> TraceEvent: ...  # the stored event if its key exists already
    def event(self, run_id: str, node: str, generation: int, index: str) -> TraceEvent | None: ...
    def events(self, run_id: str) -> list[TraceEvent]: ...
    def add_feedback(self, run_id: str, key: str, verdict: str, comment: str, author: str, at: str) -> None: ...
    def feedback(self, run_id: str) -> list[dict[str, Any]]: ...


class Recorder(Protocol):
    """Records what comes from outside the arithmetic before it is used, and gives it back in a resume or replay."""

    def record(self, node: str, generation: int, index: str, inputs: dict[str, Any], produce: Callable[[], T]) -> T:
        """The recorded outcome for this place, or that of ``produce()``, committed before it is returned.

        Outcomes are JSON values. In a resume the stored outcome is returned without calling ``produce``. In a replay
        ``produce`` is never called; ReplayDiffers is raised if nothing is stored or the request hash is another.
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
        """As ``record``, for an exchange with a model server or a tool that reads outside: the whole event comes back."""
        ...

    def calls(self) -> list[TraceEvent]:
        """Every recorded ``model`` event of the run so far, in the order of recording; in a replay those of the whole record."""
        ...

    def recorded(self, node: str, generation: int, index: str) -> Any:
        """The outcome recorded for this place. Raises StoreError (ReplayDiffers in a replay) if there is none."""
        ...

    def recorded_all(self, node: str) -> list[tuple[str, Any]]:
        """(index, outcome) of everything recorded for ``node`` in this run, by generation, in the order of recording."""
        ...

    def step(self, node: str, generation: int, outputs: Any) -> None:
        """Record the hash of what a node computed; in a replay, compare it and raise ReplayDiffers where it differs."""
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

    def embed(self, texts: Sequence[str]) -> list[list[float]]: ...


class LiteratureStore(Protocol):
    """Passages that can be searched. Raises LiteratureError when the store cannot be used."""

    def add(self, passages: Sequence[Passage]) -> int: ...
    def search(self, query: str, limit: int = 8) -> list[Passage]: ...
    def count(self) -> int: ...
    def close(self) -> None: ...


class Executor(Protocol):
    """Runs a pure function over many inputs. Results come in the order of the inputs."""

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]: ...
    def close(self) -> None: ...


class StreamExecutor(Executor, Protocol):
    """An executor that also takes inputs without end, and hands results on in their order, holding only a few at a time."""

    workers: int

    def stream(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]: ...
