"""Runs and candidates looked for and counted in pages, without reading what is not shown. Each function works inside the caller's transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, func, insert, or_, select
from sqlalchemy.orm import aliased

from core.candidate import Candidate
from core.errors import StatusError
from core.interfaces import RunFilter, RunRecord
from core.report import FINISHED
from memory.sql.access import is_design, visible_to
from memory.sql.candidates import load
from memory.sql.json_text import json_text
from memory.sql.models import ArchivedRun, CandidateRow, Run
from memory.sql.runs import as_record, records, require_run, status_of

#: Made once: SQLAlchemy takes longer to make a question than to ask it.
_OF_RUN, _STATUS = CandidateRow.run_id == bindparam("run_id"), CandidateRow.status == bindparam("status")
_COUNT, _COUNT_STATUS = (select(func.count()).select_from(CandidateRow).where(*asked) for asked in ((_OF_RUN,), (_OF_RUN, _STATUS)))
_KEYS, _KEYS_STATUS = (
    select(CandidateRow.key).where(*asked).order_by(CandidateRow.position).limit(bindparam("most")).offset(bindparam("first"))
    for asked in ((_OF_RUN,), (_OF_RUN, _STATUS))
)


def search_runs(connection: Connection, wanted: RunFilter, limit: int, offset: int) -> tuple[list[RunRecord], int]:
    """The design runs that fit, newest first: ``limit`` of them after the first ``offset``, and how many there are in all."""
    conditions = _conditions(connection, wanted)
    total = connection.execute(select(func.count()).select_from(Run).where(*conditions)).scalar_one()
    query = records().where(*conditions).order_by(Run.created_at.desc(), Run.run_id.desc())
    rows = connection.execute(query.limit(max(limit, 0)).offset(max(offset, 0)))
    return [as_record(row) for row in rows], int(total)


def _conditions(connection: Connection, wanted: RunFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = is_design()
    if wanted.text:
        found.append(or_(Run.goal.icontains(wanted.text, autoescape=True), Run.run_id.startswith(wanted.text, autoescape=True)))
    if wanted.statuses:
        found.append(Run.status.in_(wanted.statuses))
    if wanted.since:
        found.append(Run.created_at >= wanted.since)
    if wanted.until:
        found.append(Run.created_at < wanted.until)
    if wanted.user:
        found.append(json_text(connection, Run.options.expression, "user").icontains(wanted.user, autoescape=True))
    if wanted.archived is not None:
        hidden = aliased(ArchivedRun)  # the list of runs joins the table itself
        away = select(hidden.run_id).where(hidden.run_id == Run.run_id).exists()
        found.append(away if wanted.archived else ~away)
    if wanted.person is not None:
        found.append(visible_to(wanted.person))
    return found


def ids_that_fit(connection: Connection, wanted: RunFilter) -> Select[Any]:
    """The query for the ids of the design runs that fit."""
    return select(Run.run_id).where(*_conditions(connection, wanted))


def archive(connection: Connection, run_id: str, at: str) -> None:
    """Put a run that is over out of sight, or back where ``at`` is empty. Raises StatusError for one that is not over, NotFoundError."""
    now = status_of(connection, run_id)
    if at and now not in (*FINISHED, "failed"):
        raise StatusError(f"run {run_id} cannot be archived, its status is {now!r}: cancel it first")
    connection.execute(delete(ArchivedRun).where(ArchivedRun.run_id == run_id))
    if at:
        connection.execute(insert(ArchivedRun).values(run_id=run_id, at=at))


def page_of_candidates(connection: Connection, run_id: str, status: str | None, limit: int, offset: int) -> tuple[list[Candidate], int]:
    """``limit`` candidates after the first ``offset``, in the order in which they were first stored, and how many there are in all.

    ``status``: only those that have it. Raises NotFoundError if there is no such run.
    """
    require_run(connection, run_id)
    first = max(offset, 0)
    asked = {"run_id": run_id, "status": status, "most": max(limit, 0), "first": first}
    total = int(connection.execute(_COUNT if status is None else _COUNT_STATUS, asked).scalar_one())
    keys = list(connection.execute(_KEYS if status is None else _KEYS_STATUS, asked).scalars()) if total > first else []
    return load(connection, run_id, None, None, keys) if keys else [], total
