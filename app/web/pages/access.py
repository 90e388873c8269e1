"""*Share*: who may see a run."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.web.door import Door
from app.web.pages.edits import text_of
from app.web.pages.goal import Form
from app.web.person import Who
from app.web.problems import status_of
from app.web.rendering import page
from core.errors import MolwrightError
from core.people import Person

router = APIRouter()


def _page(request: Request, run_id: str, door: Door, who: Person, *, status: int = 200, fault: str = "") -> Response:
    record = door.runs().find(run_id)
    access = door.sharing.of(record.run_id)
    mine = who.local or access.owner == who.name
    projects = door.people.projects("" if who.local else who.name) if mine else []
    return page(request, "access.html.j2", status=status, record=record, access=access, mine=mine, projects=projects, fault=fault)


@router.get("/runs/{run_id}/access")
def _show_access(request: Request, run_id: str, door: Door, who: Who) -> Response:
    """Who may see the run, and for its owner the form to change that."""
    return _page(request, run_id, door, who)


@router.post("/runs/{run_id}/access")
def _share(request: Request, run_id: str, form: Form, door: Door, who: Who) -> Response:
    """Share a run."""
    visibility, project = text_of(form, "visibility"), text_of(form, "project")
    try:
        access = door.sharing.share(run_id, visibility, project)
    except MolwrightError as error:
        return _page(request, run_id, door, who, status=status_of(error), fault=str(error))
    request.state.target = f"run {run_id}: {access.words}"
    return RedirectResponse(f"/runs/{run_id}/access", 303)
