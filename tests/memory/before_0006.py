"""A store as schema 0005 left it, and candidates stored as they were then."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, update

from core.candidate import Candidate
from memory.sql.candidates_before import _CITATION_FIELDS, _ROW_FIELDS, _VALUE_FIELDS
from memory.sql.models import CandidateRow, CitationRow, PropertyValueRow, Ranking

#: Made by the molwright that had schema 0005: run 'sealed' is finished and sealed, run 'begun' goes on; two candidates each.
DUMP = Path(__file__).parent / "data" / "store_0005.sql"
#: The newest seal of run 'sealed'.
HEAD = "ad68a29240c53dee75a7a89127eee4fd164bfb28a80d3912011b52e63787f7ca"


def old_store(path: Path) -> str:
    """A SQLite file as that molwright left it; its address."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
    return f"sqlite:///{path}"


def rows_before(run_id: str, candidate: Candidate) -> dict[str, list[dict[str, Any]]]:
    """What that molwright would have stored for a candidate: rows by table, values as the models take them."""
    origin, safety, route = candidate.origin, candidate.safety, candidate.route
    of = {"run_id": run_id, "key": candidate.key}
    row = {name: getattr(candidate, name) for name in _ROW_FIELDS} | {
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
    values = [
        {"name": name, "position": position, "number": value.number, "level": value.value if isinstance(value.value, str) else None}
        | {field: getattr(value, field) for field in _VALUE_FIELDS}
        for position, (name, value) in enumerate(candidate.properties.items())
    ]
    low, high = candidate.rank_interval or (None, None)
    ranking = {name: getattr(candidate, name) for name in ("rank", "score", "p_meets", "desirability", "pareto_front")}
    cited = [
        {"position": position, "note": citation.key} | {name: getattr(citation, name) for name in _CITATION_FIELDS}
        for position, citation in enumerate(candidate.citations)
    ]
    return {
        "candidates": [of | row],
        "property_values": [of | value for value in values],
        "rankings": [of | ranking | {"rank_low": low, "rank_high": high}],
        "citations": [of | citation for citation in cited],
    }


def as_before(connection: Connection, run_id: str, candidate: Candidate) -> None:
    """Turn a stored candidate into what that molwright would have stored for it."""
    rows = rows_before(run_id, candidate)
    this = (CandidateRow.run_id == run_id, CandidateRow.key == candidate.key)
    connection.execute(update(CandidateRow).where(*this).values(**rows["candidates"][0], content=None))
    for model in (PropertyValueRow, Ranking, CitationRow):
        connection.execute(insert(model), rows[model.__tablename__])
