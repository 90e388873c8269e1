"""One's own account and tokens; for admins everybody's, the projects and the audit log; and who may see a run."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.web.api.runs import Limit, Offset, next_page
from app.web.door import Door
from app.web.people_views import (
    AccessRequest,
    AccessView,
    AuditPage,
    AuditView,
    MeView,
    NewTokenView,
    PasswordRequest,
    PeopleList,
    PersonChange,
    PersonRequest,
    PersonView,
    ProjectList,
    ProjectRequest,
    ProjectView,
    TokenList,
    TokenRequest,
    TokenView,
)
from app.web.person import Who
from core.people import RIGHT_WORDS

router = APIRouter(tags=["people"])

# one's own -----------------------------------------------------------------------------------------------------------


@router.get("/me")
def _show_me(door: Door, who: Who) -> MeView:
    """Whoever asks: name, role, rights, projects."""
    rights = [right for right in RIGHT_WORDS if who.may(right)]
    if who.local:
        return MeView(name=who.name, role=who.role, local=True, rights=rights, quota=None, projects=[])
    own = door.people.account(who.name).quota
    quota = door.settings.server.runs_per_person if own is None else own
    projects = [p.name for p in door.people.projects(who.name)]
    return MeView(name=who.name, role=who.role, local=False, rights=rights, quota=quota, projects=projects)


@router.put("/me/password", status_code=204)
def _change_my_password(given: PasswordRequest, door: Door, who: Who) -> None:
    """Change the own password. Every session ends; tokens stay."""
    door.people.change_own_password(who, given.old, given.new)


@router.get("/me/tokens")
def _list_my_tokens(door: Door, who: Who) -> TokenList:
    """One's own tokens, newest first."""
    return TokenList(tokens=[] if who.local else [TokenView.of(t) for t in door.people.tokens(who.name)])


@router.post("/me/tokens", status_code=201)
def _make_token(given: TokenRequest, door: Door, who: Who, request: Request) -> NewTokenView:
    """Make a token of one's own. Its secret is in this answer alone."""
    made = door.people.add_token(who.name, given.label, given.days)
    request.state.target = f"token {made.token.token_id}"
    return NewTokenView(**vars(made.token), secret=made.secret)


@router.delete("/me/tokens/{token_id}", status_code=204)
def _revoke_my_token(token_id: str, door: Door, who: Who) -> None:
    """Revoke a token of one's own, at once."""
    door.people.revoke(token_id, who.name)


# who may see a run ---------------------------------------------------------------------------------------------------


@router.get("/runs/{run_id}/access")
def _show_access(run_id: str, door: Door) -> AccessView:
    """Who may see the run."""
    return AccessView.of(door.sharing.of(run_id))


@router.put("/runs/{run_id}/access")
def _share_run(run_id: str, given: AccessRequest, door: Door, request: Request) -> AccessView:
    """Share a run. One of one's own: with a project, with everybody who has an account, or make it private again."""
    made = door.sharing.share(run_id, given.visibility, given.project)
    request.state.target = f"run {run_id}: {made.words}"
    return AccessView.of(made)


# everybody's, for admins ---------------------------------------------------------------------------------------------


@router.get("/admin/people")
def _list_people(door: Door) -> PeopleList:
    """Every account."""
    return PeopleList(people=[PersonView.of(a) for a in door.people.accounts()])


@router.post("/admin/people", status_code=201)
def _add_person(given: PersonRequest, door: Door, request: Request) -> PersonView:
    """Make an account."""
    request.state.target = f"{given.name} as {given.role}"
    return PersonView.of(door.people.add(given.name, given.role, given.password))


@router.patch("/admin/people/{name}")
def _change_person(name: str, given: PersonChange, door: Door, request: Request) -> PersonView:
    """Change role, quota or password of an account, disable or enable it; all of it counts at once."""
    said = [part for part in ("role", "quota", "disabled") if getattr(given, part) is not None]
    request.state.target = ", ".join(
        [name, *(f"{part} {getattr(given, part)}" for part in said), *(["another password"] if given.password else [])]
    )
    if given.role is not None:
        door.people.set_role(name, given.role)
    if given.quota is not None:
        door.people.set_quota(name, None if given.quota < 0 else given.quota)
    if given.password is not None:
        door.people.set_password(name, given.password)
    if given.disabled is not None:
        (door.people.disable if given.disabled else door.people.enable)(name)
    return PersonView.of(door.people.account(name))


@router.delete("/admin/people/{name}", status_code=204)
def _remove_person(name: str, door: Door) -> None:
    """Remove an account with its tokens. Its runs stay, without an owner."""
    door.people.remove(name)


@router.get("/admin/tokens")
def _list_tokens(door: Door) -> TokenList:
    """Everybody's tokens, newest first."""
    return TokenList(tokens=[TokenView.of(t) for t in door.people.tokens()])


@router.delete("/admin/tokens/{token_id}", status_code=204)
def _revoke_token(token_id: str, door: Door) -> None:
    """Revoke anybody's token, at once."""
    door.people.revoke(token_id)


@router.get("/admin/projects")
def _list_projects(door: Door) -> ProjectList:
    """Every project with its members."""
    return ProjectList(projects=[ProjectView.of(p) for p in door.people.projects()])


@router.post("/admin/projects", status_code=201)
def _add_project(given: ProjectRequest, door: Door, request: Request) -> ProjectView:
    """Make a project without members."""
    request.state.target = given.name
    return ProjectView.of(door.people.add_project(given.name))


@router.delete("/admin/projects/{project}", status_code=204)
def _remove_project(project: str, door: Door) -> None:
    """Remove a project. Runs that were shared with it are private again."""
    door.people.remove_project(project)


@router.put("/admin/projects/{project}/members/{name}")
def _add_member(project: str, name: str, door: Door) -> ProjectView:
    """Make somebody a member of a project."""
    return ProjectView.of(door.people.set_member(project, name, member=True))


@router.delete("/admin/projects/{project}/members/{name}")
def _remove_member(project: str, name: str, door: Door) -> ProjectView:
    """Take somebody out of a project."""
    return ProjectView.of(door.people.set_member(project, name, member=False))


@router.get("/admin/audit")
def _show_audit(
    door: Door,
    request: Request,
    text: Annotated[str, Query(max_length=200, description="A part of what was done, or to what.")] = "",
    person: Annotated[str, Query(max_length=60, description="Only what this person did.")] = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> AuditPage:
    """What was changed, by whom, when and from where, newest first."""
    entries, total = door.people.audit(text, person, limit, offset)
    return AuditPage(entries=[AuditView.of(e) for e in entries], total=total, next=next_page(request, limit, offset, total))
