"""*Trace*: a run in the order of time, every event at an address of its own, replays with their verdicts, forks."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from app.services.entry import Services
from app.web.api.tracing import trace_file
from app.web.door import Door
from app.web.pages.edits import text_of
from app.web.pages.goal import Form
from app.web.rendering import page
from app.web.trace_views import ForkRequest, wanted_events
from app.web.turning import turning
from core.errors import UsageError
from core.interfaces import RunRecord
from core.report import FINISHED
from core.trace import EventKind, TraceEvent

router = APIRouter(prefix="/runs/{run_id}")

#: Events on one page.
PAGE = 60
#: A text longer than this is folded, characters.
FOLDED = 600


@router.get("/trace")
def _show_trace(
    request: Request,
    run_id: str,
    door: Door,
    kind: Annotated[str, Query(max_length=20)] = "",
    node: Annotated[str, Query(max_length=60)] = "",
    generation: Annotated[str, Query(max_length=10)] = "",
    text: Annotated[str, Query(max_length=200)] = "",
    number: Annotated[int, Query(ge=1, le=1_000_000, alias="page")] = 1,
) -> Response:
    """The timeline, and the events that are looked for; for htmx the events alone."""
    record = door.runs().find(run_id)
    if generation and not generation.isdigit():
        raise UsageError(f"generation: {generation[:20]!r} is not a whole number")
    asked = {"kind": kind, "node": node, "generation": generation, "text": text}
    given = {name: value for name, value in asked.items() if value}
    wanted = wanted_events(kind, node, int(generation) if generation else None, text)
    events, total = door.tracing.events(record.run_id, wanted, PAGE, (number - 1) * PAGE)
    here = f"/runs/{record.run_id}/trace"
    values: dict[str, Any] = {
        "record": record,
        "asked": asked,
        "events": events,
        "total": total,
        **turning(here, given, number, total, PAGE, part="#events"),
    }
    if request.headers.get("hx-request") == "true":
        return page(request, "trace_events.html.j2", **values)
    values |= {
        "timeline": door.tracing.timeline(record.run_id),
        "kinds": get_args(EventKind),
        "replays": door.replays.of_run(record.run_id),
        **_forking(door, record),
    }
    return page(request, "trace.html.j2", **values)


def _forking(door: Services, record: RunRecord) -> dict[str, Any]:
    """What the form of a fork shows, and whether the run can be replayed."""
    plan = door.runs().plan(record.run_id)
    roles = {name: model.model for name, model in plan.roles.items() if name not in ("interpreter", "assistant")} if plan else {}
    over = record.status in FINISHED
    return {
        "spec": door.runs().asked(record.run_id),
        "roles": roles,
        "can_fork": record.kind == "design" and bool(record.spec_version) and over,
        "can_replay": over and record.status != "cancelled",
    }


@router.get("/trace.jsonl")
def _save_trace(run_id: str, door: Door) -> Response:
    """The whole trace as a file."""
    return trace_file(door.tracing.lines(run_id), door.runs().find(run_id).run_id)


@router.get("/trace.json")
def _save_trace_as_json(run_id: str, door: Door) -> Response:
    """The whole trace as one JSON document, as `molwright trace --json` prints it."""
    name = f'attachment; filename="molwright-{door.runs().find(run_id).run_id}-trace.json"'
    content = "[" + ",".join(line.strip() for line in door.tracing.lines(run_id)) + "]\n"
    return Response(content, media_type="application/json", headers={"content-disposition": name})


@router.get("/trace/{number}")
def _show_event(request: Request, run_id: str, number: int, door: Door) -> Response:
    """One event with all that it holds."""
    record = door.runs().find(run_id)
    shown = door.tracing.event(record.run_id, number)
    values = {**_forking(door, record), "leaves_out": _can_be_left_out(shown.event)}
    return page(request, "event.html.j2", record=record, shown=shown, event=shown.event, folded=FOLDED, **values)


def _can_be_left_out(event: TraceEvent) -> bool:
    """Whether a fork can do without this event."""
    return event.kind == "model" or (event.kind == "record" and event.node == "propose")


@router.post("/replays")
def _ask_replay(run_id: str, form: Form, door: Door) -> Response:
    """Ask for a replay; its verdict appears at its address."""
    job = door.replays.ask(run_id)
    return RedirectResponse(f"/runs/{job.run_id}/replays/{job.replay_id}", 303)


@router.get("/replays/{replay_id}")
def _show_replay(request: Request, run_id: str, replay_id: str, door: Door) -> Response:
    """A replay and its verdict."""
    record = door.runs().find(run_id)
    return page(request, "replay.html.j2", record=record, job=door.replays.find(record.run_id, replay_id))


@router.post("/fork")
def _fork(run_id: str, form: Form, door: Door) -> Response:
    """A run that goes on by itself from an event of this one; a worker executes it."""
    asked = _fork_request(form)
    fork = door.runs().fork(run_id, asked.from_event, asked.changes(), without=asked.without, queued=True)
    return RedirectResponse(f"/runs/{fork}", 303)


def _fork_request(form: FormData) -> ForkRequest:
    """What the form of a fork asks for. UsageError for what is no number or out of range."""
    without = text_of(form, "without").strip()
    given: dict[str, Any] = {"without": without}
    for name in ("from_event", "budget", "candidates", "seed"):
        text = text_of(form, name).strip()
        if not text or (name == "from_event" and without):
            continue
        if not text.isdigit():
            raise UsageError(f"{name.replace('_', ' ')}: {text[:40]!r} is not a whole number")
        given[name] = int(text)
    if text := text_of(form, "met_probability").strip():
        try:
            given["met_probability"] = float(text)
        except ValueError:
            raise UsageError(f"probability: {text[:40]!r} is not a number") from None
    models = {name.removeprefix("model-"): text_of(form, name).strip() for name in form if name.startswith("model-")}
    given["models"] = {role: model for role, model in models.items() if model}
    try:
        return ForkRequest.model_validate(given)
    except ValidationError as error:
        raise UsageError("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())) from error
