"""Time, injected: the clock of the pool, and waits that a timer or a monitor can end from outside."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol


class Timer(Protocol):
    """A callback that waits for its time."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Monotonic seconds and what depends on them."""

    def now(self) -> float: ...
    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer: ...
    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The clock of the machine and of the running event loop."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Run ``callback`` on the running event loop after ``seconds``."""
        return asyncio.get_running_loop().call_later(max(seconds, 0.0), callback)

    async def sleep(self, seconds: float) -> None:
        """Wait ``seconds``."""
        await asyncio.sleep(max(seconds, 0.0))


class Aborted(Exception):
    """A wait that its scope ended. ``reason`` is the name of the timer that fired, or what ``abort`` was given."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Scope:
    """Ends waits from outside: by named timers, or by ``abort`` from another task.

    ``with scope: await something()`` raises Aborted where the scope is aborted during the wait, or was before it. A scope can be entered
    again and again (once a chunk of a stream), by one task at a time; between waits an abort is remembered and nothing is
    cancelled. A cancellation of the task by anyone else passes through unchanged.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[str, float] = {}
        self._timer: Timer | None = None
        self._timer_at = 0.0
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._sent = False
        self.reason: str | None = None

    def arm(self, reason: str, seconds: float | None) -> None:
        """Abort with ``reason`` after ``seconds``; replaces an earlier time of that name. None: no limit."""
        if seconds is None:
            return self.disarm(reason)
        at = self._due[reason] = self._clock.now() + max(seconds, 0.0)
        if self._timer is None or at < self._timer_at:
            self._look_at(at)

    def disarm(self, reason: str) -> None:
        """Let that name's time, if it has one, pass. The clock's timer stays: most times are set and taken back, few come."""
        self._due.pop(reason, None)

    def close(self) -> None:
        """Let every time pass."""
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look_at(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        self._timer = self._clock.call_later(at - self._clock.now(), self._look)

    def _look(self) -> None:
        """The clock's timer went off: the first name whose time has come aborts; else the timer is set for the next."""
        self._timer = None
        if not self._due:
            return
        reason = min(self._due, key=self._due.__getitem__)
        if self._due[reason] > self._timer_at:
            return self._look_at(self._due[reason])
        del self._due[reason]
        self.abort(reason)

    def abort(self, reason: str) -> None:
        """End the wait under way, or the next one, with Aborted(reason). Only the first reason counts."""
        if self.reason is not None:
            return
        self.reason = reason
        if self._task is not None:
            self._sent = True
            self._task.cancel()

    def __enter__(self) -> Scope:
        if self.reason is not None:
            raise Aborted(self.reason)
        self._task = asyncio.current_task()
        self._cancelling = self._task.cancelling() if self._task else 0
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        task, self._task = self._task, None
        if not self._sent or task is None:
            return
        self._sent = False
        if task.uncancel() <= self._cancelling and kind is not None and issubclass(kind, asyncio.CancelledError):
            raise Aborted(self.reason or "aborted") from None
