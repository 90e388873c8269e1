"""`molwright serve`: the server on the loopback address and the worker processes beside it."""

from __future__ import annotations

import ipaddress
import logging
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable

import uvicorn

from app.services.entry import Services
from app.web.application import create_app
from core.errors import ConfigurationError, UsageError

log = logging.getLogger(__name__)

#: Seconds that a worker has to end its step after it was asked to leave, and that open streams have.
GRACE = 20.0
#: A worker that dies within so many seconds, so often in a row, is not started again.
YOUNG, TRIES = 5.0, 3
#: Seconds between two looks at the workers.
LOOK = 1.0


def loopback(host: str) -> str:
    """``host`` if it is a loopback address. UsageError for every other: there are no accounts, so nobody else may come in."""
    try:
        if host == "localhost" or ipaddress.ip_address(host).is_loopback:
            return host
    except ValueError:
        pass
    raise UsageError(f"{host!r} is not the loopback address: there are no accounts yet, so only this machine is served (127.0.0.1 or ::1)")


def serve(services: Services, host: str, port: int, workers: int, *, show: Callable[[str], None], open_page: bool) -> None:
    """Serve until a signal ends it. Raises UsageError for an address that is not loopback, ConfigurationError if the port is taken."""
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    config = uvicorn.Config(
        create_app(services),
        host=loopback(host),
        port=port,
        http="h11",  # which limits the size of a head
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    with WorkerProcesses(workers):
        show(address)
        if open_page:
            webbrowser.open(address)
        try:
            server.run()
        except SystemExit as error:  # uvicorn's word for an address that it cannot have
            raise ConfigurationError(f"port {port} cannot be had; choose another: molwright serve --port N") from error


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
        # a session of its own: Ctrl-C at the terminal reaches the server, which then lets its workers end their step
        command = [sys.executable, "-m", "app.cli", "worker", "--with-parent"]
        return subprocess.Popen(command, start_new_session=True), time.monotonic()

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
