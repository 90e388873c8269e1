"""What the API takes and gives about people, their tokens and projects, the audit log, and who may see a run."""

from __future__ import annotations

from pydantic import ConfigDict, Field, StrictBool, StrictInt

from app.services.people import MOST_DAYS, TOKEN_DAYS
from core.model import Model
from core.people import Account, AuditEntry, Project, Right, Role, RunAccess, Token, Visibility


class MeView(Model):
    """Whoever asks."""

    name: str = Field(description="The name of the account; without accounts that of the settings.")
    role: Role = Field(description="What the person is.")
    local: bool = Field(description="Whether the person sits at the server's own machine, without an account.")
    rights: list[Right] = Field(description="What the person may do.")
    quota: int | None = Field(description="Most runs under way at once; null: no limit.")
    projects: list[str] = Field(description="The projects that the person is a member of.")


class PersonView(Model):
    """An account."""

    name: str = Field(description="Its name.")
    role: Role = Field(description="What the person may do.")
    quota: int | None = Field(description="Most runs under way at once; null: as many as the settings say.")
    created_at: str = Field(description="When it was made, ISO 8601 UTC.")
    disabled_at: str = Field(description="Since when nobody can sign in to it; empty for one that can be used.")
    seen_at: str = Field(description="When somebody signed in to it last; empty for never.")

    @classmethod
    def of(cls, account: Account) -> PersonView:
        """The account as the API gives it."""
        return cls.model_validate(vars(account))


class PeopleList(Model):
    """Every account."""

    people: list[PersonView] = Field(description="The accounts, by name.")


class PersonRequest(Model):
    """An account that is to be made."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "ada", "role": "chemist", "password": "plum orbit ladder seven"}]}
    )

    name: str = Field(max_length=40, description="Small letters, digits, dots, hyphens, underscores; a letter first.")
    role: Role = Field(default="chemist", description="What the person may do.")
    password: str = Field(max_length=1000, description="The first password, of at least 12 characters.")


class PersonChange(Model):
    """What is to change of an account; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"role": "reviewer"}, {"quota": 8}, {"disabled": True}]})

    role: Role | None = Field(default=None, description="Another role.")
    quota: StrictInt | None = Field(default=None, ge=-1, le=10_000, description="Most runs under way at once; -1: as the settings say.")
    disabled: StrictBool | None = Field(default=None, description="Whether nobody may use it any more.")
    password: str | None = Field(default=None, max_length=1000, description="Another password, of at least 12 characters.")


class PasswordRequest(Model):
    """Another password of one's own."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"old": "plum orbit ladder seven", "new": "seven ladders orbit a plum"}]}
    )

    old: str = Field(max_length=1000, description="The one that counts now.")
    new: str = Field(max_length=1000, description="The new one, of at least 12 characters.")


class TokenRequest(Model):
    """A token that is to be made."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"label": "notebook on the cluster", "days": 90}]})

    label: str = Field(min_length=1, max_length=100, description="What it is for.")
    days: StrictInt = Field(default=TOKEN_DAYS, ge=1, le=MOST_DAYS, description="How many days it lasts.")


class TokenView(Model):
    """A token, never its secret."""

    token_id: str = Field(description="Under which it can be revoked.")
    person: str = Field(description="Whose it is.")
    label: str = Field(description="What it is for.")
    created_at: str = Field(description="When it was made, ISO 8601 UTC.")
    expires_at: str = Field(description="Until when it lasts.")
    used_at: str = Field(description="When it was last used, give or take five minutes; empty for never.")

    @classmethod
    def of(cls, token: Token) -> TokenView:
        """The token as the API gives it."""
        return cls.model_validate(vars(token))


class NewTokenView(TokenView):
    """A token that was just made."""

    secret: str = Field(description="What programs send as `Authorization: Bearer …`. It is said this once and not stored.")


class TokenList(Model):
    """Tokens."""

    tokens: list[TokenView] = Field(description="The tokens, newest first.")


class ProjectView(Model):
    """People who share runs."""

    name: str = Field(description="Its name.")
    created_at: str = Field(description="When it was made, ISO 8601 UTC.")
    members: list[str] = Field(description="The names of its members.")

    @classmethod
    def of(cls, project: Project) -> ProjectView:
        """The project as the API gives it."""
        return cls(name=project.name, created_at=project.created_at, members=list(project.members))


class ProjectList(Model):
    """Projects."""

    projects: list[ProjectView] = Field(description="The projects, by name.")


class ProjectRequest(Model):
    """A project that is to be made."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "blue dyes"}]})

    name: str = Field(min_length=1, max_length=60, description="What it is to be called.")


class AccessView(Model):
    """Who may see a run."""

    owner: str = Field(description="Who started it; empty for a run of the server's own machine.")
    visibility: Visibility = Field(
        description="private: the owner; project: the members of a project too; open: everybody with an account."
    )
    project: str = Field(description="The project that it is shared with; empty for none.")

    @classmethod
    def of(cls, access: RunAccess) -> AccessView:
        """The same as the API gives it."""
        return cls.model_validate(vars(access))


class AccessRequest(Model):
    """Who is to see a run of one's own."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"visibility": "project", "project": "blue dyes"}, {"visibility": "private"}]}
    )

    visibility: Visibility = Field(description="private, project or open.")
    project: str = Field(default="", max_length=60, description="With 'project': the name of a project of one's own.")


class AuditView(Model):
    """One action that changed something, or that was refused."""

    number: int = Field(description="Counts from 1.")
    at: str = Field(description="When, ISO 8601 UTC.")
    person: str = Field(description="Who.")
    action: str = Field(description="What, in words.")
    target: str = Field(description="To what.")
    origin: str = Field(description="From where: an IP address, or 'command line'.")
    outcome: str = Field(description="'done', or 'refused' with the HTTP status.")

    @classmethod
    def of(cls, entry: AuditEntry) -> AuditView:
        """The entry as the API gives it."""
        return cls.model_validate(vars(entry))


class AuditPage(Model):
    """Some of the audit log, newest first."""

    entries: list[AuditView] = Field(description="The entries.")
    total: int = Field(ge=0, description="Number of all that fit.")
    next: str | None = Field(description="Address of the next page; null on the last.")
