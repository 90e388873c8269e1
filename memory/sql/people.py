"""Accounts, sessions, API tokens, projects and the audit log in SQL. Every method is one transaction. No secret is stored, only hashes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update

from core.errors import NotFoundError, StatusError
from core.people import Account, AuditEntry, Project, Role, Token
from memory.sql import access
from memory.sql.engine import Database, for_reading, normalise_url
from memory.sql.people_models import AccountRow, AuditRow, MemberRow, ProjectRow, RunAccessRow, SessionRow, TokenRow
from memory.sql.schema import upgrade

_ACCOUNT = ("name", "role", "quota", "created_at", "disabled_at", "seen_at")
_TOKEN = ("token_id", "person", "label", "created_at", "expires_at", "used_at")


class SqlPeople:
    """The people of one store, in SQLite or PostgreSQL, beside the runs. ``url`` as for the run store; ``clock`` gives the time.

    Raises ConfigurationError for a URL that cannot be used, StoreError if the database cannot be used.
    """

    def __init__(self, url: str, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        parsed = for_reading(normalise_url(url))
        upgrade(parsed)
        self.clock = clock
        self.database = Database(parsed)

    def close(self) -> None:
        """Give every connection back."""
        self.database.close()

    def _now(self) -> str:
        return self.clock().isoformat()

    # accounts --------------------------------------------------------------------------------------------------------

    def add(self, name: str, role: Role, password_hash: str) -> None:
        """Store a new account. StatusError if the name is taken."""
        with self.database.write() as connection:
            if connection.execute(select(AccountRow.name).where(AccountRow.name == name)).one_or_none() is not None:
                raise StatusError(f"there is an account {name!r} already")
            values = {
                "role": role,
                "password_hash": password_hash,
                "quota": None,
                "created_at": self._now(),
                "disabled_at": "",
                "seen_at": "",
            }
            connection.execute(insert(AccountRow).values(name=name, **values))

    def accounts(self) -> list[Account]:
        """Every account, by name."""
        with self.database.read() as connection:
            return [_account(row) for row in connection.execute(_accounts().order_by(AccountRow.name))]

    def account(self, name: str) -> Account:
        """The account of this name. NotFoundError."""
        with self.database.read() as connection:
            access.require_account(connection, name)
            return _account(connection.execute(_accounts().where(AccountRow.name == name)).one())

    def password_hash(self, name: str) -> str | None:
        """The hash of an account's password; None for an account that does not exist, is disabled or has none."""
        usable = (AccountRow.name == name, AccountRow.disabled_at == "", AccountRow.password_hash != "")
        with self.database.read() as connection:
            found: str | None = connection.execute(select(AccountRow.password_hash).where(*usable)).scalar_one_or_none()
            return found

    def change(self, name: str, **values: Any) -> None:
        """Write columns of an account: role, quota, password_hash. A new password ends every session. NotFoundError.

        StatusError where no admin would be left.
        """
        with self.database.write() as connection:
            access.require_account(connection, name)
            connection.execute(update(AccountRow).where(AccountRow.name == name).values(**values))
            if "password_hash" in values:
                connection.execute(delete(SessionRow).where(SessionRow.person == name))
            if "role" in values:
                _require_an_admin(connection)

    def disable(self, name: str, *, disabled: bool) -> None:
        """Let nobody in by this account any more, or let them in again. NotFoundError; StatusError where no admin would be left."""
        with self.database.write() as connection:
            access.require_account(connection, name)
            connection.execute(update(AccountRow).where(AccountRow.name == name).values(disabled_at=self._now() if disabled else ""))
            if disabled:
                connection.execute(delete(SessionRow).where(SessionRow.person == name))
                _require_an_admin(connection)

    def remove(self, name: str) -> None:
        """Remove an account with its sessions, tokens and memberships. Its runs lose their owner. NotFoundError, StatusError as above."""
        with self.database.write() as connection:
            access.require_account(connection, name)
            access.forget_owner(connection, name)
            connection.execute(delete(AccountRow).where(AccountRow.name == name))
            _require_an_admin(connection)

    # sessions --------------------------------------------------------------------------------------------------------

    def begin_session(self, name: str, session_hash: str, oldest: str) -> None:
        """Store a session; those that were last used before ``oldest`` go."""
        with self.database.write() as connection:
            connection.execute(delete(SessionRow).where(SessionRow.seen_at < oldest))
            now = self._now()
            connection.execute(insert(SessionRow).values(session_hash=session_hash, person=name, created_at=now, seen_at=now))
            connection.execute(update(AccountRow).where(AccountRow.name == name).values(seen_at=now))

    def session(self, session_hash: str, oldest: str) -> tuple[Account, str] | None:
        """Whose session it is and when it was last used; None for one that was last used before ``oldest``, is over, or never was."""
        query = _accounts().add_columns(SessionRow.seen_at.label("used")).join(SessionRow, SessionRow.person == AccountRow.name)
        with self.database.read() as connection:
            row = connection.execute(
                query.where(SessionRow.session_hash == session_hash, SessionRow.seen_at >= oldest, AccountRow.disabled_at == "")
            ).one_or_none()
            return None if row is None else (_account(row), row.used)

    def touch_session(self, session_hash: str) -> None:
        """Note that a session was used now."""
        with self.database.write() as connection:
            connection.execute(update(SessionRow).where(SessionRow.session_hash == session_hash).values(seen_at=self._now()))

    def end_session(self, session_hash: str) -> None:
        """End a session; nothing happens where there is none."""
        with self.database.write() as connection:
            connection.execute(delete(SessionRow).where(SessionRow.session_hash == session_hash))

    # API tokens ------------------------------------------------------------------------------------------------------

    def add_token(self, token: Token, token_hash: str) -> None:
        """Store a token. NotFoundError without the account."""
        with self.database.write() as connection:
            access.require_account(connection, token.person)
            connection.execute(insert(TokenRow).values(token_hash=token_hash, **vars(token)))

    def tokens(self, person: str = "") -> list[Token]:
        """The tokens of one person, or of everybody where ``person`` is empty, newest first."""
        with self.database.read() as connection:
            return [Token(**row._mapping) for row in connection.execute(_tokens(person))]

    def token_account(self, token_hash: str) -> tuple[Account, Token] | None:
        """Whose token it is; None for one that is over or never was."""
        query = _accounts().add_columns(*(getattr(TokenRow, name).label(f"t_{name}") for name in _TOKEN))
        wanted = (TokenRow.token_hash == token_hash, TokenRow.expires_at > self._now(), AccountRow.disabled_at == "")
        with self.database.read() as connection:
            row = connection.execute(query.join(TokenRow, TokenRow.person == AccountRow.name).where(*wanted)).one_or_none()
            return None if row is None else (_account(row), Token(**{name: row._mapping[f"t_{name}"] for name in _TOKEN}))

    def touch_token(self, token_id: str) -> None:
        """Note that a token was used now."""
        with self.database.write() as connection:
            connection.execute(update(TokenRow).where(TokenRow.token_id == token_id).values(used_at=self._now()))

    def revoke(self, token_id: str, person: str = "") -> Token:
        """Remove a token, of ``person`` alone if given; returns what it was. NotFoundError."""
        with self.database.write() as connection:
            found = connection.execute(_tokens(person).where(TokenRow.token_id == token_id)).one_or_none()
            if found is None:
                raise NotFoundError(f"there is no token {token_id[:40]!r}")
            connection.execute(delete(TokenRow).where(TokenRow.token_id == token_id))
            return Token(**found._mapping)

    # projects --------------------------------------------------------------------------------------------------------

    def add_project(self, name: str) -> None:
        """Store a project without members. StatusError if the name is taken."""
        with self.database.write() as connection:
            if connection.execute(select(ProjectRow.name).where(ProjectRow.name == name)).one_or_none() is not None:
                raise StatusError(f"there is a project {name!r} already")
            connection.execute(insert(ProjectRow).values(name=name, created_at=self._now()))

    def remove_project(self, name: str) -> None:
        """Remove a project; the runs that were shared with it are private again. NotFoundError."""
        with self.database.write() as connection:
            access.require_project(connection, name, None)
            connection.execute(update(RunAccessRow).where(RunAccessRow.project == name).values(visibility="private", project=""))
            connection.execute(delete(ProjectRow).where(ProjectRow.name == name))

    def projects(self, person: str = "") -> list[Project]:
        """Every project by name, or those that ``person`` is a member of."""
        with self.database.read() as connection:
            members: dict[str, list[str]] = {}
            for row in connection.execute(select(MemberRow.project, MemberRow.person).order_by(MemberRow.person)):
                members.setdefault(row.project, []).append(row.person)
            rows = connection.execute(select(ProjectRow.name, ProjectRow.created_at).order_by(ProjectRow.name))
            found = [Project(row.name, row.created_at, tuple(members.get(row.name, ()))) for row in rows]
            return [p for p in found if not person or person in p.members]

    def set_member(self, project: str, person: str, *, member: bool) -> None:
        """Make somebody a member of a project, or not. NotFoundError without the project or the account."""
        with self.database.write() as connection:
            access.require_project(connection, project, None)
            access.require_account(connection, person)
            connection.execute(delete(MemberRow).where(MemberRow.project == project, MemberRow.person == person))
            if member:
                connection.execute(insert(MemberRow).values(project=project, person=person))

    # audit -----------------------------------------------------------------------------------------------------------

    def note(self, person: str, action: str, target: str, origin: str, outcome: str) -> None:
        """Add an entry to the audit log."""
        values = {"person": person, "action": action, "target": target, "origin": origin, "outcome": outcome}
        with self.database.write() as connection:
            connection.execute(insert(AuditRow).values(at=self._now(), **values))

    def audit(self, text: str = "", person: str = "", limit: int = 50, offset: int = 0) -> tuple[Sequence[AuditEntry], int]:
        """Entries, newest first: ``limit`` after the first ``offset``, and the number of all. ``text``: a part of action or target."""
        wanted: list[Any] = [AuditRow.person == person] if person else []
        if text:
            wanted.append(or_(AuditRow.action.icontains(text, autoescape=True), AuditRow.target.icontains(text, autoescape=True)))
        names = ("number", "at", "person", "action", "target", "origin", "outcome")
        query = select(*(getattr(AuditRow, name) for name in names)).where(*wanted).order_by(AuditRow.number.desc())
        with self.database.read() as connection:
            total = connection.execute(select(func.count()).select_from(AuditRow).where(*wanted)).scalar_one()
            rows = connection.execute(query.limit(max(limit, 0)).offset(max(offset, 0)))
            return [AuditEntry(**row._mapping) for row in rows], int(total)


def _accounts() -> Select[Any]:
    return select(*(getattr(AccountRow, name) for name in _ACCOUNT))


def _tokens(person: str) -> Select[Any]:
    """The tokens of one person, or of everybody, newest first."""
    query = select(*(getattr(TokenRow, name) for name in _TOKEN)).order_by(TokenRow.created_at.desc(), TokenRow.token_id)
    return query.where(TokenRow.person == person) if person else query


def _account(row: Any) -> Account:
    return Account(row.name, row.role, row.quota, row.created_at, row.disabled_at, row.seen_at)


def _require_an_admin(connection: Connection) -> None:
    """Raises StatusError where accounts are left, and none of an admin can be used."""
    usable = select(AccountRow.name).where(AccountRow.role == "admin", AccountRow.disabled_at == "").limit(1)
    some = select(AccountRow.name).limit(1)
    if connection.execute(usable).one_or_none() is None and connection.execute(some).one_or_none() is not None:
        raise StatusError("that would leave no admin who can sign in: make another one first")
