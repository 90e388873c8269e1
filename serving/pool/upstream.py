"""One attempt at one server over HTTP, and what its answer means."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from core.errors import ConfigurationError
from serving.pool.call import Operation
from serving.pool.config import EndpointConfig, Timeouts
from serving.pool.failures import AttemptFailed
from serving.pool.http import Client, ConnectFailed, ConnectTimedOut, Page, Response, request_line
from serving.pool.sse import MAX_EVENT_BYTES, EventReader

DEFAULT_RETRY_AFTER_S = 1.0
MAX_RETRY_AFTER_S = 600.0
ADAPTED_HEADER = "x-molwright-adapted"
#: What an error that comes as a success means, by its words.
_SAYS = tuple(
    (status, re.compile(pattern, re.IGNORECASE))
    for status, pattern in (
        (401, r"authentication|api[ _]key|unauthori[sz]ed"),
        (429, r"rate.?limit|quota|too many requests|overloaded"),
        (404, r"not_found|model.{0,40}(?:not found|does not exist|not loaded|unknown)"),
        (
            400,
            r"invalid_request|bad ?request|context|too long|unsupported|not support|unrecogni[sz]ed|not permitted|not allowed|must be|invalid",
        ),
    )
)


@dataclass
class Answer:
    """A whole answer. ``usage``: the server's token counts, where it gave them; ``adapted``: what a gateway in between says it changed."""

    status: int
    content: bytes
    usage: Mapping[str, Any] = field(default_factory=dict)
    adapted: tuple[str, ...] = ()


@dataclass
class OpenStream:
    """A stream whose first block of events has come."""

    response: Response
    chunks: AsyncIterator[bytes]
    reader: EventReader
    first: bytes
    adapted: tuple[str, ...] = ()


class Upstream:
    """The HTTP client of one endpoint. Proxy settings of the environment are ignored, cookies are not kept, redirects not followed."""

    def __init__(self, config: EndpointConfig, timeouts: Timeouts, max_answer_bytes: int = 64 * 1024 * 1024) -> None:
        self._limit = max_answer_bytes
        key = config.api_key()
        headers = {"accept-encoding": "identity"}
        if key:
            headers["authorization"] = f"Bearer {key}"
        parts = urlsplit(config.base_url)
        self._base = parts.path + "/"
        self._root = urlsplit(config.root_url).path + "/"
        try:
            request_line("GET", self._base)
            self._client = Client(f"{parts.scheme}://{parts.netloc}", headers, timeouts.connect_s)
        except ValueError as error:
            raise ConfigurationError(f"endpoint {config.name}: its address or its key holds what HTTP cannot say: {error}") from error

    async def whole(self, operation: Operation, content: bytes, request_id: str) -> Answer:
        """Send and read the whole answer. Raises AttemptFailed for whatever is not an answer to the request."""
        try:
            response = await self._send(operation, content, request_id)
            try:
                body = await self._read(response)
            finally:
                response.close()
        except OSError as error:
            raise _broken(error) from error
        return read_answer(operation, response, body)

    async def stream(self, operation: Operation, content: bytes, request_id: str) -> OpenStream | Answer:
        """Send and read up to the first event. An Answer if the server refuses the request (4xx). Raises AttemptFailed."""
        response: Response | None = None
        kept = False
        try:
            response = await self._send(operation, content, request_id)
            if response.status_code != 200 or response.headers.get("content-type", "").startswith("application/json"):
                return read_answer(operation, response, await self._read(response))  # an error, or the whole of an answer
            opened = await _first_event(response)
            kept = isinstance(opened, OpenStream)
            return opened
        except OSError as error:
            raise _broken(error) from error
        finally:
            if response is not None and not kept:
                response.close()

    async def get(self, path: str, *, root: bool = False) -> Page:
        """GET a path under /v1, or under the server's root. Raises AttemptFailed if there is no answer, or one that is too long."""
        try:
            response = await self._client.request("GET", (self._root if root else self._base) + path)
            try:
                return Page(response.status_code, await self._read(response))
            finally:
                response.close()
        except OSError as error:
            raise _broken(error) from error

    async def _read(self, response: Response) -> bytes:
        """The body, as far as the limit. Raises AttemptFailed beyond it."""
        body = await response.read(self._limit)
        if body is None:
            raise AttemptFailed("malformed", f"an answer of more than {self._limit} bytes")
        return body

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _send(self, operation: Operation, content: bytes, request_id: str) -> Response:
        headers = (("content-type", "application/json"), ("x-request-id", request_id))
        return await self._client.request("POST", self._base + operation, content, headers)


