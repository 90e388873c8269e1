"""Sums over all stored runs, for monitoring: how many there are, what they evaluated, where their time and their tokens went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from core.interfaces import DESIGN
from memory.sql.engine import Database, for_reading, normalise_url
from memory.sql.models import CandidateRow, Event, Run
from memory.sql.schema import upgrade


@dataclass
class ModelUse:
    """Model calls of one role at one model."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0


@dataclass
class RunFigures:
    """Sums over the store; ``runs`` are design runs by status, ``conversations`` those of ``molwright chat``.

    ``heartbeat_age_s``: seconds since the oldest heartbeat of a running run; None where none runs.
    ``step_seconds`` by node: from the end of the step before (for the first step from the start of the run) to the end of its own, so
    the time that a run lay still counts for the step that ended it; waiting for a person's approval counts for ``approve``.
    """

    runs: dict[str, int] = field(default_factory=dict)
    conversations: dict[str, int] = field(default_factory=dict)
    candidates: dict[str, int] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    step_seconds: dict[str, float] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    models: dict[tuple[str, str], ModelUse] = field(default_factory=dict)
    heartbeat_age_s: float | None = None


class FigureStore:
    """Reads the sums from the database at ``url`` (SQLite or PostgreSQL). StoreError if it cannot be used."""

    def __init__(self, url: str) -> None:
        parsed = for_reading(normalise_url(url))
        upgrade(parsed)
        self._database = Database(parsed)

    def read(self, now: datetime) -> RunFigures:
        """The sums now, in one transaction. ``now`` is what the age of heartbeats is measured against."""
        with self._database.read() as connection:
            figures = RunFigures(candidates=_pairs(connection, select(CandidateRow.status, func.count()).group_by(CandidateRow.status)))
            _add_runs(connection, figures)
            _add_steps(connection, figures)
            _add_models(connection, figures)
            errors = select(Event.node, func.count()).where(Event.kind == "error").group_by(Event.node)
            figures.errors = _pairs(connection, errors)
            beats = select(func.min(Run.heartbeat_at)).where(Run.status == "running", Run.heartbeat_at != "")
            oldest = connection.execute(beats).scalar()
        if oldest:
            figures.heartbeat_age_s = max((now - datetime.fromisoformat(oldest)).total_seconds(), 0.0)
        return figures

    def close(self) -> None:
        """Give every connection back."""
        self._database.close()


def _pairs(connection: Connection, query: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(query)}


def _add_runs(connection: Connection, figures: RunFigures) -> None:
    for status, options in connection.execute(select(Run.status, Run.options)):
        kind = options.get("kind", DESIGN) if isinstance(options, Mapping) else DESIGN
        counts = figures.runs if kind == DESIGN else figures.conversations
        counts[status] = counts.get(status, 0) + 1


def _add_steps(connection: Connection, figures: RunFigures) -> None:
    rows = connection.execute(
        select(Event.run_id, Event.node, Event.at, Run.created_at)
        .join(Run, Run.run_id == Event.run_id)
        .where(Event.kind == "step")
        .order_by(Event.run_id, Event.sequence)
    )
    ended: dict[str, datetime] = {}
    for run_id, node, at, created_at in rows:
        end = _moment(at)
        begin = ended.get(run_id) or _moment(created_at)
        figures.steps[node] = figures.steps.get(node, 0) + 1
        if begin and end:
            figures.step_seconds[node] = figures.step_seconds.get(node, 0.0) + max((end - begin).total_seconds(), 0.0)
        if end:
            ended[run_id] = end


def _add_models(connection: Connection, figures: RunFigures) -> None:
    columns = (Event.node, Event.model, Event.inputs, Event.tokens_in, Event.tokens_out, Event.seconds)
    for node, model, inputs, tokens_in, tokens_out, seconds in connection.execute(select(*columns).where(Event.kind == "model")):
        role = inputs.get("role") if isinstance(inputs, Mapping) else None
        use = figures.models.setdefault((role if isinstance(role, str) and role else node, model), ModelUse())
        use.calls += 1
        use.tokens_in += tokens_in
        use.tokens_out += tokens_out
        use.seconds += seconds


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
