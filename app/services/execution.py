"""Executes a stored design run: holds its lease, drives the graph, and says how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app import wiring
from app.services.progress import journal
from core.approval import objections
from core.errors import ApprovalNeeded, MolwrightError, RefusedError, RunStopped, UsageError
from core.events import ProgressSink, StatusChanged
from core.interfaces import Lease, RunRecord, RunStore
from core.memory import memory_limit
from core.report import FINISHED, Report
from core.settings import Settings

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

    from graphs.context import DesignContext, DesignState

    Graph = CompiledStateGraph[DesignState, DesignContext, Any, Any]

#: Supersteps allowed in one run: six nodes a generation; the budget ends a run long before this.
RECURSION_LIMIT = 1_000_000


class Execution:
    """Executes runs of one store in this process; every call holds the run's lease while it works."""

    def __init__(
        self,
        settings: Settings,
        store: RunStore,
        progress: ProgressSink,
        clock: Callable[[], datetime],
        leaving: Callable[[], bool] = lambda: False,
    ) -> None:
        self.settings = settings
        self.store = store
        self.progress = progress
        self.clock = clock
        self.leaving = leaving

    def drive(self, run: RunRecord, answer: dict[str, Any] | None, owner: str, *, claimed: bool = False) -> None:
        """Run or go on until the run's end, with a person's ``answer`` if it waits for one.

        ``claimed``: a worker took the run from the queue, so a wish that it pauses still stands; where a person calls, it is overtaken.

        Raises ApprovalNeeded where it waits, RunStopped if another door paused or cancelled it, RunBusy if another process executes it.
        """
        from graphs.design import build
        from memory.checkpoints import drop_from_the_future, open_checkpointer

        with self.held(run.run_id, owner) as lease, open_checkpointer(self.settings) as saver:
            self.check_waiting(run.run_id, answer)
            drop_from_the_future(saver, run.run_id, self.clock())
            with journal(self.store, lease, self.clock, self.progress) as tell, self._failing(lease, tell):
                graph = build(saver)
                self._stream(graph, lease, answer, tell, claimed)
                self._finish(lease, tell)
                saver.delete_thread(run.run_id)  # a run that is over goes on from nothing

    def reject(self, run_id: str, answer: dict[str, Any]) -> None:
        """End a run that waits, as its graph would with this answer. UsageError if it does not wait, RunBusy."""
        from graphs.opening import record_decision
        from memory.recorder import SqlRecorder

        with self.held(run_id) as lease:
            self.check_waiting(run_id, answer)
            with journal(self.store, lease, self.clock, self.progress) as tell:
                record_decision(SqlRecorder(self.store, lease, self.clock), self.store.spec(run_id), answer)
                self.store.set_status(lease, "rejected", finished_at=self.clock().isoformat())
                tell(StatusChanged(status="rejected"))
        self.forget(run_id)

    def forget(self, run_id: str) -> None:
        """Drop the checkpoints of a run that is over: it goes on from nothing."""
        from memory.checkpoints import open_checkpointer

        with open_checkpointer(self.settings) as saver:
            saver.delete_thread(run_id)

    @contextmanager
    def held(self, run_id: str, owner: str = "") -> Iterator[Lease]:
        """The run's lease for the length of a ``with`` block."""
        from memory.recorder import held_lease

        with held_lease(self.store, run_id, owner or wiring.owner_name(), self.settings.store.lease_seconds) as lease:
            yield lease

    def check_waiting(self, run_id: str, answer: dict[str, Any] | None) -> None:
        """An answer needs a run that waits, and a run that waits needs an answer. Called under the lease, so that one answer counts."""
        status, decided = self.store.run(run_id).status, self.store.event(run_id, "approve", 0, "decision")
        waiting = status == "waiting" and decided is None
        if answer is not None and status == "waiting" and decided is not None:
            raise UsageError(
                f"run {run_id} has its answer already ({decided.outputs['decision']}); go on with it: molwright resume {run_id}"
            )
        if answer is not None and not waiting:
            raise UsageError(f"run {run_id} does not wait for approval, its status is {status!r}")
        if waiting and answer is None:
            raise ApprovalNeeded(run_id, objections(self.store.spec(run_id)))

    def _stream(self, graph: Graph, lease: Lease, answer: dict[str, Any] | None, tell: ProgressSink, claimed: bool) -> None:
        from graphs.opening import record_decision

        context, config = self._context(lease, tell), _config(lease.run_id)
        try:
            self._begin(lease, claimed)
            run = self.store.run(lease.run_id)
            if answer is not None:
                record_decision(context.recorder, self.store.spec(run.run_id), answer)
            # go on from the last checkpoint; giving the input again would start over
            given: Any = None if graph.get_state(config).values else {"goal": run.goal, "options": run.options}
            for _ in graph.stream(given, config, context=context, durability="sync", stream_mode="updates"):
                pass
        finally:
            context.executor.close()
            context.models.close()
            context.callers.close()
        if any(task.interrupts for task in graph.get_state(config).tasks):
            raise ApprovalNeeded(lease.run_id, objections(self.store.spec(lease.run_id)))

    def _begin(self, lease: Lease, claimed: bool) -> None:
        """A run that stood still is running again; one that was to be cancelled is so now."""
        status = self.store.run(lease.run_id).status
        if status == "cancelling" or claimed:
            self.stop_if_asked(lease)
        if status == "pausing":  # the process that should have obeyed is gone, and somebody wants the run to go on
            self.store.set_status(lease, "paused")
        if status in ("failed", "paused", "pausing", "queued"):
            self.store.set_status(lease, "running")

    def stop_if_asked(self, lease: Lease) -> None:
        """Obey another door's wish that the run stops, or this process's own that it leaves: the run goes back to its place in the queue.

        Raises RunStopped then.
        """
        status = self.store.run(lease.run_id).status
        if status == "cancelling":
            self.store.set_status(lease, "cancelled", finished_at=self.clock().isoformat())
            raise RunStopped(lease.run_id, "cancelled")
        if status == "pausing":
            self.store.set_status(lease, "paused")
            raise RunStopped(lease.run_id, "paused")
        if status == "running" and self.leaving():
            self.store.set_status(lease, "queued")
            raise RunStopped(lease.run_id, "queued")

    def _finish(self, lease: Lease, tell: ProgressSink) -> None:
        if self.store.run(lease.run_id).status not in FINISHED:
            status = self.store.report(lease.run_id).status
            self.store.set_status(lease, status, finished_at=self.clock().isoformat())
        tell(StatusChanged(status=self.store.run(lease.run_id).status))

    def _context(self, lease: Lease, tell: ProgressSink) -> DesignContext:
        from app.services.papers import PapersService
        from graphs.context import DesignContext
        from memory.recorder import SqlRecorder
        from tools.search.policy import with_patience

        recorder = SqlRecorder(self.store, lease, self.clock)
        run = self.store.run(lease.run_id)
        return DesignContext(
            store=self.store,
            lease=lease,
            recorder=recorder,
            models=wiring.open_models(self.settings, wiring.stored_plan(run.options), recorder),
            executor=wiring.open_executor(self.settings),
            literature=lambda: wiring.read_literature(self.settings),
            papers=PapersService(self.settings).for_a_run,
            clock=self.clock,
            workspace=wiring.run_workspace(self.settings, run.given.scorers or ()),
            progress=tell,
            objections=objections,
            policy=with_patience(run.given.patience),
            callers=wiring.open_callers(self.settings),
            stop_if_asked=lambda: self.stop_if_asked(lease),
        )

    def _told(self, error: Exception) -> str:
        """What a run that failed says of it."""
        if isinstance(error, MemoryError):
            limit, asked = memory_limit(), "ask for fewer structures"
            if limit is None:
                return f"there was no memory left for the run: {asked}, or give it more and let it go on"
            return (
                f"the run needs more memory than it may have, at most {limit} MB a process (setting server.worker_memory_mb): "
                f"{asked}, or raise the limit and let it go on"
            )
        return str(error) if isinstance(error, MolwrightError) else f"{type(error).__name__}: {error}"

    @contextmanager
    def _failing(self, lease: Lease, tell: ProgressSink) -> Iterator[None]:
        """Store what went wrong before it is shown. A run that failed can be resumed."""
        try:
            yield
        except (ApprovalNeeded, RefusedError, RunStopped):
            tell(StatusChanged(status=self.store.run(lease.run_id).status))
            raise
        except KeyboardInterrupt:
            raise
        except Exception as error:
            message = self._told(error)
            try:
                self.store.set_status(lease, "failed", error=message[:2000])
            except MolwrightError:
                raise error from None
            tell(StatusChanged(status="failed", message=message[:2000]))
            raise


def report_of(store: RunStore, run: RunRecord) -> Report:
    """The report of a run that is over. RefusedError if the guard refused it, NotFoundError if it has none."""
    if run.status == "refused":
        raise RefusedError(f"the safety guard refused this goal. {run.error}")
    return store.report(run.run_id)


def _config(run_id: str) -> Any:
    """The run's thread: its id is the run's id."""
    return {"configurable": {"thread_id": run_id}, "recursion_limit": RECURSION_LIMIT}
