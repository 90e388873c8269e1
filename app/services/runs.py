"""Design runs: started, executed, approved, stopped, followed, repeated."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app import wiring
from app.services.execution import Execution
from app.services.run_reading import RunReader
from core.approval import objections
from core.errors import ApprovalNeeded, StatusError, StoreError, UsageError
from core.events import ProgressSink, silent
from core.interfaces import RunFilter, RunStore
from core.options import RunOptions, given_options
from core.report import FINISHED, Report, RunStatus
from core.settings import Settings
from core.spec import DesignSpec
from core.verification import Verification

if TYPE_CHECKING:
    from core.replays import ReplayResult
    from tools.ranking.novelty import KnownSet
    from tools.synthesis.inventory import Inventory


def keyed_id(key: str, person: str = "") -> str:
    """The id of the run that is started with this key; each account has keys of its own."""
    return hashlib.sha256(f"{person}\0{key}".encode() if person else key.encode()).hexdigest()[:20]


class RunService(RunReader):
    """Design runs in one store. ``progress`` hears what the runs that this process executes tell.

    ``leaving``: asked between two steps whether this process wants to end; the run that it executes goes back into the queue then.
    ``person``: the account at work; empty on this machine.
    """

    def __init__(
        self,
        settings: Settings,
        store: RunStore,
        progress: ProgressSink = silent,
        *,
        clock: Callable[[], datetime] = wiring.now,
        leaving: Callable[[], bool] = lambda: False,
        person: str = "",
    ) -> None:
        super().__init__(settings, store)
        self._person = person
        self.clock = clock
        self._execution = Execution(settings, store, progress, clock, leaving)

    # started and executed -------------------------------------------------------------------------------------------

    def start(
        self,
        goal: str,
        options: RunOptions | Mapping[str, Any],
        *,
        use_models: bool = True,
        blocks: Inventory | None = None,
        known: KnownSet | None = None,
        queued: bool = False,
        key: str = "",
    ) -> str:
        """Store a new run and return its id. Nothing is executed yet; ``queued``: a worker will do it.

        ``key``: the same key gives the same run, however often it is asked for; StatusError if that was another goal or other options.

        ``blocks`` (the user's building blocks) and ``known`` (structures not to be listed) become the first events of the record.
        Where model servers are configured the options get the plan of who uses them, unless ``use_models`` is False. Raises GoalError if
        the goal is empty or too long to be read at all, UsageError for options that cannot be used.
        """
        from agent.reading.normalise import normalise

        normalise(goal)
        given = options if isinstance(options, RunOptions) else given_options({k: v for k, v in options.items() if v is not None})
        run_id = keyed_id(key, self._person) if key else uuid.uuid4().hex[:12]
        if key and self._started_already(run_id, goal, given) and (self.under_way(run_id) or self.find(run_id).status != "running"):
            return run_id
        defaults = {
            "budget": self.settings.search.budget,
            "met_probability": self.settings.search.met_probability,
            "user": wiring.user_name(self.settings),
        }
        changes: dict[str, Any] = {}
        plan = wiring.plan_of(self.settings) if use_models else None
        if plan is not None:
            changes["models"] = plan.model_copy(update={"seed": given.seed or 0}).model_dump(mode="json", exclude_none=True)
        if blocks is not None or known is not None:
            from graphs.user_inputs import input_options

            changes |= {name: source.model_dump(mode="json") for name, source in input_options(blocks, known).items()}
        if self.settings.scorers:
            changes["scorers"] = [scorer.stored() for scorer in self.settings.scorers.values()]
        stored = {**defaults, **given.updated(**changes).stored()}
        self.store.create_run(run_id, goal, stored, self.clock().isoformat())
        self._record_inputs(run_id, blocks, known)
        if queued:  # not before its lists are recorded: a worker may claim it at once
            self.store.enqueue(run_id, self.clock().isoformat())
        return run_id

    def _started_already(self, run_id: str, goal: str, given: RunOptions) -> bool:
        """Whether this run is stored. StatusError if it was asked for with another goal or other options."""
        found, _ = self.store.search_runs(RunFilter(text=run_id), 1)
        if not found:
            return False
        if found[0].goal != goal or any(found[0].options.get(name) != value for name, value in given.stored().items()):
            raise StatusError(f"this key was used for run {run_id} already, with another goal or other options")
        return True

    def _record_inputs(self, run_id: str, blocks: Inventory | None, known: KnownSet | None) -> None:
        if blocks is None and known is None:
            return
        from graphs.user_inputs import record_inputs
        from memory.recorder import SqlRecorder

        with self._execution.held(run_id) as lease:
            record_inputs(SqlRecorder(self.store, lease, self.clock), blocks, known)

    def execute(self, run_id: str, *, owner: str = "") -> Report:
        """Run or go on until the report, whatever state the run is in.

        Raises ApprovalNeeded if a person has to approve the spec first, RefusedError if the guard blocks the goal, RunBusy
        if another process is executing the run, RunStopped if another door pauses or cancels it.
        """
        return self._drive(run_id, None, owner)

    def execute_next(self, owner: str = "") -> str | None:
        """Claim the next run of the queue and execute it; returns its id, or None if the queue is empty.

        What ends the run otherwise than with a report (a refusal, a fault, a wait for approval) is stored with it and raised.
        """
        owner = owner or wiring.owner_name()
        lease = self.store.claim(owner, self.settings.server.attempts)
        if lease is None:
            return None
        self._drive(lease.run_id, None, owner, claimed=True)
        return lease.run_id

    def _drive(self, run_id: str, answer: dict[str, Any] | None, owner: str = "", *, claimed: bool = False) -> Report:
        run = self._design_run(run_id)
        if run.status in FINISHED and answer is not None:
            raise UsageError(f"run {run.run_id} does not wait for approval, its status is {run.status!r}")
        if run.status not in FINISHED:
            self._execution.drive(run, answer, owner, claimed=claimed)
            run = self.store.run(run.run_id)
        return self._finished(run)

    # approved and stopped -------------------------------------------------------------------------------------------

    def approve(self, run_id: str, spec: DesignSpec | None = None, by: str = "", *, despite_objections: bool = False) -> Report:
        """Approve the waiting spec, or ``spec`` in its place, and run to the report. :func:`core.spec.with_suggestions` makes one.

        Raises UsageError if the run does not wait, ApprovalNeeded if a rule objects to the spec and ``despite_objections`` is False.
        """
        return self._drive(run_id, self._approval(run_id, spec, by, despite_objections))

    def approve_later(self, run_id: str, spec: DesignSpec | None = None, by: str = "", *, despite_objections: bool = False) -> None:
        """As :meth:`approve`, but a worker goes on with the run: the answer is recorded and the run put into the queue."""
        from graphs.opening import record_decision
        from memory.recorder import SqlRecorder

        run = self._design_run(run_id)
        if run.status in FINISHED:  # a finished run is sealed with the lease that it had
            raise UsageError(f"run {run.run_id} does not wait for approval, its status is {run.status!r}")
        answer = self._approval(run.run_id, spec, by, despite_objections)
        with self._execution.held(run.run_id) as lease:
            self._execution.check_waiting(run.run_id, answer)
            record_decision(SqlRecorder(self.store, lease, self.clock), self.store.spec(run.run_id), answer)
        self.store.enqueue(run.run_id, self.clock().isoformat())

    def _approval(self, run_id: str, spec: DesignSpec | None, by: str, despite_objections: bool) -> dict[str, Any]:
        from agent.spec_check import check_spec

        answer: dict[str, Any] = {"decision": "approve", "by": by or wiring.user_name(self.settings)}
        if spec is not None:
            scorers = self.store.run(run_id).given.scorers or ()
            spec = check_spec(spec, catalogue=wiring.run_workspace(self.settings, scorers).catalogue)
            answer["spec"] = spec.model_dump(mode="json")
        run = self.store.run(run_id)
        looked_at = spec or (self.store.spec(run.run_id) if run.spec_version else None)
        if looked_at is not None and not despite_objections and (against := objections(looked_at)):
            raise ApprovalNeeded(run.run_id, against)
        return answer

    def reject(self, run_id: str, by: str = "") -> None:
        """End a waiting run. UsageError if it does not wait."""
        run = self._design_run(run_id)
        if run.status in FINISHED:  # a finished run is sealed with the lease that it had
            raise UsageError(f"run {run.run_id} does not wait for approval, its status is {run.status!r}")
        self._execution.reject(run.run_id, {"decision": "reject", "by": by or wiring.user_name(self.settings)})

    def delete(self, run_id: str) -> None:
        """Remove a run that is over, for good: specs, structures, report, trace, progress, feedback, seals and checkpoints.

        Files that were exported and runs that were forked from it are kept. ``run_id`` is the whole id. StatusError for a run that is not
        over, RunBusy, NotFoundError.
        """
        run = self._design_run(run_id)
        if run.run_id != run_id:
            raise UsageError(f"a run is deleted by its whole id: {run.run_id}")
        self.store.delete_run(run_id)
        self._execution.forget(run_id)

    def resume_later(self, run_id: str) -> None:
        """A worker goes on with a paused, failed or abandoned run: it is put into the queue. RunBusy, StatusError, NotFoundError.

        ApprovalNeeded for a run that waits for a person.
        """
        run = self._design_run(run_id)
        if run.status == "waiting":
            self._execution.check_waiting(run.run_id, None)
        self.store.enqueue(run.run_id, self.clock().isoformat())

    def pause(self, run_id: str) -> RunStatus:
        """Pause a run: 'paused', or 'pausing' until the process that executes it obeys. StatusError if it is over."""
        return self.store.ask_to_stop(self.store.run(run_id).run_id, "paused", self.clock().isoformat())

    def cancel(self, run_id: str) -> RunStatus:
        """End a run for good: 'cancelled', or 'cancelling' until the process that executes it obeys. StatusError if it is over."""
        return self.store.ask_to_stop(self.store.run(run_id).run_id, "cancelled", self.clock().isoformat())

    # repeated -------------------------------------------------------------------------------------------------------

    def fork(self, run_id: str, from_event: int | None, changes: Sequence[str], *, without: str = "", queued: bool = False) -> str:
        """Store a run that repeats ``run_id`` up to an event and then goes on by itself; see :func:`evals.fork.fork`.

        ``without``: an event or a role that the fork does without. ``queued``: a worker executes it.
        """
        from evals.fork import fork

        user, new_id = wiring.user_name(self.settings), uuid.uuid4().hex[:12]
        fork(self.store, run_id, from_event, changes, without=without, new_id=new_id, user=user, clock=self.clock)
        if queued:
            self.store.enqueue(new_id, self.clock().isoformat())
        return new_id

    def verify(self, run_id: str, head: str = "") -> Verification:
        """Whether what is stored of a run is what was sealed; ``head``: a seal that was kept elsewhere. NotFoundError.

        A finished run whose process died before it sealed the run is sealed first, where this process may write to the store.
        """
        found = self.store.run(run_id).run_id
        with suppress(StoreError):
            self.store.seal_left(found, wiring.owner_name())
        return self.store.verify(found, head.strip().lower())

    def replay(self, run_id: str, progress: ProgressSink = silent) -> ReplayResult:
        """Repeat a run from its record and compare every step. NotFoundError if it did not go to its end."""
        from evals.replay import replay

        found = self.store.run(run_id)
        workspace = wiring.run_workspace(self.settings, found.given.scorers or ())
        return replay(self.store, found.run_id, executor=wiring.open_executor(self.settings), workspace=workspace, progress=progress)
