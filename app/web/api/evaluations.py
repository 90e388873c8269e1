"""Evaluation suites: run by a worker; their stored results by suite and version, single runs, single cases, what changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.web.api.runs import Limit, Offset, next_page
from app.web.door import Door
from app.web.trace_views import CaseDocument, CasePage, EvaluationPage, EvaluationRunPage, SuiteJobPage, SuiteJobView, SuiteRequest
from core.evaluation import EvalChange, EvalSummary

router = APIRouter(prefix="/evaluations", tags=["evaluations"])

Suite = Annotated[str, Query(max_length=100, description="Only this suite.")]


@router.get("")
def _list_evaluations(door: Door, suite: Suite = "") -> EvaluationPage:
    """Every suite by version and language models: mean and spread over repeats and seeds, and the change against the version before."""
    return EvaluationPage(suites=door.evaluations.suites(), groups=list(door.evaluations.groups(suite)))


@router.post("/jobs", status_code=202)
def _run_suite(given: SuiteRequest, door: Door, request: Request, response: Response) -> SuiteJobView:
    """Let a worker run a suite. Where one cannot be run, nothing is kept."""
    job = door.suite_runs.start(given.suite, seeds=given.seeds, limit=given.limit, budget=given.budget)
    response.headers["location"] = f"{request.url.path}/{job.job_id}"
    return SuiteJobView.of_job(job)


@router.get("/jobs")
def _list_suite_jobs(door: Door, request: Request, limit: Limit = 50, offset: Offset = 0) -> SuiteJobPage:
    """The runs of suites that you asked for, newest first."""
    found = door.jobs.all("suite")
    shown = [SuiteJobView.of_job(job) for job in found[offset : offset + limit]]
    return SuiteJobPage(jobs=shown, total=len(found), next=next_page(request, limit, offset, len(found)))


@router.get("/jobs/{job_id}")
def _show_suite_job(job_id: str, door: Door) -> SuiteJobView:
    """How far the run of a suite is."""
    return SuiteJobView.of_job(door.jobs.find(job_id, "suite"))


@router.post("/jobs/{job_id}/cancel", status_code=202)
def _cancel_suite_job(job_id: str, door: Door) -> SuiteJobView:
    """End the run of a suite; nothing of it is kept."""
    door.jobs.find(job_id, "suite")
    door.jobs.cancel(job_id)
    return SuiteJobView.of_job(door.jobs.find(job_id))


@router.delete("/jobs/{job_id}", status_code=204)
def _delete_suite_job(job_id: str, door: Door) -> None:
    """Remove a run of a suite that is over from this list; its result stays."""
    door.jobs.find(job_id, "suite")
    door.jobs.delete(job_id)


@router.get("/runs")
def _list_evaluation_runs(door: Door, request: Request, suite: Suite = "", limit: Limit = 50, offset: Offset = 0) -> EvaluationRunPage:
    """The history: every stored run of a suite, newest first."""
    found = door.evaluations.list(suite)
    shown = list(found[offset : offset + limit])
    return EvaluationRunPage(runs=shown, total=len(found), next=next_page(request, limit, offset, len(found)))


@router.get("/runs/{eval_id}")
def _show_evaluation(eval_id: str, door: Door) -> EvalSummary:
    """One run of a suite in numbers, with all versions that decided them; the beginning of its id is enough."""
    return door.evaluations.summary(eval_id)


@router.get("/runs/{eval_id}/cases")
def _list_cases(
    eval_id: str,
    door: Door,
    request: Request,
    wrong: Annotated[bool, Query(description="Only those that are not entirely right.")] = False,
    text: Annotated[str, Query(max_length=200, description="Only those with these words in their name.")] = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> CasePage:
    """The cases of a run, in the order of the suite."""
    found = door.evaluations.cases(eval_id, wrong=wrong, text=text, limit=limit, offset=offset)
    return CasePage(cases=found.cases, numbers=found.numbers, total=found.total, next=next_page(request, limit, offset, found.total))


@router.get("/runs/{eval_id}/cases/{number}")
def _show_case(eval_id: str, number: int, door: Door) -> CaseDocument:
    """One case: what was given, what was expected, what came, and how it stood in the other runs of the suite."""
    return CaseDocument.of_case(door.evaluations.case(eval_id, number))


@router.get("/runs/{eval_id}/change")
def _show_change(
    eval_id: str, door: Door, to: Annotated[str, Query(min_length=1, max_length=64, description="The run that is compared with it.")]
) -> EvalChange:
    """What changed from this run of a suite to another: scores paired by case and seed, versions, cases for better and for worse."""
    return door.evaluations.change(eval_id, to)