async def _first_event(response: Response) -> OpenStream | Answer:
    reader, chunks, first = EventReader(), response.chunks(), b""
    try:
        async for chunk in chunks:
            first += reader.feed(chunk)
            if len(first) > MAX_EVENT_BYTES:
                raise ValueError(f"no event with data in {MAX_EVENT_BYTES} bytes")
            if reader.data_events or reader.done:
                break
    except ValueError as error:
        raise AttemptFailed("malformed", str(error)) from error
    if reader.error is not None:
        return _refused(error_status(reader.error), json.dumps({"error": reader.error}).encode(), None, "the stream begins with an error: ")
    if not reader.data_events:
        raise AttemptFailed("disconnected" if not first else "malformed", "the stream ended before its first event")
    return OpenStream(response, chunks, reader, first, _adaptations(response))


def _broken(error: Exception) -> AttemptFailed:
    detail = str(error) or type(error).__name__
    if isinstance(error, ConnectTimedOut):
        return AttemptFailed("connect_timeout", detail)
    if isinstance(error, ConnectFailed):
        return AttemptFailed("refused", detail)
    return AttemptFailed("disconnected", detail)


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Seconds of a Retry-After header: a number, or a date held against the answer's own Date. None if absent or unreadable."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S) if seconds == seconds else None


def read_answer(operation: Operation, response: Response, body: bytes) -> Answer:
    """The answer in an HTTP response. Raises AttemptFailed where it is the server's fault; other 4xx are the request's."""
    if response.status_code != 200:
        return _refused(response.status_code, body, retry_after_seconds(response.headers))
    answer = _checked(operation, body)
    return replace(answer, adapted=_adaptations(response))


def _adaptations(response: Response) -> tuple[str, ...]:
    """What a gateway in between says that it changed of the request."""
    return tuple(n for n in response.headers.get(ADAPTED_HEADER, "")[:500].split(",") if n)


def _refused(status: int, body: bytes, wait: float | None, begin: str = "") -> Answer:
    """The answer that says that the request is at fault. Raises AttemptFailed where the server is."""
    detail = f"{begin}HTTP {status}: {_message(body)}"
    if status == 429:
        raise AttemptFailed("rate_limited", detail, retry_after=DEFAULT_RETRY_AFTER_S if wait is None else wait)
    if status >= 500:
        raise AttemptFailed("server_error", detail, retry_after=wait, status=status, body=body)
    if status in (401, 403):
        raise AttemptFailed("unauthorized", detail)
    if status in (404, 405):
        raise AttemptFailed("not_served", detail, status=status, body=body)
    if status == 408:
        raise AttemptFailed("timeout", detail)
    if status < 400:
        raise AttemptFailed("malformed", detail)
    return Answer(status, body)


def error_status(error: Any) -> int:
    """The HTTP status that an error object stands for that a server sent as a success: by its code, its type, or its words; else 500."""
    said = error if isinstance(error, Mapping) else {"message": error}
    for key in ("code", "status", "status_code", "http_status"):
        value = said.get(key)
        if isinstance(value, int | str) and str(value).isdigit() and 400 <= int(value) < 600:
            return int(value)
    words = " ".join(str(said.get(key) or "") for key in ("code", "type", "message", "detail"))
    return next((status for status, pattern in _SAYS if pattern.search(words)), 500)


def _checked(operation: Operation, body: bytes) -> Answer:
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise AttemptFailed("malformed", f"not JSON: {str(error)[:100]}") from error
    part = "data" if operation == "embeddings" else "choices"
    if not isinstance(value, dict) or not isinstance(value.get(part), list) or not value[part]:
        told = _told(value)
        if told is not None:
            return _refused(error_status(told), json.dumps({"error": told}).encode(), None, "under HTTP 200: ")
        raise AttemptFailed("malformed", f"an answer without {part!r}")
    first = value[part][0]
    if isinstance(first, dict) and isinstance(first.get("error"), dict):
        return _refused(error_status(first["error"]), json.dumps({"error": first["error"]}).encode(), None, "under HTTP 200: ")
    usage = value.get("usage")
    return Answer(200, body, usage if isinstance(usage, dict) else {})


def _told(value: Any) -> Any:
    """The error that a body without an answer tells of; None if it tells of none."""
    if not isinstance(value, dict):
        return None
    if value.get("error"):
        return value["error"]
    if value.get("object") == "error" or "detail" in value:
        return {k: v for k, v in value.items() if k in ("message", "detail", "type", "code", "param")}
    return None


def _message(body: bytes) -> str:
    try:
        value = json.loads(body)
        error = value.get("error", value) if isinstance(value, dict) else {}
        text = error.get("message") or error.get("detail") if isinstance(error, dict) else error
        return str(text or "")[:200]
    except (ValueError, RecursionError):
        return body[:200].decode("utf-8", "replace")
