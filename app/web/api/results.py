"""What a run leaves behind: candidates, report, and its files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.services.entry import Services
from app.services.reports import MEDIA_TYPES, Form, render_bytes, with_measured
from app.web.api.runs import Limit, Offset, next_page
from app.web.door import Door
from app.web.views import CandidatePage
from core.candidate import Candidate, CandidateStatus
from core.errors import UsageError
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
    return with_measured(door.runs().candidate(run_id, key))


#: Other weights, as a parameter of a handler.
Weights = Annotated[
    list[str] | None,
    Query(
        max_length=100,
        description="Another weight of an objective, as ID:NUMBER (`O1:2`), 0 to leave it out; the answer is then a what-if, not what is stored.",
    ),
]


def weighted_report(door: Services, run_id: str, weights: list[str] | None) -> tuple[Report, bool]:
    """The report of a finished run under other weights, and whether it differs from the stored one. UsageError, NotFoundError."""
    stored, asked = door.runs().report(run_id), {}
    for text in weights or ():
        name, _, number = text.rpartition(":")
        try:
            asked[name] = float(number)
        except ValueError:
            raise UsageError(f"weight: {text[:80]!r} is not of the form ID:NUMBER") from None
    report = door.reweighting.report(stored, asked)
    return report, report is not stored


@router.get("/report")
def _show_report(run_id: str, door: Door, weight: Weights = None) -> Report:
    """The ranked report of a finished run."""
    return weighted_report(door, run_id, weight)[0]


def file_response(door: Services, report: Report, form: Form, *, what_if: bool = False) -> Response:
    """The report as a file to be saved; ``what_if``: it is not the stored one, and the file's name says so."""
    content = render_bytes(report, form, catalogue=door.workspace_of(report.run_id).catalogue)
    name = f"molwright-{report.run_id}{'-what-if' if what_if else ''}.{form}"
    return Response(content, media_type=MEDIA_TYPES[form], headers={"content-disposition": f'attachment; filename="{name}"'})


@router.get(
    "/exports/{form}",
    response_class=Response,
    responses={200: {"description": "The file.", "content": {m: {} for m in MEDIA_TYPES.values()}}},
)
def _export_report(run_id: str, form: Form, door: Door, weight: Weights = None) -> Response:
    """The report as a file: html, json, csv, sdf, xlsx or pdf."""
    report, what_if = weighted_report(door, run_id, weight)
    return file_response(door, report, form, what_if=what_if)
