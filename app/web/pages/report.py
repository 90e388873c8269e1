"""*Report*: the candidates of a finished run in a table, their cards, what makes their scores, and the list that other weights would give."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from app.services import reports
from app.services.entry import Services
from app.services.report_table import ReportTable, report_table
from app.services.reports import Form as ExportForm
from app.services.series import relations
from app.web.api.results import file_response
from app.web.door import Door
from app.web.pages.asking import asked_about
from app.web.pages.report_state import ReportState, state_of, weights_of
from app.web.rendering import fragment, page
from core.errors import NotFoundError
from core.interfaces import RunRecord
from core.report import Report

router = APIRouter()
DAY = "private, max-age=86400"


def report_page(request: Request, door: Services, record: RunRecord) -> Response:
    """The report of a finished run as its address asks for it; for htmx the rows, and all that hangs on the weights where they changed."""
    stored = door.runs().report(record.run_id)
    state = state_of(request.query_params, stored)
    shown, part = request.query_params.get("shown"), request.headers.get("hx-request") == "true"
    report = door.reweighting.report(stored, state.weights)
    table = report_table(report, state.view, catalogue=door.workspace_of(report.run_id).catalogue)
    if table.usual:
        state = replace(state, view=replace(state.view, columns=()))
    if shown is not None and not part:  # a form without scripts: on to the address without the form's own fields
        return RedirectResponse(state.address(), 303)
    values = _values(door, report, stored, state, table, whole=part and shown is not None and shown != state.weights_text)
    values["forked_from"] = record.given.forked_from or ""
    if part:
        answer = page(request, "table.html.j2", **values)
        answer.headers["hx-push-url"] = state.address()
        return answer
    side_by_side = fragment("side_by_side.html.j2", **values)
    # both are templates of ours, which escape what comes from outside
    drawn = {"images": values["images"], "pictures": values["pictures"]}
    body = Markup(reports.body(report, side_by_side, **drawn, catalogue=door.workspace_of(report.run_id).catalogue))
    return page(request, "report.html.j2", body=body, **values)


def _values(door: Services, report: Report, stored: Report, state: ReportState, table: ReportTable, *, whole: bool) -> dict[str, Any]:
    """What the templates show. ``whole``: all that hangs on the weights goes to htmx, to take the place of what stands on the page."""
    catalogue, images = door.workspace_of(report.run_id).catalogue, f"/runs/{report.run_id}/candidates"
    pictures = reports.pictures(door.store, report.run_id)

    def section(part: Literal["cards", "plots"]) -> Markup:
        text = reports.section(report, part, images=images, pictures=pictures, catalogue=catalogue)
        return Markup(text.replace("<section ", '<section hx-swap-oob="true" ', 1) if whole else text)

    return {
        "whole": whole,
        "run_id": report.run_id,
        "mine": report.run_id in door.sharing.changeable([report.run_id]),
        "report": report,
        "stored": stored,
        "state": state,
        "view": state.view,
        "table": table,
        "factors": door.reweighting.factors(report),
        "before": {c.key: c.rank for c in stored.candidates},
        "forms": list(reports.MEDIA_TYPES),
        "images": images,
        "pictures": pictures,
        "cores": pictures.cores(report),
        "rounds": door.rounds.family(report.run_id),
        "plots": lambda: section("plots"),
        "cards": lambda: section("cards"),
    }


@router.get("/runs/{run_id}/report.{form}")
def _export(request: Request, run_id: str, form: ExportForm, door: Door) -> Response:
    """The report as a file; with other weights where the address has them."""
    stored = door.runs().report(run_id)
    report = door.reweighting.report(stored, weights_of(request.query_params, stored))
    return file_response(door, report, form, what_if=report is not stored)


@router.get("/runs/{run_id}/series")
def _show_series(request: Request, run_id: str, door: Door) -> Response:
    """The candidates in series, and how similar they are; for htmx the part that the report's page takes in."""
    stored = door.runs().report(run_id)
    state = state_of(request.query_params, stored)
    report = door.reweighting.report(stored, state.weights)
    found = relations(report)
    values: dict[str, Any] = {"report": report, "found": found, "map": Markup(found.similarity), "state": state}
    return page(request, "series_part.html.j2" if request.headers.get("hx-request") == "true" else "series.html.j2", **values)


@router.get("/runs/{run_id}/candidates/{key}")
def _show_candidate(request: Request, run_id: str, key: str, door: Door) -> Response:
    """One evaluated structure of a run, listed or not."""
    record = door.runs().find(run_id)
    candidate = door.runs().candidate(record.run_id, key)
    try:
        report = door.runs().report(record.run_id)
    except NotFoundError:
        report = None
    spec = report.spec if report else door.runs().show(record.run_id).spec
    about = report or Report(run_id=record.run_id, goal=record.goal, status=record.status, spec=spec) if spec else None
    if about is None:
        raise NotFoundError(f"run {record.run_id} has no spec yet")
    same = [*about.candidates, *about.closest]
    candidate = next((c for c in same if c.key == key), candidate)
    images = f"/runs/{record.run_id}/candidates"
    pictures = reports.pictures(door.store, record.run_id)
    catalogue = door.workspace_of(record.run_id).catalogue
    card = Markup(reports.card(candidate, about, images=images, pictures=pictures, catalogue=catalogue))
    values = asked_about(door, record.run_id, candidate, request.query_params.get("talk", "")[:64])
    values |= {"review": door.feedback.review(record.run_id).of(key), "labels": {p.name: p.label for p in catalogue}}
    parents = [p for p in candidate.origin.parents if _stored(door, record.run_id, p)]
    return page(request, "candidate.html.j2", record=record, c=candidate, card=card, parents=parents, listed=candidate in same, **values)


def _stored(door: Services, run_id: str, key: str) -> bool:
    try:
        door.runs().candidate(run_id, key)
    except NotFoundError:
        return False
    return True


@router.get("/runs/{run_id}/candidates/{key}/route.svg")
def _draw_route(run_id: str, key: str, door: Door) -> Response:
    """The route to a candidate, drawn."""
    svg = reports.scheme(door.runs().candidate(run_id, key).route)
    return Response(svg, media_type="image/svg+xml", headers={"cache-control": DAY})


@router.get("/pattern.svg")
def _draw_pattern(smarts: Annotated[str, Query(min_length=1, max_length=2000)]) -> Response:
    """What a pattern asks for, drawn."""
    return Response(reports.pattern(smarts), media_type="image/svg+xml", headers={"cache-control": DAY})


@router.get("/drawing.svg")
def _draw(
    smiles: Annotated[str, Query(min_length=1, max_length=2000)],
    parent: Annotated[str, Query(max_length=2000)] = "",
    core: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """A structure drawn: what differs from its parent marked, its core where it always lies."""
    svg = reports.drawing(smiles, parent=parent, core=core)
    return Response(svg, media_type="image/svg+xml", headers={"cache-control": DAY})


@router.get("/static/report.css")
def _report_styles() -> Response:
    """The styles that the pages share with the report's file."""
    return Response(reports.stylesheet(), media_type="text/css; charset=utf-8", headers={"cache-control": DAY})
