"""Calls that wait for a run: its progress goes to the client, and a client that takes its call back ends the run that the call started."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anyio
from anyio.to_thread import run_sync
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext

from app.services.runs import RunService
from core.events import BestFound, CallDone, GenerationDone, NumberedEvent, StageBegun

#: Seconds between two looks at a run, and after which a client hears something although nothing is new.
LOOK, QUIET = 0.5, 5.0
#: Seconds in which the word that a call is taken back follows its end.
LATE = 0.5
#: By how much a message moves progress on that no structure was evaluated for: a client expects it to grow with every message.
LITTLE = 0.001

Tell = Callable[[float, float | None, str | None], Awaitable[None]]
Key = tuple[str, str]


class Withdrawals:
    """Which calls under way were taken back by their clients. It stands before every message (``Server.middleware``)."""

    def __init__(self) -> None:
        self._waiting: dict[Key, anyio.Event] = {}

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Note that a call is taken back, and go on."""
        if ctx.method == "notifications/cancelled" and ctx.params is not None:
            event = self._waiting.get((_session(ctx), str(ctx.params.get("requestId"))))
            if event is not None:
                event.set()
        return await call_next(ctx)

    @contextmanager
    def watched(self, ctx: ServerRequestContext[Any, Any]) -> Iterator[anyio.Event]:
        """An event that is set when the call of ``ctx`` is taken back, for the length of the block."""
        key = (_session(ctx), str(ctx.request_id))
        event = self._waiting[key] = anyio.Event()
        try:
            yield event
        finally:
            self._waiting.pop(key, None)


def _session(ctx: ServerRequestContext[Any, Any]) -> str:
    """The session of an HTTP client; '' where there is one client alone, or where each call stands for itself."""
    headers = getattr(ctx.request, "headers", None)
    return str(headers.get("mcp-session-id", "")) if headers is not None else ""


async def taken_back(ctx: ServerRequestContext[Any, Any], event: anyio.Event, leaving: Callable[[], bool]) -> bool:
    """Whether a call that was just ended from outside was taken back by its client, not by a server or a connection that ends.

    Over HTTP a client of protocol 2026-07-28 takes a call back by closing its answer.
    """
    with anyio.move_on_after(LATE, shield=True):
        await event.wait()
    return event.is_set() or (ctx.request is not None and not _session(ctx) and not leaving())


async def follow(runs: RunService, run_id: str, seconds: float, tell: Tell) -> None:
    """Tell of a run until no process executes it and none is going to, at most for ``seconds``. StoreError, NotFoundError."""
    budget = float(await run_sync(runs.budget, run_id))
    after, done, shown, silent = 0, 0.0, 0.0, QUIET
    with anyio.move_on_after(seconds):
        while True:
            goes_on, events, place = await run_sync(_look, runs, run_id, after, abandon_on_cancel=True)
            if events:
                after = events[-1].number
                done = max([done, *(float(getattr(e.event, "evaluated", 0)) for e in events)])
            if not events and not goes_on:
                return
            said = next((text for e in reversed(events) if (text := _words(e))), "")
            if said or silent >= QUIET:
                shown, silent = max(done, shown + LITTLE), 0.0
                await tell(shown, max(budget, shown), said or (f"in the queue, place {place}" if place else "under way"))
            await anyio.sleep(LOOK)
            silent += LOOK


def _look(runs: RunService, run_id: str, after: int) -> tuple[bool, list[NumberedEvent], int | None]:
    goes_on = runs.goes_on(run_id)  # looked at first: what was told before the end must not be missed
    return goes_on, list(runs.events(run_id, after)), runs.position(run_id)


def _words(told: NumberedEvent) -> str:
    """What an event says, for a person; '' for one that says nothing by itself."""
    event = told.event
    if isinstance(event, GenerationDone):
        return f"generation {event.generation}: {event.evaluated} of {event.budget} structures evaluated"
    if isinstance(event, BestFound):
        meets = "meets every requirement" if event.meets else "does not meet every requirement yet"
        return f"best so far: {event.smiles} ({meets})"
    if isinstance(event, CallDone):
        return event.said
    return f"step: {event.stage}" if isinstance(event, StageBegun) else ""
