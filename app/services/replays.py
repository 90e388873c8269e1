"""Replays that a page or a program asks for: put into a queue, executed by a worker, kept with their verdict."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from app import wiring
from app.services.runs import RunService
from core.errors import MolwrightError, NotFoundError
from core.events import ProgressEvent, ProgressSink
from core.replays import ReplayJob
from core.report import FINISHED
from core.settings import Settings

if TYPE_CHECKING:
    from memory.sql.replays import ReplayStore

log = logging.getLogger(__name__)


class _LeavingError(MolwrightError):
    """The process that executes a replay wants to end."""


class ReplayService:
    """Replays over one store. No request waits for one: it is asked for, and its verdict stands at an address of its own."""

    def __init__(self, settings: Settings, runs: Callable[[], RunService], replays: ReplayStore) -> None:
        self._settings = settings
        self._runs = runs
        self._replays = replays

    def ask(self, run_id: str) -> ReplayJob:
        """Ask for a replay of a run that went to its end; the one under way, if there is one. NotFoundError, as `molwright replay` raises it."""
        run = self._runs().find(run_id)
        if run.status == "cancelled" or run.status not in FINISHED:
            raise NotFoundError(f"run {run.run_id} cannot be replayed, its status is {run.status!r}: only a run that went to its end can")
        return self._replays.add(uuid.uuid4().hex[:12], run.run_id, wiring.user_name(self._settings))

    def find(self, run_id: str, replay_id: str) -> ReplayJob:
        """One replay of a run. NotFoundError."""
        return self._replays.job(self._runs().find(run_id).run_id, replay_id)

    def of_run(self, run_id: str) -> list[ReplayJob]:
        """The replays of a run, newest first. NotFoundError if there is no such run."""
        return self._replays.of_run(self._runs().find(run_id).run_id)

    def execute_next(self, owner: str, leaving: Callable[[], bool] = lambda: False) -> str | None:
        """Execute the next replay of the queue and keep its verdict; its id, or None where none waits.

        ``leaving``: asked between two steps; the replay goes back into the queue then. What goes wrong in one is kept as its problem.
        """
        job = self._replays.claim(owner)
        if job is None:
            return None

        def look(_: ProgressEvent) -> None:
            if leaving():
                raise _LeavingError("this worker leaves")

        try:
            self._replays.finish(self._executed(job, look))
        except _LeavingError:
            self._replays.put_back(job.replay_id)
        except MolwrightError as error:
            self._replays.finish(job.model_copy(update={"state": "failed", "problem": str(error)}))
        except MemoryError:
            problem = "it needs more memory than a worker may hold (server.worker_memory_mb)"
            self._replays.finish(job.model_copy(update={"state": "failed", "problem": problem}))
        except Exception:
            log.exception("a replay failed")
            problem = "something went wrong here; the worker's log says what"
            self._replays.finish(job.model_copy(update={"state": "failed", "problem": problem}))
        return job.replay_id

    def _executed(self, job: ReplayJob, progress: ProgressSink) -> ReplayJob:
        runs = self._runs()
        result = runs.replay(job.run_id, progress)
        return job.model_copy(update={"state": "done", "result": result, "seals": runs.verify(job.run_id)})
