"""What stands before the application: how many may connect, from where, and how long a request's head may take.

uvicorn's own HTTP protocol (h11) counts connections and refuses every request where there are too many, however they came to be, and it
waits for the end of a request's head for ever: a caller without a key could keep everybody out with half a head on each connection. Here
a head has a few seconds; one address has a share of the connections; and where all are taken, the one goes that has waited longest
without a request.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from serving.gateway.config import GatewayConfig
from serving.gateway.metrics import GatewayMetrics
from serving.gateway.origin import origin

#: What is still taken, and thrown away, of a request that was answered before its end, so that the caller sees the answer.
LINGER_BYTES = 256 * 1024
LINGER_S = 1.0
_REFUSED = b"HTTP/1.1 %d %s\r\nconnection: close\r\ncontent-length: 0\r\nretry-after: 1\r\n\r\n"


@dataclass
class Guard:
    """The connections of one gateway. ``waiting``: those on which no request is under way, the one that has been so longest first."""

    config: GatewayConfig
    metrics: GatewayMetrics
    open: int = 0
    by_origin: Counter[str] = field(default_factory=Counter)
    waiting: dict[GuardedProtocol, None] = field(default_factory=dict)

    def protocol(self) -> type[asyncio.Protocol]:
        """The class whose instances are this gateway's connections."""
        return type("GuardedProtocolOfGateway", (GuardedProtocol,), {"guard": self})

    def refused(self, reason: str) -> None:
        """Count a connection that was not served."""
        self.metrics.refused.labels(reason).inc()


class _Lingering:
    """A transport that writes once a turn of the loop, and that, when it is closed while a request is still coming, lets the caller read first."""

    def __init__(self, transport: asyncio.Transport, protocol: GuardedProtocol) -> None:
        self.inner = transport
        self._protocol = protocol
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Write with whatever else is written in this turn: the head of an answer, its body and its end are one packet."""
        if not self._parts:
            self._protocol.loop.call_soon(self.flush)
        self._parts.append(data)

    def flush(self) -> None:
        """Write now."""
        parts, self._parts = self._parts, []
        if parts and not self.inner.is_closing():
            self.inner.write(b"".join(parts))

    def write_eof(self) -> None:
        """Say that nothing more comes."""
        self.flush()
        self.inner.write_eof()

    def close(self) -> None:
        """Close, at once or after the answer."""
        self.flush()
        self._protocol._close(self.inner)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class GuardedProtocol(H11Protocol):
    """One connection. ``guard`` is set by :meth:`Guard.protocol`."""

    guard: Guard

    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], _loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._origin: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._thrown_away = 0
        self._cut = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, refuse it, or let the one go that has waited longest."""
        super().connection_made(transport)
        self.transport = _Lingering(transport, self)  # type: ignore[assignment]
        guard = self.guard
        self._origin = origin(self.client[0]) if self.client else ""
        guard.open += 1
        guard.by_origin[self._origin] += 1
        if guard.by_origin[self._origin] > guard.config.max_connections_per_address:
            return self._refuse(429, b"Too Many Requests", "address_connections")
        if guard.open > guard.config.max_connections:
            oldest = next(iter(guard.waiting), None)
            if oldest is None:
                return self._refuse(503, b"Service Unavailable", "connections")
            oldest._leave("connections")
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no more."""
        self._busy()
        if self._origin is not None:
            self.guard.open -= 1
            self.guard.by_origin[self._origin] -= 1
            if not self.guard.by_origin[self._origin]:
                del self.guard.by_origin[self._origin]
            self._origin = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a head that begins has its time from now on."""
        if self._cut:
            self._thrown_away += len(data)
            if self._thrown_away > LINGER_BYTES:
                self.transport.abort()
            return
        super().data_received(data)
        if self._has_request():
            self._busy()
        elif self._timer is None and not self.transport.is_closing():
            self._wait()

    def on_response_complete(self) -> None:
        """Wait for the next request; what is left of one that was answered before its end is not read."""
        unread = self.conn.their_state is h11.SEND_BODY
        if self._cut:
            return
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if unread:
            self._cut_off()
        elif not self._has_request():
            self.guard.waiting[self] = None

    def _has_request(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self.guard.waiting.setdefault(self)
        self._timer = self.loop.call_later(self.guard.config.header_timeout_s, self._leave, "slow_header")

    def _busy(self) -> None:
        self.guard.waiting.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _leave(self, reason: str) -> None:
        """Close a connection on which no request is under way."""
        self._busy()
        if not self.transport.is_closing():
            self.guard.refused(reason)
            self.transport.abort()

    def _refuse(self, status: int, phrase: bytes, reason: str) -> None:
        self.guard.refused(reason)
        self._cut = True
        self.transport.write(_REFUSED % (status, phrase))
        self.transport.close()

    def _close(self, transport: asyncio.Transport) -> None:
        if self.conn.their_state is h11.SEND_BODY and not self._cut and self._origin is not None:
            self._cut_off()
        else:
            transport.close()

    def _cut_off(self) -> None:
        """End the connection once the caller has had the chance to read its answer."""
        if self._cut:
            return
        self._unset_keepalive_if_required()
        self._cut = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._timer = self.loop.call_later(LINGER_S, self.transport.abort)
