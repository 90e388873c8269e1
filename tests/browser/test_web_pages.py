"""The pages of `molwright serve` in Chromium: a goal from the sentence to its report, at two widths, in both colour schemes, by keyboard, on paper."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import uvicorn

from app.services.entry import Services
from app.web.application import create_app
from tests.browser.looks import BROKEN_WORDS, PALE, UNNAMED
from tests.settings_kit import settings_of

pytestmark = pytest.mark.browser
GOAL = "a molecule with MW < 300, low foaming and HLB of 12"
PAPER = 703
#: What htmx writes to the console of a request that was given up, as a forecast is when one goes on before it is there.
GIVEN_UP = ("htmx:afterRequest,", "htmx:sendAbort,")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a worker, over an empty home."""
    home = tmp_path_factory.mktemp("home")
    services = Services(settings_of(home=home, literature__uri="http://127.0.0.1:1", workers__processes=1, user__name="ada"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(create_app(services), host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
    )
    leaving = threading.Event()
    threads = [threading.Thread(target=server.run), threading.Thread(target=services.workers.work, args=(leaving,))]
    for thread in threads:
        thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    leaving.set()
    server.should_exit = True
    for thread in threads:
        thread.join()


@pytest.fixture(scope="module")
def report(served: str, chromium: Any) -> str:
    """The address of a report, reached from the first page by keyboard alone."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    page.on(
        "console",
        lambda message: (
            faults.append(message.text) if message.type in ("error", "warning") and not message.text.startswith(GIVEN_UP) else None
        ),
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(served)
    assert page.evaluate("document.activeElement.id") == "goal"
    page.keyboard.type(GOAL)
    page.wait_for_selector("#reading-heading")  # read while one types
    assert page.locator("#reading p.sentence mark").all_text_contents() == ["low foaming", "HLB of 12"]
    page.fill("#budget", "30")
    page.fill("#candidates", "3")
    page.focus("input[name=accept_unread]")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/*")
    page.reload()  # the run does not depend on the page
    page.wait_for_selector("section#table", timeout=180_000)  # opened by itself when the run is finished
    assert faults == []
    address: str = page.url
    page.close()
    return address


@pytest.fixture(scope="module")
def addresses(served: str, report: str) -> dict[str, str]:
    """Each page."""
    listed = httpx.get(f"{served}/api/v1/runs/{report.rpartition('/')[2]}/report").json()
    compared = urlencode({"key": [c["key"] for c in [*listed["candidates"], *listed["closest"]][:6]]}, doseq=True)
    return {
        "goal": f"{served}/?goal={GOAL}",
        "runs": f"{served}/runs",
        "report": report,
        "progress": f"{report}/progress",
        "compare": f"{report}/compare?{compared}",
        "delete": f"{report}/delete",
        "missing": f"{served}/no",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_fits_has_names_and_can_be_read(width: int, scheme: str, chromium: Any, addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.goto(address)
        if name == "goal":
            page.click("button.main")
            page.wait_for_selector("#reading-heading")
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.evaluate(BROKEN_WORDS) == [], name
        assert page.evaluate(PALE) == [], name
        assert page.evaluate(UNNAMED) == [], name
        page.close()


def test_the_table_is_sorted_and_filtered_in_place_and_its_state_is_in_the_address(chromium: Any, report: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(report)
    masses = "[...document.querySelectorAll('td[data-label^=\"Molecular weight\"]')].map(t => parseFloat(t.textContent))"
    page.click("a.sort:has-text('Molecular weight')")
    page.wait_for_selector("th[aria-sort=descending]")
    found = page.evaluate(masses)
    assert found == sorted(found, reverse=True)
    assert "sort=molecular_weight" in page.url
    page.select_option("#which", "listed")
    page.wait_for_url("**which=listed**")
    assert len(page.evaluate(masses)) == 3
    assert page.locator("th[aria-sort=descending]").count() == 1
    page.reload()
    assert len(page.evaluate(masses)) == 3
    page.close()


def test_a_page_works_without_scripts(chromium: Any, served: str, report: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/")
    page.fill("#goal", GOAL)
    page.click("button.main")
    assert page.locator("#reading-heading").count() == 1
    page.goto(report)
    page.click("a.sort:has-text('Score')")
    assert page.locator("th[aria-sort]").count() == 1
    context.close()


def test_a_report_prints_whole_without_its_controls(chromium: Any, report: str) -> None:
    page = chromium.new_page(viewport={"width": PAPER, "height": 900})
    page.goto(report)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    assert not page.is_visible("form.filter")
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()
