"""HTTP/1.1 in front of the application: how many may connect, from where, and how long and how large a request's head may be.

uvicorn runs the server; its own protocols count connections and refuse every request where there are too many, however they came to be, and
wait for the end of a head for ever: a caller without a key could keep everybody out with half a head on each connection. Here a head has a few
seconds and a size; one address has a share of the connections; and where all are taken, the one goes that has waited longest without a
request. The parsing is that of llhttp (httptools), strict; what one request and its answer are is in ``exchange.py``.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.utils import get_remote_addr
from uvicorn.server import ServerState

from serving.gateway.config import GatewayConfig
from serving.gateway.exchange import Application, Exchange
from serving.gateway.metrics import GatewayMetrics
from serving.gateway.origin import origin

#: What is still taken, and thrown away, of a request that was answered before its end, so that the caller sees the answer.
LINGER_BYTES = 256 * 1024
LINGER_S = 1.0
#: Bytes of a body that wait to be taken before no more are read.
HIGH_WATER = 64 * 1024
#: Bytes that are read at once.
READ_SIZE = 64 * 1024
#: Requests that may be sent before the one before them is answered.
PIPELINED = 8
_REFUSED = b"HTTP/1.1 %d %s\r\nconnection: close\r\ncontent-length: 0\r\nretry-after: 1\r\n\r\n"
_BAD = b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%b"


@dataclass
class Guard:
    """The connections of one gateway, all on one event loop.

    ``waiting``: those on which no request is under way, the one that has been so longest first; ``buffer``: what arrives lies in it while it is
    parsed.
    """

    config: GatewayConfig
    metrics: GatewayMetrics
    open: int = 0
    by_origin: Counter[str] = field(default_factory=Counter)
    waiting: dict[GuardedProtocol, None] = field(default_factory=dict)
    buffer: memoryview = field(default_factory=lambda: memoryview(bytearray(READ_SIZE)))

    def protocol(self) -> type[asyncio.BufferedProtocol]:
        """The class whose instances are this gateway's connections."""
        return type("GuardedProtocolOfGateway", (GuardedProtocol,), {"guard": self})

    def refused(self, reason: str) -> None:
        """Count a connection that was not served."""
        self.metrics.refused.labels(reason).inc()


class _Unfit(Exception):
    """A request that is not read on."""


