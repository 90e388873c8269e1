"""The connection to the database: SQLite in WAL mode or PostgreSQL, one transaction a call, errors in plain words."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from core.errors import ConfigurationError, StoreError
from core.masking import masked

BUSY_SECONDS = 30.0
"""How long a SQLite connection waits for another process's transaction."""

CONNECT_SECONDS = 10
"""How long to wait for a PostgreSQL server to accept a connection."""

_WRITE = "write sqlite:///FILE or postgresql://USER@HOST/NAME"

_CAUSES = (
    (("readonly database", "read-only transaction"), "it is read-only (check the permissions of the file and of its folder)", True),
    (("database or disk is full", "no space left", "could not extend file"), "the disk is full", True),
    (("file is not a database", "disk image is malformed"), "the file is damaged or not a SQLite database", False),
    (("unable to open database file",), "the file cannot be opened (check that it and its folder exist and can be written)", False),
    (("database is locked", "table is locked"), "another process keeps it locked", True),
    (("disk i/o error",), "reading or writing the disk failed", False),
    (("connection refused", "could not connect", "connection failed", "timeout expired"), "the server cannot be reached", False),
    (("could not translate host name", "name or service not known", "failed to resolve host"), "the server's name is unknown", False),
    (("password authentication", 'role "', "permission denied"), "the server refuses this user", False),
    (("no such table", "undefinedtable"), "it is not a molwright database, or it is damaged", False),
)
"""Signs in a driver's message, what they mean, and whether what was stored before is certainly untouched."""


def normalise_url(url: str) -> URL:
    """A SQLAlchemy URL of a supported database; PostgreSQL in any spelling becomes ``postgresql+psycopg``.

    Raises ConfigurationError for an unreadable URL, another kind of database, a port that is none, or SQLite without a file.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(f"the database URL cannot be read; {_WRITE}") from error
    except ValueError as error:  # what SQLAlchemy's own conversion of the port raises
        raise ConfigurationError(f"the port of the database URL is no number from 1 to 65535; {_WRITE}") from error
    backend = parsed.get_backend_name().lower()
    if backend in ("postgresql", "postgres"):
        _check_server(parsed)
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ConfigurationError(f"database {masked(backend)!r} is not supported; {_WRITE}")
    if not parsed.database or parsed.database == ":memory:":
        raise ConfigurationError("SQLite needs a file: nodes run in several threads and other processes must see the run")
    return parsed.set(drivername="sqlite+pysqlite")


def _check_server(url: URL) -> None:
    if url.port is not None and not 1 <= url.port <= 65535:
        raise ConfigurationError(f"the port {url.port} of the database URL is no number from 1 to 65535; {_WRITE}")
    if "@" in (url.host or ""):
        raise ConfigurationError("the database URL has more than one '@': in a password write %40 for '@', %3A for ':' and %2F for '/'")


def shown(url: URL) -> str:
    """The address for messages, without what it keeps secret."""
    return masked(str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True))


def store_error(error: BaseException, where: str) -> StoreError:
    """A StoreError that says what is wrong with the database and where it is."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    message = masked(" ".join(str(original).split()))
    low = f"{type(original).__name__} {message}".lower()
    for signs, meaning, untouched in _CAUSES:
        if any(sign in low for sign in signs):
            kept = "; nothing was written, what was stored before is kept" if untouched else ""
            return StoreError(f"database {where}: {meaning} [{message[:300]}]{kept}")
    return StoreError(f"database {where}: {message[:600]}")


def make_engine(url: URL, *, migrating: bool = False) -> Engine:
    """An engine for ``url``. With ``migrating`` it keeps no connection and leaves SQLite's foreign keys off, because
    rebuilding a table would otherwise delete the rows that refer to it.
    """
    pool: dict[str, Any] = {"poolclass": NullPool} if migrating else {"pool_size": 8, "max_overflow": 24}
    if url.get_backend_name() != "sqlite":
        return create_engine(url, connect_args={"connect_timeout": CONNECT_SECONDS}, pool_pre_ping=not migrating, **pool)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, **pool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver's guess
        connection.execute(f"PRAGMA foreign_keys={'OFF' if migrating else 'ON'}")
        connection.execute("PRAGMA synchronous=FULL")  # a committed event survives a power cut

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes its lock at once: one that starts by reading could not wait for another writer later.
        writes = connection.get_execution_options().get("molwright_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def for_reading(url: URL) -> URL:
    """``url`` itself, or, for a SQLite file that this process may only read, a URL by which that is possible.

    SQLite keeps a shared index beside a file in WAL mode and cannot open one where it may not write. Where nothing waits in the log
    beside it, the file is complete and is opened as one that nobody changes.
    """
    name = str(url.database)
    if url.get_backend_name() != "sqlite" or name.startswith("file:"):
        return url
    file = Path(name)
    if not file.is_file() or (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
        return url
    log = file.with_name(file.name + "-wal")
    unchanged = {} if log.is_file() and log.stat().st_size else {"immutable": "1"}
    return url.set(database=f"file:{quote(str(file.resolve()))}", query={"mode": "ro", "uri": "true", **unchanged})


def make_folder(url: URL) -> None:
    """Create the folder of a SQLite file. Raises StoreError if that cannot be done."""
    name = str(url.database)
    if url.get_backend_name() != "sqlite" or name.startswith("file:"):
        return
    folder = Path(name).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"database {name}: its folder cannot be made: {error}") from error


def use_wal(connection: Any) -> None:
    """Put the SQLite file of a driver's ``connection`` into WAL mode, if it is not yet. The mode stays with the file."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0].lower() != "wal":
                connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)  # SQLite does not wait by itself while the mode changes


class Database:
    """An opened database. Every call of :meth:`read` or :meth:`write` is one transaction on a connection of its own,
    so that any thread may call at any time and none spans more than one store operation.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.where = shown(url)
        self.engine = make_engine(url)
        self._writer = self.engine.execution_options(molwright_write=True)
        sqlite = url.get_backend_name() == "sqlite"
        self._reader = self.engine if sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection inside a read transaction, which sees one state however many queries it makes. Raises StoreError."""
        with self.errors(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection inside a transaction that is committed at the end, or rolled back if anything is raised."""
        with self.errors(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turns what the driver raises into StoreError."""
        try:
            yield
        except (SQLAlchemyError, OSError, UnicodeError) as error:
            raise store_error(error, self.where) from error

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def open_error(error: BaseException, url: URL) -> StoreError | ConfigurationError:
    """What to raise when an engine for ``url`` cannot be made or used."""
    if isinstance(error, NoSuchModuleError):
        return ConfigurationError(f"no driver for database {shown(url)}")
    return store_error(error, shown(url))
