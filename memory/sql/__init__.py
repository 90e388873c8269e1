"""The run store in SQL: SQLite by default, PostgreSQL by URL."""

from memory.sql.store import SqlRunStore

__all__ = ["SqlRunStore"]
