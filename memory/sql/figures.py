"""Sums over all stored runs, for monitoring: how many there are, what they evaluated, where their time and their tokens went."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import TIMESTAMP, ColumnElement, Connection, Double, Select, case, cast, func, select

from core.options import DESIGN
from memory.sql.engine import Database, for_reading, normalise_url
from memory.sql.json_text import json_text
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

    def models(self) -> dict[tuple[str, str], ModelUse]:
        """The model calls of all runs alone, by role and model; {} for none."""
        figures = RunFigures()
        with self._database.read() as connection:
            _add_models(connection, figures)
        return figures.models

    def close(self) -> None:
        """Give every connection back."""
        self._database.close()


def _pairs(connection: Connection, query: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(query)}


def _moment(connection: Connection, time: ColumnElement[str]) -> ColumnElement[float]:
    """An ISO time as seconds since some moment; null where it is no time."""
    if connection.dialect.name == "sqlite":
        return func.julianday(time) * 86400.0
    readable = case((time.like("____-__-__T%"), time))
    return cast(func.extract("epoch", cast(readable, TIMESTAMP(timezone=True))), Double)


def _add_runs(connection: Connection, figures: RunFigures) -> None:
    kind = func.coalesce(json_text(connection, Run.options.expression, "kind"), DESIGN).label("of")
    for status, of, count in connection.execute(select(Run.status, kind, func.count()).group_by(Run.status, "of")):
        counts = figures.runs if of == DESIGN else figures.conversations
        counts[status] = counts.get(status, 0) + count


def _add_steps(connection: Connection, figures: RunFigures) -> None:
    ended = _moment(connection, Event.at.expression).label("ended")
    ends = select(Event.run_id, Event.sequence, Event.node, ended).where(Event.kind == "step").subquery()
    before = func.lag(ends.c.ended).over(partition_by=ends.c.run_id, order_by=ends.c.sequence)
    steps = select(ends.c.run_id, ends.c.node, ends.c.ended, before.label("before")).subquery()
    created = select(_moment(connection, Run.created_at.expression)).where(Run.run_id == steps.c.run_id).scalar_subquery()
    spent = steps.c.ended - func.coalesce(steps.c.before, created)
    query = select(steps.c.node, func.count(), func.sum(case((spent > 0, spent), else_=0.0))).group_by(steps.c.node)
    for node, count, seconds in connection.execute(query):
        figures.steps[node], figures.step_seconds[node] = count, round(seconds, 3)


def _add_models(connection: Connection, figures: RunFigures) -> None:
    role = func.coalesce(func.nullif(json_text(connection, Event.inputs.expression, "role"), ""), Event.node).label("of")
    sums = (func.count(), func.sum(Event.tokens_in), func.sum(Event.tokens_out), func.sum(Event.seconds))
    query = select(role, Event.model, *sums).where(Event.kind == "model").group_by("of", Event.model)
    for name, model, *numbers in connection.execute(query):
        figures.models[name, model] = ModelUse(*numbers)
