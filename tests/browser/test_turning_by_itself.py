"""A run's page turns into its report by itself, and never under somebody's hand or when somebody is on the way to another page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.client import Client
from tests.browser.serving import served_pages

pytestmark = pytest.mark.browser
#: What the page is told when its run has ended, with a shorter time to wait than it really has.
ENDED = 'event: state\ndata: <p class="state">Finished.</p><span data-turns hx-get="/runs/{run}/open" hx-trigger="load delay:{wait}ms" hx-swap="none"></span>\n\n'


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a run that waits for a worker."""
    with served_pages(tmp_path_factory.mktemp("home"), worker=False) as address, Client(address) as client:
        yield f"{address}/runs/{client.start('a molecule with MW < 300', budget=10, approve=True).run_id}"


def _opened(chromium: Any, run: str, wait: int) -> Any:
    """The run's page; it hears that the run has ended as soon as it listens, and is told where to turn to when it asks."""
    page = chromium.new_page()
    told = ENDED.format(run=run.rpartition("/")[2], wait=wait)
    page.route("**/live", lambda route: route.fulfill(content_type="text/event-stream", body=told))
    page.route("**/open", lambda route: route.fulfill(status=204, headers={"hx-redirect": "/runs?text=turned"}))
    page.goto(run)
    page.wait_for_selector("p.state:has-text('Finished.')")
    return page


def test_it_turns_where_nobody_does_anything(run: str, chromium: Any) -> None:
    page = _opened(chromium, run, 50)
    page.wait_for_url("**/runs?text=turned")
    page.close()


def test_it_stays_where_somebody_has_just_pressed_something(run: str, chromium: Any) -> None:
    page = _opened(chromium, run, 600)
    page.keyboard.press("Tab")
    page.wait_for_selector("[data-turns]", state="detached")
    page.wait_for_timeout(300)
    assert page.url == run
    page.close()


def test_who_goes_elsewhere_comes_there(run: str, chromium: Any) -> None:
    page = _opened(chromium, run, 200)
    slow = run.replace("/runs/", "/structures?slow=")

    def late(route: Any) -> None:
        page.wait_for_timeout(900)  # the page would turn meanwhile
        route.continue_()

    page.route("**/structures?slow=*", late)
    assert page.goto(slow).status == 200
    assert page.url == slow
    page.close()
