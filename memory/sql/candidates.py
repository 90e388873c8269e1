"""Candidates with their property values, rankings and references. Each function works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, Select, delete, func, insert, select

from core.candidate import Candidate, Citation, Origin, PropertyValue
from core.errors import StoreError
from memory.sql.models import Base, CandidateRow, CitationRow, PropertyValueRow, Ranking
from memory.sql.upsert import upsert

_CHUNK = 500  # keys in one IN (...); SQLite and PostgreSQL both take at least 32,766 parameters
_ROW_FIELDS = [
    "schema_version",
    "smiles",
    "given",
    "inchikey",
    "name",
    "candidate_class",
    "dedup_key",
    "undefined_stereocentres",
    "status",
    "rejected_by",
    "rejected_reason",
    "rationale",
]
_VALUE_FIELDS = [
    "unit",
    "sigma",
    "lower",
    "upper",
    "method",
    "method_version",
    "in_domain",
    "nearest",
    "nearest_value",
    "similarity",
    "reason",
]
_RANKING_FIELDS = ["rank", "score", "p_meets", "desirability", "pareto_front"]
_CITATION_FIELDS = ["number", "title", "year", "doi", "authors", "passage"]


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK))


def save(connection: Connection, run_id: str, candidates: Sequence[Candidate]) -> None:
    """Store candidates, each in place of an earlier one with the same key, which keeps its position in the run.

    Of two with the same key in ``candidates`` the last counts. Raises StoreError for a property value that is NaN.
    """
    latest = {candidate.key: candidate for candidate in candidates}
    stored = _positions(connection, run_id, list(latest))
    free = _next_position(connection, run_id)
    for key in latest:
        if key not in stored:
            stored[key], free = free, free + 1
    _forget_details(connection, run_id, list(latest))
    rows = [_row(run_id, stored[key], candidate) for key, candidate in latest.items()]
    upsert(connection, CandidateRow, rows, ("run_id", "key"), keep=("position",))
    _insert(connection, PropertyValueRow, [row for candidate in latest.values() for row in _value_rows(run_id, candidate)])
    _insert(connection, Ranking, [row for candidate in latest.values() for row in _ranking_rows(run_id, candidate)])
    cited = {key: candidate.citations for key, candidate in latest.items() if candidate.citations}
    _insert(connection, CitationRow, _citation_rows(run_id, cited))


def _positions(connection: Connection, run_id: str, keys: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in _chunks(keys):
        query = select(CandidateRow.key, CandidateRow.position).where(CandidateRow.run_id == run_id, CandidateRow.key.in_(chunk))
        found.update((row.key, row.position) for row in connection.execute(query))
    return found


def _next_position(connection: Connection, run_id: str) -> int:
    last = connection.execute(select(func.max(CandidateRow.position)).where(CandidateRow.run_id == run_id)).scalar()
    return 0 if last is None else last + 1


def _insert(connection: Connection, model: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(model.__table__), rows)  # type: ignore[arg-type]


def _forget_details(connection: Connection, run_id: str, keys: Sequence[str]) -> None:
    for chunk in _chunks(keys):
        for model in (PropertyValueRow, Ranking, CitationRow):
            connection.execute(delete(model).where(model.run_id == run_id, model.key.in_(chunk)))


def _row(run_id: str, position: int, candidate: Candidate) -> dict[str, Any]:
    origin, safety, route = candidate.origin, candidate.safety, candidate.route
    return {name: getattr(candidate, name) for name in _ROW_FIELDS} | {
        "run_id": run_id,
        "key": candidate.key,
        "position": position,
        "notes": candidate.notes,
        "proposer": origin.proposer,
        "operator": origin.operator,
        "parents": origin.parents,
        "generation": origin.generation,
        "origin_rationale": origin.rationale,
        "parent_smiles": origin.parent_smiles,
        "changes": origin.changes,
        "safety_verdict": "" if safety is None else safety.verdict,
        "safety": None if safety is None else safety.model_dump(mode="json"),
        "requirements": [result.model_dump(mode="json") for result in candidate.requirements],
        "route": None if route is None else route.model_dump(mode="json"),
    }


def _value_rows(run_id: str, candidate: Candidate) -> Iterator[dict[str, Any]]:
    for position, (name, value) in enumerate(candidate.properties.items()):
        numbers = (value.number, value.sigma, value.lower, value.upper, value.nearest_value, value.similarity)
        if any(number is not None and number != number for number in numbers):
            raise StoreError(f"{name} of {candidate.smiles} is not a number; a value that could not be had is None with a reason")
        yield {field: getattr(value, field) for field in _VALUE_FIELDS} | {
            "run_id": run_id,
            "key": candidate.key,
            "name": name,
            "position": position,
            "number": value.number,
            "level": value.value if isinstance(value.value, str) else None,
        }


def _ranking_rows(run_id: str, candidate: Candidate) -> Iterator[dict[str, Any]]:
    low, high = candidate.rank_interval or (None, None)
    row = {
        "rank": candidate.rank,
        "rank_low": low,
        "rank_high": high,
        "score": candidate.score,
        "p_meets": candidate.p_meets,
        "desirability": candidate.desirability,
        "pareto_front": candidate.pareto_front,
    }
    if any(value is not None for value in row.values()):
        yield {"run_id": run_id, "key": candidate.key, **row}


def _citation_rows(run_id: str, cited: Mapping[str, Sequence[Citation]]) -> list[dict[str, Any]]:
    return [
        {"run_id": run_id, "key": key, "position": position, "note": citation.key, **citation.model_dump(exclude={"key"})}
        for key, citations in cited.items()
        for position, citation in enumerate(citations)
    ]


def replace_citations(connection: Connection, run_id: str, cited: Mapping[str, Sequence[Citation]]) -> None:
    """Store the references of each candidate key (or of the report: empty key) in place of the earlier ones."""
    for chunk in _chunks(list(cited)):
        connection.execute(delete(CitationRow).where(CitationRow.run_id == run_id, CitationRow.key.in_(chunk)))
    _insert(connection, CitationRow, _citation_rows(run_id, cited))


def load(connection: Connection, run_id: str, generation: int | None, status: str | None, keys: Iterable[str] | None) -> list[Candidate]:
    """The run's candidates that fit every filter given, in the order in which they were first stored."""
    wanted = [CandidateRow.run_id == run_id]
    if generation is not None:
        wanted.append(CandidateRow.generation == generation)
    if status is not None:
        wanted.append(CandidateRow.status == status)
    filters = [wanted] if keys is None else [[*wanted, CandidateRow.key.in_(chunk)] for chunk in _chunks(sorted(set(keys)))]
    found = [pair for each in filters for pair in _load(connection, each)]
    return [candidate for _, candidate in sorted(found, key=lambda pair: pair[0])]


