"""*Compare*: two to six candidates of a report side by side; which ones stands in the address."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.services.comparison import FEWEST, compare
from app.web.door import Door
from app.web.rendering import page

router = APIRouter()


@router.get("/runs/{run_id}/compare")
def _compare(request: Request, run_id: str, door: Door, key: Annotated[list[str] | None, Query(max_length=100)] = None) -> Response:
    """The candidates with these keys beside each other, and addresses that leave one of them out."""
    report = door.runs().report(run_id)
    found = compare(report, key or (), catalogue=door.workspace.catalogue)
    keys = [c.key for c in found.candidates]
    path = f"/runs/{report.run_id}/compare"
    without = {left: f"{path}?{urlencode({'key': [k for k in keys if k != left]}, doseq=True)}" for left in keys}
    return page(request, "compare.html.j2", report=report, found=found, without=without if len(keys) > FEWEST else {})
