"""Three people of one server in Chromium, each with the keyboard alone: a chemist's run, a reviewer's decision on it, an evaluator's look at how it went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.serving import served_pages, signed_in

pytestmark = pytest.mark.browser
ADA, CY, DI = "plum orbit ladder seven", "green kettle on a hill", "violet anchor under snow"
GOAL = "a molecule with MW < 250 and a melting point above 50 °C"
SLOW = 120_000


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with accounts and a worker."""
    people = {"ada": ("chemist", ADA), "cy": ("reviewer", CY), "di": ("evaluator", DI)}
    with served_pages(tmp_path_factory.mktemp("home"), worker=True, accounts=people) as address:  # type: ignore[arg-type]
        yield address


def _press(page: Any, selector: str) -> None:
    page.focus(selector)
    page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def run(served: str, chromium: Any) -> str:
    """The address of a run of the chemist's, gone to its report and open to everybody."""
    page = signed_in(chromium, f"{served}/", "ada", ADA)
    page.set_default_timeout(SLOW)
    page.focus("#goal")
    page.keyboard.type(GOAL)
    page.wait_for_selector("#reading-heading")  # read while one types
    page.focus("#budget")
    page.keyboard.press("Control+A")
    page.keyboard.type("40")
    _press(page, "a[href='#approve']")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/*")
    address: str = page.url
    page.wait_for_selector("a:has-text('Share …')")
    _press(page, "a:has-text('Share …')")
    page.focus("input[value=private]")
    page.keyboard.press("ArrowDown")
    if not page.is_checked("input[value=open]"):
        page.keyboard.press("ArrowDown")
    _press(page, "button.main")
    page.wait_for_selector("text=open to everybody")
    page.goto(address)
    page.wait_for_selector("#table, h2:has-text('Side by side')")
    page.context.close()
    return address


def test_a_reviewer_decides_by_keyboard_and_starts_nothing(run: str, served: str, chromium: Any) -> None:
    page = signed_in(chromium, f"{served}/runs", "cy", CY)
    page.set_default_timeout(SLOW)
    _press(page, f"a:has-text('{GOAL[:30]}')")
    page.wait_for_selector("a:has-text('Review')")
    page.goto(f"{run}/review")
    page.wait_for_selector("body.with-keys")
    page.keyboard.press("a")
    page.wait_for_selector("text=Kept:")
    assert "accepted by cy" in page.inner_text("p.alert.made")
    assert page.locator("a:has-text('Next round')").count() == 0
    page.goto(f"{served}/")
    page.fill("#goal", GOAL)
    page.wait_for_selector("#reading-heading")
    _press(page, "#approve button.main")
    page.wait_for_selector("h1:has-text('Forbidden')")
    page.context.close()


def test_an_evaluator_runs_a_suite_and_replays_the_run_by_keyboard(run: str, served: str, chromium: Any) -> None:
    page = signed_in(chromium, f"{served}/evaluations", "di", DI)
    page.set_default_timeout(SLOW)
    page.focus("#limit")
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/evaluations/jobs/*")
    page.wait_for_selector("a:has-text('Open the results')")  # by itself, when the worker is done
    _press(page, "a:has-text('Open the results')")
    page.wait_for_selector("#cases-heading")
    _press(page, "#case-list th a")
    page.wait_for_url("**/cases/*")
    page.goto(f"{run}/trace")
    _press(page, "#do-replay")
    page.wait_for_selector("h1:has-text('Replay: identical')")
    page.context.close()
