"""What the tests of pool and gateway share: a clock that only moves when told, and short ways to make pools and requests."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from serving.pool import CallRecord, EndpointConfig, Pool, PoolConfig, PoolRequest

T = TypeVar("T")

# Probes and breaker for tests with real processes and the machine's clock.
FAST = {"enabled": True, "interval_s": 0.1, "idle_s": 0.5, "stall_s": 0.3, "canary_timeout_s": 0.5}
QUICK = {"open_s": 0.2, "open_max_s": 0.4}


class _FakeTimer:
    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class FakeClock:
    """Time stands still until ``advance``."""

    def __init__(self) -> None:
        self.time = 1000.0
        self._numbers = itertools.count()
        self._timers: list[tuple[float, int, _FakeTimer]] = []

    def now(self) -> float:
        return self.time

    def call_later(self, seconds: float, callback: Callable[[], object]) -> _FakeTimer:
        timer = _FakeTimer(callback)
        heapq.heappush(self._timers, (self.time + max(seconds, 0.0), next(self._numbers), timer))
        return timer

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.call_later(seconds, lambda: future.done() or future.set_result(None))  # type: ignore[func-returns-value]
        await future

    async def advance(self, seconds: float) -> None:
        """Move on, firing what is due in order; each gets the chance to run."""
        end = self.time + seconds
        while self._timers and self._timers[0][0] <= end:
            at, _, timer = heapq.heappop(self._timers)
            self.time = max(self.time, at)
            if timer.callback is not None:
                timer.callback()
                for _ in range(5):
                    await asyncio.sleep(0)
        self.time = end
        await asyncio.sleep(0)


def run(work: Coroutine[Any, Any, T], limit: float = 20.0) -> T:
    """The result of a coroutine; a test that hangs fails."""

    async def bounded() -> T:
        async with asyncio.timeout(limit):
            return await work

    return asyncio.run(bounded())


async def until(condition: Callable[[], Any], limit: float = 5.0) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(limit):
        while not condition():
            await asyncio.sleep(0.005)


def chat(model: str = "m", text: str = "hello", stream: bool = False, **more: Any) -> PoolRequest:
    """A chat request; ``more`` goes to the request (request_id, user, deadline_s)."""
    body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": text}]}
    if stream:
        body["stream"] = True
    return PoolRequest("chat/completions", body, **more)


def config(*addresses: str, model: str = "m", **options: Any) -> PoolConfig:
    """A pool of servers of one model, named a, b, c; no probes unless asked for."""
    per_endpoint = {k: options.pop(k) for k in ("max_concurrency", "weight", "canary") if k in options}
    endpoints = [EndpointConfig(name=chr(97 + i), base_url=u, model=model, **per_endpoint) for i, u in enumerate(addresses)]
    return PoolConfig.model_validate({"endpoints": endpoints, "probe": {"enabled": False}, **options})


class Book:
    """A pool with its records."""

    def __init__(self, pool_config: PoolConfig, **options: Any) -> None:
        self.records: list[CallRecord] = []
        self.pool = Pool(pool_config, sink=lambda call: self.records.append(call.record()), **options)

    async def __aenter__(self) -> Book:
        self.pool.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.pool.aclose()

    def value(self, name: str, **labels: str) -> float:
        """A metric's value, 0 if it was never touched."""
        return self.pool.metrics.registry.get_sample_value(name, labels) or 0.0


async def gathered(stream: Any) -> bytes:
    """Everything that a stream gives."""
    async with stream:
        return b"".join([block async for block in stream])
