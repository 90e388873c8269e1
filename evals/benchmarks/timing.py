"""Processor time: what one core needs, whatever else runs on the machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def processor_seconds(work: Callable[[], Any], times: int = 1) -> float:
    """Processor seconds of ``work``: the least of ``times`` runs."""
    found = []
    for _ in range(times):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)
