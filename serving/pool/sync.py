"""The pool for code without an event loop: the same calls from any thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Generator, Iterator
from typing import Any, TypeVar

from core.errors import ServingError
from serving.pool.call import PoolAnswer, PoolRequest
from serving.pool.config import PoolConfig
from serving.pool.pool import Pool
from serving.pool.status import PoolStatus
from serving.pool.stream import PoolStream

T = TypeVar("T")


class SyncStream:
    """The blocks of a stream, and who writes them."""

    def __init__(
        self, blocks: Generator[bytes, None, None], endpoint: str, model: str, request_id: str, adapted: tuple[str, ...] = ()
    ) -> None:
        self._blocks = blocks
        self.adapted = adapted
        self.endpoint = endpoint
        self.model = model
        self.request_id = request_id

    def __iter__(self) -> Iterator[bytes]:
        return self._blocks

    def close(self) -> None:
        """End the stream; if it was not finished, the server is told by closing the connection."""
        self._blocks.close()


class SyncPool:
    """A pool on an event loop in a thread of its own. Its methods may be called from any other thread, many at a time."""

    def __init__(self, config: PoolConfig, **options: Any) -> None:
        """``options`` are those of :class:`serving.pool.pool.Pool`."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="model-pool", daemon=True)
        self._thread.start()
        self._closed = False
        try:
            self.pool = self.run(_made(config, options))
        except BaseException:
            self._stop()
            raise

    def __enter__(self) -> SyncPool:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine on the pool's loop. An interrupt here cancels it there."""
        if self._closed:
            work.close()
            raise ServingError("the pool is closed", kind="closing", status=503)
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def send(self, request: PoolRequest) -> PoolAnswer:
        """As :meth:`Pool.send`."""
        return self.run(self.pool.send(request))

    def stream(self, request: PoolRequest) -> SyncStream | PoolAnswer:
        """As :meth:`Pool.stream`; the iterator closes the stream when it is closed or exhausted."""
        opened = self.run(self.pool.stream(request))
        if isinstance(opened, PoolAnswer):
            return opened
        return SyncStream(self._blocks(opened), opened.endpoint, opened.model, opened.request_id, opened.adapted)

    def status(self) -> PoolStatus:
        """As :meth:`Pool.status`."""

        async def read() -> PoolStatus:
            return self.pool.status()

        return self.run(read())

    def learnt(self) -> dict[str, list[str]]:
        """By endpoint: what it does not take, as configured and as learnt."""

        async def read() -> dict[str, list[str]]:
            return {e.name: list(e.adapt) for e in self.pool.endpoints}

        return self.run(read())

    def close(self, grace_s: float = 0.0) -> None:
        """Close the pool and its thread; a second call does nothing."""
        if not self._closed:
            self.run(self.pool.aclose(grace_s))
            self._stop()

    def _blocks(self, stream: PoolStream) -> Generator[bytes, None, None]:
        try:
            while (block := self.run(_next(stream))) is not None:
                yield block
        finally:
            if not self._closed:
                self.run(stream.aclose())

    def _stop(self) -> None:
        self._closed = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _made(config: PoolConfig, options: dict[str, Any]) -> Pool:
    pool = Pool(config, **options)
    pool.start()
    return pool


async def _next(stream: PoolStream) -> bytes | None:
    try:
        return await stream.__anext__()
    except StopAsyncIteration:
        return None
