"""*Compare*: two to six candidates of a report side by side; which ones stands in the address."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.services import reports
from app.services.comparison import FEWEST, compare
from app.web.door import Door
from app.web.pages.report_state import ReportState, state_of
from app.web.rendering import page

router = APIRouter()


@router.get("/runs/{run_id}/compare")
def _compare(request: Request, run_id: str, door: Door, key: Annotated[list[str] | None, Query(max_length=100)] = None) -> Response:
    """The candidates with these keys beside each other, and addresses that leave one of them out."""
    stored = door.runs().report(run_id)
    state = state_of(request.query_params, stored)
    report = door.reweighting.report(stored, state.weights)
    here = {c.key for c in [*report.candidates, *report.closest]}
    elsewhere = {c.key for c in stored.candidates} - here  # ticked in the stored list, and not in that of other weights
    found = compare(report, [k for k in key or () if k not in elsewhere], catalogue=door.workspace_of(report.run_id).catalogue)
    keys = [c.key for c in found.candidates]
    without = {left: _ticking(state, [k for k in keys if k != left]).address(path="/compare") for left in keys}
    back = _ticking(state, keys).address()
    return page(
        request,
        "compare.html.j2",
        report=report,
        cores=reports.pictures(door.store, report.run_id).cores(report),
        found=found,
        state=state,
        back=back,
        without=without if len(keys) > FEWEST else {},
    )


def _ticking(state: ReportState, keys: list[str]) -> ReportState:
    return replace(state, view=replace(state.view, ticked=tuple(keys)))
