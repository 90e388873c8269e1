"""What a run tells while it is executed: by long poll, and as server-sent events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool

from app.services.runs import RunService
from app.web.door import Door
from app.web.views import Progress
from core.errors import NotFoundError

router = APIRouter(prefix="/runs/{run_id}", tags=["progress"])

#: Seconds between two looks at what a run told.
LOOK = 0.5


def told_so_far(runs: RunService, run_id: str, after: int) -> Progress:
    """What the run told after event number ``after``. NotFoundError."""
    under_way = runs.goes_on(run_id)  # looked at first: what was told before the end must not be missed
    events = list(runs.events(run_id, after))
    status = runs.find(run_id).status
    return Progress(events=events, last=events[-1].number if events else after, under_way=under_way, status=status)


@router.get("/progress")
async def _show_progress(
    run_id: str,
    door: Door,
    after: Annotated[int, Query(ge=0, description="Number of the last event that is known.")] = 0,
    wait: Annotated[float, Query(ge=0, le=30, description="Seconds to wait for something new.")] = 0,
) -> Progress:
    """What the run told after an event; with `wait` the answer comes as soon as there is something (long poll)."""
    runs, deadline = door.runs(), time.monotonic() + wait
    found = await run_in_threadpool(told_so_far, runs, run_id, after)
    while not found.events and found.under_way and time.monotonic() < deadline:
        await asyncio.sleep(min(LOOK, max(deadline - time.monotonic(), 0.01)))  # no thread waits: there are fewer than people may ask
        found = await run_in_threadpool(told_so_far, runs, run_id, after)
    return found


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Events `progress` with a numbered event as JSON; `end` when nothing more comes.",
            "content": {"text/event-stream": {}},
        }
    },
)
async def _stream_progress(
    run_id: str,
    door: Door,
    after: Annotated[int, Query(ge=0, description="Number of the last event that is known.")] = 0,
    last_event_id: Annotated[str, Header(max_length=20, description="The same, as a browser sends it when it connects again.")] = "",
) -> StreamingResponse:
    """What the run tells, as server-sent events, until nothing executes it any more."""
    runs = door.runs()
    begin = int(last_event_id) if last_event_id.isdigit() else after
    first = await run_in_threadpool(told_so_far, runs, run_id, begin)
    return StreamingResponse(_events(runs, run_id, first), media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _events(runs: RunService, run_id: str, found: Progress) -> AsyncIterator[bytes]:
    while True:
        for event in found.events:
            yield format_sse_event(data_str=event.model_dump_json(), event="progress", id=str(event.number))
        if not found.events and not found.under_way:
            yield format_sse_event(data_str=found.model_dump_json(), event="end")
            return
        if not found.events:
            await asyncio.sleep(LOOK)
        try:
            found = await run_in_threadpool(told_so_far, runs, run_id, found.last)
        except NotFoundError:  # deleted meanwhile, or no longer shared with whoever follows it
            return
