"""``molwright mcp``: molwright as tools for the client of a language model."""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated

import typer

from app.commands.door import services
from app.console import err


def register(app: typer.Typer) -> None:
    """Add the command of this file to ``app``."""
    app.command()(mcp)


def mcp(
    context: typer.Context,
    http: Annotated[bool, typer.Option("--http", help="Answer over HTTP instead of standard input and output.")] = False,
    host: Annotated[
        str,
        typer.Option(
            help="With --http: IP address to listen on. For any but the loopback's people need accounts and tokens: molwright people add."
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1024, max=65535, help="With --http: port.")] = 8643,
    workers: Annotated[
        int | None, typer.Option(min=0, max=64, help="Worker processes, started with the first run; default: the setting server.workers.")
    ] = None,
) -> None:
    """Offer molwright's tools to a client that speaks the Model Context Protocol, over standard input and output or HTTP."""
    from app.mcp.transports import serve_http, serve_stdio

    logging.basicConfig(format="molwright: %(message)s", level=logging.WARNING)
    door = services(context)
    number = door.settings.server.workers if workers is None else workers
    if http:
        from app.web.hosts import needs_accounts, require_an_admin, warnings

        accounts = needs_accounts(door, host)
        if accounts:
            require_an_admin(door)

        def show(address: str) -> None:
            err.print(f"MCP: {address}{'   with tokens' if accounts else ''}   (Ctrl-C ends it)")
            for text in warnings(door, host):
                err.print(f"[yellow]note:[/yellow] {text}")

        return serve_http(door, host, port, number, accounts=accounts, show=show)
    if sys.stdin.isatty():
        err.print("This speaks MCP on standard input and output; a client starts it (docs/mcp.md). Ctrl-D ends it.")
    try:
        serve_stdio(door, number)
    except Exception:
        raise
    except BaseException:  # Ctrl-C
        os._exit(130)
    os._exit(0)  # a thread may still read the client's end of the line
