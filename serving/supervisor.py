"""Starts the model servers of this host and keeps them running: each in a process group of its own, restarted as a whole.

A vLLM server is several processes. If its API process alone is killed, its engine stays and holds the card; so whatever ends, the whole
group is ended before the server is started again, and each new start waits longer than the one before. A server that hangs while its
/health still answers is not noticed here: that is found by the pool's canaries (see serving/pool).
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Field

from core.errors import UsageError
from core.model import Model

State = Literal["waiting", "starting", "healthy", "unhealthy", "stopped"]


class ServerSpec(Model):
    """What one server is started with."""

    name: str = Field(description="Name of the deployment.")
    arguments: list[str] = Field(min_length=1, description="Program and arguments.")
    environment: dict[str, str] = Field(default_factory=dict, description="Variables beside those of the supervisor.")
    port: int = Field(description="Port of its /health on the loopback address.")
    any_answer: bool = Field(default=False, description="Any HTTP answer of /health counts (a gateway whose servers are still loading).")


class ServerStatus(Model):
    """How one server is."""

    name: str = Field(description="Name of the deployment.")
    state: State = Field(description="What it does.")
    pid: int | None = Field(default=None, description="Leader of its process group.")
    started: int | None = Field(default=None, description="Start of the leader in the kernel's ticks, which tells it from a later process.")
    restarts: int = Field(default=0, description="Times it was started again.")
    reason: str = Field(default="", description="Why it was last ended.")
    port: int = Field(default=0, description="Its port.")
    log: str = Field(default="", description="File with its output.")


class FleetStatus(Model):
    """The state file of a supervisor."""

    schema_version: int = Field(default=1, description="Version of this form.")
    supervisor: int = Field(description="Process id of the supervisor.")
    supervisor_started: int | None = Field(default=None, description="Start of the supervisor in the kernel's ticks.")
    servers: list[ServerStatus] = Field(description="Its servers.")


@dataclass(frozen=True)
class Patience:
    """How long things may take, in seconds."""

    tick: float = 2.0
    start: float = 1800.0
    failures: int = 5
    backoff: float = 5.0
    backoff_most: float = 300.0
    stable: float = 300.0
    stop: float = 45.0


@dataclass
class Server:
    """One server and its history."""

    spec: ServerSpec
    log: Path
    state: State = "waiting"
    process: subprocess.Popen[bytes] | None = None
    next_start: float = 0.0
    started_at: float = 0.0
    healthy_since: float | None = None
    failures: int = 0
    streak: int = 0
    restarts: int = 0
    reason: str = ""


def healthy(port: int, any_answer: bool = False, timeout: float = 3.0) -> bool:
    """Whether /health on the loopback address answers 200, or with ``any_answer`` at all."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=timeout) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return any_answer
    except (OSError, urllib.error.URLError, ValueError):
        return False


