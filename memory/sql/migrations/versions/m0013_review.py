"""What a remark holds beside its text, and which run was started from the decisions on which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them. What is stored already has none of either."""
    op.add_column("feedback", sa.Column("content", sa.Text(), nullable=True))
    op.create_table(
        "rounds",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_rounds_run_id_runs"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["parent_id"], ["runs.run_id"], name=op.f("fk_rounds_parent_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_rounds")),
    )
    op.create_index(op.f("ix_rounds_parent_id"), "rounds", ["parent_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_rounds_parent_id"), table_name="rounds")
    op.drop_table("rounds")
    op.drop_column("feedback", "content")
