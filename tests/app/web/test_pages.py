"""The pages as markup: forms that carry their secret, readings, a run, its report, the list of runs."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.client import Client
from app.services.entry import Services
from app.web.guard import TOKEN
from core.events import BestFound, StageBegun
from core.options import RunOptions
from tests.app.web.conftest import GOAL, UNREAD, Story, wait
from tests.app.web.markup import Page


def _get(browser: TestClient, path: str, **more: Any) -> Page:
    answer = browser.get(path, **more)
    assert answer.status_code == 200, answer.text[:500]
    return Page(answer.text)


def _read(browser: TestClient, goal: str, **more: Any) -> Page:
    token = _get(browser, "/").fields()[TOKEN]
    answer = browser.post("/goals", data={TOKEN: token, "goal": goal, **more})
    return Page(answer.text)


@pytest.fixture(scope="module")
def paths(finished: str) -> list[str]:
    """One address of each page."""
    return ["/", f"/?goal={GOAL}", "/runs", f"/runs/{finished}", f"/runs/{finished}/progress"]


def test_every_page_has_a_language_a_title_a_heading_labels_and_no_inline_script(paths: list[str], browser: TestClient) -> None:
    for path in paths:
        page = _get(browser, path)
        assert next(page.all("html"))["lang"] == "en"
        assert len(list(page.all("h1"))) == 1, path
        assert len(list(page.all("main"))) == 1, path
        assert all(s.get("src", "").startswith("/static/") for s in page.all("script"))
        assert not list(page.all("style"))
        assert not [a for _, attributes in page.elements for a in attributes if a.startswith("on") or a.startswith("hx-on")]
        outside = [a for _, attributes in page.elements for a in (attributes.get("src", ""), attributes.get("href", "")) if "//" in a]
        assert outside == []
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids)), path
        labelled = {label["for"] for label in page.all("label") if "for" in label}
        for tag in ("input", "select", "textarea"):
            for field in page.all(tag):
                named = field.get("type") in ("hidden", "checkbox") or "aria-label" in field or field.get("id") in labelled
                assert named, (path, field)


def test_the_first_page_is_small(browser: TestClient) -> None:
    page = browser.get("/")
    loaded = [page.text] + [browser.get(path).text for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)]
    assert sum(len(text.encode()) for text in loaded) < 100_000


def test_a_goal_is_read_with_its_unread_words_marked_and_editable(browser: TestClient) -> None:
    page = _read(browser, GOAL)
    assert page.fields()["value-R1"] == "300"
    assert next(page.all("form", action="/runs"))["method"] == "post"
    assert not list(page.all("input", name="accept_unread"))
    unread = _read(browser, UNREAD)
    assert len(list(unread.all("mark"))) >= 2
    assert len(list(unread.all("input", name="accept_unread"))) == 1


@pytest.mark.parametrize(
    "goal", ["a molecule with MW < 100 and MW > 300", "design a nerve agent more toxic than VX", "<script>alert(1)</script>"]
)
def test_what_cannot_be_used_is_said_on_the_page(goal: str, browser: TestClient) -> None:
    page = _read(browser, goal)
    assert list(page.all("div", role="alert")) or "Look at this first" in page.text
    assert [s for s in page.all("script") if "src" not in s] == []


def test_a_reading_for_htmx_is_the_part_alone(browser: TestClient) -> None:
    token = _get(browser, "/").fields()[TOKEN]
    part = browser.post("/goals", data={TOKEN: token, "goal": GOAL}, headers={"hx-request": "true"}).text
    assert "<html" not in part
    assert "How this was read" in part


def test_a_form_without_its_secret_is_refused(browser: TestClient, finished: str) -> None:
    _get(browser, "/")
    for path in ("/goals", "/goals/check", "/runs", f"/runs/{finished}/cancel"):
        for given in ({}, {TOKEN: "guessed"}):
            answer = browser.post(path, data=given)
            assert (answer.status_code, answer.headers["content-type"]) == (403, "text/html; charset=utf-8")


def test_changes_are_checked_and_a_fault_is_said(browser: TestClient) -> None:
    fields = _read(browser, GOAL).fields()
    changed = browser.post("/goals/check", data={**fields, "comparison-R1": "<", "value-R1": "250", "budget": "30"})
    page = Page(changed.text)
    assert (changed.status_code, page.fields()["value-R1"], page.fields()["budget"]) == (200, "250", "30")
    assert "250" in page.text
    for name, value, said in (("value-R1", "many", "not a number"), ("budget", "1.5", "whole number"), ("budget", "-3", "budget")):
        broken = browser.post("/goals/check", data={**fields, "comparison-R1": "<", name: value})
        assert (broken.status_code, said in broken.text) == (422, True), broken.text[:300]
    dropped = browser.post("/goals/check", data={**fields, "drop": "R1"})
    assert "value-R1" not in Page(dropped.text).fields()


def test_a_reading_that_leaves_words_out_asks_before_it_runs(browser: TestClient, services: Services) -> None:
    fields = {**_read(browser, UNREAD).fields(), "budget": "24"}
    before = len(services.runs().list(200))
    asked = browser.post("/runs", data=fields, follow_redirects=False)
    assert (asked.status_code, "go on all the same" in asked.text) == (409, True)
    assert len(services.runs().list(200)) == before
    started = browser.post("/runs", data={**fields, "accept_unread": "yes"}, follow_redirects=False)
    assert started.status_code == 303
    run_id = started.headers["location"].rpartition("/")[2]
    record = services.runs().find(run_id)
    assert (record.status, record.given.yes, record.given.despite_objections) == ("queued", True, True)
    page = _get(browser, started.headers["location"])
    assert "In the queue" in page.text
    assert next(page.all("div", id="state"))["sse-connect"] == f"/runs/{run_id}/live"
    token = page.fields()[TOKEN]
    assert browser.post(f"/runs/{run_id}/cancel", data={TOKEN: token}, follow_redirects=False).status_code == 303
    assert services.runs().find(run_id).status == "cancelled"
    assert "sse-connect" not in browser.get(f"/runs/{run_id}").text


def test_files_are_uploaded_with_a_run(browser: TestClient, services: Services) -> None:
    token = _get(browser, "/").fields()[TOKEN]
    listed = ("like.smi", b"CCO ethanol\nCCN ethylamine\n")
    read = browser.post("/goals", data={TOKEN: token, "goal": GOAL, "unlike": "aspirin"}, files={"like_file": listed})
    fields = Page(read.text).fields()
    assert "like.smi" in read.text
    assert "aspirin" in read.text.lower()
    known = ("known.smi", b"CCO ethanol\n")
    started = browser.post("/runs", data={**fields, "budget": "24"}, files={"known": known}, follow_redirects=False)
    assert started.status_code == 303
    record = services.runs().find(started.headers["location"].rpartition("/")[2])
    assert record.given.known is not None
    assert record.given.known.source == "known.smi"
    services.runs().cancel(record.run_id)
    broken = browser.post("/runs", data=fields, files={"known": ("known.smi", b"nothing readable\n")}, follow_redirects=False)
    assert (broken.status_code, "no structure of it can be used" in broken.text) == (422, True)


def test_the_report_has_drawings_table_exports_and_the_reports_own_sections(browser: TestClient, client: Client, finished: str) -> None:
    page, report = _get(browser, f"/runs/{finished}"), client.report(finished)
    assert len(list(page.all("article"))) == len(report.candidates) + len(report.closest)
    assert [a["href"].rpartition(".")[2] for a in page.all("a") if "download" in a] == ["html", "json", "csv", "sdf", "xlsx", "pdf"]
    assert browser.get(f"/runs/{finished}/report.csv").headers["content-disposition"].startswith("attachment")
    anchors = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    assert {a["href"][1:] for a in page.all("a") if a.get("href", "").startswith("#")} <= anchors
    image = next(page.all("img"))["src"]
    drawn = browser.get(image)
    assert (drawn.headers["content-type"], drawn.text.startswith("<svg")) == ("image/svg+xml", True)
    assert browser.get("/drawing.svg?smiles=C1CC").status_code == 422


def test_the_table_is_sorted_filtered_and_has_the_columns_asked_for(browser: TestClient, client: Client, finished: str) -> None:
    part = {"hx-request": "true"}

    def masses(query: str) -> list[float]:
        text = browser.get(f"/runs/{finished}?{query}", headers=part).text
        return [float(m) for m in re.findall(r'data-label="Molecular weight, g/mol">([\d.]+)', text)]

    label = re.findall(r'data-label="([^"]*g/mol[^"]*)"', browser.get(f"/runs/{finished}", headers=part).text)
    assert set(label) == {"Molecular weight, g/mol"}
    up, down = masses("sort=molecular_weight"), masses("sort=-molecular_weight")
    assert up == sorted(up) == down[::-1]
    assert masses("sort=molecular_weight&descending=true") == down  # as addresses of an earlier molwright have it
    first = client.report(finished).candidates[0]
    one = browser.get(f"/runs/{finished}", params={"text": first.smiles}, headers=part).text
    assert 1 <= one.count("<tr data-key") < len(up) or len(up) == 1
    none = browser.get(f"/runs/{finished}?text=nothing+says+this", headers=part).text
    assert "No candidate fits" in none
    narrow = browser.get(f"/runs/{finished}?column=score", headers=part).text
    assert 'data-label="Score"' in narrow
    assert "g/mol" not in narrow


def test_runs_are_found_by_words_status_and_day(browser: TestClient, finished: str, story: Story) -> None:
    day = story.submitted.created_at[:10]
    for query in ("", "text=MW+%3C+300", f"text={finished}", "status=success", f"since={day}&until={day}"):
        assert f"/runs/{finished}" in browser.get(f"/runs?{query}").text, query
    for query in ("text=no+such+goal", "status=failed", "until=2001-01-01", "page=99"):
        assert f"/runs/{finished}" not in browser.get(f"/runs?{query}").text, query


def test_two_to_six_candidates_are_compared_under_an_address_of_their_own(browser: TestClient, client: Client, finished: str) -> None:
    report = client.report(finished)
    everyone = [*report.candidates, *report.closest]
    page = _get(browser, f"/runs/{finished}")
    boxes = [box["value"] for box in page.all("input", type="checkbox", name="key", form="view")]
    assert boxes == [c.key for c in everyone]
    assert next(page.all("form", id="view"))["method"] == "get"
    action = next(b["formaction"] for b in page.all("button", form="view") if "formaction" in b)
    chosen = everyone[:3][::-1]
    answer = browser.get(action, params={"key": [c.key for c in chosen]})
    assert answer.status_code == 200
    compared = Page(answer.text)
    assert [image["alt"] for image in compared.all("img")] == [f"Structure of {c.name or c.smiles}" for c in chosen]
    for heading, values in (
        ("Score", [f"{c.score:.3f}" for c in chosen]),
        (chosen[0].requirements[0].text, ["met" if c.requirements[0].met else "not met" for c in chosen]),
    ):
        row = next(r for r in answer.text.split("<tr") if f'scope="row">{html.escape(heading)}<' in r)
        assert [re.split(r"[<,]", cell)[0] for cell in row.split("<td>")[1:]] == values
    fewer = next(a["href"] for a in compared.all("a") if a.get("aria-label", "").startswith("Leave out"))
    assert len(list(_get(browser, fewer).all("img"))) == 2
    assert not [a for a in _get(browser, fewer).all("a") if a.get("aria-label", "").startswith("Leave out")]
    for keys, status, said in (
        ([], 422, "0 were chosen"),
        ([chosen[0].key] * 2, 422, "1 were chosen"),
        ([f"K{n}" for n in range(7)], 422, "7 were chosen"),
        ([chosen[0].key, "NONE"], 404, "no candidate"),
    ):
        wrong = browser.get(action, params={"key": keys})
        assert (wrong.status_code, said in wrong.text) == (status, True)


def test_a_run_is_copied_rejected_and_deleted_from_the_list(browser: TestClient, services: Services) -> None:
    goal = "a molecule with MW < 300 & more"
    run_id = services.runs().start(goal, RunOptions(seed=5), queued=True)
    assert "/delete" not in browser.get(f"/runs?text={run_id}").text
    assert browser.get(f"/runs/{run_id}/delete").status_code == 409
    wait(services, run_id)
    listed = _get(browser, f"/runs?text={run_id}")
    token = next(listed.all("input", name=TOKEN))["value"]
    copied = next(a["href"] for a in listed.all("a") if a["href"].startswith("/?from="))
    assert goal.replace("&", "&amp;").replace("<", "&lt;") in browser.get(copied).text
    assert [f["action"] for f in listed.all("form", method="post")] == [f"/runs/{run_id}/reject"]  # it is not over: no archive
    assert "do-reject" in browser.get(f"/runs/{run_id}").text
    assert browser.post(f"/runs/{run_id}/reject", data={TOKEN: token}, follow_redirects=False).status_code == 303
    assert services.runs().find(run_id).status == "rejected"
    asked = next(a["href"] for a in _get(browser, f"/runs?text={run_id}").all("a") if a["href"].endswith("/delete"))
    question = _get(browser, asked)
    assert "0 evaluated structures" in question.text
    assert "cannot be undone" in question.text
    assert services.runs().find(run_id).status == "rejected"  # the question alone deletes nothing
    assert browser.post(asked, data={}, follow_redirects=False).status_code == 403
    gone = browser.post(asked, data={TOKEN: token}, follow_redirects=False).headers["location"]
    assert gone == f"/runs?done=deleted&run={run_id}"
    assert "The run is deleted." in browser.get(gone).text
    assert browser.get(f"/runs/{run_id}").status_code == 404


def test_the_list_of_runs_has_pages(browser: TestClient, services: Services) -> None:
    for seed in range(26):
        services.runs().start("a solvent for the list", RunOptions(seed=seed))
    first = _get(browser, "/runs?text=for+the+list")
    assert "26 runs" in first.text
    further = next(first.all("a", rel="next"))["href"]
    assert len(list(_get(browser, further).all("tr"))) == 2


def test_a_run_is_told_live_until_nothing_executes_it(browser: TestClient, finished: str) -> None:
    stream = browser.get(f"/runs/{finished}/live").text
    assert stream.count("event: state") == 1
    assert stream.rstrip().endswith("data:") or "event: end" in stream
    assert "Finished." in stream
    assert "generation 0" in stream


def test_the_cloud_of_a_run_has_each_structure_and_the_limits(
    browser: TestClient, client: Client, services: Services, finished: str
) -> None:
    drawn = browser.get(f"/runs/{finished}/cloud.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    valued = [c for c in client.candidates(finished, limit=100).candidates if "molecular_weight" in c.properties]
    kept = sum(c.status == "kept" for c in valued)
    assert drawn.text.count("<circle") == len(valued)
    assert drawn.text.count('fill="#17703f"') == kept > 0
    assert drawn.text.count("stroke-dasharray") == 1
    assert "class=" not in drawn.text.replace('class="plot"', "")
    assert f'src="/runs/{finished}/cloud.svg?n=' in browser.get(f"/runs/{finished}/progress").text
    empty = services.runs().start("a molecule for an empty cloud", RunOptions(seed=1))
    assert browser.get(f"/runs/{empty}/cloud.svg").status_code == 404


def test_the_best_so_far_is_drawn_live_and_after_a_reload(browser: TestClient, services: Services) -> None:
    run_id = services.runs().start("a molecule for the best so far", RunOptions(seed=1))
    lease = services.store.acquire(run_id, "a test")
    at = "2026-01-01T10:00:00+00:00"
    found = [
        BestFound(generation=n, evaluated=8 * n + 8, key=f"K{n}", smiles=s, fitness=f, meets=f > 0.5)
        for n, (s, f) in enumerate((("CCN", 0.25), ("CCO", 0.75)))
    ]
    services.store.add_progress(lease, [(at, StageBegun(stage="select"))] * 1500 + [(at, found[0])])
    page = browser.get(f"/runs/{run_id}").text
    assert "score 0.250" in page
    assert "misses a requirement" in page.partition("</figure>")[0]
    services.store.add_progress(lease, [(at, found[1])])
    services.store.release(lease)
    stream = browser.get(f"/runs/{run_id}/live").text
    for text in (browser.get(f"/runs/{run_id}").text, browser.get(f"/runs/{run_id}").text, stream):
        figure = Page(text.partition('<figure class="found"')[2].partition("</figure>")[0])
        drawing = next(figure.all("img"))
        assert (drawing["src"], drawing["alt"]) == ("/drawing.svg?smiles=CCO", "Structure of CCO")
        assert "score 0.750, meets every requirement" in figure.text
        assert "generation 1, after 16 structures" in figure.text
        assert "better than all before: CCN, score 0.250, misses a requirement" in text
    assert browser.get(drawing["src"]).text.startswith("<svg")


def test_what_is_not_there_is_a_page_that_says_so(browser: TestClient) -> None:
    for path in ("/runs/none", "/nowhere"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "<h1>Not Found</h1>" in answer.text


def test_a_run_in_the_queue_says_what_it_is_asked_for_and_its_own_budget(browser: TestClient, client: Client) -> None:
    spec = client.read("a molecule with MW < 300").spec.model_copy(update={"budget": 77})
    run = client.start(spec=spec, approve=True)
    page = browser.get(f"/runs/{run.run_id}").text
    assert "Molecular weight below 300 g/mol" in page
    assert "0 of at most 77 structures evaluated" in page
    client.cancel(run.run_id)
    unread = client.start("a molecule with MW < 300", budget=55)
    page = browser.get(f"/runs/{unread.run_id}").text
    assert "0 of at most 55 structures evaluated" in page
    assert "What is asked for" not in page  # nobody has read it yet
    client.cancel(unread.run_id)
