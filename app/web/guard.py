"""What stands before every request: who is spoken to, where a form comes from, how large it is, and what a page may load."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import FormData, Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.problems import Forbidden, problem_response
from app.web.rights import SAFE

#: Names by which this machine speaks to itself. A name of somebody else that leads here (DNS rebinding) is refused.
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
#: What proxies add to a request.
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
#: Largest request, bytes.
MAX_BODY = 20_000_000
#: Scripts and styles come from our own address alone; a drawing may carry style attributes.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
#: The cookie and the field of a form that hold the same secret; only our own pages can have both.
TOKEN = "molwright_form"


class Guard:
    """ASGI middleware: refuses foreign hosts and origins and what is too large, and puts the headers on every answer.

    ``names``: those by which the server is reached beside the loopback's. ``accounts``: whether people sign in; without them a request that
    came through a proxy is refused too, because it may be from anywhere.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str] = (), accounts: bool = False) -> None:
        self._app = app
        self._names = frozenset(names)
        self._accounts = accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection event of ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refused = self._misdirected(scope) or _refusal(scope["method"], Headers(scope=scope))
        if refused is not None:
            await refused(scope, receive, sending)
            return
        await self._app(scope, _bounded(receive), sending)

    def _misdirected(self, scope: Scope) -> Response | None:
        """The answer to a request that is for somebody else; None for one that is for us."""
        headers = Headers(scope=scope)
        name = _name(headers.get("host", ""))
        if self._accounts:
            own = (scope.get("server") or ("",))[
                0
            ]  # the address of this machine that was spoken to; no name of somebody else leads to a number
            if name in self._names or name in LOOPBACK or (own and name.strip("[]") == own):
                return None
            said = "this server has no such name; its operator can add it to server.names"
            return problem_response(421, "misdirected", said, exit_code=2)
        if name not in LOOPBACK:
            return problem_response(421, "misdirected", "this server answers to the loopback address only", exit_code=2)
        if any(header in headers for header in FORWARDED):
            said = "this came through a proxy, and there are no accounts: set server.names to the names by which the server is reached"
            return problem_response(421, "misdirected", said, exit_code=2)
        return None


def _refusal(method: str, headers: Headers) -> Response | None:
    """The answer to a request that is not let in; None for one that is."""
    host = headers.get("host", "")
    if method not in SAFE:
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        if (origin is not None and urlsplit(origin).netloc != host) or site not in ("same-origin", "none"):
            return problem_response(403, "foreign-origin", "a request that changes something has to come from our own pages", exit_code=2)
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        return problem_response(413, "too-large", f"a request has at most {MAX_BODY:,} bytes", exit_code=2)
    return None


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()


def _bounded(receive: Receive) -> Receive:
    """``receive`` that ends a body which grows beyond the limit without having said so."""
    size = 0

    async def bounded() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        return {"type": "http.disconnect"} if size > MAX_BODY else message

    return bounded


def form_token(request: Request) -> str:
    """The secret of this browser's forms: the one that its cookie holds, or a new one."""
    return request.cookies.get(TOKEN) or secrets.token_urlsafe(24)


async def checked_form(request: Request) -> FormData:
    """The fields of a form of ours. Raises Forbidden for one that does not carry the secret of the browser's cookie."""
    form = await request.form(max_part_size=4_000_000)
    given, known = form.get(TOKEN), request.cookies.get(TOKEN, "")
    if not isinstance(given, str) or not known or not hmac.compare_digest(given.encode(), known.encode()):
        raise Forbidden("this form is not from a page of this server, or its cookie is gone; load the page again")
    return form
