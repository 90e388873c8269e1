"""*Runs*: every run, found again by words of its goal, its status and its date; deleted when it is over."""

from __future__ import annotations

from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.web.door import Door
from app.web.pages.goal import Form
from app.web.rendering import page
from core.errors import StatusError
from core.interfaces import RunFilter
from core.report import FINISHED, RunStatus

router = APIRouter()

#: Runs on one page.
PAGE = 25
#: A run with one of these may be deleted.
OVER: tuple[RunStatus, ...] = (*FINISHED, "failed")


@router.get("/runs")
def _list_runs(
    request: Request,
    door: Door,
    text: Annotated[str, Query(max_length=500)] = "",
    status: Annotated[str, Query(max_length=20)] = "",
    since: Annotated[str, Query(max_length=30)] = "",
    until: Annotated[str, Query(max_length=30)] = "",
    number: Annotated[int, Query(ge=1, le=1_000_000, alias="page")] = 1,
) -> Response:
    """The runs that fit, newest first; ``since`` and ``until`` are days, both included."""
    statuses: tuple[RunStatus, ...] = tuple(s for s in get_args(RunStatus) if s == status)
    # a day's end is its last moment: '~' sorts behind every time of the day
    wanted = RunFilter(text.strip(), statuses, since, f"{until}~" if until else "")
    found, total = door.runs().search(wanted, PAGE, (number - 1) * PAGE)
    asked = {"text": text, "status": status, "since": since, "until": until}
    given = {name: value for name, value in asked.items() if value}
    pages = max(1, -(-total // PAGE))
    links = {n: "/runs?" + urlencode({**given, "page": n}) for n in (number - 1, number + 1) if 1 <= n <= pages}
    values: dict[str, Any] = {
        "runs": found,
        "total": total,
        "number": number,
        "pages": pages,
        "links": links,
        "statuses": get_args(RunStatus),
        "over": OVER,
    }
    template = "list.html.j2" if request.headers.get("hx-request") == "true" else "runs.html.j2"
    return page(request, template, asked=asked, **values)


@router.get("/runs/{run_id}/delete")
def _ask_before_deleting(request: Request, run_id: str, door: Door) -> Response:
    """What would go, and the question whether it shall."""
    found = door.runs().show(run_id)
    if found.record.status not in OVER:
        raise StatusError(f"run {found.record.run_id} cannot be deleted, its status is {found.record.status!r}: cancel it first")
    structures = sum(found.candidates.values())
    return page(request, "delete.html.j2", record=found.record, structures=structures, remarks=len(found.feedback))


@router.post("/runs/{run_id}/delete")
def _delete(run_id: str, form: Form, door: Door) -> Response:
    """Delete the run for good."""
    door.runs().delete(run_id)
    return RedirectResponse("/runs", 303)
