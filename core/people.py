"""The people of a server: who is at work, what each role may do, and who may see a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["chemist", "reviewer", "evaluator", "admin"]
ROLES: tuple[Role, ...] = ("chemist", "reviewer", "evaluator", "admin")

#: What a person may be allowed to do.
Right = Literal["look", "start", "review", "evaluate", "keep", "people"]
#: The same in words, for pages and documents.
RIGHT_WORDS: dict[Right, str] = {
    "look": "see the runs that are shared or open, look at structures, search papers, ask about a candidate",
    "start": "start runs; approve, pause, end, archive, delete and share one's own runs; save specifications; screen libraries",
    "review": "accept, reject, hold and comment candidates, and enter measured values",
    "evaluate": "run evaluation suites",
    "keep": "change what the whole team uses: papers, own models",
    "people": "manage people, projects, quotas and model servers, and read the audit log",
}
#: What each role may do. An admin manages people; the private runs of others are as hidden from an admin as from anybody.
RIGHTS: dict[Role, frozenset[Right]] = {
    "chemist": frozenset({"look", "start", "review", "keep"}),
    "reviewer": frozenset({"look", "review"}),
    "evaluator": frozenset({"look", "start", "evaluate"}),
    "admin": frozenset({"look", "start", "review", "evaluate", "keep", "people"}),
}

Visibility = Literal["private", "project", "open"]
VISIBILITIES: tuple[Visibility, ...] = ("private", "project", "open")


@dataclass(frozen=True)
class Person:
    """Who is at work.

    Attributes:
        name: the name of the account; on this machine alone the name of the settings.
        role: what the person may do.
        local: whoever sits at this machine, without an account: sees all that its store holds.
    """

    name: str
    role: Role = "admin"
    local: bool = False

    def may(self, right: Right) -> bool:
        """Whether the person has this right."""
        return self.local or right in RIGHTS[self.role]


@dataclass(frozen=True)
class Account:
    """An account as it is stored, without its password.

    Attributes:
        name: unique.
        role: what the person may do.
        quota: most runs under way at once, at least 0; None for that of the settings.
        created_at: when it was made, ISO 8601 UTC.
        disabled_at: since when nobody can sign in to it; empty for one that can be used.
        seen_at: when it was last used; empty for never.
    """

    name: str
    role: Role
    quota: int | None
    created_at: str
    disabled_at: str
    seen_at: str = ""

    @property
    def person(self) -> Person:
        """The person at work."""
        return Person(self.name, self.role)


@dataclass(frozen=True)
class Token:
    """An API token as it is stored: never the token itself. Times as in :class:`Account`; ``used_at`` is empty for never."""

    token_id: str
    person: str
    label: str
    created_at: str
    expires_at: str
    used_at: str


@dataclass(frozen=True)
class Project:
    """People who share runs. ``members``: their names, in alphabetical order."""

    name: str
    created_at: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunAccess:
    """Who may see a run.

    Attributes:
        owner: who started it; empty for a run of this machine, which nobody else sees unless it is shared.
        visibility: 'private': the owner; 'project': the members of ``project`` too; 'open': everybody with an account.
        project: the project's name; empty unless shared with one.
    """

    owner: str = ""
    visibility: Visibility = "private"
    project: str = ""

    @property
    def words(self) -> str:
        """In words, for a page or a terminal."""
        if self.visibility == "project":
            return f"shared with the project {self.project}"
        return "open to everybody with an account" if self.visibility == "open" else "private"


@dataclass(frozen=True)
class AuditEntry:
    """One action that changed something, or that was refused.

    Attributes:
        number: counts from 1.
        at: when, ISO 8601 UTC.
        person: who; empty where nobody had signed in.
        action: what, in words.
        target: to what: a run's id, a name; empty where that says nothing.
        origin: from where: an IP address, or 'command line'.
        outcome: 'done', or 'refused' with the HTTP status.
    """

    number: int
    at: str
    person: str
    action: str
    target: str
    origin: str
    outcome: str
