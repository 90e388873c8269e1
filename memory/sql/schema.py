"""Brings a database to this code's schema when it is opened, once, however many processes open it together."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from core.errors import StoreError
from memory.sql.engine import make_engine, make_folder, open_error, shown, use_wal
from memory.sql.models import SCHEMA_HEAD
from memory.sql.registry_models import Base

MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 0x6D6F6C77  # "molw"


def stored_version(connection: Connection) -> str | None:
    """Number of the newest migration that the database has, or None for an empty one.

    Raises StoreError if it holds tables of this name that no migration of ours made.
    """
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        ours = sorted(tables & set(Base.metadata.tables))
        if ours:
            raise StoreError(f"the database has tables ({', '.join(ours)}) but no schema number: it is not a molwright database")
        return None
    versions = [str(row[0]) for row in connection.execute(text("SELECT version_num FROM alembic_version"))]
    return max(versions) if versions else None


def is_current(connection: Connection) -> bool:
    """Whether the schema is this code's. Raises StoreError if it is newer or of unknown origin."""
    version = stored_version(connection)
    if version is None or version == SCHEMA_HEAD:
        return version == SCHEMA_HEAD
    if not version.isdigit():
        raise StoreError(f"schema {version!r} is unknown to this molwright: it is not a molwright database")
    if int(version) > int(SCHEMA_HEAD):
        raise StoreError(
            f"the database was written by a newer molwright (schema {version}; this one knows {SCHEMA_HEAD}): "
            "upgrade molwright, or set MOLWRIGHT_HOME or MOLWRIGHT_STORE__URL to another place"
        )
    return False


def upgrade(url: URL) -> None:
    """Make the database at ``url`` ready: create its folder and file, run the migrations that are missing.

    The migrations run in one transaction under a lock, so that a second process that opens the database waits and then
    finds the work done. Raises StoreError if the database cannot be used or is newer than this code.
    """
    make_folder(url)
    engine = make_engine(url, migrating=True)
    sqlite = url.get_backend_name() == "sqlite"
    try:
        with engine.connect() as connection:
            if is_current(connection):
                return
        if sqlite:
            with closing(engine.raw_connection()) as raw:
                use_wal(raw.driver_connection)
        with engine.execution_options(molwright_write=True).begin() as connection:
            if not sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            if not is_current(connection):
                _migrate(connection)
                _check_references(connection)
    except StoreError as error:
        raise StoreError(f"database {shown(url)}: {error}") from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise open_error(error, url) from error
    finally:
        engine.dispose()


def _migrate(connection: Connection) -> None:
    from alembic import command  # takes longer to import than everything else here; needed once in a database's life
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise StoreError(f"a migration would leave {len(broken)} rows without the row that they refer to; nothing was changed")
