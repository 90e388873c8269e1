"""Worker processes beside a door: started, looked after, ended with it."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time

log = logging.getLogger(__name__)

#: Seconds that a worker has to end its step after it was asked to leave.
GRACE = 20.0
#: A worker that dies within so many seconds, so often in a row, is not started again.
YOUNG, TRIES = 5.0, 3
#: Seconds between two looks at the workers.
LOOK = 1.0


class WorkerProcesses:
    """Worker processes for the length of a ``with`` block. One that dies is replaced; what it worked on is taken over by the next."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._running: list[tuple[subprocess.Popen[bytes], float]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_after, name="workers", daemon=True)
        self._died_young = 0

    def __enter__(self) -> WorkerProcesses:
        self._running = [self._start() for _ in range(self._number)]
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        for process, _started in self._running:
            process.terminate()
        deadline = time.monotonic() + GRACE
        for process, _started in self._running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self) -> tuple[subprocess.Popen[bytes], float]:
        # a group of its own: Ctrl-C at the terminal reaches the server, which then lets its workers end their step. No session of its own: Linux may
        # share the processors among sessions before it looks at the niceness of what is in them (autogroups), and would give a worker as much as the server
        command = [sys.executable, "-m", "app.cli", "worker", "--with-parent"]
        return subprocess.Popen(command, process_group=0), time.monotonic()

    def _look_after(self) -> None:
        while not self._ended.wait(LOOK):
            for place, (process, started) in enumerate(self._running):
                if process.poll() is None or self._died_young >= TRIES:
                    continue
                self._died_young = self._died_young + 1 if time.monotonic() - started < YOUNG else 0
                if self._died_young >= TRIES:
                    log.error("workers die as soon as they are started; no more are: see what `molwright worker` says")
                    continue
                log.warning("a worker ended with code %s; another is started", process.returncode)
                self._running[place] = self._start()
