"""*Why was this structure lost?* and *Life*: any structure of a run from its proposal to its place, or to where it was lost."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.web.door import Door
from app.web.problems import status_of
from app.web.rendering import page
from app.web.turning import turning
from core.errors import MolwrightError, NotFoundError

router = APIRouter(prefix="/runs/{run_id}")

#: Structures on one page of those that one reason kept out.
PAGE = 30


def life_address(run_id: str, key: str) -> str:
    """The address of a candidate's life."""
    return f"/runs/{run_id}/candidates/{quote(key, safe='')}/life"


@router.get("/why")
def _find_lost(
    request: Request,
    run_id: str,
    door: Door,
    structure: Annotated[str, Query(max_length=1000)] = "",
    reason: Annotated[str, Query(max_length=200)] = "",
    number: Annotated[int, Query(ge=1, le=1_000_000, alias="page")] = 1,
) -> Response:
    """The structure that is looked for, at its life where the run evaluated it; else why it did not, and for which reasons others were lost."""
    record = door.runs().find(run_id)
    found, fault, status = None, "", 200
    if structure.strip():
        try:
            found = door.tracing.whereabouts(record.run_id, structure)
        except MolwrightError as error:
            fault, status = str(error), status_of(error)
    if found is not None and found.presence == "evaluated":
        return RedirectResponse(life_address(record.run_id, found.key), 303)
    losses = door.tracing.lost(record.run_id)
    loss = next((entry for entry in losses if entry.rule == reason), None)
    if reason and loss is None:
        raise NotFoundError(f"run {record.run_id} lost no structure for the reason {reason[:100]!r}")
    keys = loss.keys if loss else []
    shown = door.tracing.candidates(record.run_id, keys[(number - 1) * PAGE : number * PAGE])
    return page(
        request,
        "why.html.j2",
        status=status,
        record=record,
        asked=structure,
        found=found,
        fault=fault,
        losses=losses,
        loss=loss,
        shown=shown,
        **turning(f"/runs/{record.run_id}/why", {"reason": reason}, number, len(keys), PAGE, part="#structures"),
    )


@router.get("/candidates/{key}/life")
def _show_life(request: Request, run_id: str, key: str, door: Door) -> Response:
    """One candidate from its proposal to its place, or to where it was lost and why."""
    record = door.runs().find(run_id)
    life = door.tracing.life(record.run_id, key)
    if life.key != key:  # named by its rank or the beginning of its key
        return RedirectResponse(life_address(record.run_id, life.key), 303)
    children = door.tracing.candidates(record.run_id, life.children[:12])
    labels = {p.name: p.label for p in door.workspace_of(record.run_id).catalogue}
    return page(request, "life.html.j2", record=record, life=life, children=children, labels=labels)
