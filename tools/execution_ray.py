"""An executor over a Ray cluster (the ``ray`` extra). Same functions, same order of results, same numbers as with local processes."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from core.errors import ConfigurationError, MolwrightError
from tools.execution import AHEAD, THREAD_VARIABLES

#: The address that starts a cluster of this machine's own, for tests and small jobs.
LOCAL = "local"
#: How often the start of such a cluster is tried: on a machine under load Ray's own servers now and then miss their time.
STARTS = 3


def _call(function: Callable[[Any], Any], item: Any) -> Any:
    return function(item)


class RayExecutor:
    """Runs over a Ray cluster, one core a task.

    ``address`` is that of a running cluster (``ray://host:10001``, ``host:6379`` or ``auto``), or ``local`` for one that lives as long as
    this object. The nodes need molwright installed. ``workers`` is how many tasks run side by side: given, or the cluster's cores.
    Raises ConfigurationError if Ray is not installed or the cluster cannot be reached.
    """

    def __init__(self, address: str, workers: int | None = None) -> None:
        try:
            import ray
        except ImportError as error:
            raise ConfigurationError("Ray is not installed: pip install 'molwright[ray]'") from error
        self._ray = ray
        settings = {"env_vars": {**dict.fromkeys(THREAD_VARIABLES, "1"), **_search_path(address)}}
        options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR, "runtime_env": settings}
        try:
            if address == LOCAL:
                self._start_here({"num_cpus": workers or 2, "include_dashboard": False, **options})
            else:
                ray.init(address=address, **options)
        except Exception as error:  # Ray raises several kinds for a cluster that cannot be reached
            raise ConfigurationError(f"the Ray cluster {address!r} cannot be used: {str(error)[:300]}") from error
        self.workers = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        self._remote = ray.remote(num_cpus=1, max_retries=3)(_call)

    def _start_here(self, options: dict[str, Any]) -> None:
        """Start a cluster on this machine; Ray's servers have a while to come up on a busy one, and a second start if they do not."""
        os.environ.setdefault("RAY_gcs_server_port_wait_time_s", "60")
        for attempt in range(1, STARTS + 1):
            try:
                self._ray.init(**options)
                return
            except Exception:
                self._ray.shutdown()
                if attempt == STARTS:
                    raise

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """``function`` of every item, in the order of ``items``. Raises as :meth:`stream`."""
        return list(self.stream(function, items))

    def stream(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """``function`` of every item in their order; at most three a worker are under way. Tasks of a node that is lost run again elsewhere.

        Exceptions of ``function`` pass through; MolwrightError if the cluster is lost.
        """
        waiting: deque[Any] = deque()
        source = iter(items)
        shared = self._ray.put(function)
        while True:
            while len(waiting) < AHEAD * self.workers:
                try:
                    waiting.append(self._remote.remote(shared, next(source)))
                except StopIteration:
                    break
            if not waiting:
                return
            yield self._result(waiting.popleft())

    def _result(self, reference: Any) -> Any:
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            raise error.as_instanceof_cause() from error
        except self._ray.exceptions.RayError as error:
            raise MolwrightError(f"the Ray cluster failed: {str(error)[:300]}") from error

    def close(self) -> None:
        """Leave the cluster; one of this machine's own ends."""
        self._ray.shutdown()


def _search_path(address: str) -> dict[str, str]:
    """On this machine's own cluster the workers find the code where this process does."""
    if address != LOCAL:
        return {}
    from pathlib import Path

    here = str(Path(__file__).resolve().parent.parent)
    return {"PYTHONPATH": os.pathsep.join(dict.fromkeys([here, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]))}
