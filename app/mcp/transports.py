"""The two ways to a client: over the streams of this process, and over HTTP on the loopback address."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import anyio
import uvicorn
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp

from app.mcp.entrance import Tokens
from app.mcp.server import create_server
from app.mcp.tool import Door
from app.services.entry import Services
from app.services.worker_processes import WorkerProcesses
from core.errors import ConfigurationError

#: Where the server answers over HTTP.
PATH = "/mcp"


@contextmanager
def opened(services: Services, workers: int) -> Iterator[Door]:
    """The door over ``services``, with so many worker processes as soon as a run is started or waited for; they leave at the end of the block."""
    lock, begun = threading.Lock(), False
    with ExitStack() as stack:

        def work() -> None:
            nonlocal begun
            with lock:
                if not begun:
                    stack.enter_context(WorkerProcesses(workers))
                    begun = True

        yield Door(services, work)


def serve_stdio(services: Services, workers: int) -> None:
    """Answer the client at standard input and output until it closes them."""

    async def answer(door: Door) -> None:
        server = create_server(door)
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    with opened(services, workers) as door:
        anyio.run(answer, door)


def http_app(door: Door, host: str, leaving: Callable[[], bool], *, accounts: bool = False) -> ASGIApp:
    """The ASGI application. It answers names of its own address alone and refuses pages from elsewhere; with ``accounts`` it wants a token."""
    own = door.services.settings.server.names if accounts else ()
    names = dict.fromkeys(("127.0.0.1", "localhost", "[::1]", f"[{host}]" if ":" in host else host, *own))
    hosts = [form for name in names for form in (name, f"{name}:*")]
    security = TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=[f"http://{n}:*" for n in names])
    server = create_server(door, accounts=accounts, leaving=leaving)
    app = server.streamable_http_app(streamable_http_path=PATH, host=host, transport_security=security)
    return Tokens(app, door.services) if accounts else app


def serve_http(services: Services, host: str, port: int, workers: int, *, accounts: bool, show: Callable[[str], None]) -> None:
    """Answer at ``host``, the loopback address unless there are ``accounts``, until a signal ends it. ConfigurationError if the port is taken."""
    _ = services.store  # opened once, before requests come in several threads
    with opened(services, workers) as door:
        config = uvicorn.Config(
            http_app(door, host, lambda: server.should_exit, accounts=accounts),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        show(f"http://{f'[{host}]' if ':' in host else host}:{port}{PATH}")
        try:
            server.run()
        except SystemExit as error:  # uvicorn's word for an address that it cannot have
            raise ConfigurationError(f"port {port} cannot be had; choose another: molwright mcp --http --port N") from error
