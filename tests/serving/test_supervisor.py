"""The supervisor with real processes: groups are started, watched, ended and restarted as a whole."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import UsageError
from serving.supervisor import Patience, ServerSpec, Supervisor, end_leftovers, group_members, process_start, read_status, stop, supervised

# A server of two processes, like vLLM: the first writes its engine's id and waits; the engine ignores being asked to end.
SERVER = """
import os, signal, subprocess, sys, time
engine = subprocess.Popen([sys.executable, "-c", "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"], stdout=subprocess.PIPE)
engine.stdout.readline()
open(sys.argv[1] + ".new", "w").write(str(engine.pid)); os.replace(sys.argv[1] + ".new", sys.argv[1])
time.sleep(600)
"""


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not what():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)


def engine_of(path: Path) -> int:
    wait_for(path.exists)
    return int(path.read_text())


@pytest.fixture
def made(tmp_path: Path) -> Iterator[tuple[Supervisor, Clock, dict[str, bool], Path]]:
    """A supervisor of one server, its clock, its health, and the file with the engine's id."""
    clock, health, engine = Clock(), {"ok": True}, tmp_path / "engine"
    spec = ServerSpec(name="chat", arguments=[sys.executable, "-c", SERVER, str(engine)], environment={"GIVEN": "1"}, port=1)
    patience = Patience(start=100, failures=3, backoff=5, backoff_most=12, stable=50, stop=0.3)
    supervisor = Supervisor([spec], tmp_path / "state", patience, lambda *_: health["ok"], clock)
    yield supervisor, clock, health, engine
    supervisor.end()


Made = tuple[Supervisor, Clock, dict[str, bool], Path]


def test_a_server_is_started_in_its_own_group_and_becomes_healthy(made: Made) -> None:
    supervisor, _, health, path = made
    health["ok"] = False
    supervisor.tick()
    supervisor.tick()
    assert supervisor.servers[0].state == "starting", "not answering yet is no failure"
    health["ok"] = True
    supervisor.tick()
    status = read_status(supervisor.folder)
    assert status is not None
    (server,) = status.servers
    assert (server.state, server.restarts) == ("healthy", 0)
    assert server.pid is not None
    assert os.getpgid(engine_of(path)) == server.pid != os.getpgid(0)
    assert server.started == process_start(server.pid)


def test_a_killed_first_process_takes_its_engine_along_and_is_started_again_later(made: Made) -> None:
    supervisor, clock, _, path = made
    supervisor.tick()
    engine, first = engine_of(path), supervisor.servers[0].process
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert process_start(engine) is not None, "the engine alone holds the card"
    supervisor.tick()
    server = supervisor.servers[0]
    assert process_start(engine) is None
    assert (server.state, server.restarts, server.reason) == ("waiting", 1, "its first process ended with -9")
    clock.now += 4.9
    supervisor.tick()
    assert server.process is None
    clock.now += 0.2
    path.unlink()
    supervisor.tick()
    assert server.process is not None
    assert engine_of(path) != engine


def test_waits_grow_to_a_limit_and_shrink_after_a_stable_time(made: Made) -> None:
    supervisor, clock, _, _ = made
    server = supervisor.servers[0]
    waits = []
    for _ in range(4):
        supervisor.tick()
        assert server.process is not None
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
        supervisor.tick()
        waits.append(server.next_start - clock.now)
        clock.now = server.next_start
    assert waits == [5, 10, 12, 12]
    supervisor.tick()
    supervisor.tick()
    clock.now += 51
    supervisor.tick()
    assert server.streak == 0


def test_failed_health_checks_end_the_group(made: Made) -> None:
    supervisor, _, health, path = made
    supervisor.tick()
    supervisor.tick()
    engine = engine_of(path)
    health["ok"] = False
    supervisor.tick()
    supervisor.tick()
    assert supervisor.servers[0].state == "unhealthy"
    supervisor.tick()
    assert supervisor.servers[0].reason == "3 health checks in a row failed"
    assert process_start(engine) is None


def test_a_server_that_never_becomes_healthy_is_given_up(made: Made) -> None:
    supervisor, clock, health, _ = made
    health["ok"] = False
    supervisor.tick()
    clock.now += 101
    supervisor.tick()
    assert supervisor.servers[0].reason == "not healthy 100 s after its start"


def test_a_program_that_does_not_exist_is_said(tmp_path: Path) -> None:
    supervisor = Supervisor([ServerSpec(name="chat", arguments=["/no/such/vllm"], port=1)], tmp_path)
    supervisor.tick()
    assert "No such file" in supervisor.servers[0].reason
    assert supervisor.servers[0].state == "waiting"