def process_start(pid: int) -> int | None:
    """When a process started, in ticks since boot; None if there is none (or no /proc)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def group_members(group: int) -> list[int]:
    """Process ids of a group that still run, its leader included."""
    members = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                fields = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                if int(fields[2]) == group and fields[0] not in ("Z", "X"):
                    members.append(int(entry.name))
    return members


def end_group(group: int, patience: float, leader: subprocess.Popen[bytes] | None = None) -> None:
    """End every process of a group: asked first, killed after ``patience`` seconds."""
    for sign, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, 10.0)):
        if not group_members(group):
            break
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, sign)
            if sign == signal.SIGTERM:
                os.killpg(group, signal.SIGCONT)
        until = time.monotonic() + wait
        while group_members(group) and time.monotonic() < until:
            if leader is not None:
                leader.poll()
            time.sleep(0.05)
    if leader is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            leader.wait(timeout=5)


@dataclass
class Supervisor:
    """Runs servers until it is told to stop. ``folder`` holds the state file and the logs."""

    specs: Sequence[ServerSpec]
    folder: Path
    patience: Patience = field(default_factory=Patience)
    probe: Callable[[int, bool], bool] = healthy
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.servers = [Server(spec=s, log=self.folder / f"{s.name}.log") for s in self.specs]
        self.stopping = False

    def run(self) -> None:
        """Start everything, watch it, end everything at SIGTERM or SIGINT. Raises UsageError if another supervisor does so already."""
        other = read_status(self.folder)
        if other is not None and _alive(other.supervisor, other.supervisor_started):
            raise UsageError(f"process {other.supervisor} supervises these servers already: molwright fleet status")
        if other is not None:
            end_leftovers(other, self.patience.stop)
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self._stop)
        try:
            while not self.stopping:
                self.tick()
                time.sleep(self.patience.tick)
        finally:
            self.end()

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def tick(self) -> None:
        """One round: start what is due, look at what runs, end and put off what failed."""
        for server in self.servers:
            self._look(server)
        self._write()

    def end(self) -> None:
        """End every server and say so in the state file."""
        for server in self.servers:
            if server.process is not None:
                end_group(server.process.pid, self.patience.stop, server.process)
                server.process = None
            server.state = "stopped"
        self._write()

    def _look(self, server: Server) -> None:
        now = self.clock()
        if server.process is None:
            if now >= server.next_start:
                self._start(server, now)
            return
        code = server.process.poll()
        if code is not None:
            return self._failed(server, now, f"its first process ended with {code}")
        if self.probe(server.spec.port, server.spec.any_answer):
            server.failures = 0
            server.state = "healthy"
            server.healthy_since = now if server.healthy_since is None else server.healthy_since
            if now - server.healthy_since >= self.patience.stable:
                server.streak = 0
            return
        if server.healthy_since is None:
            if now - server.started_at > self.patience.start:
                self._failed(server, now, f"not healthy {self.patience.start:.0f} s after its start")
            return
        server.failures += 1
        server.state = "unhealthy"
        if server.failures >= self.patience.failures:
            self._failed(server, now, f"{server.failures} health checks in a row failed")

    def _start(self, server: Server, now: float) -> None:
        with server.log.open("ab") as log:
            log.write(f"--- {server.spec.name}: start {server.restarts + 1}\n".encode())
            log.flush()
            try:
                server.process = subprocess.Popen(
                    server.spec.arguments,
                    env={**os.environ, **server.spec.environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                return self._put_off(server, now, f"{server.spec.arguments[0]} cannot be started: {error.strerror or error}")
        server.state, server.started_at, server.healthy_since, server.failures = "starting", now, None, 0

    def _failed(self, server: Server, now: float, reason: str) -> None:
        if server.process is not None:
            end_group(server.process.pid, self.patience.stop, server.process)
        self._put_off(server, now, reason)

    def _put_off(self, server: Server, now: float, reason: str) -> None:
        wait = min(self.patience.backoff * 2**server.streak, self.patience.backoff_most)
        server.process, server.state, server.reason = None, "waiting", reason
        server.next_start = now + wait
        server.streak += 1
        server.restarts += 1

    def status(self) -> FleetStatus:
        """How the servers are."""
        servers = []
        for s in self.servers:
            pid = s.process.pid if s.process else None
            started = process_start(pid) if pid else None
            servers.append(
                ServerStatus(
                    name=s.spec.name, state=s.state, pid=pid, started=started, restarts=s.restarts, reason=s.reason,
                    port=s.spec.port, log=str(s.log),
                )
            )  # fmt: skip
        return FleetStatus(supervisor=os.getpid(), supervisor_started=process_start(os.getpid()), servers=servers)

    def _write(self) -> None:
        path = self.folder / "state.json"
        temporary = path.with_suffix(".part")
        temporary.write_text(self.status().model_dump_json(indent=2), encoding="utf-8")
        temporary.replace(path)


def read_status(folder: Path) -> FleetStatus | None:
    """What the state file says, or None if there is none. Raises UsageError if it cannot be read."""
    path = folder / "state.json"
    try:
        return FleetStatus.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error


def _alive(pid: int | None, started: int | None) -> bool:
    return pid is not None and started is not None and process_start(pid) == started


def supervised(status: FleetStatus) -> bool:
    """Whether the supervisor that wrote a state file still runs."""
    return _alive(status.supervisor, status.supervisor_started)


def end_leftovers(status: FleetStatus, patience: float) -> list[str]:
    """End the groups that a dead supervisor left; returns their names.

    A group is ended only if its leader still is the process that was started, or is gone while others of its group remain.
    """
    ended = []
    for server in status.servers:
        if server.pid is None or not group_members(server.pid):
            continue
        if _alive(server.pid, server.started) or process_start(server.pid) is None:
            end_group(server.pid, patience)
            ended.append(server.name)
    return ended


def stop(folder: Path, patience: float = 60.0) -> list[str]:
    """Tell the supervisor to end everything and wait until it has; without one, end what it left. Returns what was ended.

    Raises UsageError if nothing was started in this folder, or if the supervisor does not end in time.
    """
    status = read_status(folder)
    if status is None:
        raise UsageError("nothing was started here")
    if not supervised(status):
        return end_leftovers(status, patience)
    running = [s.name for s in status.servers if s.pid is not None]
    os.kill(status.supervisor, signal.SIGTERM)
    until = time.monotonic() + patience + 15
    while supervised(status) and time.monotonic() < until:
        time.sleep(0.1)
    if supervised(status):
        raise UsageError(f"process {status.supervisor} did not end within {patience + 15:.0f} s")
    return running
