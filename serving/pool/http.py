"""HTTP/1.1 to one server: kept connections, a request in one write, an answer that is read only as far as it is wanted.

The parsing is h11's. What a general client adds (cookies, redirects, proxies of the environment, decoding, a pool for any host) would be
most of the gateway's work a request, and is not wanted here.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

#: uvicorn, and so vLLM, closes idle connections after 5 s; ours go first, so that none is used while it is being closed.
KEEPALIVE_S = 4.0
#: Bytes of an answer that wait to be taken before no more are read.
HIGH_WATER = 256 * 1024
#: Longest head of an answer.
MAX_HEAD = 64 * 1024


class ConnectFailed(OSError):
    """The server cannot be reached."""


class ConnectTimedOut(OSError):
    """The server did not take the connection in time."""


class Broken(OSError):
    """The connection ended, or what came over it is not HTTP."""


@dataclass(frozen=True)
class Page:
    """A whole answer to a GET."""

    status_code: int
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8; what is none becomes replacement signs."""
        return self.body.decode("utf-8", "replace")


class Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._parts: deque[bytes] = deque()
        self._waiting_for_all = False
        self._paused = False
        self._most = HIGH_WATER
        self._size = 0
        self._error: Broken | None = None
        self.head: h11.Response | None = None
        self.complete = False
        self.closed = False

    # ---- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes of the answer; bytes that nobody asked for end the connection."""
        self._feed(data)

    def eof_received(self) -> None:
        """The server will send no more; where the answer has no length, that is its end."""
        self._feed(b"")
        self.closed = True

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits for the rest of an answer is told."""
        self.closed = True
        if not self.complete and self._error is None:
            self._error = Broken(str(exc) if exc else "the server ended the connection")
        self._wake()

    # ---- one request

    def send(self, head: h11.Request, content: bytes) -> None:
        """Begin a request, in one write. Raises Broken if the connection has ended."""
        if self.closed or self._transport is None or self._transport.is_closing():
            raise Broken("the server ended the connection")
        self._parts.clear()
        self._size, self.head, self.complete, self._most = 0, None, False, HIGH_WATER
        parts = [self._h11.send(head), self._h11.send(h11.Data(content)) if content else b"", self._h11.send(h11.EndOfMessage())]
        self._transport.write(b"".join(part for part in parts if part))

    async def read_head(self) -> h11.Response:
        """The status and headers of the answer. Raises Broken."""
        while self.head is None:
            await self._wait()
        return self.head

    async def read_all(self, limit: int) -> bytes | None:
        """The whole body; None, and the rest unread, where it is longer than ``limit`` bytes. Raises Broken."""
        self._waiting_for_all, self._most = True, limit
        self._resume(limit)
        try:
            while not self.complete and self._size <= limit:
                await self._wait()
        finally:
            self._waiting_for_all = False
        return None if self._size > limit else b"".join(self._parts)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises Broken."""
        while True:
            while self._parts:
                part = self._parts.popleft()
                self._size -= len(part)
                self._resume(HIGH_WATER)
                yield part
            if self.complete:
                return
            await self._wait()

    def again(self) -> bool:
        """Whether another request may be sent; makes it ready for that."""
        if self.closed or not self.complete or self._h11.our_state is not h11.DONE or self._h11.their_state is not h11.DONE:
            return False
        if self._h11.trailing_data[0]:  # bytes that nobody asked for must not be read as the next answer
            return False
        self._h11.start_next_cycle()
        return True

    def close(self) -> None:
        """End the connection at once."""
        self.closed = True
        if self._transport is not None:
            self._transport.abort()

    def _resume(self, most: int) -> None:
        """Read on where no more than ``most`` bytes wait."""
        if self._paused and self._size <= most and self._transport is not None and not self.closed:
            self._paused = False
            self._transport.resume_reading()

    async def _wait(self) -> None:
        if self._error is not None:
            raise self._error
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
        if self._error is not None and not self.complete:
            raise self._error

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _feed(self, data: bytes) -> None:
        if self._h11.our_state is h11.IDLE:
            return self.close()
        try:
            self._h11.receive_data(data)
            self._take_events()
        except h11.RemoteProtocolError as error:
            self._error = Broken(str(error))
            self.close()
        if not self._waiting_for_all or self.complete or self._size > self._most or self._error is not None:
            self._wake()

    def _take_events(self) -> None:
        while True:
            event = self._h11.next_event()
            if isinstance(event, h11.Data):
                part = bytes(event.data)
                self._parts.append(part)
                self._size += len(part)
            elif isinstance(event, h11.Response):
                self.head = event
            elif isinstance(event, h11.EndOfMessage):
                self.complete = True
                return
            elif not isinstance(event, h11.InformationalResponse):
                break
        if self._size > self._most and not self._paused and self._transport is not None and not self.closed:
            self._paused = True
            self._transport.pause_reading()


