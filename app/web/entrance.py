"""The entrance: who asks, whether that person may, and what is written into the audit log. Every request passes here before it reaches a handler."""

from __future__ import annotations

import logging
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.services.entry import Services
from app.web.limits import Rate
from app.web.person import identified
from app.web.problems import answer, problem_response
from app.web.rights import PUBLIC, SAFE, demanded
from core.errors import MolwrightError, StoreError
from core.people import Person

log = logging.getLogger(__name__)


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
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            person = await run_in_threadpool(self._person, scope)
        except StoreError as error:
            log.error("nobody can be let in: %s", error)
            person, refused = None, problem_response(503, "store", "the database cannot be used", exit_code=1)
        else:
            scope.setdefault("state", {})["person"] = person
            refused = self._refusal(scope, person)
        try:
            await (refused or self._app)(scope, receive, sending)
        finally:
            await run_in_threadpool(self._note, scope, person, status)

    def _person(self, scope: Scope) -> Person | None:
        if not self._accounts:
            return self._services.local_person
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
        return _refused(scope, 403, "not-allowed", f"a {person.role} may not do that")

    def _note(self, scope: Scope, person: Person | None, status: int) -> None:
        """Write down what changed something, and what was refused to somebody who is known."""
        method, path = scope["method"], scope["path"]
        refused = status in (401, 403, 429)
        changes = method not in SAFE and demanded(method, path) != "look"
        if person is None or not ((changes and (status < 400 or refused)) or (refused and not person.local)):
            return
        endpoint = scope.get("endpoint")
        said = (getattr(endpoint, "__doc__", None) or f"{method} {path}").strip().partition("\n")[0].partition(". ")[0].rstrip(".")
        target = scope.get("state", {}).get("target") or path
        outcome = f"refused ({status})" if refused else "done"
        try:
            self._services.people.note(person.name, said, f"{method} {target}" if target == path else target, origin_of(scope), outcome)
        except MolwrightError as error:
            log.error("the audit log could not be written: %s", error)


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
