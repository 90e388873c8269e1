"""*Run*: a run while it goes on; at the same address stands its report (:mod:`app.web.pages.report`) when it is finished."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool

from app.services.entry import Services
from app.services.event_words import stage_words
from app.services.run_reading import AT_ONCE
from app.web.api.progress import LOOK, told_so_far
from app.web.door import Door, reading_of
from app.web.guard import TOKEN, form_token
from app.web.pages.edits import edited, text_of
from app.web.pages.goal import LIMITS, Form, units_of
from app.web.pages.report import report_page
from app.web.pages.runs import OVER
from app.web.rendering import fragment, page, status_words
from core.candidate import Candidate
from core.errors import NotFoundError
from core.events import BestFound, CallDone, GenerationDone, NumberedEvent, StageBegun, StatusChanged, ToolCalled
from core.interfaces import RunRecord

router = APIRouter()

#: Which changes a person may ask for in each status.
ACTIONS: dict[str, tuple[str, ...]] = {
    "queued": ("pause", "cancel"),
    "running": ("pause", "cancel"),
    "pausing": ("cancel",),
    "paused": ("resume", "cancel"),
    "waiting": ("reject",),
    "failed": ("resume", "cancel"),
}
#: How many of the best structures are drawn, and how many messages are kept.
BEST, MESSAGES = 4, 60


@dataclass
class RunState:
    """What is known of a run from what it told so far."""

    stage: str = ""
    generation: int = 0
    evaluated: int = 0
    budget: int = 0
    fitness: float | None = None
    found: BestFound | None = None
    last: int = 0
    messages: list[tuple[str, str]] = field(default_factory=list)

    def take(self, told: NumberedEvent) -> None:
        """Take one more event in."""
        event, self.last = told.event, told.number
        if isinstance(event, StageBegun):
            self.stage, self.generation = stage_words(event.stage), event.generation
            self.evaluated = max(self.evaluated, event.evaluated)
        elif isinstance(event, GenerationDone):
            self.evaluated, self.budget, self.fitness = event.evaluated, event.budget, event.best
            self._say(
                told.at,
                f"generation {event.generation}: {event.evaluated} of {event.budget} evaluated, mean of the ten best {event.best:.3f}",
            )
        elif isinstance(event, BestFound):
            self.found = event
            meets = "meets every requirement" if event.meets else "misses a requirement"
            self._say(told.at, f"better than all before: {event.smiles}, score {event.fitness:.3f}, {meets}")
        elif isinstance(event, StatusChanged):
            self._say(told.at, f"the run: {status_words(event.status)}{': ' + event.message if event.message else ''}")
        elif isinstance(event, CallDone):
            self.stage = event.said
        elif isinstance(event, ToolCalled):
            self._say(told.at, f"tool {event.name}")

    def _say(self, at: str, text: str) -> None:
        self.messages = [*self.messages, (at[11:19], text)][-MESSAGES:]


@router.get("/runs/{run_id}")
def _show_run(request: Request, run_id: str, door: Door) -> Response:
    """The report of a finished run; the run itself while it goes on."""
    record = door.runs().find(run_id)
    if record.status in ("success", "no_candidate"):
        return report_page(request, door, record)
    return _progress_page(request, door, record)


@router.get("/runs/{run_id}/progress")
def _show_progress(request: Request, run_id: str, door: Door) -> Response:
    """The run, finished or not."""
    return _progress_page(request, door, door.runs().find(run_id))


def _progress_page(request: Request, door: Services, record: RunRecord) -> Response:
    state = RunState()
    shown = _look(door, record.run_id, state)
    waits = record.status == "waiting" and shown["mine"]
    reading = reading_of(door, door.runs().waiting_spec(record.run_id)) if waits else None
    values: dict[str, Any] = {
        "under_way_before": False,
        "asked": door.runs().asked(record.run_id),
        "reading": reading,
        "fault": "",
        "rounds": door.rounds.family(record.run_id),
        "units": units_of(door),
        "action": f"/runs/{record.run_id}/approve",
        **LIMITS,
    }
    return page(request, "run.html.j2", last=state.last, **values, **shown)


def _look(door: Services, run_id: str, state: RunState) -> dict[str, Any]:
    """Take in what the run told since, and give what its page shows."""
    runs = door.runs()
    told = told_so_far(runs, run_id, state.last)
    news = bool(told.events)
    for event in told.events:
        state.take(event)
    while len(told.events) == AT_ONCE:  # an old run told more than one look gives
        told = told_so_far(runs, run_id, state.last)
        for event in told.events:
            state.take(event)
    record = runs.find(run_id)
    finished = record.status in ("success", "no_candidate")
    abandoned = record.status in ("running", "pausing", "cancelling") and not runs.under_way(record.run_id)
    mine = record.run_id in door.sharing.changeable([record.run_id])
    best: list[Candidate] = list(runs.best(run_id, BEST)) if state.evaluated else []
    found = None if finished else state.found  # the report says what is best in the end
    return {
        "record": record,
        "state": state,
        "found": found,
        "name": _name(door, run_id, found.key) if found else "",
        "best": [c for c in best if found is None or c.key != found.key],
        "budget": state.budget or runs.budget(run_id),
        "axes": door.clouds.axes(runs.asked(run_id)) if state.evaluated else None,
        "position": runs.position(run_id) if record.status == "queued" else None,
        "under_way": told.under_way,
        "news": news,
        "abandoned": abandoned,
        "actions": () if not mine else ("resume", "cancel") if abandoned else ACTIONS.get(record.status, ()),
        "mine": mine,
        "finished": finished,
        "over": record.status in OVER,
        "forked_from": record.given.forked_from or "",
    }


def _name(door: Services, run_id: str, key: str) -> str:
    """What the candidate is called; '' for one without a name."""
    try:
        return door.runs().candidate(run_id, key).name
    except NotFoundError:
        return ""


@router.get("/runs/{run_id}/cloud.svg")
def _draw_cloud(run_id: str, door: Door) -> Response:
    """The properties of the structures that the run evaluated so far, as a plot; its address carries their number, so that it is asked for once."""
    svg = door.clouds.svg(door.runs().find(run_id).run_id)
    return Response(svg, media_type="image/svg+xml", headers={"cache-control": "private, max-age=300"})


@router.get("/runs/{run_id}/live")
async def _live(request: Request, run_id: str, door: Door) -> StreamingResponse:
    """The changing part of the run's page, as server-sent events, until nothing executes the run any more."""
    record = await run_in_threadpool(door.runs().find, run_id)
    states = _states(door, record.run_id, form_token(request))
    return StreamingResponse(states, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _states(door: Services, run_id: str, token: str) -> AsyncIterator[bytes]:
    state, before = RunState(), ""
    fixed = {"token": token, "token_name": TOKEN, "under_way_before": await run_in_threadpool(door.runs().goes_on, run_id)}
    while True:
        try:
            shown = await run_in_threadpool(_look, door, run_id, state)
        except NotFoundError:  # deleted meanwhile, or no longer shared with whoever looks
            yield format_sse_event(data_str="", event="end")
            return
        text = fragment("state.html.j2", **fixed, **shown)
        if text != before:
            yield format_sse_event(data_str=text, event="state")
            before = text
        if not shown["under_way"] and not shown["news"]:
            yield format_sse_event(data_str="", event="end")
            return
        await asyncio.sleep(LOOK)


@router.get("/runs/{run_id}/open")
def _open(run_id: str, door: Door) -> Response:
    """Tells htmx to load the run's page anew: its report is there."""
    return Response(status_code=204, headers={"hx-redirect": f"/runs/{door.runs().find(run_id).run_id}"})


@router.post("/runs/{run_id}/approve")
def _approve(run_id: str, form: Form, door: Door) -> Response:
    """A person's answer to a run that waits; a worker goes on."""
    runs = door.runs()
    spec = door.goals.check(edited(runs.waiting_spec(run_id), form))
    runs.approve_later(run_id, spec, despite_objections=text_of(form, "accept_unread") == "yes")
    return RedirectResponse(f"/runs/{run_id}", 303)


@router.post("/runs/{run_id}/{action}")
def _change(run_id: str, action: Literal["pause", "cancel", "resume", "reject"], form: Form, door: Door) -> Response:
    """Pause a run, end it for good, put it back into the queue, or reject the spec that waits."""
    runs = door.runs()
    {"pause": runs.pause, "cancel": runs.cancel, "resume": runs.resume_later, "reject": runs.reject}[action](run_id)
    return RedirectResponse(f"/runs/{run_id}", 303)
