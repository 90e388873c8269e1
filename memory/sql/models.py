"""The tables: what a run leaves behind in SQL.

The tables here and the numbered migrations in ``migrations/versions`` describe the same schema; a test compares them.
A change of a table is a new migration, never an edit of an old one, and moves ``SCHEMA_HEAD``.
"""

from __future__ import annotations

import datetime
import json
from typing import Any

from sqlalchemy import (
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from memory.sql.packing import packed_text, unpacked_text

SCHEMA_HEAD = "0014"
"""Number of the newest migration. A database with a greater number was written by a newer molwright."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def json_text(value: Any) -> str:
    """The text that a JSON column holds for ``value``. Raises TypeError or ValueError for what JSON cannot hold."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


class JsonText(TypeDecorator[Any]):
    """A JSON value as text: the order of keys is kept, None is ``null``, NaN and infinity are refused.

    Everything beyond ASCII is escaped, so that a NUL character or half a surrogate pair inside a string can be stored
    in PostgreSQL too.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """JSON text of ``value``. Raises TypeError or ValueError for what JSON cannot hold."""
        return json_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The value that the text stands for."""
        return None if value is None else json.loads(value)


class PackedText(TypeDecorator[Any]):
    """As :class:`JsonText`, but a long text is stored compressed (:func:`memory.sql.packing.packed_text`)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """The text that stands for ``value``. Raises TypeError or ValueError for what JSON cannot hold."""
        return packed_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The value that the text stands for. ValueError if it is damaged."""
        return None if value is None else unpacked_text(value)


class Base(DeclarativeBase):
    """Base of the tables; names every constraint, so that migrations can address them on both databases."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text, float: Double}  # noqa: RUF012  (read by SQLAlchemy as it stands)


class Run(Base):
    """One execution of a graph on one spec, and who may write to it.

    ``queued_at`` is when the run was last put into the queue; empty for a run that is executed by whoever started it.
    ``losses`` is how many workers died while they executed it since a person last put it there; null for none.
    """

    __tablename__ = "runs"

    run_id: Mapped[str] = mapped_column(primary_key=True)
    goal: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    options: Mapped[Any] = mapped_column(JsonText)
    created_at: Mapped[str] = mapped_column(index=True)
    finished_at: Mapped[str]
    error: Mapped[str]
    owner: Mapped[str]
    fence: Mapped[int]
    heartbeat_at: Mapped[str]
    spec_version: Mapped[int]
    queued_at: Mapped[str] = mapped_column(server_default=text("''"))
    losses: Mapped[int | None]
    stored_at: Mapped[datetime.datetime] = mapped_column(server_default=text("CURRENT_TIMESTAMP"))


class ArchivedRun(Base):
    """A run that somebody put out of sight, and when. It says nothing of the run itself, so no seal covers it."""

    __tablename__ = "archived_runs"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[str]


class Spec(Base):
    """One version of a run's spec and its approval."""

    __tablename__ = "specs"
    __table_args__ = (UniqueConstraint("run_id", "content_hash"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[Any] = mapped_column(JsonText)
    content_hash: Mapped[str]
    approved_by: Mapped[str]
    approved_at: Mapped[str]
    stored_at: Mapped[datetime.datetime] = mapped_column(server_default=text("CURRENT_TIMESTAMP"))


class CandidateRow(Base):
    """One evaluated structure of a run. ``position`` is the order in which the run first stored them.

    ``content`` is the whole candidate, packed (:mod:`memory.sql.packing`); what is searched for or counted stands in columns beside it.
    Where it is null, an earlier molwright stored the candidate in the columns below it and in the tables of property values, rankings and
    citations (:mod:`memory.sql.candidates_before`).
    """

    __tablename__ = "candidates"
    __table_args__ = (
        UniqueConstraint("run_id", "position"),
        Index(None, "run_id", "generation"),
        Index(None, "run_id", "dedup_key"),
        Index(None, "status", "run_id", "position"),
    )

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    dedup_key: Mapped[str]
    proposer: Mapped[str]
    generation: Mapped[int]
    status: Mapped[str]
    rejected_by: Mapped[str]
    content: Mapped[bytes | None]

    schema_version: Mapped[str | None]
    smiles: Mapped[str | None]
    given: Mapped[str | None]
    inchikey: Mapped[str | None]
    name: Mapped[str | None]
    candidate_class: Mapped[str | None]
    undefined_stereocentres: Mapped[int | None]
    notes: Mapped[Any | None] = mapped_column(JsonText)
    operator: Mapped[str | None]
    parents: Mapped[Any | None] = mapped_column(JsonText)
    origin_rationale: Mapped[str | None]
    parent_smiles: Mapped[Any | None] = mapped_column(JsonText)
    changes: Mapped[Any | None] = mapped_column(JsonText)
    rejected_reason: Mapped[str | None]
    safety_verdict: Mapped[str | None]
    safety: Mapped[Any | None] = mapped_column(JsonText)
    requirements: Mapped[Any | None] = mapped_column(JsonText)
    route: Mapped[Any | None] = mapped_column(JsonText)
    rationale: Mapped[str | None]


def _of_candidate() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["run_id", "key"], ["candidates.run_id", "candidates.key"], ondelete="CASCADE")


class StructureColumn(Base):
    """Of all candidates of a finished run one thing that structures are searched by, packed (:mod:`tools.structures.columns`).

    It is made from the candidates and can be made again, so no seal covers it.
    """

    __tablename__ = "structure_columns"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class PropertyValueRow(Base):
    """One property of one candidate of an earlier molwright. ``number`` or ``level`` holds the value; both are null where it could not be had."""

    __tablename__ = "property_values"
    __table_args__ = (_of_candidate(), {"sqlite_with_rowid": False})

    run_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    number: Mapped[float | None]
    level: Mapped[str | None]
    unit: Mapped[str]
    sigma: Mapped[float | None]
    lower: Mapped[float | None]
    upper: Mapped[float | None]
    method: Mapped[str]
    method_version: Mapped[str]
    in_domain: Mapped[bool | None]
    nearest: Mapped[str | None]
    nearest_value: Mapped[float | None]
    similarity: Mapped[float | None]
    reason: Mapped[str | None]


class Ranking(Base):
    """How a candidate of an earlier molwright stands against the others; a row exists once any of its numbers does."""

    __tablename__ = "rankings"
    __table_args__ = (_of_candidate(), Index(None, "run_id", "rank"))

    run_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int | None]
    rank_low: Mapped[int | None]
    rank_high: Mapped[int | None]
    score: Mapped[float | None]
    p_meets: Mapped[float | None]
    desirability: Mapped[float | None]
    pareto_front: Mapped[int | None]


class CitationRow(Base):
    """A reference used by the report where ``key`` is empty, else by a candidate of an earlier molwright."""

    __tablename__ = "citations"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    note: Mapped[str]
    title: Mapped[str]
    year: Mapped[int | None]
    doi: Mapped[str]
    authors: Mapped[str]
    passage: Mapped[str]


class ReportRow(Base):
    """The finished report of a run."""

    __tablename__ = "reports"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    schema_version: Mapped[str]
    content: Mapped[Any] = mapped_column(JsonText)
    stored_at: Mapped[datetime.datetime] = mapped_column(server_default=text("CURRENT_TIMESTAMP"))


class Event(Base):
    """One event of a run's trace. ``seal`` covers it and the seal of the event before; empty in runs of an older molwright.

    The index holds all that the sums over steps and errors need, so that they pass by what the events hold.
    """

    __tablename__ = "trace_events"
    __table_args__ = (UniqueConstraint("run_id", "sequence"), Index(None, "kind", "run_id", "sequence", "node", "at"))

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    node: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    schema_version: Mapped[str]
    kind: Mapped[str]
    request_hash: Mapped[str]
    inputs: Mapped[Any] = mapped_column(JsonText)
    outputs: Mapped[Any] = mapped_column(PackedText)
    output_hash: Mapped[str]
    endpoint: Mapped[str]
    model: Mapped[str]
    prompt_hash: Mapped[str]
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    seconds: Mapped[float]
    at: Mapped[str]
    seal: Mapped[str] = mapped_column(server_default=text("''"))


class ProgressRow(Base):
    """One progress event of a run: what any door may show, and no part of the trace."""

    __tablename__ = "progress_events"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    content: Mapped[Any] = mapped_column(JsonText)


class Feedback(Base):
    """What a reviewer said about a candidate, or about the run where ``key`` is empty. The id is the content's hash.

    ``content``: a reason from the list, a measured value, what is taken back; null where there is nothing of these. ``seal`` covers the row
    and the seal of the one before.
    """

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("run_id", "sequence"),)

    feedback_id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"))
    sequence: Mapped[int]
    key: Mapped[str]
    verdict: Mapped[str]
    comment: Mapped[str]
    author: Mapped[str]
    at: Mapped[str]
    stored_at: Mapped[datetime.datetime] = mapped_column(server_default=text("CURRENT_TIMESTAMP"))
    seal: Mapped[str] = mapped_column(server_default=text("''"))
    content: Mapped[Any | None] = mapped_column(JsonText)


