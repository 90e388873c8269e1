"""A server of the pages for tests that look at them in a browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from app.services.entry import Services
from app.web.application import create_app
from core.people import Role
from tests.settings_kit import settings_of


@contextmanager
def served_pages(
    home: Path, *, worker: bool, literature: str = "http://127.0.0.1:1", accounts: dict[str, tuple[Role, str]] | None = None
) -> Iterator[str]:
    """The address of a server over ``home``, with a worker that executes what is queued, or without one.

    ``literature``: where notes and papers are; '' for the home folder. ``accounts``: role and password by name, for a server where people sign in.
    """
    services = Services(settings_of(home=home, literature__uri=literature, workers__processes=1, user__name="ada"))
    for name, (role, password) in (accounts or {}).items():
        services.people.add(name, role, password)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(services, accounts=bool(accounts)), host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1
        )
    )
    leaving = threading.Event()
    threads = [threading.Thread(target=server.run)]
    if worker:
        threads.append(threading.Thread(target=services.workers.work, args=(leaving,)))
    for thread in threads:
        thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        leaving.set()
        server.should_exit = True
        for thread in threads:
            thread.join()


def signed_in(chromium: Any, address: str, name: str, password: str, **view: Any) -> Any:
    """A page of somebody who signed in by keyboard on the way to ``address``."""
    page = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **view}).new_page()
    page.goto(address)
    assert "/sign-in?next=" in page.url
    page.focus("#name")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url(address)
    return page
