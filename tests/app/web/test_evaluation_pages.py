"""Stored results of suites: by version, their history, what changed, each case; as pages, in the API, by the typed client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app import wiring
from app.client import Client
from app.client_calls import ApiError
from app.services.entry import Services
from app.web.application import create_app
from app.web.guard import TOKEN
from core.candidate import SafetyVerdict
from core.evaluation import CaseResult, EvalRun
from evals.suites import guard
from tests.app.web.conftest import ADDRESS
from tests.settings_kit import settings_of

OLD, NEW = {"molwright": "0.1.0", "safety rules": "7"}, {"molwright": "0.1.0", "safety rules": "8"}


def evaluation(eval_id: str, day: int, scores: dict[int, list[float]], versions: dict[str, str], models: str = "none") -> EvalRun:
    """A run of a suite with these scores by seed."""
    cases = [
        CaseResult(case=f"goal {n}", seed=seed, score=score, detail={"expected": "a <b>spec</b>", "got": f"got {score}", "run": f"run{n}"})
        for seed, found in scores.items()
        for n, score in enumerate(found)
    ]
    at = f"2026-01-{day:02d}T00:00:00+00:00"
    return EvalRun(
        eval_id=eval_id, suite="design", created_at=at, seconds=1.0, seeds=list(scores), versions=versions, models=models, cases=cases
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A browser at a home with four runs of a suite."""
    settings = settings_of(home=tmp_path_factory.mktemp("home"), literature__uri="http://127.0.0.1:1", user__name="ada")
    store = wiring.open_eval_store(settings)
    store.save(evaluation("aaaa", 1, {0: [1.0, 0.0]}, OLD))
    store.save(evaluation("bbbb", 2, {0: [1.0, 1.0], 1: [1.0, 0.5]}, NEW))
    store.save(evaluation("cccc", 3, {0: [0.0, 1.0]}, NEW))
    store.save(evaluation("dddd", 4, {0: [1.0, 1.0]}, NEW, models="m (critic)"))
    with TestClient(create_app(Services(settings)), base_url=ADDRESS) as client:
        yield client


@pytest.fixture(scope="module")
def api(pages: TestClient) -> Client:
    """The typed client at that home."""
    return Client(http=pages)


def test_repeats_and_seeds_make_one_row_with_their_spread(api: Client) -> None:
    found = api.evaluations()
    assert "guard" in found.suites
    rows = {(g.models, g.version): g for g in found.groups}
    assert len(rows) == 3
    new = next(g for g in found.groups if g.models == "none" and g.before)
    assert [r.eval_id for r in new.runs] == ["cccc", "bbbb"]
    assert sorted(new.scores) == [0.5, 0.75, 1.0]
    assert new.mean == pytest.approx(0.75)
    assert new.spread == pytest.approx(0.25)
    assert (new.before, new.change) == ("aaaa", pytest.approx(0.25))
    assert next(g for g in found.groups if g.models != "none").before == ""  # other models are another measurement


def test_one_run_and_its_cases(api: Client, pages: TestClient) -> None:
    run = api.evaluation("bb")
    assert (run.cases, run.right, run.score, run.seed_scores) == (4, 3, 0.875, {0: 1.0, 1: 0.75})
    wrong = api.cases("bbbb", wrong=True)
    assert (wrong.total, wrong.numbers, [c.case for c in wrong.cases]) == (1, [4], ["goal 1"])
    assert api.cases("bbbb", text="GOAL 0").total == 2
    case = api.case("bbbb", 4)
    assert (case.expected, case.got, case.run_id, case.rest) == ("a <b>spec</b>", "got 0.5", "run1", {})
    assert [(h.eval_id, h.number) for h in case.history] == [("bbbb", 4)]
    assert [h.eval_id for h in api.case("cccc", 1).history] == ["dddd", "cccc", "bbbb", "aaaa"]
    page = pages.get("/evaluations/runs/bbbb/cases/4").text
    assert "a &lt;b&gt;spec&lt;/b&gt;" in page
    assert 'href="/runs/run1"' in page
    with pytest.raises(ApiError, match="no case 5"):
        api.case("bbbb", 5)


