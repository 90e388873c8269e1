"""*Evaluations*: suites by version and language models, run by a worker, their history, what changed, down to the single case."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.services.entry import Services
from app.services.suite_runs import FIRST_CASES, MOST_CASES, MOST_SEEDS
from app.web.door import Door
from app.web.pages.edits import text_of, whole_of
from app.web.pages.goal import Form
from app.web.person import person_of
from app.web.problems import status_of
from app.web.rendering import page
from app.web.turning import turning
from core.errors import MolwrightError, NotFoundError, UsageError
from core.limits import MAX_BUDGET

router = APIRouter(prefix="/evaluations")

#: Cases on one page.
PAGE = 60


#: What the form of a new run says before anybody changed it.
FIRST = {"suite": "", "limit": str(FIRST_CASES), "seeds": "1", "budget": ""}


@router.get("")
def _list_evaluations(request: Request, door: Door, suite: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Every suite by version and language models, those under way, and the form that runs one."""
    return _shown(request, door, {**FIRST, "suite": suite})


def _shown(request: Request, door: Services, fields: dict[str, str], fault: str = "", status: int = 200) -> Response:
    may = person_of(request).may("evaluate")
    return page(
        request, "evaluations.html.j2", status=status, suites=door.evaluations.suites(), groups=door.evaluations.groups(),
        jobs=door.jobs.all("suite"), may_evaluate=may, fields=fields, fault=fault,
        most={"limit": MOST_CASES, "seeds": MOST_SEEDS, "budget": MAX_BUDGET},
    )  # fmt: skip


@router.post("")
def _run_suite(request: Request, form: Form, door: Door) -> Response:
    """Let a worker run a suite; back to the form where something is in the way."""
    fields = {name: text_of(form, name) for name in FIRST}
    try:
        limit = whole_of(form, "limit", "the number of cases")
        seeds = whole_of(form, "seeds", "the number of seeds")
        budget = whole_of(form, "budget", "the budget")
        job = door.suite_runs.start(fields["suite"], seeds=1 if seeds is None else seeds, limit=limit, budget=budget)
    except MolwrightError as error:
        return _shown(request, door, fields, str(error), status_of(error))
    return RedirectResponse(f"/evaluations/jobs/{job.job_id}", 303)


@router.get("/jobs/{job_id}")
def _show_suite_job(request: Request, job_id: str, door: Door) -> Response:
    """How far the run of a suite is."""
    return page(request, "suite_job.html.j2", job=door.jobs.find(job_id, "suite"), here=f"/evaluations/jobs/{job_id}")


@router.post("/jobs/{job_id}/{what}")
def _change_suite_job(job_id: str, what: str, form: Form, door: Door) -> Response:
    """Cancel the run of a suite, or delete what is kept of one that is over; its result stays."""
    door.jobs.find(job_id, "suite")
    does = {"cancel": door.jobs.cancel, "delete": door.jobs.delete}
    if what not in does:
        raise UsageError(f"the run of a suite cannot be asked to {what[:40]!r}")
    does[what](job_id)
    return RedirectResponse("/evaluations" if what == "delete" else f"/evaluations/jobs/{job_id}", 303)


@router.get("/suites/{suite}")
def _show_suite(request: Request, suite: str, door: Door) -> Response:
    """The history of a suite, and what changed between its versions."""
    runs = list(door.evaluations.list(suite))
    said = door.evaluations.suites().get(suite, "")
    if not runs and not said:
        raise NotFoundError(f"there is no suite {suite[:80]!r}")
    may = bool(said) and person_of(request).may("evaluate")
    return page(request, "suite.html.j2", suite=suite, said=said, runs=runs, groups=door.evaluations.groups(suite), may_run=may)


@router.get("/compare")
def _compare(
    request: Request,
    door: Door,
    a: Annotated[str, Query(min_length=1, max_length=64)],
    b: Annotated[str, Query(min_length=1, max_length=64)],
) -> Response:
    """What changed from one run of a suite to another."""
    runs = [door.evaluations.summary(name) for name in (a, b)]
    return page(request, "eval_change.html.j2", a=runs[0], b=runs[1], change=door.evaluations.change(runs[0].eval_id, runs[1].eval_id))


@router.get("/runs/{eval_id}")
def _show_evaluation(
    request: Request,
    eval_id: str,
    door: Door,
    which: Annotated[str, Query(max_length=10)] = "",
    text: Annotated[str, Query(max_length=200)] = "",
    number: Annotated[int, Query(ge=1, le=1_000_000, alias="page")] = 1,
) -> Response:
    """One run of a suite with its cases; for htmx the cases alone."""
    summary = door.evaluations.summary(eval_id)
    wrong = which == "wrong"
    found = door.evaluations.cases(summary.eval_id, wrong=wrong, text=text, limit=PAGE, offset=(number - 1) * PAGE)
    given = {name: value for name, value in (("which", which if wrong else ""), ("text", text)) if value}
    here = f"/evaluations/runs/{summary.eval_id}"
    values: dict[str, Any] = {
        "run": summary,
        "found": found,
        "wrong": wrong,
        "text": text,
        **turning(here, given, number, found.total, PAGE, part="#cases"),
    }
    if request.headers.get("hx-request") == "true":
        return page(request, "eval_cases.html.j2", **values)
    earlier = [r for r in door.evaluations.list(summary.suite) if r.created_at < summary.created_at]
    kinds = door.evaluations.kinds(door.evaluations.find(summary.eval_id))
    return page(request, "eval_run.html.j2", earlier=earlier[:10], kinds=kinds, **values)


@router.get("/runs/{eval_id}/cases/{number}")
def _show_case(request: Request, eval_id: str, number: int, door: Door) -> Response:
    """One case: what was given, expected and found, and how it stood before."""
    return page(request, "eval_case.html.j2", shown=door.evaluations.case(eval_id, number))
