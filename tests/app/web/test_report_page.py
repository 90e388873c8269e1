"""The report's page: other weights, what makes a score, ticks, series, candidates, and what an address holds."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.client import ApiError, Client
from app.services.entry import Services
from core.report import Report
from tests.app.web.conftest import wait
from tests.app.web.markup import Page

PART = {"hx-request": "true"}


@pytest.fixture(scope="module")
def report(client: Client, finished: str) -> Report:
    """The stored report."""
    return client.report(finished)


def test_weights_order_the_list_anew_and_the_stored_ranking_stays(browser: TestClient, client: Client, report: Report) -> None:
    first, *rest = report.spec.objectives
    asked = {f"weight-{first.id}": 40, **{f"weight-{o.id}": 0.01 for o in rest}}
    answer = browser.get(f"/runs/{report.run_id}", params=asked)
    page = Page(answer.text)
    assert "A what-if, not the result of the run" in page.text
    assert all(f"(stored: {o.weight:g})" in page.text for o in report.spec.objectives)
    other = client.report(report.run_id, weights={first.id: 40, **{o.id: 0.01 for o in rest}})
    shown = re.findall(r'<tr data-key="([^"]+)"><td class="n" data-label="Rank">(\d+)', answer.text.partition('id="factors"')[0])
    assert [key for key, _ in shown] == [c.key for c in other.candidates]
    assert [c.rank for c in other.candidates] == list(range(1, len(other.candidates) + 1))
    assert [c.score for c in other.candidates] == sorted((c.score or 0.0 for c in other.candidates), reverse=True)
    assert [o.weight for o in other.spec.objectives] == [40, *[0.01] * len(rest)]
    assert other.summary.startswith("A what-if")
    assert other.warnings[0] == other.summary
    assert client.report(report.run_id) == report
    plain = Page(browser.get(f"/runs/{report.run_id}").text)
    assert "A what-if" not in plain.text
    assert client.report(report.run_id, weights={o.id: o.weight for o in report.spec.objectives}) == report


def test_the_factors_on_the_page_are_those_of_the_score_also_under_other_weights(browser: TestClient, report: Report) -> None:
    for query in ("", f"?weight-{report.spec.objectives[0].id}=9"):
        text = browser.get(f"/runs/{report.run_id}{query}").text
        table = text.partition('class="stack factors"')[2].partition("</table>")[0]
        rows = re.findall(r"<tr data-key.*?</tr>", table, re.DOTALL)
        assert len(rows) == len(report.candidates) + len(report.closest)
        for row in rows:
            factors = [float(f) for f in re.findall(r"</span></span> ([\d.]+)", row)]
            score = float(re.findall(r'data-label="Score">([\d.]+)', row)[0])
            assert len(factors) == 1 + len(report.spec.objectives)
            assert math.prod(factors) == pytest.approx(score, abs=0.003)
            assert [f"width:{100 * f:.1f}%"[:8] for f in factors] == [f"width:{w}"[:8] for w in re.findall(r"width:([\d.]+%)", row)]


def test_a_what_if_is_exported_and_says_so(browser: TestClient, client: Client, report: Report) -> None:
    name = report.spec.objectives[0].id
    page = Page(browser.get(f"/runs/{report.run_id}?weight-{name}=7").text)
    links = [a["href"] for a in page.all("a") if "download" in a]
    assert all(f"weight-{name}=7" in link for link in links)
    stored = json.loads(browser.get(next(link for link in links if ".json" in link)).text)
    assert stored["summary"].startswith("A what-if")
    assert stored["spec"]["objectives"][0]["weight"] == 7
    for link in links:
        answer = browser.get(link)
        assert answer.status_code == 200
        assert f"molwright-{report.run_id}-what-if." in answer.headers["content-disposition"]
    assert b"A what-if" in client.export(report.run_id, "html", weights={name: 7})
    assert b"A what-if" not in client.export(report.run_id, "html")


@pytest.mark.parametrize(
    ("asked", "said"), [("O99=1", "no objective"), ("O1=-1", "from 0 to"), ("O1=many", "not a number"), ("O1=nan", "from 0 to")]
)
def test_weights_that_cannot_be_used_are_said(asked: str, said: str, browser: TestClient, client: Client, report: Report) -> None:
    answer = browser.get(f"/runs/{report.run_id}?weight-{asked}")
    assert (answer.status_code, said in answer.text) == (422, True)
    api = browser.get(f"/api/v1/runs/{report.run_id}/report", params={"weight": asked.replace("=", ":")})
    assert (api.status_code, api.headers["content-type"]) == (422, "application/problem+json")
    with pytest.raises(ApiError):
        client.export(report.run_id, "csv", weights={"O99": 1})


def test_ticks_stay_when_the_table_is_sorted_and_filtered(browser: TestClient, report: Report) -> None:
    keys = [c.key for c in [*report.candidates, *report.closest]][:2]

    def shown(**query: Any) -> tuple[list[str], list[str]]:
        page = Page(browser.get(f"/runs/{report.run_id}", params={"key": keys, **query}, headers=PART).text)
        boxes = [b["value"] for b in page.all("input", type="checkbox", name="key", form="view") if "checked" in b]
        return sorted(boxes), [b["value"] for b in page.all("input", type="hidden", name="key", form="view")]

    assert shown() == (sorted(keys), [])
    assert shown(sort="-score") == (sorted(keys), [])
    assert shown(text="nothing says this") == ([], keys)
    assert shown(which="ticked") == (sorted(keys), [])
    assert shown(key=[*keys, "ELSEWHERE"])[1] == ["ELSEWHERE"]  # perhaps in the list of other weights
    page = Page(browser.get(f"/runs/{report.run_id}", params={"key": keys, "which": "ticked"}).text)
    assert len(list(page.all("input", type="checkbox", name="key"))) == 2
    assert page.fields()["sorted"] == ""


def test_the_address_holds_the_state_without_the_fields_of_the_form(browser: TestClient, report: Report) -> None:
    first = report.spec.objectives[0]
    asked = {"text": "", "which": "all", "sorted": "score", "sort": "-score", "shown": "", f"weight-{first.id}": f"{first.weight:g}"}
    part = browser.get(f"/runs/{report.run_id}", params=asked, headers=PART)
    assert part.headers["hx-push-url"] == f"/runs/{report.run_id}?sort=-score"
    assert "hx-swap-oob" not in part.text  # nothing hangs on the sorting but the table
    plain = browser.get(f"/runs/{report.run_id}", params=asked, follow_redirects=False)
    assert (plain.status_code, plain.headers["location"]) == (303, f"/runs/{report.run_id}?sort=-score")
    changed = browser.get(f"/runs/{report.run_id}", params={**asked, f"weight-{first.id}": "3"}, headers=PART)
    assert changed.headers["hx-push-url"] == f"/runs/{report.run_id}?sort=-score&weight-{first.id}=3"
    for part_of in ("exports", "factors", "summary", "plots", "ranking", "series"):
        assert re.search(f'<[^>]*(id="{part_of}"[^>]* hx-swap-oob|hx-swap-oob="true" id="{part_of}")', changed.text), part_of
    usual = [c["value"] for c in Page(browser.get(f"/runs/{report.run_id}").text).all("input", name="column") if "checked" in c]
    listed = browser.get(f"/runs/{report.run_id}", params={"column": usual, "sort": "score"}, headers=PART)
    assert listed.headers["hx-push-url"] == f"/runs/{report.run_id}?sort=score"  # the usual columns need no place in it
    for wrong in ({"which": "some"}, {"text": "x" * 501}, {"key": [f"K{n}" for n in range(201)]}):
        assert browser.get(f"/runs/{report.run_id}", params=wrong).status_code == 422


def test_points_lead_to_their_candidates_and_the_compared_keep_the_weights(browser: TestClient, report: Report) -> None:
    text = browser.get(f"/runs/{report.run_id}").text
    page = Page(text)
    everyone = {c.key for c in [*report.candidates, *report.closest]}
    assert {c["data-key"] for c in page.all("circle") if "data-key" in c} >= everyone
    assert {a["href"] for a in page.all("a") if a["href"].startswith("#c-") and "aria-label" in a} == {f"#c-{key}" for key in everyone}
    name = report.spec.objectives[0].id
    keys = [c.key for c in [*report.candidates, *report.closest]][:3]
    compared = Page(browser.get(f"/runs/{report.run_id}/compare", params={"key": keys, f"weight-{name}": 9}).text)
    assert "A what-if" in compared.text
    assert all(f"weight-{name}=9" in a["href"] for a in compared.all("a") if a.get("aria-label", "").startswith("Leave out"))


def test_series_and_candidates_have_addresses_of_their_own(browser: TestClient, client: Client, report: Report) -> None:
    whole, part = browser.get(f"/runs/{report.run_id}/series"), browser.get(f"/runs/{report.run_id}/series", headers=PART)
    assert "<html" in whole.text
    assert "<html" not in part.text
    assert part.text.strip().startswith('<div id="relations">')
    everyone = client.candidates(report.run_id, limit=200).candidates
    listed = {c.key for c in [*report.candidates, *report.closest]}
    other = next(c for c in everyone if c.key not in listed)
    first = report.candidates[0]
    for c in (other, first):
        page = browser.get(f"/runs/{report.run_id}/candidates/{c.key}")
        assert (page.status_code, c.smiles.replace("&", "&amp;") in page.text) == (200, True)
        assert len(list(Page(page.text).all("article"))) == 1
    said = {"rejected": "Rejected by", "kept": "Meets every requirement; not listed"}[other.status]
    assert said in browser.get(f"/runs/{report.run_id}/candidates/{other.key}").text
    assert f"Rank {first.rank} of the report" in page.text
    for c in everyone:
        steps = len(c.route.steps) if c.route else 0
        drawn = browser.get(f"/runs/{report.run_id}/candidates/{c.key}/route.svg")
        assert drawn.status_code == (200 if steps else 404)
        assert drawn.text.count("<line") == steps
    assert browser.get(f"/runs/{report.run_id}/candidates/NONE").status_code == 404


def test_each_card_leads_to_the_page_of_its_candidate(browser: TestClient, report: Report) -> None:
    first = report.candidates[0]
    own = f"/runs/{report.run_id}/candidates/{first.key}"
    assert f'<a href="{own}">Its own page' in browser.get(f"/runs/{report.run_id}").text
    page = browser.get(own)
    assert page.status_code == 200
    assert "Its own page" not in page.text
    assert "Ask about this candidate" in page.text


def test_a_drawing_marks_what_differs_and_keeps_its_core_in_place(browser: TestClient) -> None:
    plain = browser.get("/drawing.svg", params={"smiles": "Cc1ccccc1Cl"}).text
    marked = browser.get("/drawing.svg", params={"smiles": "Cc1ccccc1Cl", "parent": "Cc1ccccc1"}).text
    assert "#FFE09E" not in plain
    assert "#FFE09E" in marked
    core = browser.get("/drawing.svg", params={"smiles": "c1cc([*:1])ccc1", "core": "c1ccccc1"})
    assert core.status_code == 200
    assert browser.get("/drawing.svg", params={"smiles": "CCO", "core": "x" * 2001}).status_code == 422


def test_a_new_goal_takes_over_the_whole_spec(browser: TestClient, services: Services, report: Report, finished: str) -> None:
    page = Page(browser.get(f"/?from={finished}").text)
    spec = services.goals.read(page.fields()["spec"], "the form")
    assert spec == services.goals.check(report.spec)
    assert page.fields()["candidates"] == "3"  # as a person changed it before approval
    assert page.fields()["budget"] == "24"
    waiting = services.runs().start("a molecule with MW < 300", {"seed": 77}, queued=True)
    assert "has no specification yet" in browser.get(f"/?from={waiting}").text
    wait(services, waiting)
    assert list(Page(browser.get(f"/?from={waiting}").text).all("input", name="value-R1"))
    services.runs().cancel(waiting)
    assert browser.get("/?from=none").status_code == 404
