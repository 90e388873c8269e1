"""The HTML report as Chromium shows and prints it: at several widths, in both colour schemes, by keyboard and on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from core.report import Report
from tests.browser.looks import BROKEN_WORDS, PALE
from tests.report_kit import dye_report, empty_report, polymer_report, small_report, unread_report
from tools.reporting import render_html
from tools.workspace import builtin

pytestmark = pytest.mark.browser
WIDTHS = (1280, 800, 390, 320)
#: What A4 leaves between margins of 12 mm, in CSS pixels.
PAPER = 703
REPORTS: dict[str, Report] = {
    "small": small_report(),
    "polymer with long names": polymer_report(),
    "dye": dye_report(),
    "unread words": unread_report(),
    "no candidates": empty_report(),
}


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each report as a file."""
    folder = tmp_path_factory.mktemp("pages")
    found = {name: folder / f"{name.replace(' ', '-')}.html" for name in REPORTS}
    for name, path in found.items():
        path.write_text(render_html(REPORTS[name], catalogue=builtin().catalogue), encoding="utf-8")
    return found


def _page(chromium: Any, path: Path, width: int, scheme: str = "light") -> Any:
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", REPORTS)
def test_the_page_fits_its_words_are_whole_and_its_drawings_large(name: str, width: int, chromium: Any, files: dict[str, Path]) -> None:
    page = _page(chromium, files[name], width)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(BROKEN_WORDS) == []
    drawings = page.evaluate("[...document.querySelectorAll('.structure svg')].map(s => s.getBoundingClientRect().width)")
    assert len(drawings) == len(REPORTS[name].candidates) + len(REPORTS[name].closest)
    assert min(drawings, default=150) >= 150
    page.close()


@pytest.mark.parametrize("width", [1280, 800])
def test_a_polymer_is_drawn_at_the_size_of_its_bonds(width: int, chromium: Any, files: dict[str, Path]) -> None:
    page = _page(chromium, files["polymer with long names"], width)
    assert page.evaluate("document.querySelector('.structure svg').getBoundingClientRect().width") >= 450
    sizes = page.evaluate(
        "['.card .value', '.card .facts dd', '.card .small'].map(s => parseFloat(getComputedStyle(document.querySelector(s)).fontSize))"
    )
    assert sizes[0] > 1.4 * sizes[1] > 1.4 * sizes[2]
    page.close()


@pytest.mark.parametrize("name", REPORTS)
def test_the_table_side_by_side_needs_no_scrolling_on_a_desk(name: str, chromium: Any, files: dict[str, Path]) -> None:
    page = _page(chromium, files[name], 1280)
    assert page.evaluate("[...document.querySelectorAll('.wide')].filter(w => w.scrollWidth > w.clientWidth).map(w => w.ariaLabel)") == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", REPORTS)
def test_every_text_can_be_told_from_its_background(name: str, scheme: str, chromium: Any, files: dict[str, Path]) -> None:
    page = _page(chromium, files[name], 1280, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(PALE) == []
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")
    page.close()


def test_the_keyboard_reaches_everything_in_the_order_of_the_page(chromium: Any, files: dict[str, Path]) -> None:
    page = _page(chromium, files["small"], 1280)
    expected = page.evaluate("[...document.querySelectorAll('a[href], summary, [tabindex=\"0\"]')].filter(e => e.checkVisibility()).length")
    tops = []
    for number in range(expected):
        page.keyboard.press("Tab")
        if number == 0:
            assert page.evaluate("document.activeElement.className") == "skip"
            assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
        tops.append(
            page.evaluate(
                "document.activeElement.compareDocumentPosition(window.before || document.body) & Node.DOCUMENT_POSITION_FOLLOWING"
            )
        )
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        page.evaluate("window.before = document.activeElement")
    assert not any(tops)
    page.close()


def test_ten_polymers_print_on_at_most_nine_pages(chromium: Any, tmp_path: Path) -> None:
    report = polymer_report()
    ten = [report.candidates[n % 2].model_copy(update={"rank": n + 1, "key": f"{n + 1:032x}"}) for n in range(10)]
    path = tmp_path / "ten.html"
    path.write_text(render_html(report.model_copy(update={"candidates": ten}), catalogue=builtin().catalogue), encoding="utf-8")
    page = _page(chromium, path, PAPER)
    page.emulate_media(media="print")
    printed = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "12mm"))
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 9
    page.close()


@pytest.mark.parametrize("name", REPORTS)
def test_it_prints_whole(name: str, chromium: Any, files: dict[str, Path]) -> None:
    page = _page(chromium, files[name], PAPER)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    assert (
        page.evaluate("[...document.querySelectorAll('table')].filter(t => t.getBoundingClientRect().right > innerWidth + 1).length") == 0
    )
    assert page.evaluate(BROKEN_WORDS) == []
    hidden = page.evaluate("[...document.querySelectorAll('details table')].filter(t => !t.getBoundingClientRect().height).length")
    assert hidden == 0
    printed = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "12mm"))
    assert printed.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    listed = len(REPORTS[name].candidates) + len(REPORTS[name].closest)
    assert 1 <= pages <= 3 + listed
    page.close()
