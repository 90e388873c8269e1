"""Starting, approving, resuming and finishing design runs."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from app import wiring
from core.errors import ApprovalNeeded, MolwrightError, NotFoundError, RefusedError, UsageError
from core.interfaces import Lease, RunRecord, RunStore
from core.report import FINISHED, Report
from core.settings import Settings
from core.spec import DesignSpec

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

    from graphs.context import DesignContext, DesignState
    from tools.ranking.novelty import KnownSet
    from tools.synthesis.inventory import Inventory

Progress = Callable[[dict[str, Any]], None]
#: Supersteps allowed in one run: six nodes a generation; the budget ends a run long before this.
RECURSION_LIMIT = 1_000_000


class DesignService:
    """Design runs in one store. One instance serves one process; every call holds the run's lease while it works."""

    def __init__(self, settings: Settings, store: RunStore, progress: Progress = lambda event: None) -> None:
        self.settings = settings
        self.store = store
        self.progress = progress

    def start(self, goal: str, options: dict[str, Any], *, blocks: Inventory | None = None, known: KnownSet | None = None) -> str:
        """Store a new run and return its id. Nothing is executed yet. GoalError if the goal is empty or too long to be read at all.

        ``blocks`` (the user's building blocks) and ``known`` (structures not to be listed) become the first events of the record.

        Where model servers are configured, ``options["models"]`` becomes the plan of who uses them; False leaves them out.
        """
        from agent.interpreter.normalise import normalise

        normalise(goal)
        run_id = uuid.uuid4().hex[:12]
        defaults = {
            "budget": self.settings.budget,
            "met_probability": self.settings.met_probability,
            "user": wiring.user_name(self.settings),
        }
        given = {k: v for k, v in options.items() if v is not None and k != "models"}
        plan = None if options.get("models") is False else wiring.plan_of(self.settings)
        if plan is not None:
            given["models"] = plan.model_copy(update={"seed": given.get("seed") or 0}).model_dump(mode="json", exclude_none=True)
        if blocks is not None or known is not None:
            from graphs.user_inputs import brought_options

            given |= brought_options(blocks, known)
        self.store.create_run(run_id, goal, {**defaults, **given}, wiring.now().isoformat())
        self._record_brought(run_id, blocks, known)
        return run_id

    def _record_brought(self, run_id: str, blocks: Inventory | None, known: KnownSet | None) -> None:
        if blocks is None and known is None:
            return
        from graphs.user_inputs import record_brought
        from memory.recorder import SqlRecorder, held_lease

        with held_lease(self.store, run_id, wiring.owner_name(), self.settings.lease_seconds) as lease:
            record_brought(SqlRecorder(self.store, lease, wiring.now), blocks, known)

    def execute(self, run_id: str) -> Report:
        """Run or go on until the report, whatever state the run is in.

        Raises ApprovalNeeded if a person has to approve the spec first, RefusedError if the guard blocks the goal, RunBusy
        if another process is executing the run.
        """
        return self._drive(run_id, None)

    def approve(self, run_id: str, spec: DesignSpec | None = None, by: str = "") -> Report:
        """Approve the waiting spec, or ``spec`` in its place, and run to the report. UsageError if the run does not wait."""
        from agent.spec_check import check_spec

        answer: dict[str, Any] = {"decision": "approve", "by": by or wiring.user_name(self.settings)}
        if spec is not None:
            answer["spec"] = check_spec(spec).model_dump(mode="json")
        return self._drive(run_id, answer)

    def reject(self, run_id: str, by: str = "") -> None:
        """End a waiting run. UsageError if it does not wait."""
        run = self.store.run(run_id)
        try:
            self._drive(run.run_id, {"decision": "reject", "by": by or wiring.user_name(self.settings)})
        except NotFoundError:  # a rejected run has no report
            if self.store.run(run.run_id).status != "rejected":
                raise

    def fork(self, run_id: str, from_event: int, changes: Sequence[str]) -> str:
        """Store a run that repeats ``run_id`` up to an event and then goes on by itself; see :func:`evals.fork.fork`."""
        from evals.fork import fork

        user = wiring.user_name(self.settings)
        return fork(self.store, run_id, from_event, changes, new_id=uuid.uuid4().hex[:12], user=user, clock=wiring.now)

    def report(self, run_id: str) -> Report:
        """The stored report. NotFoundError says why there is none."""
        run = self.store.run(run_id)
        if run.status not in ("success", "no_candidate"):
            why = f": {run.error}" if run.error else ""
            raise NotFoundError(f"run {run.run_id} has no report, its status is {run.status!r}{why}")
        return self.store.report(run.run_id)

    def _drive(self, run_id: str, answer: dict[str, Any] | None) -> Report:
        from graphs.design import build
        from memory.checkpoints import open_checkpointer
        from memory.recorder import held_lease

        run = self.store.run(run_id)
        if run.kind != "design":
            raise UsageError(f"run {run.run_id} is a conversation; go on with it: molwright chat --run {run.run_id} QUESTION")
        if run.status in FINISHED:
            if answer is not None:
                raise UsageError(f"run {run.run_id} does not wait for approval, its status is {run.status!r}")
            return self._finished(run)
        with (
            held_lease(self.store, run.run_id, wiring.owner_name(), self.settings.lease_seconds) as lease,
            open_checkpointer(self.settings) as saver,
        ):
            self._check_waiting(run.run_id, answer)
            graph = build(saver)
            with self._failing(lease):
                self._stream(graph, lease, answer)
            return self._finish(graph, lease)

    def _check_waiting(self, run_id: str, answer: dict[str, Any] | None) -> None:
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
            raise ApprovalNeeded(run_id)

    def _stream(self, graph: CompiledStateGraph[DesignState, DesignContext, Any, Any], lease: Lease, answer: dict[str, Any] | None) -> None:
        from graphs.opening import record_decision

        context, config = self._context(lease), _config(lease.run_id)
        try:
            run = self.store.run(lease.run_id)
            if run.status == "failed":
                self.store.set_status(lease, "running")
            if answer is not None:
                record_decision(context, answer)
            # go on from the last checkpoint; giving the input again would start over
            given: Any = None if graph.get_state(config).values else {"goal": run.goal, "options": run.options}
            for _ in graph.stream(given, config, context=context, durability="sync", stream_mode="updates"):
                pass
        finally:
            context.executor.close()
            context.models.close()
        if any(task.interrupts for task in graph.get_state(config).tasks):
            raise ApprovalNeeded(lease.run_id)

    def _finish(self, graph: CompiledStateGraph[DesignState, DesignContext, Any, Any], lease: Lease) -> Report:
        run = self.store.run(lease.run_id)
        if run.status in FINISHED:
            return self._finished(run)
        timings = graph.get_state(_config(lease.run_id)).values.get("timings", {})
        report = self.store.report(lease.run_id)
        report = report.model_copy(update={"timings": {**timings, "total": round(sum(timings.values()), 3)}})
        self.store.save_report(lease, report)
        self.store.set_status(lease, report.status, finished_at=wiring.now().isoformat())
        return report

    def _finished(self, run: RunRecord) -> Report:
        if run.status == "refused":
            raise RefusedError(f"the safety guard refused this goal. {run.error}")
        return self.report(run.run_id)

    def _context(self, lease: Lease) -> DesignContext:
        from graphs.context import DesignContext
        from memory.recorder import SqlRecorder

        recorder = SqlRecorder(self.store, lease, wiring.now)
        return DesignContext(
            store=self.store,
            lease=lease,
            recorder=recorder,
            models=wiring.open_models(self.settings, wiring.stored_plan(self.store.run(lease.run_id).options), recorder),
            executor=wiring.open_executor(self.settings),
            literature=lambda: wiring.open_literature(self.settings),
            clock=wiring.now,
            progress=self.progress,
        )

    @contextmanager
    def _failing(self, lease: Lease) -> Any:
        """Store what went wrong before it is shown. A run that failed can be resumed."""
        try:
            yield
        except (ApprovalNeeded, RefusedError, KeyboardInterrupt):
            raise
        except Exception as error:
            message = str(error) if isinstance(error, MolwrightError) else f"{type(error).__name__}: {error}"
            try:
                self.store.set_status(lease, "failed", error=message[:2000])
            except MolwrightError:
                raise error from None
            raise


def _config(run_id: str) -> Any:
    """The run's thread: its id is the run's id."""
    return {"configurable": {"thread_id": run_id}, "recursion_limit": RECURSION_LIMIT}
