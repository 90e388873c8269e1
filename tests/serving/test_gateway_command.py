"""``molwright gateway`` and ``molwright fleet bench`` as a user starts them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.serving.fake_upstream import Behaviour, fake, free_socket

ROOT = Path(__file__).resolve().parents[2]


def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "MOLWRIGHT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}


def molwright(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.cli", *arguments]
    return subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=60, check=False)


def write_config(tmp_path: Path, url: str, port: int = 0) -> Path:
    path = tmp_path / "gateway.toml"
    path.write_text(f'[gateway]\nport = {port}\ndrain_s = 5\n[[pool.endpoints]]\nbase_url = "{url}"\nmodel = "m"\n', encoding="utf-8")
    return path


def test_keys_are_made_shown_once_listed_and_removed(tmp_path: Path) -> None:
    write_config(tmp_path, "http://127.0.0.1:9/v1")
    made = molwright(tmp_path, "gateway", "keys", "add", "ada", "--requests-per-minute", "30")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    listed = molwright(tmp_path, "gateway", "keys", "list", "--json")
    [entry] = json.loads(listed.stdout)
    assert (entry["name"], entry["requests_per_minute"]) == ("ada", 30)
    assert key not in listed.stdout + (tmp_path / "gateway-keys.json").read_text(encoding="utf-8")
    assert molwright(tmp_path, "gateway", "--config", "gateway.toml", "keys", "remove", "ada").returncode == 0
    again = molwright(tmp_path, "gateway", "keys", "remove", "ada", "--config", "gateway.toml")
    assert (again.returncode, "no key for 'ada'" in again.stderr) == (2, True)


def test_a_configuration_that_cannot_be_used_is_said_in_one_line(tmp_path: Path) -> None:
    missing = molwright(tmp_path, "gateway", "--config", "none.toml")
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)
    write_config(tmp_path, "ftp://x")
    wrong = molwright(tmp_path, "gateway")
    assert wrong.returncode == 1
    assert "pool.endpoints.0.base_url" in wrong.stderr


def test_a_running_gateway_answers_and_ends_calls_under_way_when_it_is_stopped(tmp_path: Path) -> None:
    sock = free_socket()
    port = sock.getsockname()[1]
    sock.close()
    with fake() as (server, url):
        write_config(tmp_path, url, port)
        key = molwright(tmp_path, "gateway", "keys", "add", "ada").stdout.strip()
        command = [sys.executable, "-m", "app.cli", "gateway"]
        process = subprocess.Popen(command, cwd=tmp_path, env=environment(tmp_path), stderr=subprocess.PIPE, text=True)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"authorization": f"Bearer {key}"}, trust_env=False) as client:
                _wait(client)
                body = {"model": "m", "messages": [{"role": "user", "content": "x"}], "stream": True}
                server.default = Behaviour("slow", delay=0.1)
                with client.stream("POST", "/v1/chat/completions", json=body) as answer:
                    blocks = answer.iter_bytes()
                    text = next(blocks)
                    process.send_signal(signal.SIGTERM)
                    text += b"".join(blocks)
            assert text.endswith(b"data: [DONE]\n\n")
            process.wait(10)
        finally:
            process.kill()
            process.wait()
            assert process.stderr is not None
            process.stderr.close()


def _wait(client: httpx.Client) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            client.get("/health")
            return
        except httpx.ConnectError:
            time.sleep(0.05)
    pytest.fail("the gateway did not start")


def test_the_load_test_is_stored_and_compared(tmp_path: Path) -> None:
    with fake() as (_, url):
        options = ("--concurrency", "1,2", "--requests", "4")
        first = molwright(tmp_path, "fleet", "bench", url, "m", *options, "--save", "first.json")
        second = molwright(tmp_path, "fleet", "bench", url, "m", *options, "--against", "first.json", "--json")
        wrong = molwright(tmp_path, "fleet", "bench", url, "m", "--concurrency", "1,x")
    assert first.returncode == 0, first.stderr
    assert "tokens/s" in first.stdout
    data = json.loads(second.stdout)
    assert [c["concurrency"] for c in data["compared"]] == [1, 2]
    assert Path(data["file"]).exists()
    assert (wrong.returncode, "numbers by commas" in wrong.stderr) == (2, True)
