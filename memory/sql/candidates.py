"""Candidates: what is searched for in columns, all of it packed in one. Each function works inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast, get_args

from pydantic import ValidationError
from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select

from core.candidate import Candidate, CandidateOutline, CandidateStatus, Citation
from core.errors import StoreError
from memory.sql import candidates_before
from memory.sql.models import CandidateRow, CitationRow
from memory.sql.packing import pack, unpack
from memory.sql.upsert import upsert

_CHUNK = 500  # keys in one IN (...); SQLite and PostgreSQL both take at least 32,766 parameters
PAGE = 500
"""Candidates that are in memory at once where all of a run are gone through."""


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK))


def save(connection: Connection, run_id: str, candidates: Sequence[Candidate]) -> None:
    """Store candidates, each in place of an earlier one with the same key, which keeps its position in the run.

    Of two with the same key in ``candidates`` the last counts. Raises StoreError for a property value that is NaN, ValueError for another
    number that JSON cannot hold.
    """
    latest = {candidate.key: candidate for candidate in candidates}
    positions, before = _stored(connection, run_id, list(latest))
    free = _next_position(connection, run_id)
    for key in latest:
        if key not in positions:
            positions[key], free = free, free + 1
    if before:
        candidates_before.forget(connection, run_id, before)
    rows = [candidate_row(run_id, positions[key], candidate) for key, candidate in latest.items()]
    upsert(connection, CandidateRow, rows, ("run_id", "key"), keep=("position",))


def _stored(connection: Connection, run_id: str, keys: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Positions of those of ``keys`` that are stored, and which of them in the way of an earlier molwright."""
    positions: dict[str, int] = {}
    before: list[str] = []
    columns = (CandidateRow.key, CandidateRow.position, CandidateRow.content.is_(None).label("before"))
    for chunk in _chunks(keys):
        for row in connection.execute(select(*columns).where(CandidateRow.run_id == run_id, CandidateRow.key.in_(chunk))):
            positions[row.key] = row.position
            before += [row.key] * bool(row.before)
    return positions, before


def _next_position(connection: Connection, run_id: str) -> int:
    last = connection.execute(select(func.max(CandidateRow.position)).where(CandidateRow.run_id == run_id)).scalar()
    return 0 if last is None else last + 1


def candidate_row(run_id: str, position: int, candidate: Candidate) -> dict[str, Any]:
    """The columns of a candidate's row. Raises StoreError for a property value that is NaN, ValueError for another number that JSON cannot hold."""
    _check_numbers(candidate)
    return {
        "run_id": run_id,
        "key": candidate.key,
        "position": position,
        "dedup_key": candidate.dedup_key,
        "proposer": candidate.origin.proposer,
        "generation": candidate.origin.generation,
        "status": candidate.status,
        "rejected_by": candidate.rejected_by,
        "content": pack(json.dumps(candidate.model_dump(mode="json"), separators=(",", ":"), allow_nan=False)),
    }


def _check_numbers(candidate: Candidate) -> None:
    for name, value in candidate.properties.items():
        numbers = (value.number, value.sigma, value.lower, value.upper, value.nearest_value, value.similarity, *(value.quartiles or ()))
        if any(number is not None and number != number for number in numbers):
            raise StoreError(f"{name} of {candidate.smiles} is not a number; a value that could not be had is None with a reason")


def replace_citations(connection: Connection, run_id: str, citations: Sequence[Citation]) -> None:
    """Store the references of the run's report in place of the earlier ones."""
    connection.execute(delete(CitationRow).where(CitationRow.run_id == run_id, CitationRow.key == ""))
    rows = [
        {"run_id": run_id, "key": "", "position": position, "note": citation.key, **citation.model_dump(exclude={"key"})}
        for position, citation in enumerate(citations)
    ]
    if rows:
        connection.execute(insert(CitationRow), rows)


def load(connection: Connection, run_id: str, generation: int | None, status: str | None, keys: Iterable[str] | None) -> list[Candidate]:
    """The run's candidates that fit every filter given, in the order in which they were first stored."""
    wanted = _wanted(run_id, generation, status)
    filters = [wanted] if keys is None else [[*wanted, CandidateRow.key.in_(chunk)] for chunk in _chunks(sorted(set(keys)))]
    rows = [row for each in filters for row in connection.execute(_rows().where(*each))]
    return _read(connection, run_id, sorted(rows, key=lambda row: row.position))


