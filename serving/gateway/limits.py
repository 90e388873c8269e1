"""Rate and concurrency limits: of users, and of addresses that have shown no key."""

from __future__ import annotations

import math
from collections import Counter

from core.errors import ServingError
from serving.gateway.keys import ApiKey
from serving.pool.clock import Clock


class _Allowance:
    """Tokens of one user: a minute's worth at most, refilled evenly."""

    def __init__(self, full: float, now: float) -> None:
        self.tokens = full
        self.at = now
        self.running = 0


class Limiter:
    """Counts what each user does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._users: dict[str, _Allowance] = {}

    def enter(self, key: ApiKey) -> None:
        """One request of the user begins; ``leave`` must follow. Raises ServingError (429, with Retry-After) over a limit."""
        now, per_second = self._clock.now(), key.requests_per_minute / 60.0
        user = self._users.get(key.name)
        if user is None:
            user = self._users[key.name] = _Allowance(key.requests_per_minute, now)
        user.tokens = min(user.tokens + (now - user.at) * per_second, float(key.requests_per_minute))
        user.at = now
        if user.running >= key.max_concurrency:
            message = f"{key.name} has {user.running} requests under way, the most allowed"
            raise ServingError(message, kind="concurrency_limit", status=429, retry_after=1.0)
        if user.tokens < 1.0:
            wait = float(math.ceil((1.0 - user.tokens) / per_second))
            message = f"{key.name} may make {key.requests_per_minute} requests a minute"
            raise ServingError(message, kind="rate_limit", status=429, retry_after=max(wait, 1.0))
        user.tokens -= 1.0
        user.running += 1

    def leave(self, key: ApiKey) -> None:
        """A request that was let in has ended."""
        self._users[key.name].running -= 1


class Strangers:
    """Counts, by address, the requests without a known key. Whoever has a key is never counted."""

    _KEPT = 10_000

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._minute = 0
        self._counts: Counter[str] = Counter()

    def count(self, address: str) -> None:
        """One more request of ``address``. Raises ServingError (429, with Retry-After) over the limit."""
        minute, left = divmod(self._clock.now(), 60.0)
        if minute != self._minute or len(self._counts) > self._KEPT:
            self._minute, self._counts = int(minute), Counter()
        self._counts[address] += 1
        if self._counts[address] > self._per_minute:
            message = "too many requests without a known API key from this address"
            raise ServingError(message, kind="stranger_limit", status=429, retry_after=max(60.0 - left, 1.0))
