"""One attempt at one server over HTTP, and what its answer means."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from serving.pool.call import Operation
from serving.pool.config import EndpointConfig, Timeouts
from serving.pool.failures import AttemptFailed
from serving.pool.sse import MAX_EVENT_BYTES, EventReader

DEFAULT_RETRY_AFTER_S = 1.0
MAX_RETRY_AFTER_S = 600.0
#: uvicorn, and so vLLM, closes idle connections after 5 s; ours go first, so that none is used while it is being closed.
KEEPALIVE_S = 4.0


@dataclass
class Answer:
    """A whole answer. ``usage``: the server's token counts, where it gave them."""

    status: int
    content: bytes
    usage: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class OpenStream:
    """A stream whose first block of events has come."""

    response: httpx.Response
    chunks: AsyncIterator[bytes]
    reader: EventReader
    first: bytes


class Upstream:
    """The HTTP client of one endpoint. Proxy settings of the environment are ignored."""

    def __init__(
        self,
        config: EndpointConfig,
        timeouts: Timeouts,
        transport: httpx.AsyncBaseTransport | None = None,
        max_answer_bytes: int = 64 * 1024 * 1024,
    ) -> None:
        self._limit = max_answer_bytes
        key = config.api_key()
        self._headers = {"content-type": "application/json", "accept-encoding": "identity"}
        if key:
            self._headers["authorization"] = f"Bearer {key}"
        self._base = httpx.URL(config.base_url + "/")
        self._root = httpx.URL(config.root_url + "/")
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=KEEPALIVE_S)
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=timeouts.connect_s),
            limits=limits,
            trust_env=False,
            follow_redirects=False,
            transport=transport,
            cookies=CookieJar(
                DefaultCookiePolicy(allowed_domains=())
            ),  # what one caller's answer sets must not go out with another's request
        )

    async def whole(self, operation: Operation, content: bytes, request_id: str) -> Answer:
        """Send and read the whole answer. Raises AttemptFailed for whatever is not an answer to the request."""
        try:
            response = await self._send(operation, content, request_id)
            try:
                body = await self._read(response)
            finally:
                await response.aclose()
        except (httpx.HTTPError, OSError) as error:
            raise _broken(error) from error
        return read_answer(operation, response, body)

    async def stream(self, operation: Operation, content: bytes, request_id: str) -> OpenStream | Answer:
        """Send and read up to the first event. An Answer if the server refuses the request (4xx). Raises AttemptFailed."""
        response: httpx.Response | None = None
        kept = False
        try:
            response = await self._send(operation, content, request_id)
            if response.status_code != 200:
                return read_answer(operation, response, await self._read(response))
            opened = await _first_event(response)
            kept = True
            return opened
        except (httpx.HTTPError, OSError) as error:
            raise _broken(error) from error
        finally:
            if response is not None and not kept:
                await response.aclose()

    async def get(self, path: str, *, root: bool = False) -> httpx.Response:
        """GET a path under /v1, or under the server's root. Raises AttemptFailed if there is no answer, or one that is too long."""
        try:
            request = self._client.build_request("GET", (self._root if root else self._base).join(path), headers=self._headers)
            response = await self._client.send(request, stream=True)
            try:
                body = await self._read(response)
            finally:
                await response.aclose()
            return httpx.Response(response.status_code, headers={"content-type": response.headers.get("content-type", "")}, content=body)
        except (httpx.HTTPError, OSError) as error:
            raise _broken(error) from error

    async def _read(self, response: httpx.Response) -> bytes:
        """The body, as far as the limit. Raises AttemptFailed beyond it."""
        parts, size = [], 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self._limit:
                raise AttemptFailed("malformed", f"an answer of more than {self._limit} bytes")
            parts.append(part)
        return b"".join(parts)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _send(self, operation: Operation, content: bytes, request_id: str) -> httpx.Response:
        headers = {**self._headers, "x-request-id": request_id}
        request = self._client.build_request("POST", self._base.join(operation), content=content, headers=headers)
        return await self._client.send(request, stream=True)


async def _first_event(response: httpx.Response) -> OpenStream:
    reader, chunks, first = EventReader(), response.aiter_raw(), b""
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
        raise _event_failure(reader.error)
    if not reader.data_events:
        raise AttemptFailed("disconnected" if not first else "malformed", "the stream ended before its first event")
    return OpenStream(response, chunks, reader, first)


def _event_failure(error: Mapping[str, Any]) -> AttemptFailed:
    return AttemptFailed("server_error", f"the stream begins with an error: {str(error.get('message', ''))[:200]}")


def _broken(error: Exception) -> AttemptFailed:
    detail = str(error) or type(error).__name__
    if isinstance(error, httpx.ConnectTimeout):
        return AttemptFailed("connect_timeout", detail)
    if isinstance(error, httpx.ConnectError):
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


def read_answer(operation: Operation, response: httpx.Response, body: bytes) -> Answer:
    """The answer in an HTTP response. Raises AttemptFailed where it is the server's fault; other 4xx are the request's."""
    status = response.status_code
    if status == 200:
        return _checked(operation, body)
    detail = f"HTTP {status}: {_message(body)}"
    wait = retry_after_seconds(response.headers)
    if status == 429:
        raise AttemptFailed("rate_limited", detail, retry_after=DEFAULT_RETRY_AFTER_S if wait is None else wait)
    if status >= 500:
        raise AttemptFailed("server_error", detail, retry_after=wait)
    if status in (401, 403):
        raise AttemptFailed("unauthorized", detail)
    if status in (404, 405):
        raise AttemptFailed("not_served", detail)
    if status == 408:
        raise AttemptFailed("timeout", detail)
    if status < 400:
        raise AttemptFailed("malformed", detail)
    return Answer(status, body)


def _checked(operation: Operation, body: bytes) -> Answer:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise AttemptFailed("malformed", f"not JSON: {str(error)[:100]}") from error
    part = "data" if operation == "embeddings" else "choices"
    if not isinstance(value, dict) or not isinstance(value.get(part), list) or not value[part]:
        raise AttemptFailed("malformed", f"an answer without {part!r}")
    usage = value.get("usage")
    return Answer(200, body, usage if isinstance(usage, dict) else {})


def _message(body: bytes) -> str:
    try:
        value = json.loads(body)
        error = value.get("error", value) if isinstance(value, dict) else {}
        text = error.get("message") or error.get("detail") if isinstance(error, dict) else error
        return str(text or "")[:200]
    except (ValueError, RecursionError):
        return body[:200].decode("utf-8", "replace")
