"""Who asks: the person on a request, found before any handler runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from starlette.types import Scope

from app.services.people import PeopleService
from core.errors import SignInError
from core.people import Person

#: The cookie of a session. Over https it has a name that browsers accept from this very host alone.
SESSION, SAFE_SESSION = "molwright_session", "__Host-molwright_session"


def person_of(request: Request) -> Person:
    """Who asks: a signed-in account, or on a server for this machine alone whoever sits at it. SignInError where nobody has signed in."""
    person: Person | None = getattr(request.state, "person", None)
    if person is None:
        raise SignInError("sign in first")
    return person


def _who(request: Request) -> Person:
    return person_of(request)


#: Who asks, as a parameter of a handler.
Who = Annotated[Person, Depends(_who)]


def is_https(request: Request, forced: bool) -> bool:
    """Whether the browser speaks https, with this process or with the reverse proxy before it."""
    return forced or request.url.scheme == "https"


def session_secret(request: Request) -> str:
    """The secret of the browser's session; '' for none."""
    return request.cookies.get(SAFE_SESSION) or request.cookies.get(SESSION) or ""


def identified(people: Callable[[], PeopleService], scope: Scope) -> Person | None:
    """The account whose token or session a request carries; None for none. A token that is not valid is not made up for by a session."""
    request = Request(scope)
    given = request.headers.get("authorization")
    if given is not None:
        kind, _, secret = given.partition(" ")
        return people().with_token(secret.strip()) if kind.lower() == "bearer" else None
    secret = session_secret(request)
    return people().signed_in(secret) if secret else None
