"""*New goal*: the sentence, what it means, corrected by a person, approved and put into the queue."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from app.services.entry import Services
from app.services.lists import Upload
from app.services.templates import Template
from app.web.door import Door, reading_of
from app.web.guard import checked_form
from app.web.pages.edits import COMPARISONS, edited, text_of, uploads_of
from app.web.problems import status_of
from app.web.rendering import page
from app.web.views import Reading
from core.errors import MolwrightError, UsageError
from core.forecast import Forecast
from core.interfaces import RunRecord
from core.limits import MAX_BUDGET, MAX_CANDIDATES, MAX_SEED
from core.novelty import NOVELTY_WORDS
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
#: The compound that a core was marked in: what the goal compares with where it names none.
COMPOUND = "compound"
#: What the fields of a reading may hold.
LIMITS: dict[str, Any] = {
    "comparisons": COMPARISONS,
    "most_candidates": MAX_CANDIDATES,
    "most_budget": MAX_BUDGET,
    "most_seed": MAX_SEED,
    "novelty_words": NOVELTY_WORDS,
}


@router.get("/")
def _new_goal(
    request: Request,
    door: Door,
    goal: Annotated[str, Query(max_length=20_000)] = "",
    core: Annotated[str, Query(max_length=4000)] = "",
    compound: Annotated[str, Query(max_length=4000)] = "",
    source: Annotated[str, Query(max_length=64, alias="from", description="A run whose whole spec is copied.")] = "",
) -> Response:
    """An empty form, one with a goal, a core or both in it, or one with the whole spec of a run."""
    if not source:
        given, reading, fault, status = {"core": core, COMPOUND: compound}, None, "", 200
        try:
            if goal.strip():  # an example, a link, a core that was marked: read at once
                options = RunOptions.model_validate({"core": core.strip()} if core.strip() else {})
                reading = reading_of(door, door.goals.interpret(goal.strip(), options, about=compound.strip()))
        except MolwrightError as error:
            fault, status = str(error), status_of(error)
        return goal_page(request, door, goal, given=given, reading=reading, fault=fault, status=status)
    found = door.runs().show(source)
    brought = found.record.given.known is not None or found.record.given.blocks is not None
    reading = reading_of(door, door.goals.check(found.spec)) if found.spec else None
    return goal_page(request, door, found.record.goal, reading=reading, copied=found.record, brought=brought)


def goal_page(
    request: Request,
    door: Services,
    goal: str,
    *,
    given: dict[str, str] | None = None,
    reading: Reading | None = None,
    fault: str = "",
    status: int = 200,
    saved: Template | None = None,
    forecast: Forecast | None = None,
    copied: RunRecord | None = None,
    brought: bool = False,
) -> Response:
    """The whole page: the form with ``goal`` and what is ``given`` beside it, and a reading under it.

    ``saved``: the template that the reading comes from. ``forecast``: shown at once, where there is no script to fetch it. ``copied``: the run
    whose spec it is; ``brought``: whether that run was given lists of structures, which are not copied.
    """
    values: dict[str, Any] = {"goal": goal, "reading": reading, "fault": fault, "examples": EXAMPLES, "action": "/runs"}
    values |= {"given": {**dict.fromkeys((*BESIDE, COMPOUND), ""), **(given or {})}, "saved": saved, "forecast": forecast}
    values["units"] = units_of(door)
    here = "/" if request.method == "POST" else request.url.path  # whatever address its forms were sent to, this is the page "New goal"
    return page(request, "goal.html.j2", status=status, copied=copied, brought=brought, path=here, **values, **LIMITS)


def units_of(door: Services) -> dict[str, str]:
    """The unit of each property, '' for none."""
    return {p.name: p.unit for p in door.workspace.catalogue}


@router.post("/goals")
def _read_goal(request: Request, form: Form, door: Door) -> Response:
    """What the sentence means."""
    goal, fault, reading, status = text_of(form, "goal"), "", None, 200
    try:
        if goal or _beside(form):
            beside = RunOptions.model_validate(_options(door, form))
            reading = reading_of(door, door.goals.interpret(goal, beside, about=text_of(form, COMPOUND)))
    except MolwrightError as error:
        fault, status = str(error), status_of(error)
    return _shown(request, form, door, goal, reading, fault, status)


@router.post("/goals/check")
def _check_changes(request: Request, form: Form, door: Door) -> Response:
    """The spec with a person's changes, read back, with the forecast of it."""
    spec, fault, status, told = stored_spec(door, form), "", 200, None
    try:
        spec = door.goals.check(edited(spec, form))
        told = door.forecasts.of(spec)
    except MolwrightError as error:
        fault, status = str(error), status_of(error)
    return _shown(request, form, door, spec.goal, reading_of(door, spec), fault, status, told)


