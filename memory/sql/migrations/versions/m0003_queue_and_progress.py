"""The queue of runs and the progress that other processes read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add when a run was queued, and the table of progress events."""
    op.add_column("runs", sa.Column("queued_at", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "progress_events",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_progress_events_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_progress_events")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("progress_events")
    op.drop_column("runs", "queued_at")
