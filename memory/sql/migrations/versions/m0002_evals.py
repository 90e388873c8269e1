"""Results of evaluation suites."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NOW = sa.text("CURRENT_TIMESTAMP")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "eval_runs",
        sa.Column("eval_id", sa.Text(), nullable=False),
        sa.Column("suite", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.DateTime(), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("eval_id", name=op.f("pk_eval_runs")),
    )
    op.create_index(op.f("ix_eval_runs_suite"), "eval_runs", ["suite"])
    op.create_index(op.f("ix_eval_runs_created_at"), "eval_runs", ["created_at"])
    op.create_table(
        "eval_cases",
        sa.Column("eval_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["eval_id"], ["eval_runs.eval_id"], name=op.f("fk_eval_cases_eval_id_eval_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("eval_id", "position", name=op.f("pk_eval_cases")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("eval_cases")
    op.drop_table("eval_runs")
