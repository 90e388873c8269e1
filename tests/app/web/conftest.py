"""One application over one small run, for every test of a module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient

from app.client import Client, Run
from app.services.entry import Services
from app.web.application import create_app
from core.errors import ApprovalNeeded
from core.report import Report
from tests.settings_kit import settings_of

ADDRESS = "http://127.0.0.1:8642"
GOAL = "a molecule with MW < 300"
UNREAD = "a molecule with MW < 300, low foaming and HLB of 12, that my boss likes"


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """Services over an empty home, without a literature store."""
    home = tmp_path_factory.mktemp("home")
    return Services(settings_of(home=home, literature__uri="http://127.0.0.1:1", workers__processes=1, user__name="ada"))


@pytest.fixture(scope="session")
def browser(services: Services) -> Iterator[TestClient]:
    """What a browser on this machine would send, cookies and all."""
    with TestClient(create_app(services), base_url=ADDRESS) as client:
        yield client


@pytest.fixture(scope="session")
def client(browser: TestClient) -> Client:
    """The typed client over the same application."""
    return Client(http=browser)


def wait(services: Services, run_id: str) -> None:
    """Let a queued run wait for approval, as its graph would."""
    store = services.store
    lease = store.acquire(run_id, "a test")
    store.set_status(lease, "running")
    store.save_spec(lease, services.goals.interpret(GOAL))
    store.set_status(lease, "waiting")
    store.release(lease)


@dataclass(frozen=True)
class Story:
    """A run as the API showed it: when it had been submitted, when it waited, when it had been approved with another number of candidates."""

    submitted: Run
    waiting: Run
    approved: Run
    executed: str | None


@pytest.fixture(scope="session")
def story(client: Client, services: Services) -> Story:
    """A run from the queue over a person's approval to its report."""
    submitted = client.start(GOAL, budget=24, candidates=2, seed=7)
    with pytest.raises(ApprovalNeeded):
        services.runs().execute_next()
    waiting = client.run(submitted.run_id)
    assert waiting.spec is not None
    approved = client.approve(submitted.run_id, waiting.spec.model_copy(update={"candidates": 3}))
    return Story(submitted, waiting, approved, services.runs().execute_next())


@pytest.fixture(scope="session")
def finished(story: Story) -> str:
    """The id of a run that went to its report."""
    return story.submitted.run_id


@dataclass(frozen=True)
class Place:
    """A server with one finished run that no other module looks at."""

    services: Services
    browser: TestClient
    client: Client
    run_id: str
    report: Report

    @property
    def page(self) -> str:
        """The report's page as it is now."""
        return self.browser.get(f"/runs/{self.run_id}").text


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server of its own, with a run of four candidates."""
    services = Services(
        settings_of(home=tmp_path_factory.mktemp("place"), literature__uri="http://127.0.0.1:1", workers__processes=1, user__name="ada")
    )
    with TestClient(create_app(services), base_url=ADDRESS) as browser:
        client = Client(http=browser)
        run = client.start("a molecule with MW < 250 and a melting point above 50 °C", budget=40, candidates=4, seed=3, approve=True)
        assert services.runs().execute_next() == run.run_id
        yield Place(services, browser, client, run.run_id, client.report(run.run_id))
