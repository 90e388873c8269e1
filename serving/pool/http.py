"""HTTP/1.1 to one server: kept connections, a request in one write, an answer that is read only as far as it is wanted.

The parsing is that of llhttp (httptools), strict. What a general client adds (cookies, redirects, proxies of the environment, decoding, a
pool for any host) would be most of the gateway's work a request, and is not wanted here.
"""

from __future__ import annotations

import asyncio
import functools
import re
import ssl
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httptools

#: uvicorn, and so vLLM, closes idle connections after 5 s; ours go first, so that none is used while it is being closed.
KEEPALIVE_S = 4.0
#: Bytes that are read at once.
READ_SIZE = 64 * 1024
#: Bytes of an answer that wait to be taken before no more are read.
HIGH_WATER = 256 * 1024
#: Longest head of an answer, and as long may be what stands between two pieces of its body, or behind the last.
MAX_HEAD = 64 * 1024
_NOT_IN_HEAD = re.compile(r"[^\t\x20-\x7e]")
_NOT_IN_TARGET = re.compile(r"[^\x21-\x7e]")


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


@dataclass
class Head:
    """Status and headers of an answer, their names in lower case."""

    status_code: int = 0
    headers: dict[str, str] = field(default_factory=dict)


class Connection(asyncio.BufferedProtocol):
    """One connection, one request at a time."""

    def __init__(self, buffer: memoryview) -> None:
        """``buffer``: what arrives lies in it while it is parsed; all connections of one event loop may share it."""
        self._buffer = buffer
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._parts: deque[bytes] = deque()
        self._waiting_for_all = False
        self._paused = False
        self._most = HIGH_WATER
        self._size = 0
        self._outside = 0  # bytes that were not body since the last that were
        self._asked = False
        self._ends_with_connection = False
        self._spoilt = False
        self._error: Broken | None = None
        self._coming = Head()
        self.head: Head | None = None
        self.complete = False
        self.closed = False

    # ---- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next bytes shall lie."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes of the answer; bytes that nobody asked for end the connection."""
        if not self._asked or self.complete:
            return self.close()
        self._outside += nbytes
        try:
            self._parser.feed_data(self._buffer[:nbytes])
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._spoilt = True
            if not self.complete:
                self._fail(str(error.__context__ or error))
        if self._outside > MAX_HEAD and not self.complete:
            self._fail(f"more than {MAX_HEAD} bytes that are no body")
        if self._size > self._most and not self._paused and self._transport is not None and not self.closed:
            self._paused = True
            self._transport.pause_reading()
        if not self._waiting_for_all or self.complete or self._size > self._most or self._error is not None:
            self._wake()

    def eof_received(self) -> None:
        """The server will send no more; where the answer has no length, that is its end."""
        if self.head is not None and self._ends_with_connection and self._error is None:
            self.complete = self._spoilt = True
        self.closed = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits for the rest of an answer is told."""
        self.closed = True
        if not self.complete and self._error is None:
            self._error = Broken(str(exc) if exc else "the server ended the connection")
        self._wake()

    def _fail(self, why: str) -> None:
        self._error = Broken(why)
        self.close()

    # ---- llhttp

    def on_message_begin(self) -> None:
        """An answer begins: an interim one, the one that was asked for, or one that was not."""
        if self.complete:
            self._spoilt = True
        self._coming = Head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header of the answer; what comes with the end of its chunks is not kept."""
        if self.head is None:
            headers, key, text = self._coming.headers, name.decode("latin-1").lower(), value.decode("latin-1")
            headers[key] = f"{headers[key]}, {text}" if key in headers else text

    def on_headers_complete(self) -> None:
        """The head has come."""
        coming = self._coming
        coming.status_code = self._parser.get_status_code()
        if self.complete or coming.status_code < 200:
            return
        self._spoilt = not self._parser.should_keep_alive()
        codings = coming.headers.get("transfer-encoding")
        bodiless = coming.status_code in (204, 304)
        whole = "content-length" in coming.headers if codings is None else codings.rpartition(",")[2].strip().lower() == "chunked"
        self._ends_with_connection = not whole and not bodiless
        self.head = coming

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._outside = 0
        self._parts.append(body)
        self._size += len(body)

    def on_message_complete(self) -> None:
        """The answer has come whole, if it was not an interim one."""
        if self.head is not None:
            self.complete = True

    # ---- one request

    def send(self, request: bytes) -> None:
        """Begin a request, in one write. Raises Broken if the connection has ended."""
        if self.closed or self._transport is None or self._transport.is_closing():
            raise Broken("the server ended the connection")
        self._parts.clear()
        self._size, self._outside, self.head, self.complete, self._most = 0, 0, None, False, HIGH_WATER
        self._asked, self._ends_with_connection = True, False
        self._transport.write(request)

    async def read_head(self) -> Head:
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
        """Whether another request may be sent: not over a connection that carried bytes which nobody asked for."""
        return self.complete and not self.closed and not self._spoilt and self._error is None

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


@functools.lru_cache(maxsize=256)
def request_line(method: str, target: str) -> bytes:
    """The first line of a request. Raises ValueError for a target that would be more than that."""
    if not target.startswith("/") or _NOT_IN_TARGET.search(target):
        raise ValueError(f"{target[:100]!r} cannot be asked for")
    return f"{method} {target} HTTP/1.1\r\n".encode("ascii")


def _line(name: str, value: str) -> bytes:
    """A line of a head. Raises ValueError for what would be more than that."""
    line = f"{name}: {value}"
    if _NOT_IN_HEAD.search(line):
        raise ValueError(f"the value of the header {name} cannot stand in the head of a request")
    return line.encode("ascii") + b"\r\n"


class Response:
    """An answer whose head has come."""

    def __init__(self, client: Client, connection: Connection, head: Head) -> None:
        self._client = client
        self._connection = connection
        self.status_code = head.status_code
        self.headers: Mapping[str, str] = head.headers

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
        """``address``: ``http://HOST:PORT`` with nothing behind it, or ``https``; ``headers`` go with every request.

        Raises ValueError for what cannot stand in a head.
        """
        parts = urlsplit(address)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._ssl = ssl.create_default_context() if parts.scheme == "https" else None
        self._headers = b"".join(map(_line, ("host", *headers), (parts.netloc, *headers.values())))
        self._connect_s = connect_s
        self._buffer = memoryview(bytearray(READ_SIZE))
        self._idle: deque[tuple[float, Connection]] = deque()
        self._open: set[Connection] = set()
        self._sweep: asyncio.TimerHandle | None = None

    async def request(self, method: str, target: str, content: bytes = b"", headers: tuple[tuple[str, str], ...] = ()) -> Response:
        """Send a request and read the head of its answer. Raises ConnectFailed, ConnectTimedOut or Broken."""
        length = b"content-length: %d\r\n" % len(content) if content or method == "POST" else b""
        lines = b"".join([_line(name, value) for name, value in headers])
        whole = b"%b%b%b%b\r\n%b" % (request_line(method, target), self._headers, lines, length, content)
        connection = self._kept() or await self._connect()
        self._open.add(connection)
        try:
            connection.send(whole)
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
                _, connection = await loop.create_connection(lambda: Connection(self._buffer), self._host, self._port, ssl=self._ssl)
        except TimeoutError as error:
            raise ConnectTimedOut(f"no connection in {self._connect_s:g} s") from error
        except OSError as error:
            raise ConnectFailed(str(error) or type(error).__name__) from error
        return connection
