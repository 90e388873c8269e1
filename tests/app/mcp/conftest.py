"""A server over services of its own, asked in this process by the SDK's client."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp_types import CallToolResult

from app.mcp.server import create_server
from app.mcp.tool import Door
from app.services.entry import Services
from core.errors import ApprovalNeeded
from tests.settings_kit import settings_of

Call = Callable[..., CallToolResult]
GOAL = "a molecule with MW < 300"


@pytest.fixture(scope="session")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    """Services over an empty home; a thread executes what is queued."""
    services = Services(settings_of(home=tmp_path_factory.mktemp("mcp-home"), workers__processes=1, user__name="ada"))

    def execute() -> None:
        with suppress(ApprovalNeeded):
            services.runs().execute_next()

    return Door(services, lambda: threading.Thread(target=execute, daemon=True).start())


@pytest.fixture(scope="session")
def call(door: Door) -> Call:
    """Ask a tool; over a connection of its own each time."""

    def ask(name: str, mode: str = "auto", told: list[Any] | None = None, **arguments: Any) -> CallToolResult:
        async def hear(progress: float, total: float | None, message: str | None) -> None:
            if told is not None:
                told.append((progress, total, message))

        async def answer() -> CallToolResult:
            async with Client(create_server(door), mode=mode) as client:
                return await client.call_tool(name, arguments, progress_callback=hear)

        return anyio.run(answer)

    return ask


@pytest.fixture(scope="session")
def finished(call: Call) -> tuple[dict[str, Any], list[Any]]:
    """What a design answered that waited to its end, and what it told meanwhile."""
    told: list[Any] = []
    answer = call("design", told=told, goal=GOAL, budget=40, candidates=3, seed=7, wait=300)
    assert not answer.is_error, answer.content
    assert answer.structured_content is not None
    return answer.structured_content, told
