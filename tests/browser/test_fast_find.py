"""The page of the runs, when somebody fills its fields and presses *Find* at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.serving import served_pages

pytestmark = pytest.mark.browser
FILLED = {"text": "", "structure": "c1ccccc1", "property": "molecular_weight", "low": "1", "high": "300"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server without a worker, over an empty home."""
    with served_pages(tmp_path_factory.mktemp("home"), worker=False) as address:
        yield address


@pytest.mark.parametrize("press", ["click", "Enter"])
def test_find_sends_once_what_stands_in_the_fields_however_fast_they_are_filled(served: str, chromium: Any, press: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    asked: list[dict[str, list[str]]] = []
    page.on("request", lambda request: asked.append(parse_qs(urlsplit(request.url).query)) if "/runs?" in request.url else None)
    said: list[str] = []

    def answer(route: Any) -> None:
        said.append(page.locator("#looking").evaluate("e => getComputedStyle(e).visibility"))
        route.continue_()

    page.goto(f"{served}/runs")
    page.route("**/runs?*", answer)
    page.click("form summary")
    page.fill("#text", "dye")
    page.fill("#text", "")
    page.fill("#structure", FILLED["structure"])
    page.select_option("#property", FILLED["property"])
    page.fill("#low", FILLED["low"])
    page.fill("#high", FILLED["high"])
    if press == "click":
        page.get_by_role("button", name="Find").click()
    else:
        page.press("#high", "Enter")
    page.wait_for_selector("#list :text('structures looked at')")
    page.wait_for_timeout(1000)  # longer than the delay of any field: nothing comes after it
    # once: a search costs seconds where there are many structures
    assert [{name: fields.get(name, [""])[0] for name in FILLED} for fields in asked] == [FILLED]
    assert said == ["visible"]  # that it looks is said while the list is that of before
    shown = parse_qs(urlsplit(page.url).query)
    assert {name: shown.get(name, [""])[0] for name in FILLED} == FILLED
    assert "structures looked at" in page.inner_text("#list")
    page.close()


def test_words_of_the_goal_are_still_looked_for_while_one_types(served: str, chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{served}/runs")
    page.locator("#text").press_sequentially("dye")
    page.wait_for_url("**text=dye*")
    page.select_option("#status", "queued")
    page.wait_for_url("**status=queued*")
    page.close()
