"""The tables of the people: accounts, sessions, API tokens, projects, who may see a run, and the audit log. No seal covers them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from memory.sql.papers_models import Base

__all__ = ["AccountRow", "AuditRow", "Base", "MemberRow", "ProjectRow", "RunAccessRow", "SessionRow", "TokenRow"]


class AccountRow(Base):
    """An account. ``password_hash`` is argon2id with its salt and parameters; empty where no password was set yet."""

    __tablename__ = "people"

    name: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    password_hash: Mapped[str]
    quota: Mapped[int | None]
    created_at: Mapped[str]
    disabled_at: Mapped[str]
    seen_at: Mapped[str]


class SessionRow(Base):
    """A browser that signed in. ``session_hash`` is the SHA-256 of the secret in its cookie, which is not stored."""

    __tablename__ = "people_sessions"

    session_hash: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("people.name", ondelete="CASCADE"), index=True)
    created_at: Mapped[str]
    seen_at: Mapped[str]


class TokenRow(Base):
    """A token of the API. ``token_hash`` is the SHA-256 of its 256 random bits, which are not stored."""

    __tablename__ = "people_tokens"

    token_id: Mapped[str] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(index=True)
    person: Mapped[str] = mapped_column(ForeignKey("people.name", ondelete="CASCADE"), index=True)
    label: Mapped[str]
    created_at: Mapped[str]
    expires_at: Mapped[str]
    used_at: Mapped[str]


class ProjectRow(Base):
    """People who share runs."""

    __tablename__ = "projects"

    name: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[str]


class MemberRow(Base):
    """One member of a project."""

    __tablename__ = "project_members"

    project: Mapped[str] = mapped_column(ForeignKey("projects.name", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("people.name", ondelete="CASCADE"), primary_key=True, index=True)


class RunAccessRow(Base):
    """Who started a run and who else may see it. A run without a row is seen on this machine alone."""

    __tablename__ = "run_access"
    __table_args__ = (Index(None, "owner", "run_id"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    owner: Mapped[str]
    visibility: Mapped[str]
    project: Mapped[str]


class AuditRow(Base):
    """One action that changed something, or was refused. It names people and runs without referring to them, so that it outlives both."""

    __tablename__ = "audit_log"

    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str] = mapped_column(index=True)
    person: Mapped[str]
    action: Mapped[str]
    target: Mapped[str]
    origin: Mapped[str]
    outcome: Mapped[str]
