"""The people of a server: accounts, passwords, sessions, API tokens, projects, and the log of what they changed."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import NotFoundError, SignInError, UsageError
from core.people import ROLES, Account, AuditEntry, Person, Project, Role, Token
from core.settings import Settings

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from memory.sql.people import SqlPeople

#: What the name of an account looks like. It is also the name of a folder.
NAME = re.compile(r"[a-z][a-z0-9._-]{0,39}")
PROJECT = re.compile(r"\w[\w .-]{0,59}")
#: Characters of a password: at least, and at most, so that nobody can keep the server busy with one.
SHORTEST, LONGEST = 12, 1000
#: How a token begins, so that it is recognised where it should not be.
PREFIX = "mw_"
#: Days that a token lasts unless somebody says otherwise, and at most.
TOKEN_DAYS, MOST_DAYS = 365, 3650
#: Seconds between two notes that a session or a token was used.
TOUCH = 300.0
#: Passwords that are checked at once: each takes 64 MiB.
AT_ONCE = 2


@dataclass(frozen=True)
class NewToken:
    """A token that was just made. ``secret`` is shown once and not stored."""

    token: Token
    secret: str


class PeopleService:
    """The people of one store. Who may call what is asked by the doors (``app/web/rights.py``); whoever sits at the machine may call all."""

    def __init__(self, settings: Settings, store: SqlPeople, *, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    # accounts --------------------------------------------------------------------------------------------------------

    def add(self, name: str, role: str, password: str) -> Account:
        """Make an account. UsageError for a name, role or password that cannot be used, StatusError for a name that is taken."""
        if not NAME.fullmatch(name):
            raise UsageError("a name has at most 40 small letters, digits, dots, hyphens or underscores, and begins with a letter")
        self._store.add(name, checked_role(role), self._hash(name, password))
        return self._store.account(name)

    def accounts(self) -> list[Account]:
        """Every account, by name."""
        return self._store.accounts()

    def account(self, name: str) -> Account:
        """One account. NotFoundError."""
        return self._store.account(name)

    def set_role(self, name: str, role: str) -> Account:
        """Give somebody another role, at once. NotFoundError, UsageError; StatusError where no admin would be left."""
        self._store.change(name, role=checked_role(role))
        return self._store.account(name)

    def set_quota(self, name: str, quota: int | None) -> Account:
        """How many runs somebody may have under way at once; None: as many as the settings say. NotFoundError, UsageError."""
        if quota is not None and not 0 <= quota <= 10_000:
            raise UsageError("a quota is a number of runs from 0 to 10,000")
        self._store.change(name, quota=quota)
        return self._store.account(name)

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password; whoever is signed in to it has to sign in again. NotFoundError, UsageError."""
        self._store.change(name, password_hash=self._hash(name, password))

    def change_own_password(self, person: Person, old: str, new: str) -> None:
        """Somebody changes the own password. SignInError for a wrong old one, UsageError for a new one that cannot be used."""
        if not self._right(person.name, old):
            raise SignInError("the old password is not right")
        self.set_password(person.name, new)

    def disable(self, name: str) -> Account:
        """Let nobody in by this account any more, at once. NotFoundError; StatusError where no admin would be left."""
        self._store.disable(name, disabled=True)
        return self._store.account(name)

    def enable(self, name: str) -> Account:
        """Let them in again. NotFoundError."""
        self._store.disable(name, disabled=False)
        return self._store.account(name)

    def remove(self, name: str) -> None:
        """Remove an account. Its runs stay, without an owner, and its saved specifications are put aside: who gets the name next inherits neither.

        NotFoundError; StatusError where no admin would be left.
        """
        self._store.remove(name)
        aside = self._settings.home / "templates.removed"
        with suppress(FileNotFoundError):
            (self._settings.home / "templates" / name).rename(_made(aside) / f"{name}-{self._clock():%Y%m%d-%H%M%S}")

    # passwords and sessions ------------------------------------------------------------------------------------------

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher()  # argon2id, 64 MiB, three passes: RFC 9106's second choice

    @cached_property
    def _nobodys(self) -> str:
        """The hash of a password that nobody has: a name that does not exist takes as long as one that does."""
        return self._hasher.hash(secrets.token_urlsafe(32))

    def _hash(self, name: str, password: str) -> str:
        if not SHORTEST <= len(password) <= LONGEST:
            raise UsageError(f"a password has {SHORTEST} to {LONGEST} characters; a few words that you do not use elsewhere are best")
        if name in password.lower() or len(set(password)) < 5:
            raise UsageError("this password is too easy to guess: it repeats a few characters or holds the name")
        with self._slots:
            return self._hasher.hash(password)

    def _right(self, name: str, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        known = self._store.password_hash(name) if NAME.fullmatch(name) else None
        with self._slots:
            try:
                self._hasher.verify(known or self._nobodys, password[: LONGEST + 1])
            except (VerificationError, InvalidHashError):
                return False
        return known is not None

    def sign_in(self, name: str, password: str) -> str:
        """The secret of a new session, for a cookie. SignInError, which does not say what was wrong."""
        name = name.strip().lower()
        if not self._right(name, password):
            raise SignInError("name and password do not belong together, or the account is disabled")
        secret = secrets.token_urlsafe(32)
        self._store.begin_session(name, hashed(secret), self._oldest())
        return secret

    def signed_in(self, secret: str) -> Person | None:
        """Whose session it is; None for one that is over. Using it keeps it going."""
        found = self._store.session(hashed(secret), self._oldest())
        if found is None:
            return None
        account, used = found
        if self._clock() - datetime.fromisoformat(used) > timedelta(seconds=TOUCH):
            self._store.touch_session(hashed(secret))
        return account.person

    def sign_out(self, secret: str) -> None:
        """End a session."""
        self._store.end_session(hashed(secret))

    def _oldest(self) -> str:
        return (self._clock() - timedelta(hours=self._settings.server.session_hours)).isoformat()

    # API tokens ------------------------------------------------------------------------------------------------------

    def add_token(self, name: str, label: str, days: int = TOKEN_DAYS) -> NewToken:
        """A new token of somebody's, which may do what the person may. UsageError for a label or a number of days that cannot be used."""
        label = " ".join(label.split())
        if not label or len(label) > 100:
            raise UsageError("say in at most 100 characters what the token is for")
        if not 1 <= days <= MOST_DAYS:
            raise UsageError(f"a token lasts 1 to {MOST_DAYS} days")
        secret, now = PREFIX + secrets.token_urlsafe(32), self._clock()
        token = Token(secrets.token_hex(4), name, label, now.isoformat(), (now + timedelta(days=days)).isoformat(), "")
        self._store.add_token(token, hashed(secret))
        return NewToken(token, secret)

    def tokens(self, name: str = "") -> list[Token]:
        """The tokens of one person, or of everybody, newest first; those that are over too."""
        return self._store.tokens(name)

    def revoke(self, token_id: str, name: str = "") -> Token:
        """Remove a token, of ``name`` alone if given, at once. NotFoundError."""
        return self._store.revoke(token_id, name)

    def with_token(self, secret: str) -> Person | None:
        """Whose token it is; None for one that is over or never was."""
        found = self._store.token_account(hashed(secret)) if secret.startswith(PREFIX) else None
        if found is None:
            return None
        account, token = found
        if not token.used_at or self._clock() - datetime.fromisoformat(token.used_at) > timedelta(seconds=TOUCH):
            self._store.touch_token(token.token_id)
        return account.person

    # projects --------------------------------------------------------------------------------------------------------

    def add_project(self, name: str) -> Project:
        """Make a project without members. UsageError for a name that cannot be used, StatusError for one that is taken."""
        name = " ".join(name.split())
        if not PROJECT.fullmatch(name):
            raise UsageError("a project's name has at most 60 letters, digits, spaces, dots, hyphens or underscores")
        self._store.add_project(name)
        return self.project(name)

    def project(self, name: str) -> Project:
        """One project. NotFoundError."""
        found = next((p for p in self._store.projects() if p.name == name), None)
        if found is None:
            raise NotFoundError(f"there is no project {name[:80]!r}")
        return found

    def projects(self, member: str = "") -> list[Project]:
        """Every project by name, or those of one member."""
        return self._store.projects(member)

    def remove_project(self, name: str) -> None:
        """Remove a project; runs that were shared with it are private again. NotFoundError."""
        self._store.remove_project(name)

    def set_member(self, project: str, name: str, *, member: bool) -> Project:
        """Make somebody a member of a project, or not. NotFoundError."""
        self._store.set_member(project, name, member=member)
        return self.project(project)

    # audit -----------------------------------------------------------------------------------------------------------

    def note(self, person: str, action: str, target: str, origin: str, outcome: str = "done") -> None:
        """Write down an action that changed something, or that was refused. Each text is cut at 300 characters."""
        self._store.note(*(printable(text)[:300] for text in (person, action, target, origin, outcome)))

    def audit(self, text: str = "", person: str = "", limit: int = 50, offset: int = 0) -> tuple[Sequence[AuditEntry], int]:
        """Entries, newest first, and the number of all. ``text``: a part of action or target; ``person``: only what this person did."""
        return self._store.audit(text, person, limit, offset)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def hashed(secret: str) -> str:
    """What is stored of a secret of 256 random bits: its SHA-256. It needs no salt and no slow hash, because it cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def checked_role(role: str) -> Role:
    """The role of this name. UsageError."""
    found = next((r for r in ROLES if r == role), None)
    if found is None:
        raise UsageError(f"the roles are {', '.join(ROLES)}, not {role[:40]!r}")
    return found


def printable(text: str) -> str:
    """The text without what a terminal or a log would obey instead of showing."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
