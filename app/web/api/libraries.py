"""Libraries of any size that a worker holds against a goal: begun, followed, fetched, cancelled, removed."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response

from app.services.entry import Services
from app.services.reports import MEDIA_TYPES, Form, render_bytes
from app.web.api.runs import Limit, Offset, next_page
from app.web.door import Door
from app.web.room_views import LibraryPage, LibraryRequest, LibraryView
from app.web.views import CandidatePage
from core.errors import UsageError
from core.report import Report

router = APIRouter(prefix="/libraries", tags=["libraries"])

Table = Literal["hits", "unreadable", "blocked", "not_computed"]
CSV = "text/csv; charset=utf-8"


@router.post("", status_code=202)
def _start_library(given: LibraryRequest, door: Door, request: Request, response: Response) -> LibraryView:
    """Let a worker hold every structure of a library against a goal or a spec and rank those that meet it."""
    if bool(given.goal.strip()) == (given.spec is not None):
        raise UsageError("give either a goal or a spec")
    wanted = given.spec or door.goals.interpret(given.goal)  # which the guard reads first
    job = door.screens.start(
        given.library.upload(),
        wanted,
        listed=given.listed,
        smiles_column=given.column,
        calls=given.calls,
        despite_objections=given.accept_unread,
    )
    response.headers["location"] = f"{request.url.path}/{job.job_id}"
    return LibraryView.of(job)


@router.get("")
def _list_libraries(door: Door, request: Request, limit: Limit = 50, offset: Offset = 0) -> LibraryPage:
    """The screens, newest first."""
    found = door.jobs.all("screen")
    shown = [LibraryView.of(job) for job in found[offset : offset + limit]]
    return LibraryPage(libraries=shown, total=len(found), next=next_page(request, limit, offset, len(found)))


@router.get("/{job_id}")
def _show_library(job_id: str, door: Door) -> LibraryView:
    """How a screen stands."""
    return LibraryView.of(door.jobs.find(job_id, "screen"))


@router.get("/{job_id}/hits")
def _list_hits(job_id: str, door: Door, request: Request, limit: Limit = 50, offset: Offset = 0) -> CandidatePage:
    """The ranked structures that meet the goal, best first; the table `hits` has every one."""
    found, total = door.screens.hits(job_id, limit, offset)
    return CandidatePage(candidates=list(found), total=total, next=next_page(request, limit, offset, total))


@router.get("/{job_id}/report")
def _show_library_report(job_id: str, door: Door) -> Report:
    """The ranked report of a screen that is finished."""
    return door.screens.report(job_id)


def report_file(door: Services, job_id: str, form: Form) -> Response:
    """The report of a screen as a file to be saved."""
    content = render_bytes(door.screens.report(job_id), form, catalogue=door.workspace.catalogue)
    name = f"molwright-screen-{job_id}.{form}"
    return Response(content, media_type=MEDIA_TYPES[form], headers={"content-disposition": f'attachment; filename="{name}"'})


def table_file(door: Services, job_id: str, table: Table) -> Response:
    """A table of a screen as a file to be saved."""
    name = f"molwright-screen-{job_id}-{table}.csv"
    return Response(door.screens.table(job_id, table), media_type=CSV, headers={"content-disposition": f'attachment; filename="{name}"'})


@router.get(
    "/{job_id}/exports/{form}",
    response_class=Response,
    responses={200: {"description": "The file.", "content": {m: {} for m in MEDIA_TYPES.values()}}},
)
def _export_library(job_id: str, form: Form, door: Door) -> Response:
    """The report as a file: html, json, csv, sdf, xlsx or pdf."""
    return report_file(door, job_id, form)


@router.get(
    "/{job_id}/tables/{table}",
    response_class=Response,
    responses={200: {"description": "The table.", "content": {CSV: {}}}},
)
def _export_hits(job_id: str, table: Table, door: Door) -> Response:
    """Every hit, or every record that could not be read or that the safety guard blocks, as CSV."""
    return table_file(door, job_id, table)


@router.post("/{job_id}/cancel", status_code=202)
def _cancel_library(job_id: str, door: Door) -> LibraryView:
    """End a screen for good."""
    door.jobs.find(job_id, "screen")
    door.jobs.cancel(job_id)
    return LibraryView.of(door.jobs.find(job_id))


@router.delete("/{job_id}", status_code=204)
def _delete_library(job_id: str, door: Door) -> None:
    """Remove a screen that is over, with its library, hits and report."""
    door.jobs.find(job_id, "screen")
    door.jobs.delete(job_id)
