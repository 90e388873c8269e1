"""What an evaluator does in Chromium: finds why a structure was lost, replays a run, compares two; by keyboard, at two widths, in both colour schemes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import wiring
from core.evaluation import CaseResult, EvalRun
from tests.browser.looks import BROKEN_WORDS, PALE, UNNAMED, picture
from tests.browser.serving import served_pages
from tests.settings_kit import settings_of

pytestmark = pytest.mark.browser
GOAL = "a molecule with MW < 300, low foaming and HLB of 12"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a worker, over a home with two runs of a suite."""
    home = tmp_path_factory.mktemp("home")
    store = wiring.open_eval_store(settings_of(home=home))
    for day, score in ((1, 0.0), (2, 1.0)):
        cases = [
            CaseResult(case=f"a goal, number {n}", score=s, detail={"expected": "one spec", "got": "a spec"})
            for n, s in ((1, 1.0), (2, score))
        ]
        store.save(
            EvalRun(eval_id=f"e{day}", suite="guard", created_at=f"2026-01-0{day}T00:00:00", versions={"molwright": str(day)}, cases=cases)
        )
    with served_pages(home, worker=True) as address:
        yield address


@pytest.fixture(scope="module")
def runs(served: str) -> tuple[str, str]:
    """Two finished runs of one goal with different seeds, the older one first."""
    found = []
    for seed in (1, 2):
        asked = {"goal": GOAL, "budget": 30, "candidates": 3, "seed": seed, "approve": True, "accept_unread": True}
        found.append(httpx.post(f"{served}/api/v1/runs", json=asked).json()["run_id"])
    for run_id in found:
        after = 0
        while (told := httpx.get(f"{served}/api/v1/runs/{run_id}/progress", params={"wait": 20, "after": after}, timeout=40).json())[
            "under_way"
        ]:
            after = told["last"]
    return found[0], found[1]


@pytest.fixture(scope="module")
def addresses(served: str, runs: tuple[str, str]) -> dict[str, str]:
    """Each page."""
    run = f"{served}/runs/{runs[0]}"
    trace = httpx.get(f"{served}/api/v1/runs/{runs[0]}/trace", params={"limit": 200}).json()["events"]
    batch = next(e["sequence"] for e in trace if e["node"] == "propose" and e["outputs"])
    rejected = httpx.get(f"{served}/api/v1/runs/{runs[0]}/candidates", params={"limit": 200}).json()["candidates"]
    lost = next(c["key"] for c in rejected if c["rank"] is None)
    listed = httpx.get(f"{served}/api/v1/runs/{runs[0]}/report").json()["candidates"][0]["key"]
    suite = httpx.post(f"{served}/api/v1/evaluations/jobs", json={"suite": "guard", "limit": 2}).json()["job_id"]
    return {
        "suite under way": f"{served}/evaluations/jobs/{suite}",
        "trace": f"{run}/trace",
        "filtered": f"{run}/trace?kind=record",
        "event": f"{run}/trace/1",
        "batch": f"{run}/trace/{batch}",
        "why": f"{run}/why",
        "never": f"{run}/why?structure=CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC",
        "lost": f"{run}/candidates/{lost}/life",
        "listed": f"{run}/candidates/{listed}/life",
        "choice": f"{served}/compare-runs?a={runs[0]}",
        "difference": f"{served}/compare-runs?a={runs[0]}&b={runs[1]}",
        "report": run,
        "progress": f"{run}/progress",
        "runs": f"{served}/runs",
        "evaluations": f"{served}/evaluations",
        "suite": f"{served}/evaluations/suites/guard",
        "evaluation": f"{served}/evaluations/runs/e1",
        "case": f"{served}/evaluations/runs/e1/cases/2",
        "change": f"{served}/evaluations/compare?a=e1&b=e2",
    }


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
        found += [
            f"{name}: {v['impact']} {v['id']}: {v['nodes'][0]['html'][:120]} ({len(v['nodes'])} places)"
            for v in answer["violations"]
            if v["impact"] in ("serious", "critical")
        ]
    page.close()
    assert found == []


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_fits_has_names_and_can_be_read(width: int, chromium: Any, addresses: dict[str, str]) -> None:
    for scheme in ("light", "dark"):
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        for name, address in addresses.items():
            page.goto(address)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            assert page.evaluate(BROKEN_WORDS) == [], name
            assert page.evaluate(PALE) == [], name
            assert page.evaluate(UNNAMED) == [], name
        page.close()


def _reach(page: Any, selector: str) -> None:
    """Go to a part of the page by the Tab key alone."""
    for _ in range(400):
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def test_why_a_structure_was_lost_is_found_from_the_report_by_keyboard(chromium: Any, addresses: dict[str, str]) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(addresses["lost"])
    smiles = page.locator("figcaption code").first.inner_text()
    page.goto(addresses["report"])
    _reach(page, "#structure")
    page.keyboard.type(smiles)
    page.keyboard.press("Enter")
    page.wait_for_url("**/life")
    assert "Why:" in page.inner_text("figcaption")
    assert page.locator("ol.life > li").count() == 7
    page.close()


def test_a_run_is_replayed_from_its_report_by_keyboard(chromium: Any, addresses: dict[str, str]) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(addresses["report"])
    _reach(page, "a[href$='/trace#replay']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/trace#replay")
    _reach(page, "#do-replay")
    page.keyboard.press("Enter")
    page.wait_for_url("**/replays/*")
    page.wait_for_selector("h1:has-text('Replay: identical')", timeout=120_000)  # without a reload
    assert "sealed" in page.inner_text("main")
    assert faults == []
    page.close()


def test_two_runs_are_ticked_and_compared_by_keyboard(chromium: Any, addresses: dict[str, str], runs: tuple[str, str]) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(addresses["runs"])
    for run_id in runs:
        _reach(page, f"input[value='{run_id}']")
        page.keyboard.press("Space")
    _reach(page, "#pair button")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/compare-runs?a={runs[0]}&b={runs[1]}")
    assert "seed" in page.inner_text("section:has(#spec-heading)")
    link = page.locator("section:has(#events-heading) a").first
    assert "/trace/" in link.get_attribute("href")
    page.close()


def test_events_are_filtered_in_place_and_without_scripts(chromium: Any, addresses: dict[str, str]) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(addresses["trace"])
    page.select_option("#kind", "record")
    page.wait_for_url("**kind=record**")
    assert set(page.locator("#event-list td[data-label=Kind]").all_inner_texts()) == {"what was brought in"}
    page.close()
    context = chromium.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(addresses["trace"])
    plain.select_option("#kind", "record")
    plain.click("#events button")
    assert set(plain.locator("#event-list td[data-label=Kind]").all_inner_texts()) == {"what was brought in"}
    plain.click("details.stretch summary")
    plain.click("#event-list a >> nth=0")
    assert plain.locator("h1:has-text('Event')").count() == 1
    context.close()


def test_pictures_for_the_docs(chromium: Any, addresses: dict[str, str], tmp_path: Path) -> None:
    for name, address, heading, height in (
        ("trace", addresses["trace"], "#timeline", 760),
        ("life", addresses["listed"], "h1", 900),
        ("difference", addresses["difference"], "h1", 900),
        ("evaluations", addresses["evaluations"], "h1", 640),
    ):
        page = chromium.new_page()
        page.goto(address)
        page.evaluate("document.querySelectorAll('details.stretch').forEach(d => d.open = true)")
        picture(page, name, heading, height, tmp_path)
        page.close()
