"""Executors: where a pure function is applied to many inputs. Results always come in the order of the inputs."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from types import TracebackType
from typing import Any

from core.errors import ConfigurationError, MolwrightError

#: Variables that keep numeric libraries on one thread in each worker process.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")

#: Items a worker that are handed out ahead of the result that is waited for.
AHEAD = 3


class SerialExecutor:
    """Runs everything in the calling process, one after the other."""

    workers = 1

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """``function`` of every item, in order. Exceptions of ``function`` pass through."""
        return [function(item) for item in items]

    def stream(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """``function`` of every item, in order, each computed when it is asked for."""
        return (function(item) for item in items)

    def close(self) -> None:
        """Nothing to release."""


def _prepare_worker() -> None:
    """One thread a worker, unless the environment says otherwise; Ctrl-C reaches the whole process group, and the parent decides what becomes of its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for variable in THREAD_VARIABLES:
        os.environ.setdefault(variable, "1")


class ProcessExecutor:
    """Runs over ``workers`` spawned processes, each single-threaded; they start with the first :meth:`map`.

    Functions and items must be picklable (a function at module level). The processes are spawned, not forked, so that no lock or
    thread of the caller is copied. Usable as a context manager.
    """

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise ConfigurationError(f"an executor needs at least one worker, not {workers}")
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """``function`` of every item in the order of ``items``, whichever finished first.

        Exceptions of ``function`` pass through; MolwrightError if a worker process died.
        """
        pool = self._started()
        try:
            futures = [pool.submit(function, item) for item in items]
            return [future.result() for future in futures]
        except BrokenProcessPool as error:
            self.close()
            raise MolwrightError("a worker process died (killed, or out of memory)") from error

    def stream(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """``function`` of every item in their order, however many there are: at most :data:`AHEAD` a worker are under way at once.

        Raises as :meth:`map`.
        """
        pool = self._started()
        waiting: deque[Future[Any]] = deque()
        source = iter(items)
        try:
            while True:
                while len(waiting) < AHEAD * self.workers:
                    try:
                        waiting.append(pool.submit(function, next(source)))
                    except StopIteration:
                        break
                if not waiting:
                    return
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            self.close()
            raise MolwrightError("a worker process died (killed, or out of memory)") from error
        finally:
            for future in waiting:
                future.cancel()

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"), initializer=_prepare_worker)
        return self._pool

    def close(self) -> None:
        """Stop the workers; a later :meth:`map` starts new ones."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def __enter__(self) -> ProcessExecutor:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
