"""``molwright serve`` and ``molwright worker``: pages, API, and what executes the queued runs."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import Annotated

import typer

from app.commands.door import services
from app.console import err


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    app.command()(serve)
    app.command()(worker)


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="IP address to listen on. For any but the loopback's people need accounts: molwright people add.")
    ] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(min=1024, max=65535, help="Port; default: the setting server.port.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=0, max=64, help="Worker processes to start; default: the setting server.workers.")
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the first page in a browser.")] = False,
) -> None:
    """Serve pages and API, on this machine or to people with accounts, with workers that execute what is submitted."""
    from app.web.hosts import needs_accounts, warnings
    from app.web.server import serve

    logging.basicConfig(format="molwright: %(message)s")
    door = services(context)
    wanted = door.settings.server
    number = wanted.workers if workers is None else workers

    def show(address: str) -> None:
        accounts = "   with accounts" if needs_accounts(door, host) else ""
        err.print(f"pages: {address}   API: {address}api/v1   workers: {number}{accounts}   (Ctrl-C ends it)")
        for text in warnings(door, host):
            err.print(f"[yellow]note:[/yellow] {text}")

    open_page = not no_open and sys.stderr.isatty()
    serve(door, host, port or wanted.port, number, show=show, open_page=open_page)


def worker(
    context: typer.Context,
    with_parent: Annotated[bool, typer.Option("--with-parent", help="Leave when the process that started this one is gone.")] = False,
) -> None:
    """Execute queued runs, one after the other, until SIGTERM; several may work side by side."""
    from app.services.workers import limit_memory, stand_back

    logging.basicConfig(format="worker %(process)d: %(message)s")
    logging.getLogger("app").setLevel(logging.INFO)
    leaving = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leaving.set())
    if hasattr(signal, "SIGTTOU"):  # beside a server it is in the background of its terminal, and may say something there
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    parent = os.getppid()
    stand_back()
    limit_memory(services(context).settings.server.worker_memory_mb)
    services(context).workers.work(leaving, orphaned=lambda: with_parent and os.getppid() != parent)
