"""The people: accounts, sessions, API tokens, projects, who may see a run, and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES: dict[str, tuple[str, ...]] = {
    "people": ("name", "role", "password_hash", "quota", "created_at", "disabled_at", "seen_at"),
    "people_sessions": ("session_hash", "person", "created_at", "seen_at"),
    "people_tokens": ("token_id", "token_hash", "person", "label", "created_at", "expires_at", "used_at"),
    "projects": ("name", "created_at"),
    "project_members": ("project", "person"),
    "run_access": ("run_id", "owner", "visibility", "project"),
    "audit_log": ("number", "at", "person", "action", "target", "origin", "outcome"),
}
KEYS = {"project_members": ("project", "person")}
REFERENCES = {
    "people_sessions": (("person", "people", "name"),),
    "people_tokens": (("person", "people", "name"),),
    "project_members": (("project", "projects", "name"), ("person", "people", "name")),
    "run_access": (("run_id", "runs", "run_id"),),
}
INDEXES = (
    ("people_sessions", ("person",)),
    ("people_tokens", ("person",)),
    ("people_tokens", ("token_hash",)),
    ("project_members", ("person",)),
    ("run_access", ("owner", "run_id")),
    ("audit_log", ("at",)),
)


def upgrade() -> None:
    """Create the tables."""
    for table, names in TABLES.items():
        columns = [sa.Column(name, sa.Integer() if name in ("quota", "number") else sa.Text(), nullable=name == "quota") for name in names]
        foreign = [
            sa.ForeignKeyConstraint([own], [f"{other}.{column}"], name=op.f(f"fk_{table}_{own}_{other}"), ondelete="CASCADE")
            for own, other, column in REFERENCES.get(table, ())
        ]
        key = sa.PrimaryKeyConstraint(*KEYS.get(table, names[:1]), name=op.f(f"pk_{table}"))
        op.create_table(table, *columns, *foreign, key)
    for table, names in INDEXES:
        op.create_index(op.f(f"ix_{table}_{'_'.join(names)}"), table, list(names))


def downgrade() -> None:
    """Drop them."""
    for table in reversed(TABLES):
        op.drop_table(table)
