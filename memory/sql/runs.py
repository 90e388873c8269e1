"""Runs, their specs and reports. Each function works inside the caller's transaction."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar, cast, get_args

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Connection, Row, Select, Text, bindparam, func, insert, literal, select, type_coerce, update

from core.errors import NotFoundError, StatusError, StoreError
from core.interfaces import RunRecord
from core.kept import Kept
from core.model import content_hash
from core.report import FINISHED, Report, RunStatus, may_follow
from core.spec import DesignSpec
from memory.sql.candidates import replace_citations
from memory.sql.models import ArchivedRun, ReportRow, Round, Run, Spec
from memory.sql.upsert import upsert

_AMBIGUOUS_SHOWN = 5

M = TypeVar("M", DesignSpec, Report)
#: A report that was read, with when its run was created, its fence and its status.
KeptReport = tuple[tuple[str, int, str], Report]


#: Questions that every page asks several times, made once: SQLAlchemy takes longer to make one than to ask it.
_THERE = select(Run.run_id).where(Run.run_id == bindparam("run_id"))
_STAMP = select(Run.created_at, Run.fence, Run.status).where(Run.run_id == bindparam("run_id"))
_SPEC = (
    select(Spec.content).join(Run, Run.run_id == Spec.run_id).where(Spec.run_id == bindparam("run_id"), Spec.version == Run.spec_version)
)


def require_run(connection: Connection, run_id: str) -> None:
    """Raises NotFoundError if there is no run with exactly this id."""
    if connection.execute(_THERE, {"run_id": run_id}).one_or_none() is None:
        raise NotFoundError(f"no run {run_id!r}")


def create_run(connection: Connection, run_id: str, goal: str, options: dict[str, Any], created_at: str, queued: bool) -> None:
    """Store a new run. The same run again changes nothing; another run under this id raises StoreError."""
    if not run_id or len(run_id) > 64:
        raise ValueError("a run id has 1 to 64 characters")
    known = connection.execute(select(Run.goal, Run.options).where(Run.run_id == run_id)).one_or_none()
    if known is not None:
        if (known.goal, content_hash(known.options)) != (goal, content_hash(options)):
            raise StoreError(f"run {run_id} exists already with another goal or other options")
        return
    values = {"owner": "", "fence": 0, "heartbeat_at": "", "spec_version": 0, "finished_at": "", "error": ""}
    values |= {"status": "queued", "queued_at": created_at} if queued else {"status": "running", "queued_at": ""}
    connection.execute(insert(Run).values(run_id=run_id, goal=goal, options=options, created_at=created_at, **values))
    if options.get("parent"):  # which a copy in another store may lack
        parent = select(literal(run_id), Run.run_id).where(Run.run_id == options["parent"])
        connection.execute(insert(Round).from_select(["run_id", "parent_id"], parent))


@lru_cache(maxsize=1)
def records() -> Select[Any]:
    """The columns of a :class:`RunRecord`, of every run."""
    approved = (Spec.run_id == Run.run_id) & (Spec.version == Run.spec_version)
    return (
        select(
            Run.run_id,
            Run.goal,
            Run.status,
            Run.created_at,
            Run.finished_at,
            Run.owner,
            Run.fence,
            Run.spec_version,
            func.coalesce(Spec.approved_by, "").label("approved_by"),
            Run.options,
            Run.error,
            Run.queued_at,
            func.coalesce(ArchivedRun.at, "").label("archived_at"),
        )
        .join_from(Run, Spec, approved, isouter=True)
        .join(ArchivedRun, ArchivedRun.run_id == Run.run_id, isouter=True)
    )


@lru_cache(maxsize=1)
def _record() -> Select[Any]:
    """:func:`records` of one run, ``run_id``."""
    return records().where(Run.run_id == bindparam("run_id"))


def as_record(row: Row[Any]) -> RunRecord:
    """A row of :func:`records`."""
    return RunRecord(**row._mapping)


def find_run(connection: Connection, run_id: str, *allowed: ColumnElement[bool]) -> RunRecord:
    """The run with this id, or the only one whose id begins with it, of those that are ``allowed``.

    Raises NotFoundError if there is none or several.
    """
    row = connection.execute(_record().where(*allowed) if allowed else _record(), {"run_id": run_id}).one_or_none()
    if row is not None:
        return as_record(row)
    near = records().where(Run.run_id.startswith(run_id, autoescape=True), *allowed).order_by(Run.run_id)
    rows = [row for row in connection.execute(near) if run_id and row.run_id.startswith(run_id)]
    if not rows:
        raise NotFoundError(f"no run {run_id!r}")
    if len(rows) > 1:
        names = ", ".join(row.run_id for row in rows[:_AMBIGUOUS_SHOWN])
        more = ", ..." if len(rows) > _AMBIGUOUS_SHOWN else ""
        raise NotFoundError(f"{run_id!r} is the beginning of {len(rows)} runs: {names}{more}")
    return as_record(rows[0])


def list_runs(connection: Connection, limit: int, *allowed: ColumnElement[bool]) -> list[RunRecord]:
    """The newest ``limit`` runs of those that are ``allowed``, newest first."""
    rows = connection.execute(records().where(*allowed).order_by(Run.created_at.desc(), Run.run_id.desc()).limit(max(limit, 0)))
    return [as_record(row) for row in rows]


def set_status(connection: Connection, run_id: str, status: RunStatus, error: str, finished_at: str) -> None:
    """Write status, error and time of ending, all three as given, if the status may follow the one that the run has.

    A run that was asked to stop stays so while it merely goes on: 'running' and 'waiting' change nothing then. Raises StatusError.
    """
    if status not in get_args(RunStatus):
        raise ValueError(f"{status!r} is not a status of a run")
    now = status_of(connection, run_id)
    if now in ("pausing", "cancelling") and status in ("running", "waiting"):
        return
    require_transition(run_id, now, status)
    connection.execute(update(Run).where(Run.run_id == run_id).values(status=status, error=error, finished_at=finished_at))


def status_of(connection: Connection, run_id: str) -> RunStatus:
    """The run's status; its row is held until the transaction ends. Raises NotFoundError if there is no such run."""
    found = connection.execute(select(Run.status).where(Run.run_id == run_id).with_for_update()).scalar_one_or_none()
    if found is None:
        raise NotFoundError(f"no run {run_id!r}")
    return cast(RunStatus, found)


