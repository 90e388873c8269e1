"""How many workers a run has lost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the number; it is null for every run so far, so that seals hold."""
    op.add_column("runs", sa.Column("losses", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("runs", "losses")
