"""`molwright serve`: the server on the loopback address and the worker processes beside it."""

from __future__ import annotations

import ipaddress
import webbrowser
from collections.abc import Callable

import uvicorn

from app.services.entry import Services
from app.services.worker_processes import WorkerProcesses
from app.web.application import create_app
from core.errors import ConfigurationError, UsageError


def loopback(host: str) -> str:
    """``host`` if it is a loopback address. UsageError for every other: there are no accounts, so nobody else may come in."""
    try:
        if host == "localhost" or ipaddress.ip_address(host).is_loopback:
            return host
    except ValueError:
        pass
    raise UsageError(f"{host!r} is not the loopback address: there are no accounts yet, so only this machine is served (127.0.0.1 or ::1)")


def serve(services: Services, host: str, port: int, workers: int, *, show: Callable[[str], None], open_page: bool) -> None:
    """Serve until a signal ends it. Raises UsageError for an address that is not loopback, ConfigurationError if the port is taken."""
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    config = uvicorn.Config(
        create_app(services),
        host=loopback(host),
        port=port,
        http="h11",  # which limits the size of a head
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    with WorkerProcesses(workers):
        show(address)
        if open_page:
            webbrowser.open(address)
        try:
            server.run()
        except SystemExit as error:  # uvicorn's word for an address that it cannot have
            raise ConfigurationError(f"port {port} cannot be had; choose another: molwright serve --port N") from error
