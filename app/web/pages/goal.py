"""*New goal*: the sentence, what it means, corrected by a person, approved and put into the queue."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from app.services.entry import Services
from app.services.lists import Upload
from app.web.door import Door, reading_of
from app.web.guard import checked_form
from app.web.pages.edits import COMPARISONS, edited, text_of, uploads_of
from app.web.problems import status_of
from app.web.rendering import page
from core.errors import MolwrightError, UsageError
from core.limits import MAX_BUDGET, MAX_CANDIDATES, MAX_SEED
from core.options import NamedReferences, RunOptions, given_options
from core.spec import DesignSpec

router = APIRouter()
Form = Annotated[FormData, Depends(checked_form)]

EXAMPLES = (
    "Design a heat-resistant polymer with Tg > 250 °C",
    "an organic dye with maximum absorption at 500 nm",
    "a molecule with MW < 300 that's stable at 200 °C",
)
#: Fields for what is given beside the sentence.
BESIDE = ("core", "like", "unlike")
#: What the fields of a reading may hold.
LIMITS: dict[str, Any] = {"comparisons": COMPARISONS, "most_candidates": MAX_CANDIDATES, "most_budget": MAX_BUDGET, "most_seed": MAX_SEED}


@router.get("/")
def _new_goal(
    request: Request,
    door: Door,
    goal: Annotated[str, Query(max_length=20_000)] = "",
    source: Annotated[str, Query(max_length=64, alias="from", description="A run whose whole spec is copied.")] = "",
) -> Response:
    """An empty form, one with a goal in it, or one with the whole spec of a run."""
    reading, copied, brought = None, None, False
    if source:
        found = door.runs().show(source)
        copied, goal = found.record, found.record.goal
        brought = found.record.given.known is not None or found.record.given.blocks is not None
        reading = reading_of(door, door.goals.check(found.spec)) if found.spec else None
    values: dict[str, Any] = {"goal": goal, "given": dict.fromkeys(BESIDE, ""), "reading": reading, "fault": "", "action": "/runs"}
    return page(request, "goal.html.j2", **values, copied=copied, brought=brought, examples=EXAMPLES, **LIMITS)


@router.post("/goals")
def _read_goal(request: Request, form: Form, door: Door) -> Response:
    """What the sentence means."""
    goal, fault, reading, status = text_of(form, "goal"), "", None, 200
    try:
        if goal or _beside(form):
            reading = reading_of(door, door.goals.interpret(goal, RunOptions.model_validate(_options(door, form))))
    except MolwrightError as error:
        fault, status = str(error), status_of(error)
    return _shown(request, form, goal, reading, fault, status)


@router.post("/goals/check")
def _check_changes(request: Request, form: Form, door: Door) -> Response:
    """The spec with a person's changes, read back."""
    spec, fault, status = _stored(door, form), "", 200
    try:
        spec = door.goals.check(edited(spec, form))
    except MolwrightError as error:
        fault, status = str(error), status_of(error)
    return _shown(request, form, spec.goal, reading_of(door, spec), fault, status)


@router.post("/runs")
def _approve_and_run(request: Request, form: Form, door: Door) -> Response:
    """Put the approved spec into the queue and show its run; back to the form where something is in the way."""
    spec = _stored(door, form)
    try:
        spec = door.goals.check(edited(spec, form))
        against = door.goals.objections(spec)
        accepted = text_of(form, "accept_unread") == "yes"
        if against and not accepted:
            return _shown(
                request, form, spec.goal, reading_of(door, spec), "; ".join(against) + ". Say below that you go on all the same.", 409
            )
        options = given_options({"spec": spec.model_dump(mode="json"), "yes": True, **({"despite_objections": True} if accepted else {})})
        blocks, known = _first(form, "blocks"), _first(form, "known")
        run_id = door.runs().start(
            spec.goal,
            options,
            blocks=door.lists.uploaded_blocks(blocks, "replace" if text_of(form, "blocks_mode") == "replace" else "extend")
            if blocks
            else None,
            known=door.lists.uploaded_known(known) if known else None,
            queued=True,
            key=text_of(form, "once"),
        )
    except MolwrightError as error:
        return _shown(request, form, spec.goal, reading_of(door, spec), str(error), status_of(error))
    return RedirectResponse(f"/runs/{run_id}", 303)


def _shown(request: Request, form: FormData, goal: str, reading: Any, fault: str, status: int) -> Response:
    """The form with the reading under it; for htmx the reading alone."""
    given = {name: text_of(form, name) for name in BESIDE}
    if request.headers.get("hx-request") == "true":
        return page(request, "reading.html.j2", reading=reading, fault=fault, goal=goal, action="/runs", **LIMITS)
    values: dict[str, Any] = {"goal": goal, "given": given, "reading": reading, "fault": fault, "examples": EXAMPLES, "action": "/runs"}
    return page(request, "goal.html.j2", status=status, copied=None, brought=False, **values, **LIMITS)


def _stored(door: Services, form: FormData) -> DesignSpec:
    """The spec that the form carries along. UsageError where there is none."""
    text = text_of(form, "spec")
    if not text:
        raise UsageError("this form carries no spec; read the goal first")
    return door.goals.read(text, "the form")


def _beside(form: FormData) -> bool:
    return any(text_of(form, name) for name in BESIDE) or bool(uploads_of(form, "like_file"))


def _options(door: Services, form: FormData) -> dict[str, Any]:
    """Core and reference sets that were given beside the sentence."""
    found: dict[str, Any] = {"core": text_of(form, "core")} if text_of(form, "core") else {}
    for name in ("like", "unlike"):
        sets = [door.lists.named_references(line) for line in text_of(form, name).splitlines() if line.strip()]
        sets += [door.lists.uploaded_references(upload) for upload in uploads_of(form, f"{name}_file")]
        if sets:
            found[name] = [NamedReferences(name=s.name, references=list(s.smiles)).model_dump() for s in sets]
    return found


def _first(form: FormData, name: str) -> Upload | None:
    return next(iter(uploads_of(form, name)), None)