class GuardedProtocol(asyncio.BufferedProtocol):
    """One connection, as uvicorn's server makes them. ``guard`` is set by :meth:`Guard.protocol`."""

    guard: Guard

    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], _loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        if not config.loaded:
            config.load()
        self.loop = _loop or asyncio.get_event_loop()
        self.transport: asyncio.Transport = None  # type: ignore[assignment]  # until the connection is made
        self.tasks: set[asyncio.Task[None]] = server_state.tasks
        self._app: Application = config.loaded_app
        self._keepalive_s = config.timeout_keep_alive
        self._connections: set[Any] = server_state.connections
        self._parser = httptools.HttpRequestParser(self)
        self._client: tuple[str, int] | None = None
        self._origin: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due: float | None = None
        self._why_due = ""
        self._thrown_away = 0
        self._untaken = 0  # of an answer, when the connection was last looked at
        self._cut = False
        self._paused = False
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._outside = 0  # bytes of the head that have come; after it, bytes that were no body since the last that were
        self._in_head = True
        self._raw = 0  # bytes of a body that llhttp does not read, because its head asks for another protocol
        self._coming: Exchange | None = None  # the request that is being read
        self._current: Exchange | None = None  # the one that is being answered
        self._next: deque[Exchange] = deque()

    # ---- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection, refuse it, or let the one go that has waited longest."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._connections.add(self)
        self._client = get_remote_addr(transport)
        guard = self.guard
        self._origin = origin(self._client[0]) if self._client else ""
        guard.open += 1
        guard.by_origin[self._origin] += 1
        if guard.by_origin[self._origin] > guard.config.max_connections_per_address:
            return self._refuse(429, b"Too Many Requests", "address_connections")
        if guard.open > guard.config.max_connections:
            oldest = next(iter(guard.waiting), None)
            if oldest is None:
                return self._refuse(503, b"Service Unavailable", "connections")
            oldest._leave("connections")
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no more; whoever answers a request of it is told."""
        self._busy()
        if self._timer is not None:
            self._timer.cancel()
        if self._origin is not None:
            self.guard.open -= 1
            self.guard.by_origin[self._origin] -= 1
            if not self.guard.by_origin[self._origin]:
                del self.guard.by_origin[self._origin]
            self._origin = None
        self._connections.discard(self)
        self._next.clear()
        for exchange in {self._current, self._coming} - {None}:
            assert exchange is not None
            exchange.gone()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next bytes shall lie."""
        return self.guard.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Read on; a head that begins has its time from now on."""
        data = self.guard.buffer[:nbytes]
        if self._cut:
            self._thrown_away += nbytes
            if self._thrown_away > LINGER_BYTES:
                self.transport.abort()
            return
        if self._raw:
            self._take_raw(data)
        else:
            self._feed(data)
        if self._cut or self.transport.is_closing():
            return
        if self._current is not None:
            self._busy()
        elif self._due is None or self._why_due == "idle":
            self._wait_for_head()

    def eof_received(self) -> bool:
        """The caller sends no more: it has left."""
        return False

    def pause_writing(self) -> None:
        """The caller takes nothing for now."""
        if self._current is not None:
            self._current.hold()

    def resume_writing(self) -> None:
        """The caller takes again."""
        if self._current is not None:
            self._current.go_on()

    def shutdown(self) -> None:
        """For uvicorn's server: end the connection once the request under way is answered."""
        if self._current is None:
            self.transport.close()
        else:
            self._current.keep_alive = False

    # ---- reading

    def _feed(self, data: memoryview) -> None:
        self._outside += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._raw:
                return self._take_raw(data[upgrade.args[0] :])
            if self._coming is not None:
                self._coming.keep_alive = False
        except httptools.HttpParserError as error:
            return self._bad(str(error.__context__ or error))
        if self._outside > self.guard.config.max_header_bytes and (self._in_head or self._coming is not None):
            self._bad("the head of the request is too long")

    def on_message_begin(self) -> None:
        """A request begins."""
        if len(self._next) >= PIPELINED:
            raise _Unfit("too many requests at once on one connection")
        self._url, self._headers, self._in_head, self._coming = b"", [], True, None

    def on_url(self, url: bytes) -> None:
        """A piece of the target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; what comes with the end of a chunked body is not kept."""
        if self._in_head:
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """The head has come: the application may look at the request."""
        parser, headers = self._parser, self._headers
        size = len(self._url) + sum([len(name) + len(value) + 4 for name, value in headers])
        if size > self.guard.config.max_header_bytes:
            raise _Unfit("the head of the request is too long")
        version = parser.get_http_version()
        if version not in ("1.0", "1.1") or (version == "1.1" and [name for name, _ in headers].count(b"host") != 1):
            raise _Unfit("a request of HTTP/1.1 has one Host")
        self._in_head, self._outside = False, 0
        keep_alive = parser.should_keep_alive()
        if parser.should_upgrade():
            keep_alive = False
            self._raw = _announced(headers)
        method = parser.get_method().decode("ascii")
        self._coming = Exchange(self, method, self._url, version, headers, self._client, keep_alive)
        if self._current is None:
            self._start(self._coming)
        else:
            self._next.append(self._coming)
            self.pause_reading()

    def on_body(self, body: bytes) -> None:
        """A piece of a body."""
        self._outside = 0
        if self._coming is not None and self._coming.take(body) > HIGH_WATER:
            self.pause_reading()

    def on_message_complete(self) -> None:
        """A request has come whole, unless its head asked for another protocol and announced a body."""
        if not self._raw:
            self._ended()

    def _take_raw(self, data: memoryview) -> None:
        """The body of a request that asked for another protocol: it is answered in this one, and the connection ends with it."""
        body = bytes(data[: self._raw])
        self._raw -= len(body)
        if body:
            self.on_body(body)
        if not self._raw:
            self._ended()

    def _ended(self) -> None:
        self._outside = 0
        if self._coming is not None:
            self._coming.whole()
            self._coming = None

    def pause_reading(self) -> None:
        """Take nothing more from the caller for now."""
        if not self._paused and not self.transport.is_closing():
            self._paused = True
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on, unless requests wait that came before."""
        if self._paused and not self._next and not self.transport.is_closing():
            self._paused = False
            self.transport.resume_reading()

    # ---- answering

    def _start(self, exchange: Exchange) -> None:
        self._current = exchange
        task = self.loop.create_task(exchange.run(self._app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def answered(self, exchange: Exchange) -> None:
        """Wait for the next request; what is left of one that was answered before its end is not read."""
        self._current = None
        if self.transport.is_closing():
            return
        if exchange is self._coming:
            self._cut_off()
        elif self._cut or not exchange.keep_alive:
            self.transport.close()
        elif self._next:
            self._start(self._next.popleft())
            self.resume_reading()
        else:
            self.resume_reading()
            self.guard.waiting[self] = None
            self._at("idle", self._keepalive_s)

    def _bad(self, why: str) -> None:
        """What came is no request that is served: say so, behind the answers that are due, and end the connection."""
        current, self._coming = self._current, None
        self._next.clear()
        if current is not None and not current.unread():
            current.keep_alive = False
            self._cut = True
            return
        if current is not None:
            current.gone()
            if current.status:
                return self.transport.abort()
            self._current = None
        text = why.encode("utf-8", "replace")
        self.transport.write(_BAD % (len(text), text))
        self._cut_off()

    def _refuse(self, status: int, phrase: bytes, reason: str) -> None:
        self.guard.refused(reason)
        self._cut = True
        self.transport.write(_REFUSED % (status, phrase))
        self.transport.close()

    def _cut_off(self) -> None:
        """End the connection once the caller has had the chance to read its answer."""
        self._busy()
        self._cut = True
        if self._paused:
            self._paused = False
            self.transport.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._at("linger", LINGER_S)

    # ---- time

    def _wait_for_head(self) -> None:
        self.guard.waiting.setdefault(self)
        self._at("slow_header", self.guard.config.header_timeout_s)

    def _busy(self) -> None:
        self.guard.waiting.pop(self, None)
        self._due = None

    def _at(self, why: str, seconds: float) -> None:
        """End the connection in ``seconds`` for that reason, unless told otherwise until then. A timer that goes off too early is set again."""
        self._due, self._why_due = self.loop.time() + seconds, why
        if self._timer is not None and self._timer.when() > self._due:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self.loop.call_at(self._due, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._due is None or self.transport.is_closing():
            return
        if self.loop.time() < self._due:
            self._timer = self.loop.call_at(self._due, self._look)
        elif self._why_due == "idle" and self.transport.get_write_buffer_size() not in (0, self._untaken):
            self._untaken = self.transport.get_write_buffer_size()
            self._at("idle", self._keepalive_s)
        elif self._why_due == "idle":
            self._busy()
            self.transport.abort()
        elif self._why_due == "linger":
            self.transport.abort()
        else:
            self._leave(self._why_due)

    def _leave(self, reason: str) -> None:
        """Close a connection on which no request is under way."""
        self._busy()
        if not self.transport.is_closing():
            self.guard.refused(reason)
            self.transport.abort()


def _announced(headers: list[tuple[bytes, bytes]]) -> int:
    """The length of the body that a head announces. Raises _Unfit where it is to come in chunks."""
    found = dict(headers)
    if b"transfer-encoding" in found:
        raise _Unfit("a request that asks for another protocol has no body in chunks")
    return int(found.get(b"content-length", b"0"))