def load_page(connection: Connection, run_id: str, status: str | None, after: int) -> tuple[list[Candidate], int]:
    """The next ``PAGE`` candidates after a position, in stored order, and the position of the last; none where there is none left."""
    query = _rows().where(*_wanted(run_id, None, status), CandidateRow.position > after).order_by(CandidateRow.position).limit(PAGE)
    rows = connection.execute(query).all()
    return _read(connection, run_id, rows), rows[-1].position if rows else after


def load_at(connection: Connection, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Candidate]:
    """The candidates at these places, each a run and a position in it (the first that it stored has 0); none where there is none."""
    found: dict[tuple[str, int], Candidate] = {}
    of_run: dict[str, list[int]] = {}
    for run_id, position in places:
        of_run.setdefault(run_id, []).append(position)
    query = _rows().where(CandidateRow.run_id == bindparam("run"), CandidateRow.position.in_(bindparam("places", expanding=True)))
    for run_id, positions in of_run.items():  # run by run: SQLite goes through the whole table for a list of pairs
        for chunk in (positions[start : start + _CHUNK] for start in range(0, len(positions), _CHUNK)):
            rows = connection.execute(query, {"run": run_id, "places": chunk}).all()
            found |= {(run_id, row.position): candidate for row, candidate in zip(rows, _read(connection, run_id, rows), strict=True)}
    return found


def _wanted(run_id: str, generation: int | None, status: str | None) -> list[Any]:
    wanted = [CandidateRow.run_id == run_id]
    if generation is not None:
        wanted.append(CandidateRow.generation == generation)
    if status is not None:
        wanted.append(CandidateRow.status == status)
    return wanted


def _rows() -> Select[*tuple[Any, ...]]:
    return select(CandidateRow.key, CandidateRow.position, CandidateRow.content)


def _read(connection: Connection, run_id: str, rows: Sequence[Row[Any]]) -> list[Candidate]:
    """The candidates of ``rows``, in their order."""
    before: dict[str, Candidate] = {}
    for chunk in _chunks([row.key for row in rows if row.content is None]):
        before |= candidates_before.load(connection, run_id, chunk)
    return [before[row.key] if row.content is None else _unpacked(row) for row in rows]


def _unpacked(row: Row[Any]) -> Candidate:
    try:
        return Candidate.model_validate_json(unpack(row.content))
    except ValidationError as error:
        raise StoreError(f"candidate {row.key} cannot be read by this version of molwright: {error}") from error


def outlines(connection: Connection, run_id: str) -> list[CandidateOutline]:
    """What the columns say of every candidate of the run, in stored order."""
    columns = (CandidateRow.key, CandidateRow.generation, CandidateRow.proposer, CandidateRow.status, CandidateRow.rejected_by)
    rows = connection.execute(select(*columns).where(CandidateRow.run_id == run_id).order_by(CandidateRow.position))
    return [CandidateOutline(row.key, row.generation, row.proposer, cast(CandidateStatus, row.status), row.rejected_by) for row in rows]


def count(connection: Connection, run_id: str) -> dict[str, int]:
    """How many candidates of the run have each status."""
    wanted = (CandidateRow.run_id == run_id, CandidateRow.status.in_(get_args(CandidateStatus)))
    query = select(CandidateRow.status, func.count()).where(*wanted).group_by(CandidateRow.status)
    return {row[0]: row[1] for row in connection.execute(query)}


def known_keys(connection: Connection, run_id: str, names: Iterable[str] | None) -> dict[str, int]:
    """Generation of every stored candidate by its key and by its duplicate key; the earliest where several share one.

    With ``names`` only those of them that are stored as one or the other.
    """
    query = select(CandidateRow.key, CandidateRow.dedup_key, CandidateRow.generation).where(CandidateRow.run_id == run_id)
    known: dict[str, int] = {}
    if names is None:
        _add_known(known, connection.execute(query.order_by(CandidateRow.position)), None)
        return known
    asked = sorted(set(names) - {""})
    for chunk in _chunks(asked):
        for column in (CandidateRow.key, CandidateRow.dedup_key):  # two queries, so that each has its index
            _add_known(known, connection.execute(query.where(column.in_(chunk))), set(chunk))
    return known


def _add_known(known: dict[str, int], rows: Iterable[Row[str, str, int]], names: set[str] | None) -> None:
    for key, dedup_key, generation in rows:
        for name in (key, dedup_key):
            if name and (names is None or name in names):
                known[name] = min(generation, known.get(name, generation))
