"""*Admin*: people with their roles and quotas, projects, tokens, and the audit log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.services.entry import Services
from app.web.door import Door
from app.web.pages.edits import text_of
from app.web.pages.goal import Form
from app.web.problems import status_of
from app.web.rendering import page
from app.web.turning import turning
from core.errors import MolwrightError, UsageError
from core.people import RIGHT_WORDS, RIGHTS, ROLES

router = APIRouter()

#: Entries on one page of the audit log.
PAGE = 50


def _page(request: Request, door: Services, *, status: int = 200, fault: str = "", done: bool = False) -> Response:
    values: dict[str, Any] = {"accounts": door.people.accounts(), "projects": door.people.projects(), "tokens": door.people.tokens()}
    values |= {"roles": ROLES, "words": RIGHT_WORDS, "rights": RIGHTS, "usual": door.settings.server.runs_per_person}
    values["latest"] = door.people.audit(limit=5)[0]
    return page(request, "admin.html.j2", status=status, fault=fault, done=done, **values)


def _done(request: Request, door: Services, target: str, change: Callable[[], Any]) -> Response:
    """Do it and show the page anew, or say what is wrong. ``target`` is written into the audit log."""
    request.state.target = target
    try:
        change()
    except MolwrightError as error:
        return _page(request, door, status=status_of(error), fault=str(error))
    return RedirectResponse("/admin?done=yes", 303)


@router.get("/admin")
def _show_admin(request: Request, door: Door, done: Annotated[str, Query(max_length=3)] = "") -> Response:
    """People, projects and tokens; ``done``: with what was changed last, which the audit log has."""
    return _page(request, door, done=done == "yes")


@router.post("/admin/people")
def _add_person(request: Request, form: Form, door: Door) -> Response:
    """Make an account."""
    name, role, quota = (text_of(form, field) for field in ("name", "role", "quota"))

    def make() -> None:
        most = _quota(quota)
        door.people.add(name, role, str(form.get("password") or ""))
        if most is not None:
            door.people.set_quota(name, most)

    return _done(request, door, f"{name} as {role}{f', {quota} runs' if quota else ''}", make)


def _quota(text: str) -> int | None:
    """How many runs; None where the field is empty. UsageError for what is no number."""
    if text and not (text.isascii() and text.isdigit()):
        raise UsageError(f"{text[:40]!r} is no number of runs")
    return int(text[:9]) if text else None


@router.post("/admin/people/{name}")
def _change_person(request: Request, name: str, form: Form, door: Door) -> Response:
    """Change role and quota of an account."""
    role, quota = text_of(form, "role"), text_of(form, "quota")

    def change() -> None:
        door.people.set_quota(name, _quota(quota))
        door.people.set_role(name, role)

    return _done(request, door, f"{name}: {role}, {quota or 'the usual'} runs", change)


@router.post("/admin/people/{name}/password")
def _set_password(request: Request, name: str, form: Form, door: Door) -> Response:
    """Give an account another password."""
    return _done(request, door, name, lambda: door.people.set_password(name, str(form.get("password") or "")))


@router.post("/admin/people/{name}/disable")
def _disable(request: Request, name: str, form: Form, door: Door) -> Response:
    """Disable an account."""
    return _done(request, door, name, lambda: door.people.disable(name))


@router.post("/admin/people/{name}/enable")
def _enable(request: Request, name: str, form: Form, door: Door) -> Response:
    """Enable an account."""
    return _done(request, door, name, lambda: door.people.enable(name))


@router.get("/admin/people/{name}/remove")
def _ask_before_removing(request: Request, name: str, door: Door) -> Response:
    """What goes with an account, and the question whether it shall."""
    return page(request, "remove_person.html.j2", account=door.people.account(name))


@router.post("/admin/people/{name}/remove")
def _remove_person(request: Request, name: str, form: Form, door: Door) -> Response:
    """Remove an account."""
    return _done(request, door, name, lambda: door.people.remove(name))


@router.post("/admin/projects")
def _add_project(request: Request, form: Form, door: Door) -> Response:
    """Make a project."""
    name = text_of(form, "project")
    return _done(request, door, name, lambda: door.people.add_project(name))


@router.post("/admin/projects/{project}/members")
def _set_member(request: Request, project: str, form: Form, door: Door) -> Response:
    """Change the members of a project."""
    person, member = text_of(form, "person"), text_of(form, "member") == "yes"
    target = f"{project}: {person} {'in' if member else 'out'}"
    return _done(request, door, target, lambda: door.people.set_member(project, person, member=member))


@router.post("/admin/projects/{project}/remove")
def _remove_project(request: Request, project: str, form: Form, door: Door) -> Response:
    """Remove a project."""
    return _done(request, door, project, lambda: door.people.remove_project(project))


@router.post("/admin/tokens/{token_id}/revoke")
def _revoke_token(request: Request, token_id: str, form: Form, door: Door) -> Response:
    """Revoke an API token."""
    return _done(request, door, f"token {token_id}", lambda: door.people.revoke(token_id))


@router.get("/admin/audit")
def _show_audit(
    request: Request,
    door: Door,
    text: Annotated[str, Query(max_length=200)] = "",
    person: Annotated[str, Query(max_length=60)] = "",
    number: Annotated[int, Query(ge=1, le=1_000_000, alias="page")] = 1,
) -> Response:
    """What was changed, by whom, when and from where, newest first."""
    entries, total = door.people.audit(text.strip(), person.strip(), PAGE, (number - 1) * PAGE)
    asked = {name: value for name, value in (("text", text.strip()), ("person", person.strip())) if value}
    shown: dict[str, Any] = {"entries": entries, "total": total, "asked": asked, **turning("/admin/audit", asked, number, total, PAGE)}
    return page(request, "audit.html.j2", names=[a.name for a in door.people.accounts()], **shown)
