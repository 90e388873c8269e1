"""Candidates are packed into one column of a table with row ids; the trace is found by the kind of event.

What is stored already stays as it is, value for value, so that its seals hold.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

#: Columns that every candidate has.
KEPT = ("run_id", "key", "position", "dedup_key", "proposer", "generation", "status", "rejected_by")
#: Columns that are filled for candidates from before this migration only.
BEFORE = (
    "schema_version",
    "smiles",
    "given",
    "inchikey",
    "name",
    "candidate_class",
    "undefined_stereocentres",
    "notes",
    "operator",
    "parents",
    "origin_rationale",
    "parent_smiles",
    "changes",
    "rejected_reason",
    "safety_verdict",
    "safety",
    "requirements",
    "route",
    "rationale",
)
NUMBERS = ("position", "generation", "undefined_stereocentres")
OF_EVENTS = ["kind", "run_id", "sequence", "node", "at"]


def upgrade() -> None:
    """Make the table anew on SQLite, where it had no row ids and nearly every row took a page of its own; change it on PostgreSQL."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(packed=True)
    else:
        op.add_column("candidates", sa.Column("content", sa.LargeBinary(), nullable=True))
        for name in BEFORE:
            op.alter_column("candidates", name, nullable=True)
        op.alter_column("candidates", "given", server_default=None)
        op.drop_index(op.f("ix_candidates_run_id_status"), "candidates")
    op.create_index(op.f("ix_candidates_run_id_dedup_key"), "candidates", ["run_id", "dedup_key"])
    op.create_index(op.f("ix_candidates_status_run_id_position"), "candidates", ["status", "run_id", "position"])
    op.create_index(op.f("ix_trace_events_kind_run_id_sequence_node_at"), "trace_events", OF_EVENTS)


def downgrade() -> None:
    """Put the table back. RuntimeError where candidates are packed: what reads the older schema could not read them."""
    if op.get_bind().execute(sa.text("SELECT count(*) FROM candidates WHERE content IS NOT NULL")).scalar():
        raise RuntimeError("the database holds candidates that an older molwright cannot read")
    op.drop_index(op.f("ix_trace_events_kind_run_id_sequence_node_at"), "trace_events")
    op.drop_index(op.f("ix_candidates_status_run_id_position"), "candidates")
    op.drop_index(op.f("ix_candidates_run_id_dedup_key"), "candidates")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(packed=False)
    else:
        op.drop_column("candidates", "content")
        for name in BEFORE:
            op.alter_column("candidates", name, nullable=False)
        op.alter_column("candidates", "given", server_default=sa.text("''"))
    op.create_index(op.f("ix_candidates_run_id_status"), "candidates", ["run_id", "status"])


def _column(name: str, packed: bool) -> sa.Column[object]:
    kind = sa.Integer() if name in NUMBERS else sa.Text()
    default = sa.text("''") if name == "given" and not packed else None
    return sa.Column(name, kind, nullable=packed and name in BEFORE, server_default=default)


def _rebuild(packed: bool) -> None:
    """The table with the same rows, with or without what this migration brings. Tables that refer to it go on to do so by its name."""
    op.create_table(
        "candidates_made_anew",
        *(_column(name, packed) for name in KEPT),
        *([sa.Column("content", sa.LargeBinary(), nullable=True)] if packed else []),
        *(_column(name, packed) for name in BEFORE),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_candidates_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "key", name=op.f("pk_candidates")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_candidates_run_id_position")),
        sqlite_with_rowid=packed,
    )
    names = ", ".join((*KEPT, *BEFORE))
    op.execute(f"INSERT INTO candidates_made_anew ({names}) SELECT {names} FROM candidates ORDER BY run_id, position")
    op.drop_table("candidates")
    op.rename_table("candidates_made_anew", "candidates")
    op.create_index(op.f("ix_candidates_run_id_generation"), "candidates", ["run_id", "generation"])
