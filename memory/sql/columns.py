"""What the structures of finished runs are searched by: a few columns of numbers a run, beside its candidates.

They say nothing that the candidates do not say, and whoever stores them may do so again at any time; no seal covers them. This module does not
know what is in them (:mod:`tools.structures.columns` does).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Connection, bindparam, delete, insert, select

from core.candidate import Candidate
from core.errors import StatusError
from core.report import FINISHED
from memory.sql.candidates import load_at
from memory.sql.models import CandidateRow, Run, StructureColumn
from memory.sql.runs import status_of

_CHUNK = 200
_COLUMNS = select(StructureColumn.run_id, StructureColumn.name, StructureColumn.content).where(
    StructureColumn.name.in_(bindparam("names", expanding=True)), StructureColumn.run_id.in_(bindparam("runs", expanding=True))
)


class StructureColumns:
    """The part of the run store that keeps them. Each method is one transaction and raises StoreError where the database cannot be used."""

    def _read(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def _write(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def columns(self, run_ids: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, bytes]]:
        """Those of the columns ``names`` that are stored of the runs, by run and name; a run of which none is stored is left out."""
        found: dict[str, dict[str, bytes]] = {}
        with self._read() as connection:
            for chunk in (run_ids[start : start + _CHUNK] for start in range(0, len(run_ids), _CHUNK)):
                for run_id, name, content in connection.execute(_COLUMNS, {"names": list(names), "runs": list(chunk)}):
                    found.setdefault(run_id, {})[name] = content
        return found

    def save_columns(self, run_id: str, columns: Mapping[str, bytes]) -> None:
        """Store the columns of a run that is over, in place of those that it has. StatusError for one that is not over, NotFoundError."""
        with self._write() as connection:
            now = status_of(connection, run_id)
            if now not in FINISHED:
                raise StatusError(f"run {run_id} is not over, its status is {now!r}")
            connection.execute(delete(StructureColumn).where(StructureColumn.run_id == run_id))
            if columns:
                connection.execute(insert(StructureColumn), [{"run_id": run_id, "name": n, "content": c} for n, c in columns.items()])

    def without_columns(self, name: str) -> str | None:
        """The newest run that is over and has candidates, but no column ``name``; None if there is none."""
        has = select(StructureColumn.run_id).where(StructureColumn.run_id == Run.run_id, StructureColumn.name == name).exists()
        some = select(CandidateRow.run_id).where(CandidateRow.run_id == Run.run_id).exists()
        query = select(Run.run_id).where(Run.status.in_(FINISHED), ~has, some).order_by(Run.created_at.desc(), Run.run_id.desc()).limit(1)
        with self._read() as connection:
            found: str | None = connection.execute(query).scalar_one_or_none()
            return found

    def candidates_at(self, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Candidate]:
        """The candidates at these places, each a run and a number, which counts from 0 as that run stored them; none where there is none."""
        with self._read() as connection:
            return load_at(connection, places)
