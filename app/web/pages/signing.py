"""*Sign in* and *sign out*."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from app.services.entry import Services
from app.services.people import printable
from app.web.entrance import origin_of
from app.web.limits import SignIns
from app.web.pages.edits import text_of
from app.web.pages.goal import Form
from app.web.person import SAFE_SESSION, SESSION, Who, is_https, session_secret
from app.web.problems import status_of
from app.web.rendering import page
from core.errors import MolwrightError, QuotaError

router = APIRouter()


@router.get("/sign-in")
def _sign_in_page(request: Request, back: Annotated[str, Query(alias="next", max_length=4000)] = "/") -> Response:
    """The form to sign in with; on a server without accounts, and for somebody who has signed in, the way on."""
    if not request.app.state.accounts or request.state.person is not None:
        return RedirectResponse(_way_back(back), 303)
    return page(request, "sign_in.html.j2", back=_way_back(back), name="", fault="")


@router.post("/sign-in")
def _sign_in(request: Request, form: Form) -> Response:
    """Begin a session."""
    door: Services = request.app.state.services
    tries: SignIns = request.app.state.sign_ins
    name, back, origin = text_of(form, "name").lower()[:100], _way_back(text_of(form, "next")), origin_of(request.scope)
    try:
        wait = tries.wait(name, origin)
        if wait:
            raise QuotaError(f"that was tried too often; try again in {-(-wait // 60)} minutes", retry_after=wait)
        secret = door.people.sign_in(name, _password(form, "password"))
    except MolwrightError as error:
        if not isinstance(error, QuotaError):
            tries.failed(name, origin)
        door.people.note(name, "Sign in", "", origin, "refused")
        return page(request, "sign_in.html.j2", status=status_of(error), back=back, name=printable(name), fault=str(error))
    tries.worked(name, origin)
    door.people.note(name, "Sign in", "", origin)
    response = RedirectResponse(back, 303)
    _set_session(request, response, secret)
    return response


@router.post("/sign-out")
def _sign_out(request: Request, form: Form, who: Who) -> Response:
    """Sign out."""
    request.app.state.services.people.sign_out(session_secret(request))
    response = RedirectResponse("/sign-in", 303)
    for name in (SESSION, SAFE_SESSION):
        response.delete_cookie(name, path="/", secure=name == SAFE_SESSION, httponly=True, samesite="lax")
    return response


def _set_session(request: Request, response: Response, secret: str) -> None:
    """Give the browser the secret of its session. It ends with the browser, or before that on the server's side."""
    https = is_https(request, request.app.state.services.settings.server.https)
    response.set_cookie(SAFE_SESSION if https else SESSION, secret, path="/", secure=https, httponly=True, samesite="lax")


def _password(form: FormData, name: str) -> str:
    """A password as it was typed, spaces and all."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _way_back(address: str) -> str:
    """An address of this server; the first page in place of any other."""
    parts = urlsplit(address)
    local = address.startswith("/") and not address.startswith("//") and not parts.netloc and "\\" not in address
    return address if local and address.isprintable() and not address.startswith("/sign-") else "/"
