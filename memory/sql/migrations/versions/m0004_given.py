"""Everything that was given with a candidate, where only a part of it is judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; candidates stored before have none."""
    op.add_column("candidates", sa.Column("given", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("candidates", "given")
