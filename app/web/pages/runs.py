"""*Runs*: every run, found again by words of its goal, status, date, and the structures in it; deleted when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from app.services.entry import Services
from app.services.finding import How, Wanted
from app.web.api.runs import ARCHIVED, Archived
from app.web.door import Door
from app.web.pages.edits import text_of
from app.web.pages.goal import Form
from app.web.problems import status_of
from app.web.rendering import page
from app.web.turning import turning
from core.errors import MolwrightError, NotFoundError, StatusError, UsageError
from core.interfaces import RunFilter, RunRecord
from core.report import FINISHED, RunStatus

router = APIRouter()

#: Runs or structures on one page.
PAGE = 25
#: Fields of a structure that is looked for, and how long each may be.
LOOKED_FOR, LONGEST = ("structure", "how", "least", "property", "low", "high", "kept", "after"), 1000
#: Fields of the list that an action on one of its runs comes back to.
BACK = ("text", "status", "since", "until", "archived", "user", "page")
#: A run with one of these may be deleted.
OVER: tuple[RunStatus, ...] = (*FINISHED, "failed")


@router.get("/runs")
def _list_runs(
    request: Request,
    door: Door,
    text: Annotated[str, Query(max_length=500)] = "",
    status: Annotated[str, Query(max_length=20)] = "",
    since: Annotated[str, Query(max_length=30)] = "",
    until: Annotated[str, Query(max_length=30)] = "",
    archived: Archived = "no",
    user: Annotated[str, Query(max_length=200)] = "",
    number: Annotated[int, Query(ge=1, le=1_000_000, alias="page")] = 1,
    done: Annotated[Literal["", "archived", "restored", "deleted"], Query()] = "",
    run: Annotated[str, Query(max_length=64, pattern="^[A-Za-z0-9_-]*$")] = "",
) -> Response:
    """The runs that fit, newest first, or the structures in them that are looked for; ``since`` and ``until`` are days, both included.

    ``done``: what somebody has just done to the run ``run``.
    """
    statuses: tuple[RunStatus, ...] = tuple(s for s in get_args(RunStatus) if s == status)
    # a day's end is its last moment: '~' sorts behind every time of the day
    runs = RunFilter(text.strip(), statuses, since, f"{until}~" if until else "", ARCHIVED[archived], user=user.strip())
    asked = {"text": text, "status": status, "since": since, "until": until, "archived": "" if archived == "no" else archived}
    asked["user"] = user.strip()
    part = request.headers.get("hx-request") == "true"
    fields = {name: request.query_params.get(name, "").strip()[:LONGEST] for name in LOOKED_FOR}
    given = {name: value for name, value in {**asked, **_said(fields)}.items() if value}
    values: dict[str, Any] = {"statuses": get_args(RunStatus), "over": OVER, "fields": fields, "properties": _properties(door)}
    values |= {"done": done, "done_to": _named(door, done, run), "back": urlencode({**given, "page": number})}
    if fields["structure"] or fields["property"]:
        found, fault, code = None, "", 200
        try:
            found = door.finding.find(_wanted(fields), runs, fields["after"], PAGE)
        except MolwrightError as error:
            fault, code = str(error), status_of(error)
        further = "/runs?" + urlencode({**given, "after": found.after}) if found and found.after else ""
        values |= {"found": found, "fault": fault, "further": further, "list": "found.html.j2"}
        return page(request, "found.html.j2" if part else "runs.html.j2", asked=asked, status=200 if part else code, **values)
    found_runs, total = door.runs().search(runs, PAGE, (number - 1) * PAGE)
    values["mine"] = door.sharing.changeable([r.run_id for r in found_runs])
    values["made_from"] = _made_from(door, found_runs)
    values |= {"runs": found_runs, "total": total, "list": "list.html.j2", **turning("/runs", given, number, total, PAGE)}
    return page(request, "list.html.j2" if part else "runs.html.j2", asked=asked, **values)


def _named(door: Services, done: str, run_id: str) -> RunRecord | None:
    """The run to which something was done; None for none, and where that is so no longer."""
    found = _seen(door, run_id) if done in ("archived", "restored") else None
    return found if found is not None and bool(found.archived_at) == (done == "archived") else None


def _seen(door: Services, run_id: str) -> RunRecord | None:
    """A run; None for one that is gone and for one that whoever asks may not see."""
    with suppress(NotFoundError):
        return door.runs().find(run_id)
    return None


def _made_from(door: Services, runs: Sequence[RunRecord]) -> dict[str, tuple[str, str]]:
    """Of each run that was made from another one: how, and that one's id, '' where it cannot be seen."""
    found = {}
    for run in runs:
        for how, option in (("next round of", "parent"), ("fork of", "forked_from")):
            if other := str(run.options.get(option) or "").partition(":")[0]:
                found[run.run_id] = how, other if _seen(door, other) else ""
    return found


def _back(form: FormData, done: str, run_id: str) -> Response:
    """Back to the list as it was, which says what was done."""
    asked = [(name, value) for name, value in parse_qsl(text_of(form, "back")[:LONGEST]) if name in BACK]
    return RedirectResponse("/runs?" + urlencode([*asked, ("done", done), ("run", run_id)]), 303)


def _said(fields: dict[str, str]) -> dict[str, str]:
    """The fields of what is looked for that count, for an address."""
    return {name: value for name, value in fields.items() if name != "after"} if fields["structure"] or fields["property"] else {}


def _wanted(fields: dict[str, str]) -> Wanted:
    """What the fields ask for. UsageError for a number that is none."""
    numbers: dict[str, float | None] = {}
    for name, called in (("low", "the lower end"), ("high", "the upper end"), ("least", "the similarity")):
        try:
            numbers[name] = float(fields[name]) if fields[name] else None
        except ValueError:
            raise UsageError(f"{called}: {fields[name][:40]!r} is not a number") from None
    least = 0.5 if numbers["least"] is None else numbers["least"]
    how: How = "similarity" if fields["how"] == "similarity" else "substructure"
    kept = fields["kept"] == "yes"
    return Wanted(fields["structure"], how, least, fields["property"], numbers["low"], numbers["high"], kept)


def _properties(door: Services) -> list[tuple[str, str]]:
    """Name and heading of the properties that have numbers."""
    return [(p.name, f"{p.label}, {p.unit}" if p.unit else p.label) for p in door.workspace.catalogue if p.kind != "level"]


@router.get("/runs/{run_id}/delete")
def _ask_before_deleting(request: Request, run_id: str, door: Door) -> Response:
    """What would go, and the question whether it shall."""
    found = door.runs().show(run_id)
    if found.record.status not in OVER:
        raise StatusError(f"run {found.record.run_id} cannot be deleted, its status is {found.record.status!r}: cancel it first")
    structures, measured = sum(found.candidates.values()), sum(e.measured is not None for e in found.feedback)
    return page(
        request, "delete.html.j2", record=found.record, structures=structures, remarks=len(found.feedback) - measured, measured=measured
    )


@router.post("/runs/{run_id}/delete")
def _delete(run_id: str, form: Form, door: Door) -> Response:
    """Delete the run for good."""
    door.runs().delete(run_id)
    return _back(form, "deleted", run_id)


@router.post("/runs/{run_id}/archive")
def _archive(run_id: str, form: Form, door: Door) -> Response:
    """Put the run out of sight."""
    door.archive.put_away(run_id)
    return _back(form, "archived", run_id)


@router.post("/runs/{run_id}/restore")
def _restore(run_id: str, form: Form, door: Door) -> Response:
    """Put the run back among the others."""
    door.archive.bring_back(run_id)
    return _back(form, "restored", run_id)
