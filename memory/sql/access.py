"""Who may see a run, and who may change it, in SQL. Each function works inside the caller's transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, func, insert, or_, select, true, type_coerce, update
from sqlalchemy.orm import aliased

from core.errors import NotAllowedError, NotFoundError, QuotaError, UsageError
from core.people import VISIBILITIES, Person, RunAccess
from memory.sql.models import Run
from memory.sql.people_models import AccountRow, MemberRow, ProjectRow, RunAccessRow
from memory.sql.runs import create_run, require_run
from memory.sql.upsert import upsert

#: A run with one of these is under way, or waits for its owner's approval, and counts against the quota.
COUNTED = ("queued", "running", "waiting", "pausing", "cancelling")
#: How the options of a conversation and of a question begin or go on; a quotation mark inside a string would be escaped.
_OTHERS = ('%"kind":"chat"%', '%"kind":"ask"%')


def is_design() -> list[ColumnElement[bool]]:
    """What is true of a design run, and of no conversation or question."""
    return [type_coerce(Run.options, Text).not_like(other) for other in _OTHERS]


def visible_to(person: Person) -> ColumnElement[bool]:
    """Whether a row of ``runs`` may be seen by the person, whose account must be one that can be used."""
    if person.local:
        return true()
    access, member, account = aliased(RunAccessRow), aliased(MemberRow), aliased(AccountRow)
    shared = select(member.project).where(member.person == person.name)
    allowed = or_(
        access.owner == person.name,
        access.visibility == "open",
        and_(access.visibility == "project", access.project.in_(shared)),
    )
    usable = select(account.name).where(account.name == person.name, account.disabled_at == "").exists()
    return and_(usable, select(access.run_id).where(access.run_id == Run.run_id, allowed).exists())


def require_visible(connection: Connection, run_id: str, person: Person) -> None:
    """Raises NotFoundError, as for a run that does not exist, unless the person may see the run with exactly this id."""
    if connection.execute(select(Run.run_id).where(Run.run_id == run_id, visible_to(person))).one_or_none() is None:
        raise NotFoundError(f"no run {run_id!r}")


def require_owner(connection: Connection, run_id: str, person: Person) -> None:
    """Raises NotFoundError unless the person may see the run, NotAllowedError unless it is the person's own."""
    require_visible(connection, run_id, person)
    if not person.local and access_of(connection, run_id).owner != person.name:
        raise NotAllowedError(f"run {run_id} is somebody else's: only its owner may change it")


def access_of(connection: Connection, run_id: str) -> RunAccess:
    """Who may see the run. NotFoundError."""
    row = connection.execute(
        select(RunAccessRow.owner, RunAccessRow.visibility, RunAccessRow.project).where(RunAccessRow.run_id == run_id)
    ).one_or_none()
    if row is None:
        require_run(connection, run_id)
        return RunAccess()
    return RunAccess(**row._mapping)


def set_access(connection: Connection, run_id: str, access: RunAccess, person: Person | None) -> None:
    """Write who may see the run. ``person`` (None: whoever sits at this machine) shares with projects of their own only.

    UsageError for a visibility that does not exist, NotFoundError for a run, a project or an owner that does not exist.
    """
    require_run(connection, run_id)
    if access.visibility not in VISIBILITIES or (access.visibility == "project") != bool(access.project):
        raise UsageError(f"a run is {', '.join(VISIBILITIES)}; with a project its name belongs to it")
    if access.project:
        require_project(connection, access.project, person)
    if access.owner:
        require_account(connection, access.owner)
    upsert(connection, RunAccessRow, [{"run_id": run_id, **_row(access)}], ("run_id",))


def _row(access: RunAccess) -> dict[str, Any]:
    return {"owner": access.owner, "visibility": access.visibility, "project": access.project}


def require_project(connection: Connection, project: str, person: Person | None) -> None:
    """Raises NotFoundError unless there is the project and ``person``, if given, is a member of it."""
    wanted = select(ProjectRow.name).where(ProjectRow.name == project)
    if person is not None and not person.local:
        wanted = wanted.where(select(MemberRow.person).where(MemberRow.project == project, MemberRow.person == person.name).exists())
    if connection.execute(wanted).one_or_none() is None:
        raise NotFoundError(f"there is no project {project[:80]!r}" + (" of yours" if person is not None and not person.local else ""))


def require_account(connection: Connection, name: str) -> None:
    """Raises NotFoundError unless there is an account of this name."""
    if connection.execute(select(AccountRow.name).where(AccountRow.name == name)).one_or_none() is None:
        raise NotFoundError(f"there is no account {name[:80]!r}")


def create_owned(
    connection: Connection, run_id: str, goal: str, options: dict[str, Any], created_at: str, queued: bool, person: Person, most: int
) -> None:
    """Store a new run of the person's, which nobody else sees. ``most``: number of runs under way at once, unless the account says otherwise.

    NotAllowedError for a role that starts no runs, QuotaError where as many are under way, else as :func:`memory.sql.runs.create_run`.
    """
    design = options.get("kind", "design") == "design"
    if design and not person.may("start"):
        raise NotAllowedError(f"your role, {person.role}, does not allow starting runs")
    known = connection.execute(select(Run.run_id).where(Run.run_id == run_id)).one_or_none()
    if known is not None:
        require_owner(connection, run_id, person)
    elif design:
        check_quota(connection, run_id, person, most)
    create_run(connection, run_id, goal, options, created_at, queued)
    if known is None:
        connection.execute(insert(RunAccessRow).values(run_id=run_id, **_row(RunAccess(owner=person.name))))


def check_quota(connection: Connection, run_id: str, person: Person, most: int) -> None:
    """Raises QuotaError unless the run may be under way beside the person's others; one that counts already may go on."""
    if connection.execute(select(Run.status).where(Run.run_id == run_id)).scalar_one_or_none() in COUNTED:
        return
    account = connection.execute(select(AccountRow.quota).where(AccountRow.name == person.name).with_for_update()).one_or_none()
    limit = most if account is None or account.quota is None else account.quota
    mine = select(RunAccessRow.run_id).where(RunAccessRow.owner == person.name)
    wanted = select(func.count()).select_from(Run).where(Run.run_id.in_(mine), Run.run_id != run_id, Run.status.in_(COUNTED), *is_design())
    if connection.execute(wanted).scalar_one() >= limit:
        raise QuotaError(
            f"{limit} of your runs are under way or wait for your approval, which is your quota; wait for one to end, or end one"
        )


def give_unowned(connection: Connection, owner: str) -> int:
    """Give every run of this machine that has no owner to an account; their number. NotFoundError."""
    require_account(connection, owner)
    owned = select(RunAccessRow.run_id).where(RunAccessRow.owner != "")
    mine = list(connection.execute(select(Run.run_id).where(Run.run_id.not_in(owned))).scalars())
    for run_id in mine:
        before = access_of(connection, run_id)
        upsert(connection, RunAccessRow, [{"run_id": run_id, **_row(before), "owner": owner}], ("run_id",))
    return len(mine)


def forget_owner(connection: Connection, owner: str) -> None:
    """Leave the runs of an account that goes without an owner: who was shared with still sees them, nobody inherits them."""
    connection.execute(update(RunAccessRow).where(RunAccessRow.owner == owner).values(owner=""))
