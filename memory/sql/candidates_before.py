"""Candidates as a molwright before schema 0006 stored them: a column a field, a row a property value, a ranking and a reference.

They are read as they stand and never written, so that the seals of their runs hold. Each function works inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, Select, delete, null, select, update

from core.candidate import Candidate, Citation, Origin, PropertyValue
from core.errors import StoreError
from memory.sql.models import CandidateRow, CitationRow, PropertyValueRow, Ranking

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
_OTHER_COLUMNS = [
    "notes",
    "operator",
    "parents",
    "origin_rationale",
    "parent_smiles",
    "changes",
    "safety_verdict",
    "safety",
    "requirements",
    "route",
]
#: Columns that only such candidates fill.
COLUMNS = [name for name in (*_ROW_FIELDS, *_OTHER_COLUMNS) if name not in ("dedup_key", "status", "rejected_by")]


def forget(connection: Connection, run_id: str, keys: Sequence[str]) -> None:
    """Empty what is about to be stored in the present way: a run that began before schema 0006 goes on."""
    for model in (PropertyValueRow, Ranking, CitationRow):
        connection.execute(delete(model).where(model.run_id == run_id, model.key.in_(keys)))
    nothing = {name: null() for name in COLUMNS}
    connection.execute(update(CandidateRow).where(CandidateRow.run_id == run_id, CandidateRow.key.in_(keys)).values(**nothing))


def load(connection: Connection, run_id: str, keys: Sequence[str]) -> dict[str, Candidate]:
    """The candidates with these keys, by key; the caller asks for a few hundred at once."""
    values: dict[str, dict[str, PropertyValue]] = {}
    for row in connection.execute(_details(PropertyValueRow, run_id, keys).order_by(PropertyValueRow.key, PropertyValueRow.position)):
        fields = {field: getattr(row, field) for field in _VALUE_FIELDS}
        value = row.number if row.level is None else row.level
        values.setdefault(row.key, {})[row.name] = PropertyValue(value=value, **fields)
    cited: dict[str, list[Citation]] = {}
    for row in connection.execute(_details(CitationRow, run_id, keys).order_by(CitationRow.key, CitationRow.position)):
        fields = {field: getattr(row, field) for field in _CITATION_FIELDS}
        cited.setdefault(row.key, []).append(Citation(key=row.note, **fields))
    rankings = {row.key: row for row in connection.execute(_details(Ranking, run_id, keys))}
    rows = connection.execute(select(CandidateRow.__table__).where(CandidateRow.run_id == run_id, CandidateRow.key.in_(keys)))
    return {row.key: _candidate(row, values.get(row.key, {}), rankings.get(row.key), cited.get(row.key, [])) for row in rows}


def _details(model: type[PropertyValueRow] | type[Ranking] | type[CitationRow], run_id: str, keys: Sequence[str]) -> Select[Any]:
    return select(model.__table__).where(model.run_id == run_id, model.key.in_(keys))


def _candidate(row: Row[Any], values: dict[str, PropertyValue], ranking: Row[Any] | None, cited: list[Citation]) -> Candidate:
    fields = {name: getattr(row, name) for name in _ROW_FIELDS}
    if ranking is not None:
        fields |= {name: getattr(ranking, name) for name in _RANKING_FIELDS}
        fields["rank_interval"] = None if ranking.rank_low is None else (ranking.rank_low, ranking.rank_high)
    details = {"notes": row.notes, "safety": row.safety, "requirements": row.requirements, "route": row.route}
    try:
        origin = Origin(
            proposer=row.proposer,
            operator=row.operator,
            parents=row.parents,
            generation=row.generation,
            rationale=row.origin_rationale,
            parent_smiles=row.parent_smiles,
            changes=row.changes,
        )
        return Candidate(key=row.key, origin=origin, properties=values, citations=cited, **details, **fields)
    except ValidationError as error:
        raise StoreError(f"candidate {row.key} cannot be read by this version of molwright: {error}") from error
