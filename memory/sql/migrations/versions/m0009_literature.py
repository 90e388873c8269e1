"""The literature: documents with their text, passages, substances, reported values, and the journal of what was added."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES: dict[str, list[tuple[str, Any, bool]]] = {
    "literature_documents": [
        ("document_id", sa.Text, False), ("title", sa.Text, False), ("authors", sa.Text, False), ("year", sa.Integer, True),
        ("doi", sa.Text, True), ("journal", sa.Text, True), ("licence", sa.Text, True), ("retracted", sa.Boolean, True),
        ("source", sa.Text, False), ("collection", sa.Text, False), ("content_hash", sa.Text, False), ("level", sa.Text, False),
        ("pages", sa.Integer, True), ("notes", sa.Text, False), ("characters", sa.Integer, False), ("text", sa.LargeBinary, False),
        ("layout", sa.LargeBinary, False),
        ("indexed", sa.Boolean, False), ("added_at", sa.Text, False),
    ],
    "literature_passages": [
        ("document_id", sa.Text, False), ("position", sa.Integer, False), ("passage_id", sa.Text, False), ("section", sa.Text, True),
        ("page", sa.Integer, True), ("start_char", sa.Integer, False), ("end_char", sa.Integer, False), ("kind", sa.Text, False),
    ],
    "literature_mentions": [
        ("document_id", sa.Text, False), ("position", sa.Integer, False), ("start_char", sa.Integer, False),
        ("end_char", sa.Integer, False), ("kind", sa.Text, False), ("written", sa.Text, False), ("name", sa.Text, True),
        ("name_key", sa.Text, False), ("smiles", sa.Text, True), ("substance", sa.Text, True),
    ],
    "literature_values": [
        ("document_id", sa.Text, False), ("position", sa.Integer, False), ("property", sa.Text, False), ("relation", sa.Text, False),
        ("value", sa.Double, False), ("upper", sa.Double, True), ("spread", sa.Double, True), ("unit", sa.Text, False),
        ("standard", sa.Double, True), ("standard_upper", sa.Double, True), ("standard_unit", sa.Text, False),
        ("conditions", sa.Text, False), ("substance_said", sa.Text, True), ("smiles", sa.Text, True), ("substance", sa.Text, True),
        ("quote", sa.Text, False), ("start_char", sa.Integer, False), ("end_char", sa.Integer, False), ("page", sa.Integer, True),
        ("approved_by", sa.Text, False), ("approved_at", sa.Text, False),
    ],
    "literature_retractions": [("doi", sa.Text, False), ("notice", sa.Text, False)],
    "literature_journal": [
        ("source_hash", sa.Text, False), ("collection", sa.Text, False), ("item", sa.Integer, False), ("name", sa.Text, False),
        ("status", sa.Text, False), ("reason", sa.Text, False), ("document_id", sa.Text, True), ("at", sa.Text, False),
    ],
}  # fmt: skip
KEYS = {
    "literature_documents": ["document_id"],
    "literature_retractions": ["doi"],
    "literature_journal": ["source_hash", "collection", "item"],
}
UNIQUE = {"literature_documents": ["doi"], "literature_passages": ["passage_id"]}
INDEXES = [
    ("literature_documents", ["collection"]),
    ("literature_documents", ["content_hash"]),
    ("literature_documents", ["indexed"]),
    ("literature_documents", ["added_at"]),
    ("literature_mentions", ["substance"]),
    ("literature_mentions", ["name_key"]),
    ("literature_values", ["property", "substance"]),
    ("literature_values", ["substance"]),
    ("literature_journal", ["document_id"]),
    ("literature_journal", ["status"]),
]


def upgrade() -> None:
    """Create the tables and their indexes."""
    for table, columns in TABLES.items():
        op.create_table(table, *(sa.Column(name, kind(), nullable=null) for name, kind, null in columns), *_constraints(table))
    for table, names in INDEXES:
        op.create_index(op.f(f"ix_{table}_{'_'.join(names)}"), table, names)


def downgrade() -> None:
    """Drop them."""
    for table, names in reversed(INDEXES):
        op.drop_index(op.f(f"ix_{table}_{'_'.join(names)}"), table)
    for table in reversed(TABLES):
        op.drop_table(table)


def _constraints(table: str) -> Iterator[sa.Constraint]:
    yield sa.PrimaryKeyConstraint(*KEYS.get(table, ["document_id", "position"]), name=op.f(f"pk_{table}"))
    if table in UNIQUE:
        yield sa.UniqueConstraint(*UNIQUE[table], name=op.f(f"uq_{table}_{'_'.join(UNIQUE[table])}"))
    if table not in ("literature_documents", "literature_retractions"):
        yield sa.ForeignKeyConstraint(
            ["document_id"],
            ["literature_documents.document_id"],
            name=op.f(f"fk_{table}_document_id_literature_documents"),
            ondelete="CASCADE",
        )
