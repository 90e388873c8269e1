"""Who acts in a request: the one place where a page or the API learns the name under which something is kept."""

from __future__ import annotations

from urllib.parse import quote, unquote

from fastapi import Request
from fastapi.responses import Response

from app.services.entry import Services
from app.web.person import person_of
from core.errors import NotAllowedError

#: The cookie that holds the name which a person has chosen in this browser.
REVIEWER = "molwright_reviewer"
#: Seconds for which a browser keeps it.
KEPT = 400 * 24 * 3600


def acting(request: Request, door: Services, named: str = "") -> str:
    """The name of whoever acts: of an account its own. On this machine alone ``named``, as the request says it; else what was chosen in this
    browser; else the local user.

    NotAllowedError for an account that would speak as somebody else, UsageError for a name that cannot be one.
    """
    person = person_of(request)
    if person.local:
        return door.feedback.author(named or unquote(request.cookies.get(REVIEWER, "")))
    if named and named != person.name:
        raise NotAllowedError(f"you are {person.name}, and cannot speak as {named[:100]!r}")
    return person.name


def noted(request: Request, what: str, rank: int | None, run_id: str) -> None:
    """Say in the audit log what was done to which candidate: by its rank, since its key tells admins what a run holds that they may not see."""
    request.state.target = f"{what}: {f'rank {rank}' if rank else 'a candidate that is not listed'} of run {run_id}"


def remember(response: Response, name: str) -> Response:
    """``response`` that lets the browser keep the name of whoever acts; '' for the local user again."""
    if name:
        response.set_cookie(REVIEWER, quote(name), httponly=True, samesite="strict", max_age=KEPT)
    else:
        response.delete_cookie(REVIEWER, httponly=True, samesite="strict")
    return response
