"""Empty databases brought to the present schema by the statements that the first of them in this process took.

What a test costs that opens a store of its own is mostly Alembic looking for the migrations and compiling them anew: a tenth of a second, for
hundreds of tests. The first database of each kind is really migrated, while its statements are written down; the next empty ones are given these.
A database that holds something is always migrated. ``tests/memory/test_schema.py`` compares both ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event, inspect

from memory.sql import schema

#: Statements that only look.
_LOOKS = ("SELECT", "PRAGMA", "SHOW")
#: (statement, its parameters, whether these are several rows) by the name of the database's kind.
_kept: dict[str, list[tuple[str, Any, bool]]] = {}
migrated = schema._migrate


def replayed(connection: Connection) -> None:
    """In place of ``memory.sql.schema._migrate``: brings ``connection`` to the present schema."""
    kind = connection.dialect.name
    if inspect(connection).get_table_names():
        migrated(connection)
    elif kind not in _kept:
        with _written_down(connection) as statements:
            migrated(connection)
        _kept[kind] = statements
    else:
        for statement, parameters, many in _kept[kind]:
            cursor = connection.connection.cursor()
            if many:
                cursor.executemany(statement, parameters)
            elif parameters:
                cursor.execute(statement, parameters)
            else:
                cursor.execute(statement)
            cursor.close()


@contextmanager
def _written_down(connection: Connection) -> Iterator[list[tuple[str, Any, bool]]]:
    """The statements of ``connection`` that change something, as the driver is given them."""
    found: list[tuple[str, Any, bool]] = []

    def heard(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        if not statement.lstrip().upper().startswith(_LOOKS):
            found.append((statement, parameters, many))

    event.listen(connection, "before_cursor_execute", heard)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", heard)