def test_the_end_ends_all_of_it(made: Made) -> None:
    supervisor, _, _, path = made
    supervisor.tick()
    engine, leader = engine_of(path), supervisor.servers[0].process
    assert leader is not None
    supervisor.end()
    assert group_members(leader.pid) == []
    assert process_start(engine) is None
    status = read_status(supervisor.folder)
    assert status is not None
    assert status.servers[0].state == "stopped"


RUN = """
import sys
from pathlib import Path
from serving.supervisor import Patience, ServerSpec, Supervisor
spec = ServerSpec(name="chat", arguments=[sys.executable, "-c", sys.argv[3], sys.argv[2]], port=1)
Supervisor([spec], Path(sys.argv[1]), Patience(tick=0.05, stop=0.3), lambda *_: True).run()
"""


def start_supervisor(folder: Path, engine: Path) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": root}
    return subprocess.Popen([sys.executable, "-c", RUN, str(folder), str(engine), SERVER], env=environment)


def test_down_stops_the_supervisor_and_its_servers(tmp_path: Path) -> None:
    folder, path = tmp_path / "state", tmp_path / "engine"
    running = start_supervisor(folder, path)
    engine = engine_of(path)
    wait_for(lambda: (s := read_status(folder)) is not None and s.servers[0].state == "healthy")
    second = start_supervisor(folder, tmp_path / "other")
    assert second.wait(timeout=30) != 0, "one supervisor a folder"
    assert stop(folder) == ["chat"]
    assert running.wait(timeout=30) == 0
    assert process_start(engine) is None


def test_what_a_killed_supervisor_left_is_ended(tmp_path: Path) -> None:
    folder, path = tmp_path / "state", tmp_path / "engine"
    running = start_supervisor(folder, path)
    engine = engine_of(path)
    wait_for(lambda: (s := read_status(folder)) is not None and s.servers[0].state == "healthy")
    running.kill()
    running.wait()
    assert process_start(engine) is not None
    status = read_status(folder)
    assert status is not None
    assert not supervised(status)
    assert stop(folder, patience=0.3) == ["chat"]
    assert process_start(engine) is None
    assert end_leftovers(status, 0.3) == [], "nothing is ended twice"


def test_another_process_with_the_same_number_is_left_alone(made: Made) -> None:
    supervisor, _, _, _ = made
    supervisor.tick()
    status = supervisor.status()
    status.servers[0].started = 1
    assert end_leftovers(status, 0.1) == []
    process = supervisor.servers[0].process
    assert process is not None
    assert process.poll() is None


def test_nothing_started_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing was started"):
        stop(tmp_path)
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(UsageError, match="cannot read"):
        read_status(tmp_path)


FAKE_VLLM = """#!{python}
import http.server, os, sys
print("cards", os.environ["CUDA_VISIBLE_DEVICES"], flush=True)
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Health).serve_forever()
"""


def test_the_command_line_runs_a_host(tmp_path: Path) -> None:
    example = Path(__file__).resolve().parents[2] / "deploy" / "fleet" / "five-cards.toml"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        door = free.getsockname()[1]
    text, number = "", 0
    for line in (
        example.read_text(encoding="utf-8").replace("port = 8102", f"port = {port}").replace("8080", str(door)).splitlines(keepends=True)
    ):
        text += line
        if line.startswith("compute_capability"):
            text += f'uuid = "GPU-0000000{number}-0000-0000-0000-000000000000"\n'
            number += 1
    fleet, vllm = tmp_path / "fleet.toml", tmp_path / "vllm"
    fleet.write_text(text, encoding="utf-8")
    vllm.write_text(FAKE_VLLM.replace("{python}", sys.executable), encoding="utf-8")
    vllm.chmod(0o755)
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), "MOLWRIGHT_HOME": str(tmp_path / "home")}

    def molwright(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app.cli", "fleet", *words, "--host", "bench"]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert molwright("status", str(fleet)).returncode == 2
    command = [sys.executable, "-m", "app.cli", "fleet", "up", str(fleet), "--host", "bench", "--only", "chat-b", "--vllm", str(vllm)]
    running = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
    try:
        folder = tmp_path / "home" / "fleet" / "five-cards" / "bench"
        wait_for(lambda: (s := read_status(folder)) is not None and all(x.state == "healthy" for x in s.servers))
        assert molwright("status", str(fleet)).returncode == 0
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"http://127.0.0.1:{door}/v1/models", timeout=10)
        assert "GPU-00000003" in molwright("logs", str(fleet), "chat-b").stdout
        assert (folder / "gateway.toml").exists()
        done = molwright("down", str(fleet))
        assert done.returncode == 0, done.stderr
        assert "ended: chat-b, gateway" in done.stderr
        assert running.wait(timeout=30) == 0
    finally:
        running.terminate()
