"""*Evaluations*: suites by version and language models, their history, what changed, down to the single case."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.web.door import Door
from app.web.rendering import page
from app.web.turning import turning
from core.errors import NotFoundError

router = APIRouter(prefix="/evaluations")

#: Cases on one page.
PAGE = 60


@router.get("")
def _list_evaluations(request: Request, door: Door) -> Response:
    """Every suite by version and language models."""
    return page(request, "evaluations.html.j2", suites=door.evaluations.suites(), groups=door.evaluations.groups())


@router.get("/suites/{suite}")
def _show_suite(request: Request, suite: str, door: Door) -> Response:
    """The history of a suite, and what changed between its versions."""
    runs = list(door.evaluations.list(suite))
    said = door.evaluations.suites().get(suite, "")
    if not runs and not said:
        raise NotFoundError(f"there is no suite {suite[:80]!r}")
    return page(request, "suite.html.j2", suite=suite, said=said, runs=runs, groups=door.evaluations.groups(suite))


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
