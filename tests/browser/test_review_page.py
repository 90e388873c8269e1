"""The review in Chromium, by keyboard alone: two reviewers who disagree, two measured values, the next round; and how its pages look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.client import Client
from tests.browser.looks import BROKEN_WORDS, PALE, UNNAMED, picture
from tests.browser.serving import served_pages

pytestmark = pytest.mark.browser
GOAL = "a molecule with MW < 250 and a melting point above 50 °C"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a worker, over an empty home."""
    with served_pages(tmp_path_factory.mktemp("home"), worker=True) as address:
        yield address


@pytest.fixture(scope="module")
def run_id(served: str) -> str:
    """A run that went to its report."""
    with Client(served) as client:
        run = client.start(GOAL, budget=60, candidates=3, seed=3, approve=True)
        for _ in client.follow(run.run_id):
            pass
        assert client.run(run.run_id).status == "success"
    return run.run_id


def _tab_to(page: Any, selector: str) -> None:
    """Press Tab until the focus is where ``selector`` is."""
    for _ in range(200):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def _at(page: Any, place: int) -> None:
    """Wait until the candidate at this place is shown and keys are listened to."""
    page.wait_for_selector(f"body.with-keys nav.pages span:has-text('{place} of')")


@pytest.fixture(scope="module")
def reviewed(served: str, run_id: str, chromium: Any) -> str:
    """The run after two reviewers were at it, each in a browser of their own and with the keyboard alone."""
    address, faults = f"{served}/runs/{run_id}/review", list[str]()
    ada = chromium.new_context().new_page()
    ada.on("pageerror", lambda error: faults.append(str(error)))
    ada.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    ada.goto(address)
    _at(ada, 1)
    ada.keyboard.press("a")
    _at(ada, 2)
    ada.keyboard.press("r")  # without a reason it goes to the reasons
    assert ada.evaluate("document.activeElement.name") == "reason"
    ada.keyboard.press("2")
    ada.keyboard.press("c")
    ada.keyboard.type("not accepted: an ester next to an amine")  # what is typed is no key
    ada.keyboard.press("Escape")
    ada.keyboard.press("r")
    _at(ada, 3)
    ada.keyboard.press("h")
    for place in (4, 3, 2):
        _at(ada, place)
        ada.keyboard.press("p")
    for value, unit in (("<388", "K"), ("21 ± 2", "°C")):
        _at(ada, 1)
        ada.keyboard.press("m")
        assert ada.evaluate("document.activeElement.id") == "property"
        ada.keyboard.type("Melting")
        _tab_to(ada, "#value")
        ada.keyboard.type(value)
        _tab_to(ada, "#unit")
        ada.keyboard.press("Control+A")
        ada.keyboard.type(unit)
        ada.keyboard.press("Enter")
        ada.wait_for_selector(f"table.measured:has-text('{value.split()[0].strip('<')}')")
    bob = chromium.new_context(java_script_enabled=False).new_page()  # by Tab and Enter, without a script
    bob.goto(address)
    bob.focus("details:last-of-type summary >> nth=-1")
    bob.keyboard.press("Enter")
    bob.focus("#name")
    bob.keyboard.type("bob")
    bob.keyboard.press("Enter")
    bob.wait_for_selector("legend:has-text('as bob')")
    bob.focus("button[value=accept]")
    bob.keyboard.press("Enter")
    bob.wait_for_selector("nav.pages span:has-text('2 of')")
    bob.focus("button[value=hold]")
    bob.keyboard.press("Enter")
    bob.wait_for_selector("nav.pages span:has-text('3 of')")
    assert faults == []
    return address


def test_the_page_says_who_agrees_and_filters_by_it(reviewed: str, chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{reviewed}?show=disputed")
    assert "rejected by ada (unstable), on hold by bob" in page.inner_text("section.reviewed")
    assert page.locator("nav.filters a[aria-current=page]").inner_text() == "disputed (1)"
    page.goto(f"{reviewed}?show=agreed")
    assert "accepted by ada and bob." in page.inner_text("section.reviewed")
    assert page.locator("table.measured tbody tr").count() == 2
    assert "< 114.85 °C" in page.inner_text("table.measured")
    assert "inside the 90 % interval" in page.inner_text("main") or "none comparable" in page.inner_text("main")
    page.uncheck("#keys")
    page.reload()
    page.keyboard.press("r")  # turned off, and remembered
    assert page.evaluate("document.activeElement.name") != "reason"
    page.check("#keys")
    page.close()


def test_the_next_round_is_started_from_the_page_and_both_runs_show_it(reviewed: str, served: str, run_id: str, chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(reviewed)
    page.focus("#next-round")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Next round')")
    assert "1 accepted" in page.inner_text("main")
    page.fill("#budget", "30")
    page.focus("#spec-form button.main")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: run_id not in url and "/runs/" in url)
    child = page.url.rpartition("/")[2]
    assert f"run {run_id}" in page.inner_text("p.rounds")
    with Client(served) as client:
        for _ in client.follow(child):
            pass
        assert client.run(child).status in ("success", "no_candidate")
    page.goto(f"{served}/runs/{run_id}")
    assert child in page.inner_text("p.rounds")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_fit_have_names_and_can_be_read(width: int, scheme: str, reviewed: str, chromium: Any) -> None:
    source = (Path(pytest.importorskip("axe_playwright_python").__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    for name, address in (("review", f"{reviewed}?show=agreed"), ("next-round", reviewed.replace("/review", "/next-round"))):
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.evaluate(BROKEN_WORDS) == [], name
        assert page.evaluate(PALE) == [], name
        assert page.evaluate(UNNAMED) == [], name
        page.evaluate(source)
        answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [v["id"] for v in answer["violations"] if v["impact"] in ("serious", "critical")] == [], name
        page.close()


def test_pictures_for_the_docs(reviewed: str, chromium: Any, tmp_path: Path) -> None:
    for name, address, heading, height in (
        ("review", f"{reviewed}?show=agreed", "h1", 900),
        ("next-round", reviewed.replace("/review", "/next-round"), "h1", 700),
    ):
        page = chromium.new_page()
        page.goto(address)
        picture(page, name, heading, height, tmp_path)
        page.close()
