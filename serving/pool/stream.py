"""A stream that has begun: passed on event by event, and closed in the record exactly once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.errors import ServingError
from serving.pool.balancer import Lease
from serving.pool.call import Pending
from serving.pool.clock import Aborted, Scope
from serving.pool.upstream import OpenStream

if TYPE_CHECKING:
    from serving.pool.pool import Pool

CALLER_LEFT = 499  # as nginx logs it


class PoolStream:
    """Blocks of complete server-sent events, as the server wrote them.

    Iteration raises ServingError (broken_stream) where the stream breaks: after its first event it is never begun again.
    Leaving early (``aclose``, or cancellation) closes the connection, by which the server stops.
    """

    def __init__(self, pool: Pool, pending: Pending, lease: Lease, opened: OpenStream) -> None:
        self._pool = pool
        self._pending = pending
        self._lease = lease
        self._opened = opened
        self._first: bytes | None = opened.first
        self._begun = pool.clock.now()
        self._scope = Scope(pool.clock)
        self._scope.arm("deadline", pending.deadline_at - self._begun)
        self._ended = False
        self.endpoint = lease.endpoint.name
        self.model = lease.model
        self.request_id = pending.request_id
        self.adapted = (*pending.request.body_for(lease.endpoint.adapt)[1], *opened.adapted)
        self._first_token_s = self._begun - pending.started
        self._progress = pool.metrics.progress.labels(self.endpoint, self.model)
        pool.metrics.first_token.labels(self.endpoint, self.model).observe(self._first_token_s)
        lease.endpoint.scopes.add(self._scope)

    @property
    def told(self) -> bool:
        """Whether the server reported an error in an event that came already."""
        return self._opened.reader.error is not None

    def __aiter__(self) -> PoolStream:
        return self

    async def __aenter__(self) -> PoolStream:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    async def __anext__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if self._ended:
            raise StopAsyncIteration
        reader = self._opened.reader
        try:
            block = await self._next_block()
        except asyncio.CancelledError:
            self._end(left=True)
            raise
        except (Aborted, OSError, ValueError) as error:
            broken = "" if reader.done else f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            self._end(broken=broken)
            if not broken:
                raise StopAsyncIteration from None
            raise self._broken(broken) from error
        if block is not None:
            self._lease.endpoint.sign_of_life()
            self._progress.inc()
            return block
        tail = reader.finish()
        told = str(reader.error.get("message", "error"))[:200] if reader.error else ""
        broken = told or ("" if reader.done else "the stream ended without [DONE]")
        self._end(broken=broken)
        if broken and not told:
            raise self._broken(broken)
        if tail:
            return tail
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """End the stream. If it was not finished, the server is told by closing the connection."""
        if not self._ended:
            self._end(left=not self._opened.reader.done)

    async def _next_block(self) -> bytes | None:
        """The next events, or None at the end."""
        self._scope.arm("stall", self._pool.config.timeouts.stall_s)
        try:
            with self._scope:
                async for chunk in self._opened.chunks:
                    block = self._opened.reader.feed(chunk)
                    if block:
                        return block
        finally:
            self._scope.disarm("stall")  # a caller that takes its time is no stall
        return None

    def _broken(self, why: str) -> ServingError:
        public = f"the stream from {self.endpoint} broke"
        return ServingError(f"{public}: {why}", kind="broken_stream", status=502, public=public)

    def _end(self, *, broken: str = "", left: bool = False) -> None:
        """Close the connection, give the slot back, close the record; the second time does nothing."""
        if self._ended:
            return
        self._ended = True
        self._scope.close()
        self._lease.endpoint.scopes.discard(self._scope)
        self._opened.response.close()
        self._book(broken, left)

    def _book(self, broken: str, left: bool) -> None:
        reader, pool = self._opened.reader, self._pool
        deadline = bool(broken) and self._scope.reason in ("deadline", "closing")
        pool.stream_ended(self._pending, self._lease, pool.clock.now() - self._begun + self._first_token_s, "" if deadline else broken)
        pool.finish(
            self._pending,
            "cancelled" if left else "deadline" if deadline else "broken_stream" if broken else "ok",
            CALLER_LEFT if left else 200,
            lease=self._lease,
            usage=reader.usage,
            counted_tokens=reader.data_events,
            first_token_s=self._first_token_s,
            error=broken,
        )
