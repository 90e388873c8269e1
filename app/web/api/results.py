"""What a run leaves behind: candidates, trace, report, and its files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.services.entry import Services
from app.services.reports import MEDIA_TYPES, Form, render_bytes
from app.web.api.runs import Limit, Offset, next_page
from app.web.door import Door
from app.web.views import CandidatePage, TracePage
from core.candidate import Candidate, CandidateStatus
from core.report import Report

router = APIRouter(prefix="/runs/{run_id}", tags=["results"])


@router.get("/candidates")
def _list_candidates(
    run_id: str,
    door: Door,
    request: Request,
    status: Annotated[CandidateStatus | None, Query(description="Only those with this status.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> CandidatePage:
    """Every evaluated structure, in the order of evaluation."""
    found, total = door.runs().candidates(run_id, status, limit, offset)
    return CandidatePage(candidates=list(found), total=total, next=next_page(request, limit, offset, total))


@router.get("/candidates/best")
def _best_candidates(run_id: str, door: Door, limit: Annotated[int, Query(ge=1, le=50, description="How many.")] = 4) -> list[Candidate]:
    """The fittest structures so far that meet every requirement; before the report is made their scores are preliminary."""
    return list(door.runs().best(run_id, limit))


@router.get("/candidates/{key}")
def _show_candidate(run_id: str, key: str, door: Door) -> Candidate:
    """One evaluated structure by its key."""
    return door.runs().candidate(run_id, key)


@router.get("/trace")
def _show_trace(run_id: str, door: Door, request: Request, limit: Limit = 50, offset: Offset = 0) -> TracePage:
    """What happened in the run, in order: the record that a replay repeats."""
    events = door.runs().trace(run_id)
    shown = list(events[offset : offset + limit])
    return TracePage(events=shown, total=len(events), next=next_page(request, limit, offset, len(events)))


@router.get("/report")
def _show_report(run_id: str, door: Door) -> Report:
    """The ranked report of a finished run."""
    return door.runs().report(run_id)


def export(door: Services, run_id: str, form: Form) -> Response:
    """The report as a file to be saved. NotFoundError while there is none."""
    report = door.runs().report(run_id)
    content = render_bytes(report, form, catalogue=door.workspace.catalogue)
    name = f"molwright-{report.run_id}.{form}"
    return Response(content, media_type=MEDIA_TYPES[form], headers={"content-disposition": f'attachment; filename="{name}"'})


@router.get(
    "/exports/{form}",
    response_class=Response,
    responses={200: {"description": "The file.", "content": {m: {} for m in MEDIA_TYPES.values()}}},
)
def _export_report(run_id: str, form: Form, door: Door) -> Response:
    """The report as a file: html, json, csv, sdf or xlsx."""
    return export(door, run_id, form)
