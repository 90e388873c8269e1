"""The circuit breaker of one server, and the retry budget of the pool."""

from __future__ import annotations

from typing import Literal

from serving.pool.clock import Clock
from serving.pool.config import BreakerConfig

State = Literal["closed", "open", "half_open"]


class Breaker:
    """Closed: calls pass. Open: none pass, for a time that doubles. Half open: one trial decides.

    With ``probed`` the trial is a probe's, so that no caller has to wait for a server that hangs; without, the next call's.
    """

    def __init__(self, config: BreakerConfig, clock: Clock, *, probed: bool) -> None:
        self._config = config
        self._clock = clock
        self._probed = probed
        self._failures = 0
        self._open_s = config.open_s
        self._until: float | None = None
        self._trial = False

    def state(self) -> State:
        """Where it stands now."""
        if self._until is None:
            return "closed"
        return "open" if self._clock.now() < self._until else "half_open"

    def ready(self) -> bool:
        """Whether a caller's request may be sent."""
        state = self.state()
        return state == "closed" or (state == "half_open" and not self._trial and not self._probed)

    def ready_at(self) -> float:
        """When a trial is possible at the earliest, in seconds of the clock."""
        return self._until if self._until is not None else self._clock.now()

    def started(self) -> None:
        """A request was sent; in the half-open state it is the trial."""
        if self.state() == "half_open":
            self._trial = True

    def success(self) -> None:
        """A request was answered. While open, late answers of earlier calls change nothing."""
        if self.state() == "open":
            return
        self._failures, self._until, self._trial, self._open_s = 0, None, False, self._config.open_s

    def failure(self, *, trip: bool = False) -> bool:
        """A request failed. ``trip`` opens at once. True if the breaker went from another state to open."""
        state = self.state()
        if state == "open":
            return False
        self._failures += 1
        if state == "closed" and not trip and self._failures < self._config.failures:
            return False
        self._until = self._clock.now() + self._open_s
        self._open_s = min(self._open_s * 2, self._config.open_max_s)
        self._failures, self._trial = 0, False
        return True

    def neutral(self) -> None:
        """A request ended without saying anything about the server (its caller left); a trial may be made again."""
        self._trial = False


class RetryBudget:
    """Retries across all calls: each call adds ``ratio``, each budgeted retry takes one; never above ``reserve``."""

    def __init__(self, reserve: float, ratio: float) -> None:
        self._reserve = reserve
        self._ratio = ratio
        self.left = reserve

    def deposit(self) -> None:
        """A new call."""
        self.left = min(self.left + self._ratio, self._reserve)

    def withdraw(self) -> bool:
        """Whether a retry may be made; takes one if so."""
        if self.left < 1:
            return False
        self.left -= 1
        return True
