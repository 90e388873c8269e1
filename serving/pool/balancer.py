"""Which server takes a call, and the queue of calls for which none is free."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from core.errors import ServingError
from serving.pool.affinity import preferred
from serving.pool.call import Pending
from serving.pool.clock import Clock
from serving.pool.config import PoolConfig
from serving.pool.endpoint import Endpoint
from serving.pool.metrics import PoolMetrics


@dataclass
class Lease:
    """A slot at a server, held by one attempt."""

    endpoint: Endpoint
    model: str
    started: float
    released: bool = False


@dataclass(eq=False)
class _Waiter:
    pending: Pending
    future: asyncio.Future[Lease | None]  # a lease, or None: look again


class Balancer:
    """Least outstanding calls by weight among the ready servers of a model; the prefix's favourite within a slack.

    Calls wait first come, first served, a queue a model, bounded in all. A slot that becomes free goes straight to the first
    waiter that can use it.
    """

    def __init__(self, config: PoolConfig, endpoints: list[Endpoint], clock: Clock, metrics: PoolMetrics) -> None:
        self._config = config
        self._clock = clock
        self._metrics = metrics
        self._by_model = {m: [e for e in endpoints if m in e.config.models()] for m in config.models()}
        self._queues: dict[str, deque[_Waiter]] = {m: deque() for m in self._by_model}
        self._recovery: dict[_Waiter, None] = {}  # in the order of arrival
        self._sequence = 0
        self._mean_s = 1.0  # of an attempt, exponentially weighted
        self.closing = False

    def waiting(self) -> int:
        """How many calls wait."""
        return sum(len(q) for q in self._queues.values()) + len(self._recovery)

    def has(self, model: str) -> bool:
        """Whether any server has the model."""
        return model in self._by_model

    def of_model(self, model: str) -> list[Endpoint]:
        """The servers of a model."""
        return self._by_model[model]

    async def acquire(self, pending: Pending) -> Lease:
        """A slot for the next attempt. Raises ServingError: queue_full, unavailable, rate_limited, deadline, closing."""
        begin = self._clock.now()
        while True:
            self._check(pending)
            lease, full = self._choose(pending)
            if lease is None and full is not None:
                lease = await self._wait(pending, full)
            elif lease is None:
                await self._recover(pending)
            if lease is not None:
                self._metrics.queue_seconds.labels(lease.model).observe(self._clock.now() - begin)
                return lease

    def release(self, lease: Lease) -> None:
        """Give the slot back. A second call does nothing."""
        if lease.released:
            return
        lease.released = True
        self._mean_s += 0.1 * (self._clock.now() - lease.started - self._mean_s)
        lease.endpoint.give()
        for model in lease.endpoint.config.models():
            self._pump(model)

    def changed(self) -> None:
        """A server came, went or is due for a trial: everyone who waits looks again."""
        for model in self._queues:
            self._pump(model)
        for waiter in list(self._recovery):
            if not waiter.future.done():
                waiter.future.set_result(None)

    def changed_after(self, seconds: float) -> None:
        """``changed``, after ``seconds``."""
        self._clock.call_later(seconds, self.changed)

    def retry_after(self) -> float:
        """Seconds after which a refused call has a chance: the queue's length at the measured pace, 1 to 60."""
        slots = sum(e.config.max_concurrency for group in self._by_model.values() for e in group if e.ready()) or 1
        return float(min(max(math.ceil(self.waiting() * self._mean_s / slots), 1), 60))

    def _check(self, pending: Pending) -> None:
        if self.closing:
            raise ServingError("the pool is closing", kind="closing", status=503, retry_after=1.0)
        if self._clock.now() >= pending.deadline_at:
            message = "the deadline has passed"
            public = message + _because(pending.last_public)
            raise ServingError(message + _because(pending.last_failure), kind="deadline", status=504, public=public)

    def _choose(self, pending: Pending) -> tuple[Lease | None, str | None]:
        """A lease; or the model to queue for; or neither where no server of the chain can be used."""
        for model in pending.chain:
            picked = self._pick(pending, model)
            if isinstance(picked, Endpoint):
                return self._lease(picked, model), None
            if picked == "full":
                return None, model
        return None, None

    def _pick(self, pending: Pending, model: str) -> Endpoint | Literal["full", "none"]:
        group = [e for e in self._by_model[model] if e.name not in pending.tried and e.ready()]
        if not group:
            return "none"
        free = [e for e in group if e.free()]
        if not free:
            return "full"
        best = min(free, key=lambda e: (e.load(), e.last_used))
        if pending.key is not None and len(group) > 1:
            favourite = preferred(pending.key, group)
            if favourite is not None and favourite.free() and favourite.outstanding - best.outstanding <= self._config.affinity.slack:
                return favourite
        return best

    def _lease(self, endpoint: Endpoint, model: str) -> Lease:
        self._sequence += 1
        endpoint.take(self._sequence)
        return Lease(endpoint, model, self._clock.now())

    def _pump(self, model: str) -> None:
        """Give free slots to the waiters of ``model``, in order."""
        for waiter in list(self._queues[model]) if self._queues[model] else ():
            if waiter.future.done():
                continue
            picked = self._pick(waiter.pending, model)
            if picked == "full":
                if not waiter.pending.tried:
                    return
                continue
            self._queues[model].remove(waiter)
            waiter.future.set_result(self._lease(picked, model) if isinstance(picked, Endpoint) else None)

    async def _wait(self, pending: Pending, model: str) -> Lease | None:
        queue = self._queues[model]
        waiter = self._new_waiter(pending)
        queue.append(waiter)

        def leave() -> None:
            if waiter in queue:
                queue.remove(waiter)

        return await self._until(waiter, pending.deadline_at, leave)

    async def _recover(self, pending: Pending) -> None:
        """No server can be used. Back off where a server was merely tried already; else wait for one to come back."""
        now, retry = self._clock.now(), self._config.retry
        group = [e for model in pending.chain for e in self._by_model[model]]
        if any(e.ready() for e in group):
            pause = retry.backoff_s * 2.0 ** min(pending.rounds, 10)
            pending.rounds += 1
            pending.tried.clear()
            await self._clock.sleep(min(pause, pending.deadline_at - now))
            return
        if pending.unavailable_since is None:
            pending.unavailable_since = now
        soonest = min((at for e in group if (at := e.ready_at()) is not None), default=math.inf)
        limited = any(e.health() == "paused" for e in group)
        limit = pending.unavailable_since + (retry.retry_after_max_s if limited else retry.unavailable_wait_s)
        if now >= limit or soonest > max(limit, now):
            wait = max(soonest - now, 1.0) if math.isfinite(soonest) else None
            kind, status = ("rate_limited", 429) if limited else ("unavailable", 503)
            message = f"no server for {pending.chain[0]} can be used now"
            raise ServingError(
                message + _because(pending.last_failure),
                kind=kind,
                status=status,
                retry_after=wait,
                public=message + _because(pending.last_public),
            )
        pending.tried.clear()
        waiter = self._new_waiter(pending)
        self._recovery[waiter] = None
        due = soonest if soonest > now else limit
        await self._until(waiter, min(due, limit, pending.deadline_at), lambda: self._recovery.pop(waiter, None))

    def _new_waiter(self, pending: Pending) -> _Waiter:
        if self.waiting() >= self._config.queue_limit:
            message = f"{self.waiting()} requests wait already; the queue is full"
            raise ServingError(message, kind="queue_full", status=503, retry_after=self.retry_after())
        return _Waiter(pending, asyncio.get_running_loop().create_future())

    async def _until(self, waiter: _Waiter, at: float, leave: Callable[[], object]) -> Lease | None:
        """The waiter's result, or None at time ``at``. Whoever is cancelled while a lease is handed over gives it back."""

        def look_again() -> None:
            if not waiter.future.done():
                waiter.future.set_result(None)

        timer = self._clock.call_later(at - self._clock.now(), look_again)
        try:
            return await waiter.future
        except asyncio.CancelledError:
            if waiter.future.done() and not waiter.future.cancelled():
                lease = waiter.future.result()
                if lease is not None:
                    lease.endpoint.breaker.neutral()
                    self.release(lease)
            raise
        finally:
            timer.cancel()
            leave()


def _because(last: str) -> str:
    return f" (last: {last})" if last else ""