def _load(connection: Connection, wanted: list[Any]) -> list[tuple[int, Candidate]]:
    """(position, candidate) of those that fit ``wanted``."""
    values: dict[str, dict[str, PropertyValue]] = {}
    for row in connection.execute(_details(PropertyValueRow, wanted).order_by(PropertyValueRow.key, PropertyValueRow.position)):
        fields = {field: getattr(row, field) for field in _VALUE_FIELDS}
        value = row.number if row.level is None else row.level
        values.setdefault(row.key, {})[row.name] = PropertyValue(value=value, **fields)
    cited: dict[str, list[Citation]] = {}
    for row in connection.execute(_details(CitationRow, wanted).order_by(CitationRow.key, CitationRow.position)):
        fields = {field: getattr(row, field) for field in _CITATION_FIELDS}
        cited.setdefault(row.key, []).append(Citation(key=row.note, **fields))
    rankings = {row.key: row for row in connection.execute(_details(Ranking, wanted))}
    return [
        (row.position, _candidate(row, values.get(row.key, {}), rankings.get(row.key), cited.get(row.key, [])))
        for row in connection.execute(select(CandidateRow.__table__).where(*wanted))
    ]


def _details(model: type[PropertyValueRow] | type[Ranking] | type[CitationRow], wanted: list[Any]) -> Select[Any]:
    same = (CandidateRow.run_id == model.run_id) & (CandidateRow.key == model.key)
    return select(model.__table__).join(CandidateRow, same).where(*wanted)


def _candidate(row: Row[Any], values: dict[str, PropertyValue], ranking: Row[Any] | None, cited: list[Citation]) -> Candidate:
    origin = Origin(
        proposer=row.proposer,
        operator=row.operator,
        parents=row.parents,
        generation=row.generation,
        rationale=row.origin_rationale,
        parent_smiles=row.parent_smiles,
        changes=row.changes,
    )
    fields = {name: getattr(row, name) for name in _ROW_FIELDS}
    if ranking is not None:
        fields |= {name: getattr(ranking, name) for name in _RANKING_FIELDS}
        fields["rank_interval"] = None if ranking.rank_low is None else (ranking.rank_low, ranking.rank_high)
    details = {"notes": row.notes, "safety": row.safety, "requirements": row.requirements, "route": row.route}
    try:
        return Candidate(key=row.key, origin=origin, properties=values, citations=cited, **details, **fields)
    except ValidationError as error:
        raise StoreError(f"candidate {row.key} cannot be read by this version of molwright: {error}") from error


def known_keys(connection: Connection, run_id: str) -> dict[str, int]:
    """Generation of every stored candidate by its key and by its duplicate key; the earliest where several share one."""
    query = select(CandidateRow.key, CandidateRow.dedup_key, CandidateRow.generation).where(CandidateRow.run_id == run_id)
    known: dict[str, int] = {}
    for key, dedup_key, generation in connection.execute(query.order_by(CandidateRow.position)):
        for name in (key, dedup_key):
            if name:
                known[name] = min(generation, known.get(name, generation))
    return known
