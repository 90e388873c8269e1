"""The execution of jobs: what a worker does between two runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from app.services.jobs import HeldJob, JobCancelled, JobKind, JobPutBack, JobStore, JobTooLong
from core.counting import counted
from core.errors import MolwrightError

log = logging.getLogger(__name__)

#: Seconds that a job is worked on before it gives way to a run that waits.
TURN = 30.0

Work = Callable[[HeldJob], Mapping[str, Any]]
"""Executes a job and returns its result as JSON values. What it raises ends the job; it calls ``go_on`` often."""


class JobWorker:
    """Executes jobs one after the other. ``runs_wait``: whether a run waits for a worker."""

    def __init__(self, jobs: JobStore, work: Mapping[JobKind, Work], runs_wait: Callable[[], bool], attempts: int) -> None:
        self._jobs, self._work = jobs, work
        self._runs_wait, self._attempts = runs_wait, attempts

    def work_next(self, ending: Callable[[], bool]) -> bool:
        """Work on the next job until it is over, ``ending`` is true, or a run has waited for :data:`TURN` seconds; False where there is none."""
        since = time.monotonic()

        def leaving() -> bool:
            return ending() or (time.monotonic() - since > TURN and self._runs_wait())

        with self._jobs.next_held(self._attempts, leaving) as held:
            if held is None:
                return False
            self._execute(held)
            return True

    def _execute(self, held: HeldJob) -> None:
        job = held.job
        try:
            result = self._work[job.kind](held)
            held.end("finished", result=result)
            log.info("job %s (%s) is finished", job.job_id, job.kind)
        except JobCancelled:
            held.end("cancelled")
        except JobPutBack:
            held.put_back()
        except JobTooLong:
            held.end("failed", error="it took longer than a job may")
        except MolwrightError as error:
            log.warning("job %s failed: %s", job.job_id, error)
            held.end("failed", error=str(error))
        except MemoryError:
            held.end("failed", error="it needs more memory than a worker may hold")
        except Exception:
            log.exception("job %s failed", job.job_id)
            held.end("failed", error="something went wrong here; the worker's log says what")


def hours(seconds: float) -> str:
    """So many seconds as whole hours, in words."""
    return counted(round(seconds / 3600), "hour")
