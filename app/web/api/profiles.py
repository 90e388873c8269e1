"""One structure looked at from every side, and the properties of every record of a file."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from app.web.api.runs import Limit, Offset, next_page
from app.web.door import Door
from app.web.room_views import NearStructure, ProfileRequest, ProfileView, RowPage, TablePage, TableRequest, TableRow, TableView
from app.web.views import FoundStructure

router = APIRouter(tags=["structures"])

TableForm = Literal["csv", "sdf"]
TABLE_TYPES: dict[TableForm, str] = {"csv": "text/csv; charset=utf-8", "sdf": "chemical/x-mdl-sdfile"}
Columns = Annotated[
    list[str] | None, Query(max_length=200, description="Registered names of the properties; without any the usual ones, in a file all.")
]


@router.post("/structures/profile")
def _profile_structure(given: ProfileRequest, door: Door) -> ProfileView:
    """All that is known of one structure: values with unit, uncertainty, method and domain, safety, alerts, what resembles it, a route, a goal."""
    profiles = door.profiles
    found = profiles.profile(given.structure)
    smiles = found.candidate.given or found.candidate.smiles
    route, no_route = profiles.route(smiles) if given.route else (None, "")
    hits = profiles.in_runs(found.candidate.smiles)[0] if given.runs else []
    goal = given.goal.strip()
    standing = profiles.standing(smiles, goal, despite_objections=given.accept_unread) if goal else None
    return ProfileView(
        name=found.name,
        candidate=found.candidate,
        alerts=found.alerts,
        known=found.known,
        near=[NearStructure(**vars(near)) for near in found.near],
        route=route,
        no_route=no_route,
        in_runs=[FoundStructure(run_id=h.run.run_id, goal=h.run.goal, similarity=h.similarity, candidate=h.candidate) for h in hits],
        checked=standing.candidate if standing else None,
    )


@router.post("/structures/tables", status_code=202)
def _start_table(given: TableRequest, door: Door, request: Request, response: Response) -> TableView:
    """Let a worker compute every property of every record of a file; it is kept at an address of its own."""
    job = door.structure_tables.start(given.file.upload())
    response.headers["location"] = f"{request.url.path}/{job.job_id}"
    return TableView.of(job)


@router.get("/structures/tables")
def _list_tables(door: Door, request: Request, limit: Limit = 50, offset: Offset = 0) -> TablePage:
    """The tables, newest first."""
    found = door.jobs.all("table")
    shown = [TableView.of(job) for job in found[offset : offset + limit]]
    return TablePage(tables=shown, total=len(found), next=next_page(request, limit, offset, len(found)))


@router.get("/structures/tables/{job_id}")
def _show_table(job_id: str, door: Door) -> TableView:
    """How the making of a table stands."""
    return TableView.of(door.jobs.find(job_id, "table"))


@router.get("/structures/tables/{job_id}/rows")
def _list_rows(job_id: str, door: Door, request: Request, limit: Limit = 50, offset: Offset = 0) -> RowPage:
    """The rows that are there so far, in the order of the file."""
    found = door.structure_tables.rows(job_id)
    shown = [TableRow(**vars(row)) for row in found[offset : offset + limit]]
    return RowPage(rows=shown, total=len(found), next=next_page(request, limit, offset, len(found)))


@router.get(
    "/structures/tables/{job_id}/exports/{form}",
    response_class=Response,
    responses={200: {"description": "The file.", "content": {m: {} for m in TABLE_TYPES.values()}}},
)
def _export_table(job_id: str, form: TableForm, door: Door, column: Columns = None) -> Response:
    """The whole table as CSV, or as SDF with its values as data fields."""
    content = door.structure_tables.export(job_id, form, column or ())
    name = f"molwright-properties-{job_id}.{form}"
    return Response(content, media_type=TABLE_TYPES[form], headers={"content-disposition": f'attachment; filename="{name}"'})


@router.post("/structures/tables/{job_id}/cancel", status_code=202)
def _cancel_table(job_id: str, door: Door) -> TableView:
    """End the making of a table; the rows that were finished stay."""
    door.jobs.find(job_id, "table")
    door.jobs.cancel(job_id)
    return TableView.of(door.jobs.find(job_id))


@router.delete("/structures/tables/{job_id}", status_code=204)
def _delete_table(job_id: str, door: Door) -> None:
    """Remove a table that is over, with the file that came along."""
    door.jobs.find(job_id, "table")
    door.jobs.delete(job_id)
