"""*Structures*: one structure looked at from every side, or the properties of every record of a file."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from app.services import reports
from app.services.entry import Services
from app.services.profiles import LONGEST, blocked
from app.services.structure_tables import MOST_RECORDS
from app.web.api.profiles import TABLE_TYPES, TableForm
from app.web.door import Door
from app.web.guard import MAX_BODY
from app.web.pages.edits import uploads_of
from app.web.pages.goal import Form
from app.web.problems import status_of
from app.web.rendering import page
from app.web.turning import turning
from core.candidate import Route, legend
from core.errors import MolwrightError, UnreadGoal, UsageError

router = APIRouter()

#: Rows of a table on one page.
PAGE = 50
Text = Annotated[str, Query(max_length=LONGEST)]
Goal = Annotated[str, Query(max_length=20_000)]
Yes = Annotated[str, Query(max_length=3)]


@router.get("/structures")
def _structures(
    request: Request, door: Door, structure: Text = "", goal: Goal = "", accept_unread: Yes = "", route: Yes = "", runs: Yes = ""
) -> Response:
    """The form, and all that is known of the structure in the address. A mol block is shown at the address of its SMILES."""
    asked = {"structure": structure.strip(), "goal": goal.strip(), "accept_unread": accept_unread}
    values: dict[str, Any] = {"asked": asked, "fault": "", "profile": None, "standing": None, "goal_fault": "", "unread": False}
    values |= {"lines": [], "marks": "", "most": MOST_RECORDS, "megabytes": MAX_BODY // 1_000_000, "withheld": False, "tables": []}
    values |= {
        "tables": door.jobs.all("table")[:10],
        "computed": door.jobs.all("computation")[:10],
        **{"costs": [], "costs_for_goal": [], "plain_lines": []},
        "with_route": None,
        "with_runs": None,
        "link": lambda **more: _address({**asked, **more}),
    }
    if not asked["structure"]:
        return page(request, "structures.html.j2", **values)
    profiles = door.profiles
    try:
        smiles, _ = profiles.read(structure)
        if "\n" in asked["structure"]:
            return RedirectResponse(_address({**asked, "structure": smiles}), 303)
        found = profiles.profile(asked["structure"])
    except MolwrightError as error:
        return page(request, "structures.html.j2", status=status_of(error), **{**values, "fault": str(error)})
    values |= {"profile": found, "lines": profiles.lines(found.candidate), "withheld": blocked(found.candidate)}
    values["plain_lines"] = [line for line in values["lines"] if not line.exact]
    values |= {"costs": door.structures.costly(found.candidate.candidate_class), "computed": door.computations.of_structure(smiles)[:5]}
    values["marks"] = legend(found.candidate.properties.values())
    if asked["goal"]:
        try:
            standing = profiles.standing(smiles, asked["goal"], despite_objections=accept_unread == "yes")
            values |= {"standing": standing, "costs_for_goal": door.structures.costly(standing.candidate.candidate_class, standing.spec)}
        except MolwrightError as error:
            values |= {"goal_fault": str(error), "unread": isinstance(error, UnreadGoal)}
    if route == "yes" and not values["withheld"]:
        values["with_route"] = _route(door, smiles)
    if runs == "yes" and not values["withheld"]:
        values["with_runs"] = profiles.in_runs(found.candidate.smiles)
    return page(request, "structures.html.j2", **values)


@router.get("/structures/route")
def _show_route(request: Request, door: Door, structure: Text) -> Response:
    """The route alone, for a page that has loaded."""
    return page(request, "structure_route.html.j2", with_route=_route(door, door.profiles.read(structure)[0]))


@router.get("/structures/runs")
def _show_runs(request: Request, door: Door, structure: Text) -> Response:
    """The similar structures of stored runs alone, for a page that has loaded."""
    found = door.profiles.profile(structure)
    hits = (
        ([], "not shown for a structure that the safety guard blocks")
        if blocked(found.candidate)
        else door.profiles.in_runs(found.candidate.smiles)
    )
    return page(request, "structure_runs.html.j2", with_runs=hits)


def _route(door: Services, smiles: str) -> tuple[Route | None, str, Markup]:
    """A route, why none is shown, and its drawing."""
    found, why = door.profiles.route(smiles)
    drawn = Markup(reports.scheme(found)) if found is not None and found.steps else Markup("")  # a drawing of ours, which escapes its texts
    return found, why, drawn


def _address(fields: dict[str, str]) -> str:
    return "/structures?" + urlencode({name: value for name, value in fields.items() if value})


@router.post("/structures/files")
def _start_table(form: Form, door: Door) -> Response:
    """Let a worker compute the properties of a file; shown at an address of its own."""
    uploads = uploads_of(form, "file")
    if not uploads:
        raise UsageError("choose a file of structures first")
    job = door.structure_tables.start(uploads[0])
    return RedirectResponse(f"/structures/files/{job.job_id}", 303)


@router.get("/structures/files/{job_id}")
def _show_table(
    request: Request,
    job_id: str,
    door: Door,
    column: Annotated[list[str] | None, Query(max_length=200)] = None,
    number: Annotated[int, Query(ge=1, le=1_000_000, alias="page")] = 1,
) -> Response:
    """The rows that are there so far, and how the making of the table stands. The columns stand in the address."""
    job, tables = door.jobs.find(job_id, "table"), door.structure_tables
    rows = tables.rows(job_id, PAGE, (number - 1) * PAGE)
    shown, every = tables.columns(rows, column or ())
    read = int({**job.progress, **job.result}.get("read", len(rows)))
    chosen = {"column": column} if column else {}
    here = f"/structures/files/{job_id}"
    exports = {form: f"{here}/table.{form}?{urlencode(chosen, doseq=True)}" for form in TABLE_TYPES}
    return page(
        request, "structure_table.html.j2", job=job, rows=rows, shown=shown, every=every, headings=dict(every), read=read,
        exports=exports, here=here, **turning(here, chosen, number, read, PAGE),
    )  # fmt: skip


@router.get("/structures/files/{job_id}/table.{form}")
def _save_table(job_id: str, form: TableForm, door: Door, column: Annotated[list[str] | None, Query(max_length=200)] = None) -> Response:
    """The whole table as a file; with columns in the address these alone."""
    content = door.structure_tables.export(job_id, form, column or ())
    name = f"molwright-properties-{job_id}.{form}"
    return Response(content, media_type=TABLE_TYPES[form], headers={"content-disposition": f'attachment; filename="{name}"'})


@router.post("/structures/files/{job_id}/cancel")
def _cancel_table(job_id: str, form: Form, door: Door) -> Response:
    """End the making of a table."""
    door.jobs.find(job_id, "table")
    door.jobs.cancel(job_id)
    return RedirectResponse(f"/structures/files/{job_id}", 303)


@router.post("/structures/files/{job_id}/delete")
def _delete_table(job_id: str, form: Form, door: Door) -> Response:
    """Remove a table that is over."""
    door.jobs.find(job_id, "table")
    door.jobs.delete(job_id)
    return RedirectResponse("/structures", 303)
