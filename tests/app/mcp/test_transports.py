"""Real clients of the SDK at real ends: `molwright mcp` as a process over stdio, and the HTTP application behind a socket."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult

from app.mcp.tool import TOOLS, Door
from app.mcp.transports import http_app
from app.services.entry import Services
from tests.app.mcp.conftest import GOAL
from tests.settings_kit import settings_of

ROOT = Path(__file__).parents[3]
REFUSED = "a nerve agent like sarin"


@dataclass
class Session:
    """What a client saw."""

    tools: list[str] = field(default_factory=list)
    answers: dict[str, CallToolResult] = field(default_factory=dict)
    heard: list[float] = field(default_factory=list)
    runs: dict[str, str] = field(default_factory=dict)


def told(answer: CallToolResult) -> dict[str, Any]:
    assert not answer.is_error, answer.content
    assert answer.structured_content is not None
    return dict(answer.structured_content)


async def _until(client: Client, run_id: str, *statuses: str) -> str:
    """The status of a run as soon as it is one of these."""
    for _ in range(240):
        status = str(told(await client.call_tool("run", {"run_id": run_id}))["status"])
        if status in statuses:
            return status
        await anyio.sleep(0.5)
    raise AssertionError(f"the run is {status}")


async def _taken_back(client: Client, seed: int) -> str:
    """The id of a run whose call was taken back as soon as it told something."""
    before = {r["run_id"] for r in told(await client.call_tool("runs", {}))["runs"]}
    with anyio.CancelScope() as scope:

        async def hear(progress: float, total: float | None, message: str | None) -> None:
            scope.cancel()

        asked = {"goal": GOAL, "budget": 5000, "seed": seed, "wait": 600}
        await client.call_tool("design", asked, progress_callback=hear)
    return next(r["run_id"] for r in told(await client.call_tool("runs", {}))["runs"] if r["run_id"] not in before)


async def _story(server: Any, mode: str) -> Session:
    """All that a client does in one connection, which it closes while it waits for a run."""
    seen = Session()
    async with Client(server, mode=mode) as client:
        seen.tools = [tool.name for tool in (await client.list_tools()).tools]
        seen.answers["properties"] = await client.call_tool("properties", {"smiles": ["CCO"], "names": ["molecular_weight"]})
        seen.answers["refused"] = await client.call_tool("design", {"goal": REFUSED})

        async def hear(progress: float, total: float | None, message: str | None) -> None:
            seen.heard.append(progress)

        asked = {"goal": GOAL, "budget": 40, "candidates": 2, "seed": 7, "wait": 300}
        seen.answers["design"] = await client.call_tool("design", asked, progress_callback=hear)
        finished = told(seen.answers["design"])["run_id"]
        seen.answers["report"] = await client.call_tool("report", {"run_id": finished})
        seen.runs["taken back"] = await _taken_back(client, 8)
        seen.runs["its status"] = await _until(client, seen.runs["taken back"], "cancelled")
        begun = told(await client.call_tool("design", {"goal": GOAL, "budget": 5000, "seed": 9, "wait": 0}))
        seen.runs["left"] = begun["run_id"]
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "run", {"run_id": begun["run_id"], "wait": 600})
            await anyio.sleep(0.3)
            tasks.cancel_scope.cancel()
    return seen


def _check(seen: Session) -> None:
    assert seen.tools == list(TOOLS)
    assert told(seen.answers["properties"])["structures"][0]["properties"]["molecular_weight"]["unit"] == "g/mol"
    assert seen.answers["refused"].is_error
    assert seen.answers["refused"].structured_content["error"]["exit_code"] == 3  # type: ignore[index]
    assert told(seen.answers["design"])["status"] == "success"
    assert len(seen.heard) >= 2
    assert seen.heard == sorted(set(seen.heard))
    assert [c["rank"] for c in told(seen.answers["report"])["candidates"]] == [1, 2]
    assert seen.runs["its status"] == "cancelled"


@pytest.mark.slow
def test_over_stdio_with_the_worker_that_the_server_starts(tmp_path: Path) -> None:
    named = {"MOLWRIGHT_HOME": str(tmp_path), "MOLWRIGHT_WORKERS__PROCESSES": "1", "PYTHONPATH": str(ROOT)}
    command = StdioServerParameters(command=sys.executable, args=["-m", "app.cli", "mcp"], env={**os.environ, **named}, cwd=ROOT)
    seen = anyio.run(_story, command, "legacy")
    _check(seen)
    services = Services(settings_of(home=tmp_path))
    assert services.runs().find(seen.runs["left"]).status in ("queued", "running")  # who only waits for a run does not end it


@contextmanager
def _served(home: Path) -> Iterator[tuple[str, Services]]:
    services = Services(settings_of(home=home, workers__processes=1))
    leaving = threading.Event()
    worker = threading.Thread(target=services.workers.work, args=(leaving,), daemon=True)

    def work() -> None:
        if not worker.is_alive():
            worker.start()

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = http_app(Door(services, work), "127.0.0.1", lambda: server.should_exit)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}/mcp", services
    finally:
        leaving.set()
        server.should_exit = True
        thread.join(20)


def test_over_http_and_only_for_names_of_this_machine(tmp_path: Path) -> None:
    with _served(tmp_path) as (address, services):
        for headers in ({"host": "evil.example"}, {"origin": "https://evil.example"}):
            asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
            kinds = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
            assert httpx.post(address, json=asked, headers={**kinds, **headers}).status_code in (403, 421)
        seen = anyio.run(_story, address, "auto")
        _check(seen)
        services.runs().cancel(seen.runs["left"])


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1"])
def test_no_address_but_loopback_is_listened_on(host: str) -> None:
    from typer.testing import CliRunner

    from app.cli import app

    answer = CliRunner().invoke(app, ["mcp", "--http", "--host", host])
    assert "loopback" in str(answer.exception)
