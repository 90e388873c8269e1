"""How often somebody may ask. Counted in the memory of this process: a new start forgets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

#: Names and addresses that are remembered before those whose time is over are forgotten.
_MOST = 10_000


class Rate:
    """At most ``most`` events in ``seconds`` for each key."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[float, int]] = {}

    def wait(self, key: str) -> int:
        """Seconds until the next event is allowed; 0: now."""
        with self._lock:
            began, count = self._counts.get(key, (0.0, 0))
            left = began + self._seconds - self._clock()
            return max(1, int(left) + 1) if count >= self._most and left > 0 else 0

    def count(self, key: str) -> None:
        """One more event happened."""
        now = self._clock()
        with self._lock:
            began, count = self._counts.get(key, (now, 0))
            self._counts[key] = (now, 1) if now - began >= self._seconds else (began, count + 1)
            if len(self._counts) > _MOST:
                self._counts = {k: v for k, v in self._counts.items() if now - v[0] < self._seconds}

    def forget(self, key: str) -> None:
        """Begin the count anew."""
        with self._lock:
            self._counts.pop(key, None)


class SignIns:
    """Attempts to sign in that failed: a few for each name from one address, some more for an address or a name alone."""

    def __init__(self) -> None:
        self._both, self._address, self._name = Rate(10, 900.0), Rate(40, 900.0), Rate(200, 900.0)

    def wait(self, name: str, address: str) -> int:
        """Seconds until the next attempt is allowed; 0: now."""
        return max(self._both.wait(f"{name} {address}"), self._address.wait(address), self._name.wait(name))

    def failed(self, name: str, address: str) -> None:
        """One more attempt failed."""
        self._both.count(f"{name} {address}")
        self._address.count(address)
        self._name.count(name)

    def worked(self, name: str, address: str) -> None:
        """Somebody signed in, so that the earlier attempts from there were slips."""
        self._both.forget(f"{name} {address}")
