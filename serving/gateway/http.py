"""The little of HTTP that the gateway needs, straight on ASGI."""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from core.errors import ServingError
from serving.pool.failures import error_body

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
#: Errors that are answered before the whole request was read, so that the connection ends with them.
_CLOSING = frozenset({"body_too_large", "slow_request", "invalid_api_key", "stranger_limit"})


def header(scope: Scope, name: bytes) -> str | None:
    """A header of the request, or None. ASGI gives names in lower case."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None


def bearer(scope: Scope) -> str:
    """The key in ``Authorization: Bearer KEY``, or ''."""
    kind, _, key = (header(scope, b"authorization") or "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The body. Raises ServingError (413) above ``limit`` bytes, and (499) if the caller leaves while sending."""
    too_large = ServingError(f"the request is larger than {limit} bytes", kind="body_too_large", status=413)
    length = header(scope, b"content-length")
    if length is not None and length.isdigit() and int(length) > limit:
        raise too_large
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ServingError("the caller left", kind="client_left", status=499)
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise too_large
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises ServingError (400)."""
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ServingError(f"the body is not JSON: {str(error)[:100]}", kind="invalid_json", status=400) from error
    if not isinstance(value, dict):
        raise ServingError("the body is not a JSON object", kind="invalid_json", status=400)
    return value


async def respond(send: Send, status: int, content: bytes, headers: Headers, content_type: bytes = b"application/json") -> None:
    """Send a whole answer."""
    base = [(b"content-type", content_type), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": base + headers})
    await send({"type": "http.response.body", "body": content})


async def respond_json(send: Send, status: int, value: Any, headers: Headers | None = None) -> None:
    """Send a JSON answer."""
    await respond(send, status, json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), headers or [])


async def respond_error(send: Send, error: ServingError, headers: Headers | None = None) -> None:
    """Send an error as an OpenAI error object, in words that are not a server's, with Retry-After where it is known."""
    extra = list(headers or [])
    if error.retry_after is not None:
        extra.append((b"retry-after", str(max(math.ceil(error.retry_after), 1)).encode()))
    if error.status == 401:
        extra.append((b"www-authenticate", b"Bearer"))
    if error.kind in _CLOSING:
        extra.append((b"connection", b"close"))
    await respond_json(send, error.status, error_body(error, error.public), extra)