def require_transition(run_id: str, now: RunStatus, following: RunStatus) -> None:
    """Raises StatusError unless ``following`` may follow ``now``."""
    if not may_follow(now, following):
        raise StatusError(f"run {run_id} cannot become {following!r}, its status is {now!r}")


def save_spec(connection: Connection, run_id: str, spec: DesignSpec) -> int:
    """Store a spec as the run's next version and make it the one in force; a spec that is stored already keeps its version
    and changes nothing.
    """
    content = spec.model_dump(mode="json")
    digest = content_hash(content)
    known = connection.execute(select(Spec.version).where(Spec.run_id == run_id, Spec.content_hash == digest)).scalar_one_or_none()
    if known is not None:
        return known
    version = (connection.execute(select(func.max(Spec.version)).where(Spec.run_id == run_id)).scalar() or 0) + 1
    row = {"run_id": run_id, "version": version, "content": content, "content_hash": digest, "approved_by": "", "approved_at": ""}
    connection.execute(insert(Spec).values(**row))
    connection.execute(update(Run).where(Run.run_id == run_id).values(spec_version=version))
    return version


def load_spec(connection: Connection, run_id: str, version: int | None) -> DesignSpec:
    """A version of the run's spec; the one in force if ``version`` is None. Raises NotFoundError."""
    query = _SPEC if version is None else select(Spec.content).where(Spec.run_id == bindparam("run_id"), Spec.version == version)
    content = connection.execute(query, {"run_id": run_id}).scalar_one_or_none()
    if content is None:
        require_run(connection, run_id)
        raise NotFoundError(f"run {run_id} has no spec" if version is None else f"run {run_id} has no spec of version {version}")
    return _load(DesignSpec, content, f"the spec of run {run_id}")


def approve_spec(connection: Connection, run_id: str, version: int, approved_by: str, at: str) -> None:
    """Note who approved a version and put it in force. The first approval stays. Raises NotFoundError."""
    if not approved_by:
        raise ValueError("an approval needs a name")
    this = (Spec.run_id == run_id, Spec.version == version)
    if connection.execute(select(Spec.version).where(*this)).one_or_none() is None:
        raise NotFoundError(f"run {run_id} has no spec of version {version}")
    connection.execute(update(Spec).where(*this, Spec.approved_by == "").values(approved_by=approved_by, approved_at=at))
    connection.execute(update(Run).where(Run.run_id == run_id).values(spec_version=version))


def save_report(connection: Connection, run_id: str, report: Report) -> None:
    """Store the run's report, in place of an earlier one, and its references."""
    if report.run_id != run_id:
        raise ValueError(f"the report of run {report.run_id} cannot be stored under run {run_id}")
    row = {"run_id": run_id, "schema_version": report.schema_version, "content": report.model_dump(mode="json")}
    upsert(connection, ReportRow, [row], ("run_id",))
    replace_citations(connection, run_id, report.citations)


def load_report(connection: Connection, run_id: str, kept: Kept[KeptReport]) -> Report:
    """The run's report, perhaps one that was read before. Raises NotFoundError while there is none.

    Of a run that is over the report does not change any more: another one needs another lease, whose fence is higher, or another run under the
    same id, which was created at another time.
    """
    row = connection.execute(_STAMP, {"run_id": run_id}).one_or_none()
    stamp = (row.created_at, row.fence, row.status) if row is not None else None
    before = kept.get(run_id)
    if before is not None and before[0] == stamp:
        return before[1]
    content = connection.execute(select(ReportRow.content).where(ReportRow.run_id == run_id)).scalar_one_or_none()
    if content is None:
        require_run(connection, run_id)
        raise NotFoundError(f"run {run_id} has no report yet")
    report = _load(Report, content, f"the report of run {run_id}")
    if stamp is not None and stamp[2] in FINISHED:
        length = select(func.length(type_coerce(ReportRow.content, Text))).where(ReportRow.run_id == run_id)
        kept.put(run_id, (stamp, report), connection.execute(length).scalar_one())
    return report


def _load(model: type[M], content: Any, what: str) -> M:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise StoreError(f"{what} cannot be read by this version of molwright: {error}") from error
