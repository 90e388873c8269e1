"""A newcomer's page, as ``docs/extending.md`` shows it: a module and a template in a package of its own."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.services.entry import Services
from app.web import rendering
from app.web.application import create_app
from tests.app.web.conftest import ADDRESS
from tests.settings_kit import settings_of
from tests.tools.test_plugins import shown


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """Services over an empty home, in which one run waits and another is queued."""
    found = Services(settings_of(home=tmp_path / "home", user__name="ada"))
    first, _ = (found.runs().start(goal, {}, queued=True) for goal in ("a molecule that waits <b>", "a molecule in the queue"))
    lease = found.store.acquire(first, "a test")
    for status in ("running", "waiting"):
        found.store.set_status(lease, status)  # type: ignore[arg-type]
    return found


@pytest.fixture
def browser(services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The application with the page, which is in no folder of ours."""
    (tmp_path / "their_page.py").write_text(shown("A page", "python"), encoding="utf-8")
    (tmp_path / "waiting.html.j2").write_text(shown("A page", "jinja"), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    loader = rendering._environment().loader
    monkeypatch.setattr(loader, "searchpath", [*loader.searchpath, str(tmp_path)])  # type: ignore[union-attr]
    app = create_app(services)
    app.include_router(importlib.import_module("their_page").router)
    with TestClient(app, base_url=ADDRESS) as client:
        yield client
    del sys.modules["their_page"]


def test_a_page_shows_what_a_service_says(browser: TestClient) -> None:
    answer = browser.get("/waiting")
    assert answer.status_code == 200, answer.text[:500]
    assert "Waiting for a person" in answer.text
    assert "a molecule that waits &lt;b&gt;" in answer.text
    assert "a molecule in the queue" not in answer.text
    assert browser.get("/waiting", headers={"host": "evil.example"}).status_code != 200  # the guard stands before it too
