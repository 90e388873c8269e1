"""The pages of `molwright serve` in Chromium: a goal from the sentence to its report, at two widths, in both colour schemes, by keyboard, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.browser.looks import BROKEN_WORDS, PALE, UNNAMED, picture
from tests.browser.serving import served_pages

pytestmark = pytest.mark.browser
GOAL = "a molecule with MW < 300, low foaming and HLB of 12"
PAPER = 703
#: What htmx writes to the console of a request that was given up, as a forecast is when one goes on before it is there.
GIVEN_UP = ("htmx:afterRequest,", "htmx:sendAbort,")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a worker, over an empty home."""
    with served_pages(tmp_path_factory.mktemp("home"), worker=True) as address:
        yield address


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
        "core": f"{served}/core?text=CC(=O)Nc1ccc(O)cc1&open=3&free=0",
        "runs": f"{served}/runs",
        "report": report,
        "progress": f"{report}/progress",
        "compare": f"{report}/compare?{compared}",
        "what-if": f"{report}?weight-O1=9",
        "series": f"{report}/series",
        "candidate": f"{report}/candidates/{listed['candidates'][0]['key']}",
        "found": f"{served}/runs?structure=c1ccccc1&how=similarity&least=0.1",
        "copied": f"{served}/?from={report.rpartition('/')[2]}",
        "delete": f"{report}/delete",
        "missing": f"{served}/no",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(scheme: str, chromium: Any, addresses: dict[str, str]) -> None:
    source = (Path(pytest.importorskip("axe_playwright_python").__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    found = []
    for name, address in addresses.items():
        page = chromium.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
        page.goto(address)
        if name == "goal":
            page.click("button.main")
            page.wait_for_selector("#reading-heading")
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.evaluate(source)  # not by a script element, which the page's own policy forbids
        answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert answer["testEngine"]["name"] == "axe-core"
        assert len(answer["passes"]) > 5
        found += [
            f"{name}: {v['impact']} {v['id']}: {v['nodes'][0]['html'][:120]} ({len(v['nodes'])} places)"
            for v in answer["violations"]
            if v["impact"] in ("serious", "critical")
        ]
        page.close()
    assert found == []


def test_pictures_of_the_pages_are_small_enough_for_the_docs(chromium: Any, addresses: dict[str, str], tmp_path: Path) -> None:
    """Screenshots of what docs/web.md shows."""
    for name, address, heading, height in (
        ("new-goal", addresses["goal"], "h1", 900),
        ("core", addresses["core"], "h1", 760),
        ("report", addresses["what-if"], "#table h2", 900),
        ("factors", addresses["report"], "#factors h2", 620),
        ("series", addresses["series"], "h1", 760),
        ("candidate", addresses["candidate"], "h1", 820),
        ("runs", f"{addresses['runs']}?structure=c1ccccc1&property=molecular_weight&high=300", "h1", 760),
    ):
        page = chromium.new_page(viewport={"width": 1280, "height": height})
        page.goto(address)
        if name == "new-goal":
            page.click("button.main")
            page.wait_for_selector("#reading-heading")
        picture(page, name, heading, height, tmp_path)
        page.close()


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
    page.click("button.sort:has-text('Molecular weight')")
    page.wait_for_selector("th[aria-sort=descending]")
    found = page.evaluate(masses)
    assert found == sorted(found, reverse=True)
    assert "sort=-molecular_weight" in page.url
    page.select_option("#which", "listed")
    page.wait_for_url("**which=listed**")
    assert len(page.evaluate(masses)) == 3
    assert page.locator("th[aria-sort=descending]").count() == 1
    page.reload()
    assert len(page.evaluate(masses)) == 3
    page.close()


RANKS = "[...document.querySelectorAll('#rows tr[data-key]')].map(r => r.dataset.key)"


def test_a_slider_orders_everything_anew_and_the_address_holds_it(chromium: Any, report: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(report)
    page.check("input[name=key] >> nth=1")
    before = page.evaluate(RANKS)
    page.click("#weights summary")
    slider = page.locator("#weights input[type=range]").first
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_url("**weight-O1=3**")
    page.wait_for_selector("#summary:has-text('A what-if')")
    assert page.input_value("#weight-O1") == "3"
    assert page.evaluate("document.activeElement.type") == "range"  # the keyboard goes on where it was
    assert page.locator("#rows .alert").count() == 1
    assert page.locator("input[name=key]:checked").input_value() == before[1]
    assert "weight-O1=3" in page.locator("#exports a").first.get_attribute("href")
    ranked = page.evaluate("[...document.querySelectorAll('#ranking article')].map(a => a.id.slice(2))")
    assert page.evaluate(RANKS) == ranked
    page.fill("#weight-O1", "0")
    page.wait_for_url("**weight-O1=0**")
    page.reload()
    assert page.input_value("#weight-O1") == "0"
    page.click("#rows .alert a")
    page.wait_for_url(lambda url: "weight-" not in url)
    assert page.evaluate(RANKS) == before
    assert faults == []
    page.close()


def test_a_frame_in_a_plot_ticks_what_lies_in_it_and_a_point_leads_to_its_candidate(chromium: Any, report: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(report)
    plot = page.locator("svg.plot").nth(1)
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3, steps=4)
    page.mouse.up()
    everyone = page.locator("input[type=checkbox][name=key]").count()
    assert page.locator("input[name=key]:checked").count() == everyone
    assert page.locator("circle.ticked").count() >= everyone
    assert page.text_content("#ticked").startswith(f"{everyone} ticked")
    assert page.locator("svg.plot .frame").count() == 0
    link = plot.locator("a").first
    link.focus()
    assert page.locator("tr.hot").count() >= 1
    page.keyboard.press("Enter")
    target = link.get_attribute("href")
    page.wait_for_function("href => location.href.endsWith(href)", arg=target)
    page.evaluate("document.querySelector('#series').scrollIntoView()")
    page.wait_for_selector("#relations")
    page.close()


def test_a_page_works_without_scripts(chromium: Any, served: str, report: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/")
    page.fill("#goal", GOAL)
    page.click("button.main")
    page.wait_for_selector("#reading-heading")  # a click does not wait for the page that answers it
    page.goto(report)
    page.check("input[name=key] >> nth=0")
    page.click("button.sort:has-text('Score')")
    assert "sort=-score" in page.url
    assert "shown=" not in page.url
    assert page.locator("input[name=key]:checked").count() == 1  # what was ticked goes along
    assert page.locator("th[aria-sort]").count() == 1
    context.close()


def test_a_report_prints_whole_without_its_controls(chromium: Any, report: str) -> None:
    page = chromium.new_page(viewport={"width": PAPER, "height": 900})
    page.goto(report)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    assert not page.is_visible("form.filter")
    assert not page.is_visible("nav.who")
    assert page.locator("#relations").count() == 0  # series are fetched when they come into view
    assert page.pdf(format="A4").startswith(b"%PDF")
    assert page.is_visible("#relations")  # and before paper is made
    assert page.evaluate("[...document.querySelectorAll('#relations img')].every(i => i.complete && i.naturalWidth)")
    page.close()


def test_a_file_that_is_being_made_says_so_and_the_next_may_be_asked_for(chromium: Any, report: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(report)
    page.route("**/report.csv", lambda route: (page.wait_for_timeout(500), route.continue_()))
    files: list[Any] = []
    page.on("download", lambda file: files.append(file))
    page.click("#exports a:has-text('CSV')")
    page.wait_for_selector("#saving:has-text('CSV is being made …')")
    page.click("#exports a:has-text('SDF')")
    page.wait_for_selector("#saving:has-text('CSV is saved.')")
    for _ in range(50):
        if len(files) == 2:
            break
        page.wait_for_timeout(100)
    run = report.rpartition("/")[2]
    assert sorted(file.suggested_filename for file in files) == [f"molwright-{run}.csv", f"molwright-{run}.sdf"]
    assert all(Path(file.path()).stat().st_size > 100 for file in files)
    assert faults == []
    page.route("**/report.json", lambda route: route.abort())
    page.click("#exports a:has-text('JSON')")
    page.wait_for_selector("#saving:has-text('JSON could not be fetched')")
    page.close()


def test_on_a_narrow_screen_no_heading_lies_beneath_the_cards_and_a_list_sorts_them(chromium: Any, report: str) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{report}?which=all")
    assert page.locator("#table button.sort").count()
    assert not any(button.is_visible() for button in page.locator("#table button.sort").all())
    order = page.locator("#order option").nth(1).get_attribute("value")
    page.locator("#order").select_option(order)
    page.wait_for_selector(f'#order option[selected][value="{order}"]', state="attached")
    assert "first" in page.inner_text("#rows [role=status]")
    page.close()