@router.post("/goals/forecast")
def _forecast_changes(request: Request, form: Form, door: Door) -> Response:
    """What is expected of the spec as the form has it now, or what is wrong with it; asked for while one types."""
    spec, fault, told = stored_spec(door, form), "", None
    try:
        changed = door.goals.check(edited(spec, form))
        told = door.forecasts.of(changed)
    except MolwrightError as error:
        changed, fault = spec, str(error)
    before = {r.id: r.text for r in (*spec.requirements, *spec.objectives)}
    after = {r.id: r.text for r in (*changed.requirements, *changed.objectives)}
    now = [f"{name}: {text}" for name, text in after.items() if before.get(name) != text]
    gone = [name for name in before if name not in after]
    return page(request, "forecast.html.j2", forecast=told, fault=fault, spec=changed, curves=changed.objectives, changed=now, gone=gone)


@router.post("/runs")
def _approve_and_run(request: Request, form: Form, door: Door) -> Response:
    """Put the approved spec into the queue and show its run; back to the form where something is in the way."""
    spec = stored_spec(door, form)
    try:
        spec = door.goals.check(edited(spec, form))
        against = door.goals.objections(spec)
        accepted = text_of(form, "accept_unread") == "yes"
        if against and not accepted:
            return _shown(
                request, form, door, spec.goal, reading_of(door, spec), "; ".join(against) + ". Say below that you go on all the same.", 409
            )
        options = given_options({"spec": spec.model_dump(mode="json"), "yes": True, **({"despite_objections": True} if accepted else {})})
        blocks, file = _first(form, "blocks"), _first(form, "known")
        known = door.lists.uploaded_known(file) if file else None
        if text_of(form, "measured") == "yes":
            known = door.measurements.as_known(spec.conditions.solvent_smiles, known)
        run_id = door.runs().start(
            spec.goal,
            options,
            blocks=door.lists.uploaded_blocks(blocks, "replace" if text_of(form, "blocks_mode") == "replace" else "extend")
            if blocks
            else None,
            known=known,
            queued=True,
            key=text_of(form, "once"),
        )
    except MolwrightError as error:
        return _shown(request, form, door, spec.goal, reading_of(door, spec), str(error), status_of(error))
    return RedirectResponse(f"/runs/{run_id}", 303)


def _shown(
    request: Request,
    form: FormData,
    door: Services,
    goal: str,
    reading: Reading | None,
    fault: str,
    status: int,
    forecast: Forecast | None = None,
) -> Response:
    """The form with the reading under it; for htmx the reading alone."""
    if request.headers.get("hx-request") == "true":
        return page(request, "reading.html.j2", reading=reading, fault=fault, goal=goal, action="/runs", units=units_of(door), **LIMITS)
    given = {name: text_of(form, name) for name in (*BESIDE, COMPOUND)}
    return goal_page(request, door, goal, given=given, reading=reading, fault=fault, status=status, forecast=forecast)


def stored_spec(door: Services, form: FormData) -> DesignSpec:
    """The spec that a form carries along. UsageError where there is none."""
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
