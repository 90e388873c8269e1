"""LangGraph's checkpoints: a SQLite file of their own in the home folder, or PostgreSQL.

Of each thread the last checkpoint is kept, which is all that a run goes on from; a run that is over needs none. They are kept apart from the run store, because a checkpoint written while a node holds a transaction in the same SQLite
file ends in "database is locked". The thread id of a run is its run id.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.errors import ConfigurationError, StoreError
from core.settings import Settings
from memory.sql.engine import BUSY_SECONDS, CONNECT_SECONDS, make_folder, normalise_url, shown, store_error, use_wal

if TYPE_CHECKING:
    import psycopg
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.postgres import PostgresSaver
    from sqlalchemy import URL

FILE_NAME = "checkpoints.db"
_ADVISORY_LOCK = 0x6D6F6C78  # "molx"; only while the tables are made
_DAMAGED = ("file is not a database", "disk image is malformed")
_EXPENDABLE = "checkpoints may be deleted: without them a run goes on from its record, and computes its steps once more"


def checkpoint_url(settings: Settings) -> URL:
    """Where checkpoints are kept: ``store.checkpoints`` if set, else the run store's PostgreSQL, else a file in ``home``.

    Raises ConfigurationError if a ``store.checkpoints`` for SQLite names the run store's own file.
    """
    store = normalise_url(settings.sql_url())
    if settings.store.checkpoints:
        url = normalise_url(settings.store.checkpoints)
        if url.get_backend_name() == "sqlite" and url.database == store.database:
            raise ConfigurationError("checkpoints need a file of their own: store.checkpoints names the run store's")
        return url
    return store if store.get_backend_name() == "postgresql" else normalise_url(f"sqlite:///{settings.home / FILE_NAME}")


@contextmanager
def open_checkpointer(settings: Settings) -> Iterator[BaseCheckpointSaver[Any]]:
    """A checkpoint saver that any thread may use, open for the length of a ``with`` block.

    Several processes may have one open at once; on SQLite each waits up to 30 s for another's transaction. Raises
    ConfigurationError for a URL that cannot be used; StoreError, saying what and where, if the database cannot be used,
    also later, inside the block.
    """
    url = checkpoint_url(settings)
    opened = _on_sqlite(url) if url.get_backend_name() == "sqlite" else _on_postgresql(url)
    with opened as saver:
        yield saver


def drop_from_the_future(saver: BaseCheckpointSaver[Any], run_id: str, now: datetime) -> bool:
    """Drop the run's checkpoints if the last is later than ``now``; whether it was.

    The clock was put back since it was written, and it would count as newer than all that follow. The run goes on from its record and
    computes its steps once more.
    """
    last = saver.get_tuple({"configurable": {"thread_id": run_id}})
    if last is None or datetime.fromisoformat(last.checkpoint["ts"]) <= now:
        return False
    saver.delete_thread(run_id)
    return True


@contextmanager
def _on_sqlite(url: URL) -> Iterator[BaseCheckpointSaver[Any]]:
    from memory.checkpoints_sqlite import LastOnSqlite

    make_folder(url)
    name = str(url.database)
    try:
        connection = sqlite3.connect(name, timeout=BUSY_SECONDS, check_same_thread=False, uri=name.startswith("file:"))
        with closing(connection):
            connection.execute("PRAGMA synchronous=FULL")
            use_wal(connection)
            saver = LastOnSqlite(connection)
            saver.setup()
            yield saver
    except sqlite3.Error as error:
        if any(sign in str(error) for sign in _DAMAGED):
            raise StoreError(f"{store_error(error, name)}; {_EXPENDABLE}") from error
        raise store_error(error, name) from error


@contextmanager
def _on_postgresql(url: URL) -> Iterator[BaseCheckpointSaver[Any]]:
    import psycopg
    from psycopg.rows import dict_row

    from memory.checkpoints_postgres import LastOnPostgres

    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.Connection.connect(
            address, autocommit=True, prepare_threshold=0, connect_timeout=CONNECT_SECONDS, row_factory=dict_row
        ) as connection:
            saver = LastOnPostgres(connection)
            _make_tables(connection, saver, shown(url))
            yield saver
    except psycopg.Error as error:
        raise store_error(error, shown(url)) from error


def _make_tables(connection: psycopg.Connection[Any], saver: PostgresSaver, where: str) -> None:
    """Run the saver's migrations, one process at a time.

    The lock is asked for again and again instead of waited for: the migrations build indexes concurrently, which waits
    for every open statement of the database, so that a waiting statement would be a deadlock.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while not next(iter(connection.execute("SELECT pg_try_advisory_lock(%s) AS got", (_ADVISORY_LOCK,))))["got"]:
        if time.monotonic() > deadline:
            raise StoreError(f"database {where}: another process has been making the checkpoint tables for {BUSY_SECONDS:g} s")
        time.sleep(0.05)
    try:
        saver.setup()
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", (_ADVISORY_LOCK,))
