"""*Report*: the candidates of a finished run in a table, their cards, what makes their scores, and the list that other weights would give."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

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

if TYPE_CHECKING:
    from tools.catalogue.catalogue import Catalogue

router = APIRouter()
DAY = "private, max-age=86400"


def report_page(request: Request, door: Services, record: RunRecord) -> Response:
    """The report of a finished run as its address asks for it; for htmx the rows, and all that hangs on the weights where they changed."""
    stored = door.runs().report(record.run_id)
    state = state_of(request.query_params, stored)
    shown, part = request.query_params.get("shown"), request.headers.get("hx-request") == "true"
    report = door.reweighting.report(stored, state.weights)
    catalogue = door.workspace_of(report.run_id).catalogue
    table = report_table(report, state.view, catalogue=catalogue)
    if table.usual:
        state = replace(state, view=replace(state.view, columns=()))
    if shown is not None and not part:  # a form without scripts: on to the address without the form's own fields
        return RedirectResponse(state.address(), 303)
    whole = part and shown is not None and shown != state.weights_text
    parts = _Parts(door, record, report, catalogue, whole=whole, stored=report is stored)
    values = _values(door, report, stored, state, table, parts)
    values["forked_from"] = record.given.forked_from or ""
    if part:
        answer = page(request, "table.html.j2", **values)
        answer.headers["hx-push-url"] = state.address()
        return answer
    body = parts.around(fragment("side_by_side.html.j2", **values))
    return page(request, "report.html.j2", body=body, **values)


class _Parts:
    """What of a report's page hangs on no view: made when a template asks for it, or as it is kept. ``whole``: for htmx, to take the place of what stands
    on the page. All of it is made by templates of ours, which escape what comes from outside."""

    #: Where the page's own tables and plots go; no text from outside can hold it, since its signs are escaped there.
    _PLACE = "<!-- side by side -->"

    def __init__(self, door: Services, record: RunRecord, report: Report, catalogue: Catalogue, *, whole: bool, stored: bool) -> None:
        self.whole = whole
        self._door, self._report, self._catalogue = door, report, catalogue
        self._kept = door.kept_parts.of(record, report, catalogue, stored=stored)

    def cores(self) -> dict[str, str]:
        """For each structure that shares a core with another one, that core."""
        found: dict[str, str] = json.loads(self._kept.part("cores", lambda: json.dumps(dict(self._given["pictures"].cores(self._report)))))
        return found

    def factors(self) -> Markup:
        """What makes the scores."""
        made = partial(fragment, "factors.html.j2", report=self._report, whole=self.whole)
        return Markup(self._kept.part(f"factors {self.whole}", lambda: made(factors=self._door.reweighting.factors(self._report))))

    def section(self, part: Literal["cards", "plots"]) -> Markup:
        """The candidates' cards, or the plots."""
        text = self._kept.part(part, lambda: reports.section(self._report, part, **self._given))
        return Markup(text.replace("<section ", '<section hx-swap-oob="true" ', 1) if self.whole else text)

    def around(self, side_by_side: str) -> Markup:
        """The whole report around the page's own tables and plots."""
        text = self._kept.part("body", lambda: reports.body(self._report, self._PLACE, **self._given))
        return Markup(text.replace(self._PLACE, side_by_side, 1))

    @cached_property
    def _given(self) -> dict[str, Any]:
        pictures = reports.pictures(self._door.store, self._report.run_id)
        return {"images": f"/runs/{self._report.run_id}/candidates", "pictures": pictures, "catalogue": self._catalogue}


def _values(door: Services, report: Report, stored: Report, state: ReportState, table: ReportTable, parts: _Parts) -> dict[str, Any]:
    """What the templates show."""
    return {
        "whole": parts.whole,
        "run_id": report.run_id,
        "mine": report.run_id in door.sharing.changeable([report.run_id]),
        "report": report,
        "stored": stored,
        "state": state,
        "view": state.view,
        "table": table,
        "before": {c.key: c.rank for c in stored.candidates},
        "forms": list(reports.MEDIA_TYPES),
        "cores": parts.cores(),
        "rounds": door.rounds.family(report.run_id),
        "factors": parts.factors,
        "plots": lambda: parts.section("plots"),
        "cards": lambda: parts.section("cards"),
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