def test_what_changed_is_told_by_version_and_by_case(api: Client, pages: TestClient) -> None:
    change = api.evaluation_change("aaaa", "cccc")
    assert change.versions == {"safety rules": ("7", "8")}
    assert ([c.case for c in change.worse], [c.case for c in change.better]) == (["goal 0"], ["goal 1"])
    assert change.comparison.verdict == "cannot tell"
    page = pages.get("/evaluations/compare?a=aaaa&b=cccc").text
    assert "7 → 8" in page
    assert "/evaluations/runs/cccc/cases/1" in page


def test_the_pages_lead_from_the_suite_to_the_case(pages: TestClient) -> None:
    first = pages.get("/evaluations").text
    assert "/evaluations/suites/design" in first
    assert "± 0.250" in first
    assert "/evaluations/compare?a=aaaa&amp;b=cccc" in first
    suite = pages.get("/evaluations/suites/design").text
    assert all(f"/evaluations/runs/{name}" in suite for name in ("aaaa", "bbbb", "cccc", "dddd"))
    assert "It was not run here yet" in pages.get("/evaluations/suites/guard").text
    run = pages.get("/evaluations/runs/bbbb").text
    assert "/evaluations/runs/bbbb/cases/4" in run
    some = pages.get("/evaluations/runs/bbbb?which=wrong", headers={"hx-request": "true"}).text
    assert "/evaluations/runs/bbbb/cases/4" in some
    assert "/evaluations/runs/bbbb/cases/1" not in some
    for missing in ("/evaluations/suites/nothing", "/evaluations/runs/zzzz", "/evaluations/runs/bbbb/cases/9"):
        assert pages.get(missing).status_code == 404


def test_an_empty_home_says_how_to_run_a_suite(browser: TestClient) -> None:
    assert "No suite was run here yet" in browser.get("/evaluations").text


@pytest.fixture
def behind(pages: TestClient) -> Services:
    """The services behind those pages."""
    found: Services = pages.app.state.services  # type: ignore[attr-defined]
    return found


def test_a_worker_runs_a_suite_that_a_page_or_a_program_asks_for(api: Client, pages: TestClient, behind: Services) -> None:
    job = api.run_suite("guard", limit=3)
    assert (job.status, job.suite, job.limit, job.of, job.eval_id) == ("queued", "guard", 3, 0, "")
    assert behind.job_worker.work_next(lambda: False)
    done = api.suite_job(job.job_id)
    assert (done.status, done.done, done.of) == ("finished", 3, 3)
    run = api.evaluation(done.eval_id)
    assert (run.suite, run.cases, run.right) == ("guard", 3, 3)
    page = pages.get(f"/evaluations/jobs/{job.job_id}").text
    assert f'href="/evaluations/runs/{done.eval_id}"' in page
    assert f'href="/evaluations/runs/{done.eval_id}"' in pages.get("/evaluations").text


def test_the_form_of_a_suite_says_what_it_cannot_use_and_leads_to_the_run(pages: TestClient, behind: Services) -> None:
    token = pages.get("/evaluations?suite=guard").text
    assert '<option value="guard" selected>' in token
    form = {TOKEN: pages.cookies[TOKEN], "suite": "guard", "limit": "0", "seeds": "1", "budget": ""}
    refused = pages.post("/evaluations", data=form)
    assert refused.status_code == 422
    assert "The number of cases is between 1 and 100,000, not 0." in refused.text
    taken = pages.post("/evaluations", data={**form, "limit": "2"}, follow_redirects=False)
    assert taken.status_code == 303
    here = taken.headers["location"]
    assert "In the queue" in pages.get(here).text
    assert pages.post(f"{here}/cancel", data=form).status_code == 200
    assert "Cancelled." in pages.get(here).text
    assert not behind.job_worker.work_next(lambda: False)
    assert pages.post(f"{here}/delete", data=form, follow_redirects=False).headers["location"] == "/evaluations"
    assert pages.get(here).status_code == 404


def test_a_suite_that_is_cancelled_while_it_runs_keeps_no_result(api: Client, behind: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    job = api.run_suite("guard", limit=3)
    before = len(api.evaluation_runs("guard").runs)
    verdict = guard.structure_verdict

    def cancelled(*given: str) -> SafetyVerdict:
        behind.jobs.cancel(job.job_id)
        return verdict(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(guard, "structure_verdict", cancelled)
    assert behind.job_worker.work_next(lambda: False)
    assert api.suite_job(job.job_id).status == "cancelled"
    assert len(api.evaluation_runs("guard").runs) == before
