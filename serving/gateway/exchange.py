"""One request and its answer over ASGI, written as far as it can be in one packet."""

from __future__ import annotations

import asyncio
import http
import logging
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from serving.gateway.http import Message, Receive, Scope, Send

if TYPE_CHECKING:
    from serving.gateway.protocol import GuardedProtocol

log = logging.getLogger(__name__)

Application = Callable[[Scope, Receive, Send], Awaitable[None]]
#: In the scope's extensions: the exchange itself, for what ASGI has no words for.
EXCHANGE = "molwright.exchange"
_NOT_IN_HEAD = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def _status_line(status: int) -> bytes:
    try:
        phrase = http.HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode("ascii")


_STATUS_LINES = {status: _status_line(status) for status in range(200, 600)}


class Exchange:
    """A request as it comes in, and its answer as it goes out.

    Attributes:
        keep_alive: whether the connection may be used again.
        status: that of the answer; 0 until its head is made.
    """

    def __init__(
        self,
        protocol: GuardedProtocol,
        method: str,
        target: bytes,
        version: str,
        headers: list[tuple[bytes, bytes]],
        client: tuple[str, int] | None,
        keep_alive: bool,
    ) -> None:
        raw_path, _, query = target.partition(b"?")
        path = raw_path.decode("latin-1")
        self.keep_alive = keep_alive
        self.status = 0
        self.scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": version,
            "method": method,
            "scheme": "http",
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw_path,
            "query_string": query,
            "root_path": "",
            "headers": headers,
            "client": client,
            "server": None,
            "extensions": {EXCHANGE: self},
        }
        self._protocol = protocol
        self._body = bytearray()
        self._whole = False
        self._handed_over = False
        self._continue = (b"expect", b"100-continue") in headers
        self._left = False
        self._when_left: Callable[[], object] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._writable: asyncio.Event | None = None
        self._head = b""
        self._answered = False
        self._chunked = False
        self._bodiless = method == "HEAD"
        self._owed: int | None = None  # bytes of the body that are still to come, where its length was told

    # ---- what comes

    def take(self, body: bytes) -> int:
        """A piece of the body has come; how many bytes wait."""
        self._body += body
        self._wake()
        return len(self._body)

    def whole(self) -> None:
        """The request has come to its end."""
        self._whole = True
        self._wake()

    def unread(self) -> bool:
        """Whether a part of the request has not come yet."""
        return not self._whole

    def gone(self) -> None:
        """The caller has left."""
        if self._left or self._answered:
            return
        self._left = True
        self._wake()
        if self._writable is not None:
            self._writable.set()
        if self._when_left is not None:
            self._when_left()

    def on_left(self, call: Callable[[], object]) -> None:
        """Call ``call`` if the caller leaves before the answer is complete, at once if it has left."""
        self._when_left = call
        if self._left:
            call()

    def hold(self) -> None:
        """Let the application wait before it writes more."""
        self._writable = asyncio.Event()

    def go_on(self) -> None:
        """Write again."""
        if self._writable is not None:
            self._writable.set()
            self._writable = None

    async def receive(self) -> Message:
        """The next piece of the body, or that the caller has left."""
        if self._continue and not self._body and not self._left:
            self._protocol.transport.write(_CONTINUE)
        self._continue = False
        while not self._left and not self._answered:
            if not self._handed_over and (self._body or self._whole):
                body, self._body = bytes(self._body), bytearray()
                self._handed_over = self._whole
                return {"type": "http.request", "body": body, "more_body": not self._whole}
            if not self._whole:
                self._protocol.resume_reading()
            self._waiter = self._protocol.loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return {"type": "http.disconnect"}

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # ---- what goes

    async def run(self, app: Application) -> None:
        """Let the application answer; an answer that it owes is made up, or the connection ended."""
        try:
            await app(self.scope, self.receive, self.send)
        except Exception:
            log.exception("a request was not answered")
        if self._answered or self._left:
            return
        if self.status:
            self._protocol.transport.abort()
            return
        text = b"Internal Server Error"
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(text)), (b"connection", b"close")]
        await self.send({"type": "http.response.start", "status": 500, "headers": headers})
        await self.send({"type": "http.response.body", "body": text})

    async def send(self, message: Message) -> None:
        """A part of the answer. The head goes with the first piece of the body."""
        if self._writable is not None and not self._left:
            await self._writable.wait()
        if self._left or self._answered:
            return
        if message["type"] == "http.response.start":
            self._head = self._begin(message["status"], message["headers"])
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._owed is not None:
            self._owed -= len(body)
            if self._owed < 0 or (self._owed and not more):
                raise RuntimeError("the body is not as long as its content-length")
        parts, self._head = [self._head], b""
        if self._bodiless:
            pass
        elif not self._chunked:
            parts.append(body)
        else:
            if body:
                parts += [b"%x\r\n" % len(body), body, b"\r\n"]
            if not more:
                parts.append(b"0\r\n\r\n")
        whole = b"".join(parts)
        if whole:
            self._protocol.transport.write(whole)
        if not more:
            self._answered = True
            self._wake()
            self._protocol.answered(self)

    def _begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> bytes:
        """The head of the answer. Raises RuntimeError for a header that would be more than one."""
        parts, closing = [_STATUS_LINES[status]], False
        for name, value in headers:
            if _NOT_IN_HEAD.search(value):
                raise RuntimeError(f"the header {name.decode('latin-1')} cannot be sent")
            if name == b"content-length":
                self._owed = int(value)
            elif name == b"connection":
                closing = closing or b"close" in value.lower()
            parts += (name, b": ", value, b"\r\n")
        if self._owed is None and not self._bodiless:
            self._chunked = self.scope["http_version"] != "1.0"
            self.keep_alive = self.keep_alive and self._chunked
            parts.append(b"transfer-encoding: chunked\r\n" if self._chunked else b"")
        self.keep_alive = self.keep_alive and not closing and not self.unread()
        if not self.keep_alive and not closing:
            parts.append(b"connection: close\r\n")
        parts.append(b"\r\n")
        self.status = status
        return b"".join(parts)
