"""What a process keeps in memory so as not to make it again: the last used of it, up to a bound."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """Values by key, for all threads of a process; what was asked for last stays.

    ``most``: how much the kept values may weigh together, in whatever unit their weights are given in (characters, bytes). A value that alone weighs
    more than that is not kept. A value must never be changed, and its key has to name everything that it depends on: nothing here grows old by itself.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> V | None:
        """The value that is kept under ``key``; None for none."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: V, weight: int) -> None:
        """Keep ``value`` in place of what was kept under ``key``; what was not asked for longest goes where it becomes too much. Never raises.

        ``weight``: in the unit of the bound.
        """
        with self._lock:
            self._drop(key)
            if weight > self._most:
                return
            self._values[key] = value, weight
            self._weight += weight
            while self._weight > self._most:
                self._drop(next(iter(self._values)))

    def drop(self, key: Hashable) -> None:
        """Keep nothing under ``key``."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: Hashable) -> None:
        _, weight = self._values.pop(key, (None, 0))
        self._weight -= weight

    def __len__(self) -> int:
        """The number of values that are kept; 0 for none."""
        with self._lock:
            return len(self._values)

    @property
    def weight(self) -> int:
        """How much all that is kept weighs, in the unit of the weights; 0 for nothing."""
        with self._lock:
            return self._weight
