"""Seals: each event and each feedback seals the one before, and a finished run is sealed as a whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the seals. What is stored already has none, and is told from what lost its own by that."""
    for table in ("trace_events", "feedback"):
        op.add_column(table, sa.Column("seal", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "run_seals",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_run_seals_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_run_seals")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("run_seals")
    for table in ("feedback", "trace_events"):
        op.drop_column(table, "seal")
