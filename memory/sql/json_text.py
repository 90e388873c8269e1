"""What a JSON column holds under a name, as SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Text, case, cast, func, type_coerce


def json_text(connection: Connection, column: ColumnElement[Any], name: str) -> ColumnElement[str]:
    """The text that the JSON object in ``column`` holds under ``name``; null where it holds none."""
    raw = type_coerce(column, Text)
    if connection.dialect.name == "sqlite":
        return case((func.json_type(raw, f"$.{name}") == "text", func.json_extract(raw, f"$.{name}")))
    held = cast(raw, JSON)
    return case((func.json_typeof(held[name]) == "string", held[name].as_string()))
