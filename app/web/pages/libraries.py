"""*Libraries*: a file of structures held against a goal by a worker; progress, hits, what was rejected, files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.services.entry import Services
from app.services.job_work import hours
from app.services.jobs import LONGEST
from app.services.reports import MEDIA_TYPES
from app.services.reports import Form as ReportForm
from app.services.screens import MOST_CALLS, MOST_LISTED, MOST_RECORDS, TABLES
from app.web.api.libraries import Table, report_file, table_file
from app.web.door import Door
from app.web.guard import MAX_BODY
from app.web.pages.edits import text_of, uploads_of, whole_of
from app.web.pages.goal import Form
from app.web.problems import status_of
from app.web.rendering import page
from core.errors import MolwrightError, UnreadGoal, UsageError

router = APIRouter()

#: Hits on one page.
PAGE = 50
#: How much a screen may take, in words.
LIMITS = {
    "records": f"{MOST_RECORDS:,}",
    "megabytes": MAX_BODY // 1_000_000,
    "hours": hours(LONGEST),
    "listed": MOST_LISTED,
    "calls": MOST_CALLS,
}


@router.get("/libraries")
def _libraries(request: Request, door: Door, goal: Annotated[str, Query(max_length=20_000)] = "") -> Response:
    """The form and the screens so far, newest first."""
    return _shown(request, door, {"goal": goal, "listed": "100", "calls": "", "column": "", "accept_unread": ""})


def _shown(
    request: Request, door: Services, fields: dict[str, str], fault: str = "", *, unread: bool = False, status: int = 200
) -> Response:
    found = door.jobs.all("screen")
    return page(request, "libraries.html.j2", status=status, fields=fields, fault=fault, unread=unread, jobs=found, limits=LIMITS)


@router.post("/libraries")
def _start_library(request: Request, form: Form, door: Door) -> Response:
    """Read the goal, begin the file, and let a worker screen it; back to the form where something is in the way."""
    fields = {name: text_of(form, name) for name in ("goal", "listed", "calls", "column", "accept_unread")}
    try:
        uploads = uploads_of(form, "library")
        if not uploads:
            raise UsageError("choose a file of structures" + ("" if fields["goal"] else ", and say what is wanted"))
        if not fields["goal"]:
            raise UsageError("say what is wanted, in a sentence")
        listed = whole_of(form, "listed", "the number of ranked structures") or 100
        if not 1 <= listed <= MOST_LISTED:
            raise UsageError(f"the number of ranked structures lies between 1 and {MOST_LISTED}")
        calls = whole_of(form, "calls", "the number of calls")
        if calls is not None and not 1 <= calls <= MOST_CALLS:
            raise UsageError(f"the number of calls lies between 1 and {MOST_CALLS:,}, or is left empty")
        job = door.screens.start(
            uploads[0],
            door.goals.interpret(fields["goal"]),  # which the guard reads first
            listed=listed,
            smiles_column=fields["column"],
            calls=calls,
            despite_objections=fields["accept_unread"] == "yes",
        )
    except MolwrightError as error:
        return _shown(request, door, fields, str(error), unread=isinstance(error, UnreadGoal), status=status_of(error))
    return RedirectResponse(f"/libraries/{job.job_id}", 303)


@router.get("/libraries/{job_id}")
def _show_library(request: Request, job_id: str, door: Door, number: Annotated[int, Query(ge=1, le=10_000, alias="page")] = 1) -> Response:
    """How a screen stands; once it is finished, its hits."""
    job, screens = door.jobs.find(job_id, "screen"), door.screens
    spec = screens.spec(job)
    values: dict[str, Any] = {"job": job, "spec": spec, "seen": {"read": 0, "hits": 0, "unreadable": 0, **job.progress, **job.result}}
    values |= {"hits": [], "listed": 0, "columns": [], "rejected": screens.rejected(job), "forms": list(MEDIA_TYPES), "report": None}
    values |= {
        "tables": {name: TABLES[name] for name in job.result.get("tables", [])},
        "number": number,
        "pages": 1,
        "here": f"/libraries/{job_id}",
    }
    if job.status == "finished":
        report = screens.report(job_id)
        hits = report.candidates[(number - 1) * PAGE : number * PAGE]
        catalogue = door.workspace.catalogue
        names = dict.fromkeys(n for n in spec.property_names() if n in catalogue)
        columns = [(n, f"{catalogue[n].label}, {catalogue[n].unit}" if catalogue[n].unit else catalogue[n].label) for n in names]
        values |= {"report": report, "hits": hits, "listed": len(report.candidates), "columns": columns}
        values["pages"] = max(1, -(-len(report.candidates) // PAGE))
    return page(request, "library.html.j2", **values)


@router.get("/libraries/{job_id}/report.{form}")
def _save_report(job_id: str, form: ReportForm, door: Door) -> Response:
    """The report as a file."""
    return report_file(door, job_id, form)


@router.get("/libraries/{job_id}/{table}.csv")
def _save_table(job_id: str, table: Table, door: Door) -> Response:
    """A table as a file."""
    return table_file(door, job_id, table)


@router.post("/libraries/{job_id}/cancel")
def _cancel_library(job_id: str, form: Form, door: Door) -> Response:
    """End a screen."""
    door.jobs.find(job_id, "screen")
    door.jobs.cancel(job_id)
    return RedirectResponse(f"/libraries/{job_id}", 303)


@router.post("/libraries/{job_id}/delete")
def _delete_library(job_id: str, form: Form, door: Door) -> Response:
    """Remove a screen that is over."""
    door.jobs.find(job_id, "screen")
    door.jobs.delete(job_id)
    return RedirectResponse("/libraries", 303)
