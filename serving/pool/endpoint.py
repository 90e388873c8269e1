"""One server as the pool sees it: its load, its health, its measured rate."""

from __future__ import annotations

import asyncio
from collections import deque

from serving.pool.adapting import lesson, refusal_text
from serving.pool.breaker import Breaker, State
from serving.pool.call import PoolRequest
from serving.pool.clock import Clock, Scope
from serving.pool.config import BreakerConfig, EndpointConfig, PoolConfig


class RateWindow:
    """Output tokens per second of busy time (at least one call in flight) over the last ``span_s`` seconds."""

    def __init__(self, clock: Clock, *, span_s: float = 300.0, slots: int = 30) -> None:
        self._clock = clock
        self._slot_s = span_s / slots
        self._slots: deque[list[float]] = deque(maxlen=slots)  # [slot number, tokens, busy seconds]
        self._busy_since: float | None = None

    def _slot(self) -> list[float]:
        number = self._clock.now() // self._slot_s
        if not self._slots or self._slots[-1][0] != number:
            self._slots.append([number, 0.0, 0.0])
        return self._slots[-1]

    def busy(self, is_busy: bool) -> None:
        """The number of calls in flight became nonzero (True) or zero (False)."""
        now = self._clock.now()
        if self._busy_since is not None:
            self._slot()[2] += now - self._busy_since
        self._busy_since = now if is_busy else None

    def add(self, tokens: int) -> None:
        """Tokens came out."""
        self._slot()[1] += tokens

    def rate(self) -> float | None:
        """Tokens per second; None if none came out in the window."""
        if self._busy_since is not None:
            self.busy(True)
        oldest = self._clock.now() // self._slot_s - (self._slots.maxlen or 1)
        tokens = sum(t for n, t, _ in self._slots if n > oldest)
        seconds = sum(s for n, _, s in self._slots if n > oldest)
        return tokens / seconds if tokens and seconds > 0 else None


def _breaker_config(pool: PoolConfig) -> BreakerConfig:
    """The breaker's settings; where a probe makes the trial no caller pays for it, so the longest time out is that of the probes."""
    if not pool.probe.enabled:
        return pool.breaker
    longest = min(pool.breaker.open_max_s, max(pool.probe.recheck_s, pool.breaker.open_s))
    return pool.breaker.model_copy(update={"open_max_s": longest})


class Endpoint:
    """A server's state. Changed only on the pool's event loop."""

    def __init__(self, config: EndpointConfig, pool: PoolConfig, clock: Clock) -> None:
        self.config = config
        self.name = config.name
        self.clock = clock
        self.breaker = Breaker(_breaker_config(pool), clock, probed=pool.probe.enabled)
        self.rate = RateWindow(clock)
        self.outstanding = 0
        self.last_used = 0  # when it last got a call, as a number of the pool's sequence
        self.idle = asyncio.Event()
        self.idle.set()
        self.paused_until = 0.0
        self.draining = False
        self.last_sign = clock.now()  # when it last showed that it computes, or became busy
        self.last_error = ""
        self.adapt = list(config.adapt)  # what it does not take, as configured and as learnt from its refusals
        self.max_context: int | None = None
        self.scopes: set[Scope] = set()

    def ready(self) -> bool:
        """Whether calls may be sent to it, were a slot free."""
        return not self.draining and self.paused_until <= self.clock.now() and self.breaker.ready()

    def ready_at(self) -> float | None:
        """When it may be ready again, in seconds of the clock; None while it drains."""
        return None if self.draining else max(self.paused_until, self.breaker.ready_at())

    def free(self) -> bool:
        """Whether it has a free slot."""
        return self.outstanding < self.config.max_concurrency

    def load(self) -> float:
        """Calls in flight by weight."""
        return self.outstanding / self.config.weight

    def take(self, sequence: int) -> None:
        """A call starts; ``sequence`` numbers the calls of the pool."""
        if self.outstanding == 0:
            self.rate.busy(True)
            self.last_sign = self.clock.now()
        self.outstanding += 1
        self.last_used = sequence
        self.idle.clear()
        self.breaker.started()

    def give(self) -> None:
        """A call ended."""
        self.outstanding -= 1
        if self.outstanding == 0:
            self.rate.busy(False)
            self.idle.set()

    def sign_of_life(self) -> None:
        """It computed something."""
        self.last_sign = self.clock.now()

    def learn(self, request: PoolRequest, status: int, content: bytes) -> bool:
        """Whether a refusal (its HTTP status and body) says what the server does not take; it is left out or replaced from now on."""
        found = self.lesson(request, status, content)
        if found:
            self.adapt.append(found)
        return bool(found)

    def lesson(self, request: PoolRequest, status: int, content: bytes) -> str:
        """The adaptation that a refusal calls for; '' if none does."""
        if not status or request.operation != "chat/completions":
            return ""
        return lesson(request.body_for(self.adapt)[0], self.adapt, status, refusal_text(content))

    def pause(self, seconds: float) -> None:
        """Send nothing for ``seconds`` (it said Retry-After)."""
        self.paused_until = max(self.paused_until, self.clock.now() + seconds)

    def abort_all(self, reason: str) -> int:
        """Cancel the calls in flight; they fail with ``reason``. How many there were."""
        scopes = list(self.scopes)
        for scope in scopes:
            scope.abort(reason)
        return len(scopes)

    def health(self) -> str:
        """'draining', 'paused', 'open', 'half_open' or 'closed' (healthy)."""
        if self.draining:
            return "draining"
        state: State = self.breaker.state()
        return "paused" if state == "closed" and self.paused_until > self.clock.now() else state
