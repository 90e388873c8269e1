"""The entrance: who asks, whether that person may, and what is written into the audit log. Every request passes here before it reaches a handler."""

from __future__ import annotations

import logging
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.services.entry import Services
from app.web.limits import Rate
from app.web.log_words import action_words, target_words
from app.web.person import identified
from app.web.problems import answer, problem_response
from app.web.rights import PUBLIC, SAFE, demanded
from core.errors import MolwrightError, StoreError
from core.people import Person

log = logging.getLogger(__name__)

#: What an answer with one of these was.
REFUSED = (401, 403, 429)


class Entrance:
    """ASGI middleware. Without ``accounts`` everybody who reaches the server sits at this machine, and may do everything."""

    def __init__(self, app: ASGIApp, services: Services, accounts: bool) -> None:
        self._app = app
        self._services = services
        self._accounts = accounts
        self._rate = Rate(services.settings.server.requests, 60.0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection event of ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        person: Person | None = None

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                status, made = message["status"], Headers(raw=message["headers"]).get("location", "")
                if person is not None and _is_noted(
                    scope, person, status
                ):  # before the answer: whoever has it finds what was done in the log
                    await run_in_threadpool(self._note, scope, person, status, made)
            await send(message)

        try:
            person = await run_in_threadpool(self._signed_in, scope) if self._accounts else self._services.local_person
        except StoreError as error:
            log.error("nobody can be let in: %s", error)
            person = None
            refused: Response | None = problem_response(503, "store", "the database cannot be used", exit_code=1)
        else:
            scope.setdefault("state", {})["person"] = person
            refused = self._refusal(scope, person)
        await (refused or self._app)(scope, receive, sending)

    def _signed_in(self, scope: Scope) -> Person | None:
        return identified(lambda: self._services.people, scope)

    def _refusal(self, scope: Scope, person: Person | None) -> Response | None:
        """The answer to a request that goes no further; None for one that does."""
        method, path = scope["method"], scope["path"]
        if not self._accounts or path.startswith("/static/"):
            return None
        who = person.name if person else f"from {origin_of(scope)}"
        wait = self._rate.wait(who)
        if wait:
            refused = _refused(scope, 429, "quota", f"that was too much at once; ask again in {wait} s")
            refused.headers["retry-after"] = str(wait)
            return refused
        self._rate.count(who)
        if person is None:
            return None if PUBLIC.fullmatch(path) else _sign_in_first(scope)
        demand = demanded(method, path)
        if demand == "self" or PUBLIC.fullmatch(path) or person.may(demand or "people"):
            return None
        return _refused(scope, 403, "not-allowed", f"your role, {person.role}, does not allow that")

    def _note(self, scope: Scope, person: Person, status: int, made: str) -> None:
        """Write into the audit log what was done, in the words of the handler, or what was refused. ``made``: the address of what was made."""
        method, path = scope["method"], scope["path"]
        said = action_words(scope.get("endpoint"), scope.get("path_params") or {}) or f"{method} {path}"
        target = scope.get("state", {}).get("target") or target_words(method, path, made)
        try:
            self._services.people.note(person.name, said, target, origin_of(scope), f"refused ({status})" if status in REFUSED else "done")
        except MolwrightError as error:
            log.error("the audit log could not be written: %s", error)


def _is_noted(scope: Scope, person: Person, status: int) -> bool:
    """Whether a request belongs into the audit log: one that changed something, or was refused to somebody with an account."""
    changes = scope["method"] not in SAFE and demanded(scope["method"], scope["path"]) != "look"
    return (changes and (status < 400 or status in REFUSED)) or (status in REFUSED and not person.local)


def origin_of(scope: Scope) -> str:
    """The IP address that a request came from; with a reverse proxy that is believed, the one that it names."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def _refused(scope: Scope, status: int, kind: str, detail: str) -> Response:
    return answer(Request(scope), status, kind, detail, 2)


def _sign_in_first(scope: Scope) -> Response:
    """For a program a problem, for a person the page to sign in on, and the way back."""
    path, query = scope["path"], scope.get("query_string", b"").decode("latin-1")
    if path.startswith("/api/"):
        response = problem_response(401, "sign-in", "this needs an account: send its token as 'Authorization: Bearer …'", exit_code=2)
        response.headers["www-authenticate"] = "Bearer"
        return response
    back = path + (f"?{query}" if query else "") if scope["method"] in SAFE else "/"
    address = f"/sign-in?next={quote(back, safe='/')}"
    if Request(scope).headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"hx-redirect": address})
    return RedirectResponse(address, 303)