class Round(Base):
    """That a run was started from the decisions on another one. The run's options say so too, and those are sealed; this finds it."""

    __tablename__ = "rounds"
    __table_args__ = (Index(None, "parent_id"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    parent_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"))


class RunSeal(Base):
    """A seal over a finished run (``kind`` 'run') or over feedback that came later ('feedback'); each covers the one before.

    ``content`` holds, by table, the number of rows and the digest of each column; ``head`` is the hash of all of this.
    """

    __tablename__ = "run_seals"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    at: Mapped[str]
    content: Mapped[Any] = mapped_column(JsonText)
    head: Mapped[str]


class ReplayRow(Base):
    """A replay of a run that somebody asked for; ``content`` is its verdict. It can be made anew, and no seal covers it."""

    __tablename__ = "replays"

    replay_id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(index=True)
    asked_by: Mapped[str]
    asked_at: Mapped[str]
    begun_at: Mapped[str]
    finished_at: Mapped[str]
    owner: Mapped[str]
    attempts: Mapped[int]
    content: Mapped[Any] = mapped_column(JsonText)


class EvalRunRow(Base):
    """One execution of an evaluation suite; ``content`` is everything but its cases."""

    __tablename__ = "eval_runs"

    eval_id: Mapped[str] = mapped_column(primary_key=True)
    suite: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[str] = mapped_column(index=True)
    content: Mapped[Any] = mapped_column(JsonText)
    stored_at: Mapped[datetime.datetime] = mapped_column(server_default=text("CURRENT_TIMESTAMP"))


class EvalCaseRow(Base):
    """One case of an evaluation run. ``position`` is its place in the suite."""

    __tablename__ = "eval_cases"

    eval_id: Mapped[str] = mapped_column(ForeignKey("eval_runs.eval_id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case: Mapped[str]
    seed: Mapped[int]
    score: Mapped[float]
    detail: Mapped[Any] = mapped_column(JsonText)
