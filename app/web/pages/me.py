"""*My account*: who one is, what one may do, one's password and API tokens."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.services.people import TOKEN_DAYS
from app.web.door import Door
from app.web.pages.edits import text_of
from app.web.pages.goal import Form
from app.web.person import Who
from app.web.problems import status_of
from app.web.rendering import page
from core.errors import MolwrightError, UsageError
from core.people import RIGHT_WORDS, Person

router = APIRouter()


def _page(request: Request, door: Door, who: Person, *, status: int = 200, **more: Any) -> Response:
    values: dict[str, Any] = {"fault": "", "done": "", "made": None, "days": TOKEN_DAYS, **more}
    values["rights"] = [words for right, words in RIGHT_WORDS.items() if who.may(right)]
    values["projects"] = [] if who.local else door.people.projects(who.name)
    values["tokens"] = [] if who.local else door.people.tokens(who.name)
    values["quota"] = None if who.local else door.people.account(who.name).quota
    values["address"] = str(request.base_url).rstrip("/")
    values["usual"] = door.settings.server.runs_per_person
    return page(request, "me.html.j2", status=status, **values)


@router.get("/me")
def _show_me(request: Request, door: Door, who: Who) -> Response:
    """Who one is, and one's tokens."""
    return _page(request, door, who)


@router.post("/me/password")
def _change_password(request: Request, form: Form, door: Door, who: Who) -> Response:
    """Change the own password."""
    old, new, again = (str(form.get(name) or "") for name in ("old", "new", "again"))
    try:
        if new != again:
            raise UsageError("the new password was not typed the same way twice")
        door.people.change_own_password(who, old, new)
    except MolwrightError as error:
        return _page(request, door, who, status=422 if status_of(error) == 401 else status_of(error), fault=str(error))
    return RedirectResponse("/sign-in?next=/me", 303)  # every session has ended, this one too


@router.post("/me/tokens")
def _make_token(request: Request, form: Form, door: Door, who: Who) -> Response:
    """Make an API token."""
    days = text_of(form, "days") or str(TOKEN_DAYS)
    try:
        if not days.isascii() or not days.isdigit():
            raise UsageError(f"{days[:40]!r} is no number of days")
        made = door.people.add_token(who.name, text_of(form, "label"), int(days[:9]))
    except MolwrightError as error:
        return _page(request, door, who, status=status_of(error), fault=str(error))
    request.state.target = f"token {made.token.token_id}"
    return _page(request, door, who, made=made)


@router.post("/me/tokens/{token_id}/revoke")
def _revoke_token(token_id: str, form: Form, door: Door, who: Who) -> Response:
    """Revoke an own API token."""
    door.people.revoke(token_id, who.name)
    return RedirectResponse("/me", 303)
