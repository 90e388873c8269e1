"""Real clients of the SDK at real ends: `molwright mcp` as a process over stdio, and the HTTP application behind a socket."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import httpx2
import pytest
import uvicorn
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
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
def _listening(make: Callable[[Callable[[], bool]], Any]) -> Iterator[str]:
    """The address at which an application is served for the length of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = make(lambda: server.should_exit)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        server.should_exit = True
        thread.join(20)


@contextmanager
def _served(home: Path) -> Iterator[tuple[str, Services]]:
    services = Services(settings_of(home=home, workers__processes=1))
    leaving = threading.Event()
    worker = threading.Thread(target=services.workers.work, args=(leaving,), daemon=True)

    def work() -> None:
        if not worker.is_alive():
            worker.start()

    try:
        with _listening(lambda leaving_: http_app(Door(services, work), "127.0.0.1", leaving_)) as address:
            yield address, services
    finally:
        leaving.set()


def test_over_http_and_only_for_names_of_this_machine(tmp_path: Path) -> None:
    with _served(tmp_path) as (address, services):
        for headers in ({"host": "evil.example"}, {"origin": "https://evil.example"}):
            asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
            kinds = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
            assert httpx.post(address, json=asked, headers={**kinds, **headers}).status_code in (403, 421)
        seen = anyio.run(_story, address, "auto")
        _check(seen)
        services.runs().cancel(seen.runs["left"])


def test_others_than_this_machine_need_an_admin_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from app.cli import app

    monkeypatch.setenv("MOLWRIGHT_HOME", str(tmp_path))
    answer = CliRunner().invoke(app, ["mcp", "--http", "--host", "192.168.1.1"])
    assert "molwright people add" in str(answer.exception)


def test_with_accounts_a_token_says_who_asks_and_the_role_what_is_allowed(tmp_path: Path) -> None:
    services = Services(settings_of(home=tmp_path, workers__processes=1))
    secrets = {}
    for name, role in (("ada", "chemist"), ("ben", "reviewer")):
        services.people.add(name, role, "correct horse battery staple")
        secrets[name] = services.people.add_token(name, "a test").secret
    door = Door(services, lambda: None)
    with _listening(lambda leaving: http_app(door, "127.0.0.1", leaving, accounts=True)) as address:
        kinds = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
        for given in ({}, {"authorization": "Bearer nothing"}, {"cookie": "molwright_session=x"}):
            answer = httpx.post(address, json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, headers={**kinds, **given})
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")

        async def ask(name: str, tool: str, **arguments: Any) -> CallToolResult:
            http = httpx2.AsyncClient(headers={"authorization": f"Bearer {secrets[name]}"})
            async with http, Client(streamable_http_client(address, http_client=http)) as client:
                return await client.call_tool(tool, arguments)

        begun = told(anyio.run(partial(ask, "ada", "design", goal=GOAL, wait=0)))
        assert [r["run_id"] for r in told(anyio.run(partial(ask, "ada", "runs")))["runs"]] == [begun["run_id"]]
        assert told(anyio.run(partial(ask, "ben", "runs")))["runs"] == []
        for tool, arguments, kind in (
            ("run", {"run_id": begun["run_id"]}, "not-found"),
            ("cancel_run", {"run_id": begun["run_id"]}, "not-allowed"),
            ("design", {"goal": GOAL, "wait": 0}, "not-allowed"),
        ):
            answer = anyio.run(partial(ask, "ben", tool, **arguments))
            assert answer.structured_content["error"]["kind"] == kind  # type: ignore[index]
    found = [(e.person, e.action, e.outcome.partition(":")[0]) for e in services.people.audit()[0]]
    assert ("ada", "MCP: design", "done") in found
    assert ("ben", "MCP: design", "refused") in found
