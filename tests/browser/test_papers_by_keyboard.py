"""The pages of the papers in Chromium: added, searched, asked and removed by keyboard alone, at two widths, in both colour schemes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.looks import BROKEN_WORDS, PALE, UNNAMED
from tests.browser.serving import served_pages
from tests.paper_kit import QUESTION, texts

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_pages(tmp_path_factory.mktemp("home"), worker=False, literature="") as address:
        yield address


@pytest.fixture(scope="module")
def addresses(served: str, chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each page, reached by keyboard from an empty collection."""
    folder = tmp_path_factory.mktemp("papers")
    for name, text in {**texts(), "broken.pdf": "%PDF-1.4 nothing"}.items():
        (folder / name).write_text(text)
    found = {}
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{served}/literature")
    found["empty"] = page.url

    def press(name: str, times: int = 60) -> None:
        """Tab to the link or button of this name and press Enter."""
        for _ in range(times):
            page.keyboard.press("Tab")
            if page.evaluate("(document.activeElement.ariaLabel || document.activeElement.textContent || '').trim()") == name:
                page.keyboard.press("Enter")
                return
        raise AssertionError(f"no key leads to {name!r}")

    press("Add papers")
    page.wait_for_url("**/literature/add")
    found["add"] = page.url
    page.set_input_files("#files", sorted(map(str, folder.iterdir())))  # the browser's own window takes the keys
    page.focus("#collection")
    page.fill("#collection", "team")
    page.keyboard.press("Enter")
    page.wait_for_url("**/literature/additions/*")
    page.wait_for_selector("text=Finished.")
    assert "14 added" in page.inner_text("#addition")
    assert "broken.pdf" in page.inner_text("#addition ul")
    found["addition"] = page.url
    press("Search")
    page.wait_for_url("**/literature")
    page.focus("#q")
    page.keyboard.type("glass transition of polyimide films")
    page.keyboard.press("Enter")
    page.wait_for_selector("#list mark.hit")
    assert "q=glass" in page.url
    found["search"] = page.url
    press("Passage 1 with its numbers and substances")
    page.wait_for_url("**/literature/passages/*")
    found["passage"] = page.url
    press("Ask")
    page.wait_for_url("**/literature/questions")
    found["ask"] = page.url
    page.focus("#question")
    page.keyboard.type(QUESTION)
    press("Ask")
    page.wait_for_url("**/literature/questions/*")
    page.wait_for_selector("text=Passages disagree")
    page.focus("#question")
    page.keyboard.type("And how were its films cast?")
    press("Ask")
    page.wait_for_selector("section#last[aria-label='Question 2'] ol")
    found["question"] = page.url.partition("#")[0]
    press("Papers")
    page.wait_for_url("**/literature/papers")
    found["papers"] = page.url
    press("Films of high glass transition")
    page.wait_for_selector("text=Reported values")
    found["paper"] = page.url
    press("Remove this paper …", 200)
    page.wait_for_url("**/delete")
    found["remove"] = page.url
    assert faults == []
    page.close()
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(scheme: str, chromium: Any, addresses: dict[str, str]) -> None:
    source = (Path(pytest.importorskip("axe_playwright_python").__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    found = []
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    for name, address in addresses.items():
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.evaluate(source)
        answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert len(answer["passes"]) > 5
        serious = [v for v in answer["violations"] if v["impact"] in ("serious", "critical")]
        found += [f"{name}: {v['id']}: {v['nodes'][0]['html'][:120]}" for v in serious]
    page.close()
    assert found == []


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_fits_has_names_and_can_be_read(width: int, chromium: Any, addresses: dict[str, str]) -> None:
    folder = os.environ.get("MOLWRIGHT_SHOTS")
    page = chromium.new_page(viewport={"width": width, "height": 900})
    for name, address in addresses.items():
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.evaluate(UNNAMED) == [], name
        assert page.evaluate(PALE) == [], name
        assert page.evaluate(BROKEN_WORDS) == [], name
        if folder:
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.close()


def test_without_scripts_a_paper_is_searched_asked_and_removed(chromium: Any, served: str, addresses: dict[str, str]) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(addresses["search"])
    assert page.locator("#list mark.hit").count()
    page.goto(addresses["ask"])
    page.fill("#question", QUESTION)
    page.click("main button[type=submit]")
    page.wait_for_selector("text=Passages disagree")  # the page loads itself anew until then
    page.goto(addresses["remove"])
    page.click("#delete")
    page.wait_for_url("**/literature/papers")
    assert "Films of high glass transition" not in page.inner_text("main")
    page.close()
