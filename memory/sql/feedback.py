"""What people say of the candidates of runs, each entry sealed by the next, and the rounds that were started from it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, bindparam, insert, select

from core.errors import NotFoundError, StoreError
from core.feedback import Said
from core.model import content_hash
from core.review import MEASURED, WITHDRAWN, FeedbackEntry
from core.runs import RunFilter
from memory.sql.listing import ids_that_fit
from memory.sql.models import CandidateRow, Feedback, Round, Run
from memory.sql.runs import require_run
from memory.sql.seals import seal_feedback

_COLUMNS = (Feedback.feedback_id, Feedback.key, Feedback.verdict, Feedback.comment, Feedback.author, Feedback.at, Feedback.content)
_OF_RUN = select(*_COLUMNS).where(Feedback.run_id == bindparam("run_id")).order_by(Feedback.sequence)
_ROUNDS = (
    select(Round.run_id)
    .join(Run, Run.run_id == Round.run_id)
    .where(Round.parent_id == bindparam("run_id"))
    .order_by(Run.created_at, Run.run_id)
)


class StoredFeedback:
    """The part of the run store that keeps them (:class:`core.feedback.FeedbackStore`). Each method is one transaction."""

    def _read(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def _write(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def add_feedback(self, run_id: str, *said: Said) -> list[str]:
        """Store what people say, all of it or nothing, and return the ids. The same once more changes nothing.

        Needs no lease. Raises NotFoundError if the run or a candidate does not exist.
        """
        with self._write() as connection:
            if connection.execute(select(Run.run_id).where(Run.run_id == run_id).with_for_update()).one_or_none() is None:
                raise NotFoundError(f"no run {run_id!r}")
            return _added(connection, run_id, said)

    def feedback(self, run_id: str) -> list[FeedbackEntry]:
        """What people said of the candidates of a run, in the order stored; [] for nothing. Raises NotFoundError."""
        with self._read() as connection:
            rows = connection.execute(_OF_RUN, {"run_id": run_id}).all()
            if not rows:
                require_run(connection, run_id)
            return [_entry(row) for row in rows]

    def measured(self, wanted: RunFilter) -> list[tuple[str, FeedbackEntry]]:
        """The measured values of the runs that fit, each with its run, the oldest first, without those that were taken back; [] for none."""
        kinds = Feedback.verdict.in_((MEASURED, WITHDRAWN))
        with self._read() as connection:
            query = select(Feedback.run_id, *_COLUMNS).where(kinds, Feedback.run_id.in_(ids_that_fit(connection, wanted)))
            rows = connection.execute(query.order_by(Feedback.at, Feedback.run_id, Feedback.sequence)).all()
        found = [(row.run_id, _entry(row)) for row in rows]
        gone = {(run_id, entry.withdraws) for run_id, entry in found if entry.withdraws}
        return [(run_id, entry) for run_id, entry in found if entry.measured is not None and (run_id, entry.id) not in gone]

    def rounds_of(self, run_id: str) -> Sequence[str]:
        """Ids of the runs that were started from the decisions on a run, the oldest first; [] for none."""
        with self._read() as connection:
            return connection.execute(_ROUNDS, {"run_id": run_id}).scalars().all()


def _added(connection: Connection, run_id: str, said: Sequence[Said]) -> list[str]:
    keys = {s.key for s in said if s.key}
    there = set(connection.execute(select(CandidateRow.key).where(CandidateRow.run_id == run_id, CandidateRow.key.in_(keys))).scalars())
    if missing := sorted(keys - there):
        raise NotFoundError(f"run {run_id} has no candidate {missing[0]!r}")
    last = connection.execute(
        select(Feedback.sequence, Feedback.seal).where(Feedback.run_id == run_id).order_by(Feedback.sequence.desc()).limit(1)
    ).one_or_none()
    before, previous = (0, None) if last is None else (last.sequence, last.seal)
    rows: dict[str, dict[str, Any]] = {}
    for s in said:
        row: dict[str, Any] = {"run_id": run_id, **s._asdict()}
        if not s.content:
            del row["content"]
        rows[content_hash(row)] = row
    known = set(connection.execute(select(Feedback.feedback_id).where(Feedback.feedback_id.in_(rows))).scalars())
    new = [(digest, row) for digest, row in rows.items() if digest not in known]
    for number, (digest, row) in enumerate(new, before + 1):
        connection.execute(insert(Feedback).values(feedback_id=digest, sequence=number, **row))
    if new:
        seal_feedback(connection, run_id, before, previous, new[-1][1]["at"])
    return list(rows)


def _entry(row: Row[Any]) -> FeedbackEntry:
    names = ("key", "verdict", "comment", "author", "at")
    try:
        return FeedbackEntry(id=row.feedback_id, **{n: getattr(row, n) for n in names}, **(row.content or {}))
    except (ValidationError, TypeError) as error:
        raise StoreError(f"the remark {row.feedback_id[:12]} cannot be read by this version of molwright: {error}") from error
