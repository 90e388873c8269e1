"""``molwright fleet up`` with a real server: when its API process is killed, the whole group is ended and started again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving.supervisor import group_members
from tests.vllm.servers import ENVIRONMENT, ROOT, environment_folder, free_port, tiny_model, title

pytestmark = pytest.mark.vllm

START_S = 600.0
TOPOLOGY = """
schema_version = 1
name = "tiny"
[[hosts]]
name = "here"
address = "127.0.0.1"
gateway_port = {gateway}
[[cards]]
name = "none"
host = "here"
model = "the processor"
memory_gb = 16
bandwidth_gb_s = 20
compute_capability = "8.9"
uuid = "GPU-00000000-0000-0000-0000-000000000000"
[[deployments]]
name = "tiny"
served_name = "tiny"
cards = ["none"]
port = {port}
quantization = "bf16"
context = 2048
max_concurrency = 8
enforce_eager = true
tool_parser = "hermes"
roles = ["assistant"]
flags = ["--dtype", "float32"]
[deployments.model]
name = "{model}"
config = "{model}/config.json"
"""


class Fleet:
    """A fleet that is up, and its commands."""

    def __init__(self, folder: Path) -> None:
        self.port, gateway = free_port(), free_port()
        self.gateway = f"http://127.0.0.1:{gateway}"
        self.file = folder / "fleet.toml"
        self.file.write_text(TOPOLOGY.format(gateway=gateway, port=self.port, model=tiny_model(folder)), encoding="utf-8")
        self.environment = {**os.environ, **ENVIRONMENT, "MOLWRIGHT_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        self.log = folder / "up.log"

    def command(self, *words: str) -> list[str]:
        """A ``molwright fleet`` command on this fleet."""
        return [sys.executable, "-m", "app.cli", "fleet", words[0], str(self.file), *words[1:]]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run it."""
        return subprocess.run(
            self.command(*words), env=self.environment, cwd=self.file.parent, capture_output=True, text=True, timeout=120, check=False
        )

    def status(self) -> dict[str, Any]:
        """The server's entry of ``fleet status``; {} before there is one."""
        done = self.run("status", "--json")
        with contextlib.suppress(ValueError):
            return next((dict(s) for s in json.loads(done.stdout)["servers"] if s["name"] == "tiny"), {})
        return {}

    def until(self, condition: Callable[[dict[str, Any]], Any], seconds: float = START_S) -> dict[str, Any]:
        """The status once it is as wanted."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status = self.status()
            if status and condition(status):
                return status
            time.sleep(0.5)
        pytest.fail(f"{self.status()}\n{self.log.read_text(errors='replace')[-1000:]}\n{self.run('logs', 'tiny').stdout[-3000:]}")


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """Up with its gateway; down afterwards."""
    made = Fleet(tmp_path)
    vllm = environment_folder() / "bin" / "vllm"
    with made.log.open("wb") as log:
        command = ["nice", "-n", "5", *made.command("up", "--vllm", str(vllm))]
        process = subprocess.Popen(command, env=made.environment, cwd=tmp_path, stdout=log, stderr=log)
    try:
        yield made
    finally:
        made.run("down")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        process.kill()
        process.wait()


def test_a_killed_api_server_leaves_no_engine_and_comes_back(fleet: Fleet) -> None:
    first = fleet.until(lambda s: s["state"] == "healthy")
    key = subprocess.run(
        [sys.executable, "-m", "app.cli", "gateway", "--config", *_gateway_file(fleet), "keys", "add", "test"],
        env=fleet.environment, capture_output=True, text=True, check=True, cwd=fleet.file.parent,
    ).stdout.strip()  # fmt: skip

    def asked() -> int:
        message = {"role": "user", "content": "x"}
        body = {"model": "tiny", "messages": [message], "max_tokens": 4}
        headers = {"authorization": f"Bearer {key}"}
        with contextlib.suppress(httpx.HTTPError):
            return httpx.post(f"{fleet.gateway}/v1/chat/completions", json=body, headers=headers, timeout=60, trust_env=False).status_code
        return 0

    names = {m: title(m) for m in group_members(first["pid"])}
    assert any(n.startswith("VLLM::EngineCor") for n in names.values()), names
    assert _within(30, lambda: asked() == 200), "the gateway does not use the server"
    begin = time.monotonic()
    os.kill(first["pid"], signal.SIGKILL)
    second = fleet.until(lambda s: s["restarts"] == 1 and s["state"] == "healthy")
    healthy = time.monotonic() - begin
    assert second["pid"] != first["pid"]
    assert second["reason"] == "its first process ended with -9"
    assert group_members(first["pid"]) == [], "engine or worker of the first start still run"
    back = time.monotonic()
    assert _within(20, lambda: asked() == 200), "the gateway does not use it again"
    print(f"\nSIGKILL under fleet up: healthy again after {healthy:.0f} s, used by the gateway {time.monotonic() - back:.1f} s later")
    down = fleet.run("down")
    assert "tiny" in down.stderr
    assert group_members(second["pid"]) == []


def _gateway_file(fleet: Fleet) -> list[str]:
    (found,) = (Path(fleet.environment["MOLWRIGHT_HOME"]) / "fleet").rglob("gateway.toml")
    return [str(found)]


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.5)
    return False
