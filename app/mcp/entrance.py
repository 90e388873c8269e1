"""Who asks over HTTP where people have accounts: the owner of the token that a request carries, and what the role allows."""

from __future__ import annotations

import json
import logging
from typing import Any

from mcp.server.context import ServerRequestContext
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.mcp.tool import Door, Tool
from app.services.entry import Services
from core.errors import MolwrightError, NotAllowedError, SignInError
from core.people import Person

log = logging.getLogger(__name__)

Context = ServerRequestContext[Any, Any]


class Tokens:
    """ASGI middleware: lets in who has a token, and nobody by a session of the pages, which a page of somebody else could use."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection event of ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kind, _, secret = Headers(scope=scope).get("authorization", "").partition(" ")
        try:
            person = await run_in_threadpool(self._services.people.with_token, secret.strip()) if kind.lower() == "bearer" else None
        except MolwrightError as error:
            log.error("nobody can be let in: %s", error)
            await _said(503, "the database cannot be used")(scope, receive, send)
            return
        if person is None:
            await _said(401, "this needs an account: send its token as 'Authorization: Bearer …'")(scope, receive, send)
            return
        scope.setdefault("state", {})["person"] = person
        await self._app(scope, receive, send)


def _said(status: int, detail: str) -> Response:
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}
    return Response(json.dumps({"error": detail}), status, headers, media_type="application/json")


def door_of(door: Door, ctx: Context, *, accounts: bool) -> tuple[Door, Person | None]:
    """The door as whoever asks has it, and who that is; without accounts the door itself and None. SignInError where nobody can be told."""
    if not accounts:
        return door, None
    person: Person | None = getattr(getattr(ctx.request, "state", None), "person", None)
    if person is None:
        raise SignInError("sign in first")
    return Door(door.services.seen_by(person), door.work), person


def check(tool: Tool, person: Person | None) -> None:
    """NotAllowedError where the role of ``person`` does not allow the tool."""
    if person is not None and not person.may(tool.right):
        raise NotAllowedError(f"your role, {person.role}, does not allow {tool.name}")


def note(door: Door, tool: Tool, person: Person | None, ctx: Context, target: str, outcome: str) -> None:
    """Write a call that changes something, or that was refused, into the audit log."""
    if person is None or (tool.reads and not outcome.startswith("refused")):
        return
    client = getattr(ctx.request, "client", None)
    try:
        door.services.people.note(person.name, f"MCP: {tool.name}", target, str(client.host) if client else "unknown", outcome)
    except MolwrightError as error:
        log.error("the audit log could not be written: %s", error)
