"""INSERT ... ON CONFLICT DO UPDATE, which SQLite and PostgreSQL spell alike and SQLAlchemy imports from each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from memory.sql.models import Base


def upsert(
    connection: Connection, model: type[Base], rows: Sequence[dict[str, Any]], identity: tuple[str, ...], keep: tuple[str, ...] = ()
) -> None:
    """Insert ``rows``; where a row with the same ``identity`` columns exists, overwrite it except for the ``keep`` columns.

    All rows name the same columns, and no two have the same identity.
    """
    if not rows:
        return
    table = model.__table__
    assert isinstance(table, Table)
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in identity and name not in keep}
    connection.execute(statement.on_conflict_do_update(index_elements=list(identity), set_=changed), list(rows))
