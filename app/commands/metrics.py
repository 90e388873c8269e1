"""``molwright metrics``: what the stored runs tell Prometheus."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app import wiring
from app.commands.door import services
from app.console import err, write_text
from core.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(metrics)


def metrics(
    context: typer.Context,
    target: Annotated[
        Path | None,
        typer.Option("--out", help="Write to this file, all at once, for node_exporter's textfile collector.", metavar="FILE"),
    ] = None,
    listen: Annotated[str, typer.Option(help="Serve them at http://HOST:PORT/metrics until stopped.", metavar="HOST:PORT")] = "",
) -> None:
    """Print the metrics of all stored runs in Prometheus's text form: runs, structures, steps, model calls and tokens."""
    from app.services.run_metrics import page, registry

    if target and listen:
        raise UsageError("choose one of --out and --listen")
    door = services(context)
    store = wiring.open_figures(door.settings)
    try:
        if target:
            write_text(target, page(store, door.clock))
        elif not listen:
            typer.echo(page(store, door.clock), nl=False)
        else:
            from prometheus_client import start_http_server

            host, port = _address(listen)
            server, thread = start_http_server(port, host, registry(store, door.clock))
            err.print(f"metrics of the runs at http://{escape(host)}:{server.server_port}/metrics until Ctrl-C")
            signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
            thread.join()
    finally:
        store.close()


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"--listen needs HOST:PORT, not {text!r}")
    return host.strip("[]"), int(port)
