"""`molwright serve`: the server and the worker processes beside it."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable

import uvicorn

from app.services.entry import Services
from app.services.worker_processes import WorkerProcesses
from app.web.application import create_app
from app.web.hosts import needs_accounts, require_an_admin
from core.errors import ConfigurationError

#: Seconds that a thread may hold the interpreter while others wait: what takes in requests and sends answers off has to wait for each that makes one.
SWITCH = 0.001


def serve(services: Services, host: str, port: int, workers: int, *, show: Callable[[str], None], open_page: bool) -> None:
    """Serve until a signal ends it. Raises ConfigurationError if the port is taken, or where people have to sign in and there is no admin."""
    accounts, proxies = needs_accounts(services, host), services.settings.server.proxies
    if accounts:
        require_an_admin(services)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    config = uvicorn.Config(
        create_app(services, accounts=accounts),
        host=host,
        port=port,
        http="h11",  # which limits the size of a head
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        ws="none",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    sys.setswitchinterval(SWITCH)
    with WorkerProcesses(workers):
        show(address)
        if open_page:
            webbrowser.open(address)
        try:
            server.run()
        except SystemExit as error:  # uvicorn's word for an address that it cannot have
            raise ConfigurationError(f"port {port} cannot be had; choose another: molwright serve --port N") from error
