"""Progress events. Each function works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Text, bindparam, delete, func, insert, select, type_coerce

from core.events import PROGRESS, NumberedEvent, ProgressEvent
from memory.sql.models import ProgressRow
from memory.sql.runs import require_run

#: How many events of a run are kept; older ones go, except the few that tell of a best structure.
KEPT = 5000
_BEST = '%"kind":"best"%'
_LATER = (
    select(ProgressRow.__table__)
    .where(ProgressRow.run_id == bindparam("run_id"), ProgressRow.number > bindparam("after"))
    .order_by(ProgressRow.number)
    .limit(bindparam("most"))
)


def add_progress(connection: Connection, run_id: str, events: Sequence[tuple[str, ProgressEvent]]) -> None:
    """Store events with growing numbers. The caller holds the run's row, so that no two transactions give out the same number."""
    if not events:
        return
    last = connection.execute(select(func.max(ProgressRow.number)).where(ProgressRow.run_id == run_id)).scalar() or 0
    rows = [
        {"run_id": run_id, "number": last + place, "at": at, "content": PROGRESS.dump_python(event, mode="json")}
        for place, (at, event) in enumerate(events, start=1)
    ]
    connection.execute(insert(ProgressRow), rows)
    oldest = last + len(rows) - KEPT
    if oldest > 0:
        old = (ProgressRow.run_id == run_id, ProgressRow.number <= oldest, type_coerce(ProgressRow.content, Text).not_like(_BEST))
        connection.execute(delete(ProgressRow).where(*old))


def list_progress(connection: Connection, run_id: str, after: int, limit: int) -> list[NumberedEvent]:
    """The first ``limit`` events after number ``after``, in order. Raises NotFoundError if there is no such run."""
    rows = connection.execute(_LATER, {"run_id": run_id, "after": after, "most": max(limit, 0)}).all()
    if not rows:
        require_run(connection, run_id)
    return [NumberedEvent(run_id=row.run_id, number=row.number, at=row.at, event=PROGRESS.validate_python(row.content)) for row in rows]
