"""The execution of queued runs: what a worker process does all day."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from functools import partial

from app import wiring
from app.services.runs import RunService
from core.errors import ApprovalNeeded, ConfigurationError, MolwrightError, RefusedError, RunStopped, StoreError
from core.events import ProgressSink, silent

log = logging.getLogger(__name__)

#: Seconds between two looks into an empty queue, and after a fault of the database.
POLL, AFTER_A_FAULT = 1.0, 5.0
#: Looks into an empty queue between two looks for runs that cannot be searched by columns yet.
LOOKS = 60
#: How much a worker stands back behind what a person waits for (``os.nice``).
NICENESS = 10


class WorkerService:
    """Claims queued runs and executes them one after the other. Several processes may do so over one store; no run is given out twice.

    ``prepare``: makes one run that is over ready to be searched, and says which; None where nothing is left to do. ``replay``: executes the next
    replay that was asked for, told who does it and when to leave, and says which; None where none waits. Both are asked when the queue is
    empty, replays first. ``job``: works on the next job until what it is given is true, or a run waits; False where there is none. It has its
    turn after each run.
    """

    def __init__(
        self,
        runs: Callable[[ProgressSink, Callable[[], bool]], RunService],
        prepare: Callable[[], str | None] = lambda: None,
        replay: Callable[[str, Callable[[], bool]], str | None] = lambda owner, leaving: None,
        job: Callable[[Callable[[], bool]], bool] = lambda ending: False,
    ) -> None:
        self._runs = runs
        self._prepare = prepare
        self._replay = replay
        self._job = job
        self._idle = LOOKS  # what earlier processes left is made ready first

    def work(self, leaving: threading.Event, *, orphaned: Callable[[], bool] = lambda: False) -> int:
        """Execute runs until ``leaving`` is set or ``orphaned`` is true; the number of runs that this worker left at an end.

        A run that is under way then is put back to its place in the queue between two of its steps. How a run ended is stored with it: what
        is raised by one ends it, never the worker.
        """
        done = 0
        owner = wiring.owner_name()

        def ending() -> bool:
            return leaving.is_set() or orphaned()

        runs = self._runs(silent, ending)
        replayed = partial(self._replayed, owner, ending)
        while not ending():
            wait = self._one(runs, owner)
            worked = not ending() and self._worked(ending)
            if wait is None:
                done, self._idle = done + 1, LOOKS
            elif worked:
                continue
            elif wait != POLL or not (replayed() or self._prepared()):
                leaving.wait(wait)
        return done

    def _worked(self, ending: Callable[[], bool]) -> bool:
        """Whether a job had its turn."""
        try:
            return self._job(ending)
        except MolwrightError as error:
            log.warning("a job cannot be executed: %s", error)
            return False

    def _replayed(self, owner: str, leaving: Callable[[], bool]) -> bool:
        """Whether a replay was executed; there may be more then."""
        try:
            if (replay_id := self._replay(owner, leaving)) is not None:
                log.info("replay %s is finished", replay_id)
        except MolwrightError as error:
            log.warning("no replay can be executed: %s", error)
            return False
        return replay_id is not None

    def _prepared(self) -> bool:
        """Whether a run was made ready to be searched; there may be more then."""
        self._idle += 1
        if self._idle < LOOKS:
            return False
        try:
            if (run_id := self._prepare()) is not None:
                log.info("run %s can be searched", run_id)
                return True
        except MolwrightError as error:
            log.warning("a run cannot be made ready to be searched: %s", error)
        self._idle = 0
        return False

    def _one(self, runs: RunService, owner: str) -> float | None:
        """Execute the next run; None, or the seconds to wait before another look."""
        try:
            run_id = runs.execute_next(owner)
        except (ApprovalNeeded, RefusedError, RunStopped) as error:
            log.info("%s", error)
            return None
        except StoreError as error:
            log.warning("%s", error)
            return AFTER_A_FAULT
        except MolwrightError as error:
            log.warning("a run failed: %s", error)
            return None
        except MemoryError:
            log.warning("a run failed: it needs more memory than this worker may hold")
            return None
        except Exception:
            log.exception("a run failed")
            return None
        if run_id is None:
            return POLL
        log.info("run %s is finished", run_id)
        return None


def limit_memory(megabytes: int) -> None:
    """Let this process, and each that it starts, hold at most so many MB of data (``RLIMIT_DATA``, which Linux enforces); 0: as many as there are.

    What is asked for beyond it is a MemoryError, which ends the run as failed and says why; code that cannot live with that ends the worker,
    whose run then goes to the next one as after any death. ConfigurationError where the system has no such limit or refuses it.
    """
    if megabytes == 0:
        return
    try:
        import resource
    except ImportError:  # not a POSIX system
        raise ConfigurationError("this system has no memory limits for processes: set server.worker_memory_mb to 0") from None
    wanted = megabytes * 1_000_000
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"a limit of {megabytes} MB (server.worker_memory_mb) cannot be set: {error}") from error


def stand_back() -> None:
    """Let whoever serves people come first: what is in the same session (:mod:`app.services.worker_processes` says why that matters)."""
    os.nice(NICENESS)
