"""*Two runs compared*: what was asked for, what is listed, where their records part; which two stands in the address."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.services.entry import Services
from app.web.door import Door
from app.web.problems import status_of
from app.web.rendering import page
from core.errors import MolwrightError, UsageError
from core.interfaces import RunFilter, RunRecord

router = APIRouter()

#: How many of the newest runs are offered for a comparison.
OFFERED = 25


@router.get("/compare-runs")
def _compare_runs(
    request: Request,
    door: Door,
    a: Annotated[str, Query(max_length=64)] = "",
    b: Annotated[str, Query(max_length=64)] = "",
    run: Annotated[list[str] | None, Query(max_length=200)] = None,
) -> Response:
    """Run ``b`` against run ``a``; the two ticked in the list of runs, the older one first; with one or none, a choice."""
    a, b = a.strip(), b.strip()
    ticked = list(dict.fromkeys(run or ()))
    if len(ticked) == 2:
        first, second = sorted((door.runs().find(r) for r in ticked), key=lambda r: r.created_at)
        return RedirectResponse(f"/compare-runs?{urlencode({'a': first.run_id, 'b': second.run_id})}", 303)
    fault, status = "", 200
    if len(ticked) > 2:
        fault, status = f"{len(ticked)} runs are ticked: two can be compared with each other", status_of(UsageError(""))
    a = a or (ticked[0] if len(ticked) == 1 else "")
    if a and b:
        try:
            return page(request, "run_difference.html.j2", found=door.tracing.difference(a, b))
        except MolwrightError as error:
            fault, status = str(error), status_of(error)
    return page(request, "run_choice.html.j2", status=status, a=a, b=b, first=_known(door, a), fault=fault, runs=_offered(door, a))


def _known(door: Services, run_id: str) -> RunRecord | None:
    try:
        return door.runs().find(run_id) if run_id else None
    except MolwrightError:
        return None


def _offered(door: Services, a: str) -> list[RunRecord]:
    """The newest design runs but the one that is chosen already."""
    runs, _ = door.runs().search(RunFilter(), OFFERED + 1)
    return [r for r in runs if r.kind == "design" and not (a and r.run_id.startswith(a))][:OFFERED]
