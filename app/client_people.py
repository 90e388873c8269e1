"""The part of the typed client (:mod:`app.client`) that is about people: one's own account, who may see a run, and what admins manage."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from pydantic import Field

from app.client_calls import Calls
from app.client_documents import Document, Page
from core.people import Right, Role, Visibility


class Me(Document):
    """Whoever asks."""

    name: str = Field(description="The name.")
    role: Role = Field(description="The role.")
    local: bool = Field(description="Whether that is somebody at the server's own machine, without an account.")
    rights: list[Right] = Field(description="What the person may do.")
    quota: int | None = Field(description="Most runs under way at once; None: no limit.")
    projects: list[str] = Field(description="The projects of the person.")


class Account(Document):
    """An account. Times are ISO 8601 UTC, empty for never."""

    name: str = Field(description="Its name.")
    role: Role = Field(description="What the person may do.")
    quota: int | None = Field(description="Most runs under way at once; None: as the server's settings say.")
    created_at: str = Field(description="When it was made.")
    disabled_at: str = Field(description="Since when it cannot be used.")
    seen_at: str = Field(description="When somebody signed in last.")


class Token(Document):
    """A token of the API. ``secret`` is there in the answer to its making alone."""

    token_id: str = Field(description="Under which it can be revoked.")
    person: str = Field(description="Whose it is.")
    label: str = Field(description="What it is for.")
    created_at: str = Field(description="When it was made.")
    expires_at: str = Field(description="Until when it lasts.")
    used_at: str = Field(description="When it was last used.")
    secret: str = Field(default="", repr=False, description="The token itself.")


class Project(Document):
    """People who share runs."""

    name: str = Field(description="Its name.")
    created_at: str = Field(description="When it was made.")
    members: list[str] = Field(description="The names of its members.")


class Access(Document):
    """Who may see a run."""

    owner: str = Field(description="Who started it; empty for a run of the server's own machine.")
    visibility: Visibility = Field(description="private, project or open.")
    project: str = Field(description="The project that it is shared with.")


class AuditEntry(Document):
    """One action that changed something, or that was refused."""

    number: int = Field(description="Counts from 1.")
    at: str = Field(description="When, ISO 8601 UTC.")
    person: str = Field(description="Who.")
    action: str = Field(description="What.")
    target: str = Field(description="To what.")
    origin: str = Field(description="From where.")
    outcome: str = Field(description="'done', or 'refused' with the HTTP status.")


class AuditPage(Page):
    """Some of the audit log, newest first."""

    entries: list[AuditEntry] = Field(description="The entries.")


class PeopleMethods(Calls):
    """The methods of the client that are about people. Every method raises ApiError for an answer that is no result."""

    def me(self) -> Me:
        """Who one is, and what one may do."""
        return self._get(Me, "GET", "/me")

    def change_password(self, old: str, new: str) -> None:
        """Change the own password; every session ends."""
        self._ask("PUT", "/me/password", json={"old": old, "new": new})

    def tokens(self, *, everybodys: bool = False) -> list[Token]:
        """One's own tokens, newest first; for an admin everybody's."""
        answer = self._ask("GET", "/admin/tokens" if everybodys else "/me/tokens").json()
        return [Token.model_validate(token) for token in answer["tokens"]]

    def make_token(self, label: str, *, days: int = 365) -> Token:
        """A new token, with its secret, which is said this once."""
        return self._get(Token, "POST", "/me/tokens", json={"label": label, "days": days})

    def revoke_token(self, token_id: str, *, anybodys: bool = False) -> None:
        """Revoke a token of one's own; for an admin anybody's."""
        self._ask("DELETE", f"/{'admin' if anybodys else 'me'}/tokens/{quote(token_id)}")

    def access(self, run_id: str) -> Access:
        """Who may see a run."""
        return self._get(Access, "GET", f"/runs/{quote(run_id)}/access")

    def share(self, run_id: str, visibility: Visibility, project: str = "") -> Access:
        """Let a project ('project') or everybody with an account ('open') see a run of one's own, or nobody else ('private')."""
        return self._get(Access, "PUT", f"/runs/{quote(run_id)}/access", json={"visibility": visibility, "project": project})

    def people(self) -> list[Account]:
        """Every account. For admins."""
        return [Account.model_validate(account) for account in self._ask("GET", "/admin/people").json()["people"]]

    def add_person(self, name: str, role: Role, password: str) -> Account:
        """Make an account. For admins."""
        return self._get(Account, "POST", "/admin/people", json={"name": name, "role": role, "password": password})

    def change_person(self, name: str, **changes: Any) -> Account:
        """Change an account: role, quota (-1: as the settings say), disabled, password. For admins."""
        return self._get(Account, "PATCH", f"/admin/people/{quote(name)}", json=changes)

    def remove_person(self, name: str) -> None:
        """Remove an account. For admins."""
        self._ask("DELETE", f"/admin/people/{quote(name)}")

    def projects(self) -> list[Project]:
        """Every project. For admins; one's own are in :meth:`me`."""
        return [Project.model_validate(project) for project in self._ask("GET", "/admin/projects").json()["projects"]]

    def add_project(self, name: str, members: tuple[str, ...] = ()) -> Project:
        """Make a project with these members. For admins."""
        made = self._get(Project, "POST", "/admin/projects", json={"name": name})
        for member in members:
            made = self.set_member(name, member)
        return made

    def set_member(self, project: str, name: str, *, member: bool = True) -> Project:
        """Make somebody a member of a project, or not. For admins."""
        path = f"/admin/projects/{quote(project, safe='')}/members/{quote(name)}"
        return self._get(Project, "PUT" if member else "DELETE", path)

    def remove_project(self, name: str) -> None:
        """Remove a project; its runs are private again. For admins."""
        self._ask("DELETE", f"/admin/projects/{quote(name, safe='')}")

    def audit(self, text: str = "", *, person: str = "", limit: int = 50, offset: int = 0) -> AuditPage:
        """What was changed, by whom, when and from where, newest first. For admins."""
        return self._get(AuditPage, "GET", "/admin/audit", params={"text": text, "person": person, "limit": limit, "offset": offset})