class Response:
    """An answer whose head has come."""

    def __init__(self, client: Client, connection: Connection, head: h11.Response) -> None:
        self._client = client
        self._connection = connection
        self.status_code = head.status_code
        self.headers: Mapping[str, str] = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}

    async def read(self, limit: int) -> bytes | None:
        """The body; None where it is longer than ``limit`` bytes. Raises Broken."""
        return await self._connection.read_all(limit)

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises Broken."""
        return self._connection.chunks()

    def close(self) -> None:
        """Be done with it: a connection whose answer was read to its end is kept, another one is ended, by which the server stops."""
        self._client.give(self._connection)


class Client:
    """The connections to one server, at most one of them a request."""

    def __init__(self, address: str, headers: Mapping[str, str], connect_s: float) -> None:
        """``address``: ``http://HOST:PORT`` with nothing behind it, or ``https``; ``headers`` go with every request."""
        parts = urlsplit(address)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._ssl = ssl.create_default_context() if parts.scheme == "https" else None
        self._headers = [("host", parts.netloc), *headers.items()]
        self._connect_s = connect_s
        self._idle: deque[tuple[float, Connection]] = deque()
        self._open: set[Connection] = set()
        self._sweep: asyncio.TimerHandle | None = None

    async def request(self, method: str, target: str, content: bytes = b"", headers: tuple[tuple[str, str], ...] = ()) -> Response:
        """Send a request and read the head of its answer. Raises ConnectFailed, ConnectTimedOut or Broken."""
        length = (("content-length", str(len(content))),) if content or method == "POST" else ()
        head = h11.Request(method=method, target=target, headers=[*self._headers, *headers, *length])
        connection = self._kept() or await self._connect()
        self._open.add(connection)
        try:
            connection.send(head, content)
            return Response(self, connection, await connection.read_head())
        except BaseException:
            self.give(connection)
            raise

    def give(self, connection: Connection) -> None:
        """Take a connection back; it is kept if another request may be sent over it. A second time does nothing."""
        if connection not in self._open:
            return
        self._open.remove(connection)
        if not connection.again():
            connection.close()
            return
        loop = asyncio.get_running_loop()
        self._idle.append((loop.time(), connection))
        if self._sweep is None:
            self._sweep = loop.call_later(KEEPALIVE_S, self._end_idle)

    async def aclose(self) -> None:
        """End every connection."""
        for connection in [*self._open, *(connection for _, connection in self._idle)]:
            connection.close()
        self._open.clear()
        self._idle.clear()
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        await asyncio.sleep(0)

    def _kept(self) -> Connection | None:
        """The connection that was used last, so that the others grow old and go."""
        oldest = asyncio.get_running_loop().time() - KEEPALIVE_S
        while self._idle:
            since, connection = self._idle.pop()
            if not connection.closed and since > oldest:
                return connection
            connection.close()
        return None

    def _end_idle(self) -> None:
        loop = asyncio.get_running_loop()
        oldest = loop.time() - KEEPALIVE_S
        while self._idle and (self._idle[0][0] <= oldest or self._idle[0][1].closed):
            self._idle.popleft()[1].close()
        self._sweep = loop.call_later(max(self._idle[0][0] - oldest, 0.01), self._end_idle) if self._idle else None

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_s):
                _, connection = await loop.create_connection(Connection, self._host, self._port, ssl=self._ssl)
        except TimeoutError as error:
            raise ConnectTimedOut(f"no connection in {self._connect_s:g} s") from error
        except OSError as error:
            raise ConnectFailed(str(error) or type(error).__name__) from error
        return connection
