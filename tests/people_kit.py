"""A server with accounts and one person of each role, who need no passwords: they ask with tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.services.entry import Services
from app.web.application import create_app
from core.people import Person, Role
from tests.settings_kit import settings_of

ADDRESS = "http://127.0.0.1:8642"
#: Everybody, by name.
PEOPLE: dict[str, Role] = {"ada": "chemist", "bo": "chemist", "cy": "reviewer", "di": "evaluator", "ed": "admin"}


@dataclass
class House:
    """A server with accounts: its services, its application, and a client for each person by name ('': nobody)."""

    services: Services
    app: FastAPI
    clients: dict[str, TestClient]

    def of(self, name: str) -> Services:
        """The services as this person has them."""
        return self.services.seen_by(Person(name, PEOPLE[name]))


@contextmanager
def house(home: Path, **settings: object) -> Iterator[House]:
    """A server over an empty home."""
    services = Services(
        settings_of(home=home, literature__uri="http://127.0.0.1:1", workers__processes=1, user__name="operator", **settings)
    )
    store = services.people._store
    app = create_app(services, accounts=True)
    clients = {"": TestClient(app, base_url=ADDRESS, follow_redirects=False)}
    for name, role in PEOPLE.items():
        store.add(name, role, "")
        secret = services.people.add_token(name, "tests").secret
        clients[name] = TestClient(app, base_url=ADDRESS, headers={"authorization": f"Bearer {secret}"}, follow_redirects=False)
    with clients[""]:
        yield House(services, app, clients)
