"""The pool as an httpx transport, so that an OpenAI client calls it as if it were one server.

``ChatOpenAI(base_url=BASE_URL, api_key="pool", http_client=httpx.Client(transport=SyncPoolTransport(pool)))``; give it
``max_retries=0``, since the pool retries.
"""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator, Iterator

import httpx

from core.errors import ServingError
from serving.pool.call import OPERATIONS, Operation, PoolAnswer, PoolRequest
from serving.pool.failures import error_body
from serving.pool.pool import Pool
from serving.pool.stream import PoolStream
from serving.pool.sync import SyncPool, SyncStream
from serving.pool.upstream import ADAPTED_HEADER

BASE_URL = "http://pool/v1"
DEADLINE_HEADER = "x-molwright-deadline-s"


class PoolTransport(httpx.AsyncBaseTransport):
    """For asynchronous clients, on the pool's own event loop."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer by the pool; errors become HTTP answers with an OpenAI error body."""
        try:
            asked = pool_request(request, await request.aread())
            if not asked.stream:
                return _response(await self._pool.send(asked))
            opened = await self._pool.stream(asked)
            if isinstance(opened, PoolAnswer):
                return _response(opened)
            return httpx.Response(
                200,
                headers=_headers(opened.endpoint, opened.model, opened.request_id, "text/event-stream", opened.adapted),
                stream=_AsyncBlocks(opened),
            )
        except ServingError as error:
            return error_response(error)


class SyncPoolTransport(httpx.BaseTransport):
    """For synchronous clients, from any thread."""

    def __init__(self, pool: SyncPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer by the pool; errors become HTTP answers with an OpenAI error body."""
        try:
            asked = pool_request(request, request.read())
            if not asked.stream:
                return _response(self._pool.send(asked))
            opened = self._pool.stream(asked)
            if isinstance(opened, PoolAnswer):
                return _response(opened)
            headers = _headers(opened.endpoint, opened.model, opened.request_id, "text/event-stream", opened.adapted)
            return httpx.Response(200, headers=headers, stream=_Blocks(opened))
        except ServingError as error:
            return error_response(error)


class _AsyncBlocks(httpx.AsyncByteStream):
    def __init__(self, stream: PoolStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for block in self._stream:
                yield block
        except ServingError as error:
            raise httpx.RemoteProtocolError(str(error)) from error

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Blocks(httpx.SyncByteStream):
    def __init__(self, blocks: SyncStream) -> None:
        self._blocks = blocks

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._blocks
        except ServingError as error:
            raise httpx.RemoteProtocolError(str(error)) from error

    def close(self) -> None:
        self._blocks.close()


def pool_request(request: httpx.Request, content: bytes) -> PoolRequest:
    """The pool's request in an HTTP request. Raises ServingError for a path or body that the pool does not know."""
    path = request.url.path.removeprefix("/v1/")
    operation: Operation | None = next((o for o in OPERATIONS if o == path), None)
    if operation is None or request.method != "POST":
        raise ServingError(f"no such path: {request.method} {request.url.path}", kind="invalid_request", status=404)
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ServingError("the body is not JSON", kind="invalid_request", status=400) from error
    if not isinstance(body, dict):
        raise ServingError("the body is not a JSON object", kind="invalid_request", status=400)
    return PoolRequest(operation, body, deadline_s=read_deadline(request.headers.get(DEADLINE_HEADER)))


def read_deadline(value: str | None) -> float | None:
    """Seconds in a deadline header; None without one. Raises ServingError for anything but a positive number."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < 1e6:
        raise ServingError(f"{DEADLINE_HEADER} needs a positive number of seconds", kind="invalid_request", status=400)
    return seconds


def error_response(error: ServingError) -> httpx.Response:
    """The HTTP answer that says the same as the error."""
    headers = {"retry-after": str(max(math.ceil(error.retry_after), 1))} if error.retry_after is not None else {}
    return httpx.Response(error.status, headers=headers, json=error_body(error))


def _headers(endpoint: str, model: str, request_id: str, content_type: str, adapted: tuple[str, ...]) -> dict[str, str]:
    named = model if model.isascii() else ""
    known = {"x-molwright-endpoint": endpoint, "x-molwright-model": named, "x-request-id": request_id, ADAPTED_HEADER: ",".join(adapted)}
    return {"content-type": content_type, **{k: v for k, v in known.items() if v}}


def _response(answer: PoolAnswer) -> httpx.Response:
    headers = _headers(answer.endpoint, answer.model, answer.request_id, "application/json", answer.adapted)
    return httpx.Response(answer.status, headers=headers, content=answer.content)
