"""What can go wrong with a database is said in words, with the place, and loses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event

from core.candidate import Candidate
from core.errors import ConfigurationError, StoreError
from memory.sql import SqlRunStore
from memory.sql.engine import normalise_url, shown

AT = "2026-01-01T00:00:00+00:00"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A SQLite store with one run, closed."""
    path = tmp_path / "molwright.db"
    with SqlRunStore(f"sqlite:///{path}") as store:
        store.create_run("r1", "goal", {}, AT)
    return path


def _runs(file: Path) -> list[str]:
    with SqlRunStore(f"sqlite:///{file}") as store:
        return [run.run_id for run in store.runs()]


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgresql://u@h/d", "postgresql+psycopg"),
        ("postgres://u@h/d", "postgresql+psycopg"),
        ("postgresql+psycopg2://u@h/d", "postgresql+psycopg"),
        ("sqlite:////tmp/x.db", "sqlite+pysqlite"),
        ("sqlite+aiosqlite:////tmp/x.db", "sqlite+pysqlite"),
    ],
)
def test_urls_are_normalised(url: str, driver: str) -> None:
    assert normalise_url(url).drivername == driver


@pytest.mark.parametrize("url", ["", "molwright.db", "mysql://u@h/d", "sqlite://", "sqlite:///:memory:", "nosuch+driver://x"])
def test_urls_that_cannot_be_used(url: str) -> None:
    with pytest.raises(ConfigurationError):
        SqlRunStore(url)


@pytest.mark.parametrize("port", ["abc", "99999", "-1", "0x10", "5432x"])
def test_a_bad_port_is_said_without_the_password(port: str) -> None:
    with pytest.raises(ConfigurationError, match="of the database URL is no number from 1 to 65535") as caught:
        SqlRunStore(f"postgresql://ada:secret@127.0.0.1:{port}/db")
    assert "secret" not in str(caught.value)


def test_the_password_is_not_shown() -> None:
    assert "secret" not in shown(normalise_url("postgresql://ada:secret@host/db"))


def test_an_unreachable_server() -> None:
    with pytest.raises(StoreError, match=r"postgresql\+psycopg://ada:\*\*\*@127.0.0.1:1/db: the server cannot be reached") as caught:
        SqlRunStore("postgresql://ada:secret@127.0.0.1:1/db")
    assert "secret" not in str(caught.value)


def test_a_read_only_database_can_be_read_and_says_so_when_written(file: Path) -> None:
    with SqlRunStore(f"sqlite:///{file}") as keeper:  # keeps the write-ahead log's index there, which a reader cannot make
        keeper.runs()
        with SqlRunStore(f"sqlite:///file:{file}?mode=ro&uri=true") as store:
            assert store.run("r1").goal == "goal"
            with pytest.raises(StoreError, match=rf"{file.name}.* is read-only .*what was stored before is kept"):
                store.create_run("r2", "goal", {}, AT)
            with pytest.raises(StoreError, match="read-only"):
                store.acquire("r1", "me")
            assert [run.run_id for run in store.runs()] == ["r1"]
    assert _runs(file) == ["r1"]


def test_an_immutable_new_database_says_that_it_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        SqlRunStore(f"sqlite:///file:{tmp_path / 'none.db'}?mode=ro&uri=true")


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        SqlRunStore(f"sqlite:///{tmp_path}")


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(StoreError, match="its folder cannot be made"):
        SqlRunStore(f"sqlite:///{tmp_path / 'home' / 'molwright.db'}")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "molwright.db"
    path.write_text("this is a note, not a database; " * 100)
    with pytest.raises(StoreError, match=rf"{path.name}: the file is damaged or not a SQLite database"):
        SqlRunStore(f"sqlite:///{path}")
    assert path.read_text().startswith("this is a note")


def test_a_damaged_database(file: Path) -> None:
    pages = bytearray(file.read_bytes())
    pages[8192:] = b"\xff" * (len(pages) - 8192)  # the first pages stay, so that it still looks like a database
    file.write_bytes(pages)
    with pytest.raises(StoreError, match="damaged"), SqlRunStore(f"sqlite:///{file}") as store:
        store.runs()


def test_a_full_disk_loses_nothing(file: Path, new_candidate: Callable[..., Candidate]) -> None:
    with SqlRunStore(f"sqlite:///{file}") as store:
        lease = store.acquire("r1", "me")
        store.save_candidates(lease, [new_candidate(0)])

        @event.listens_for(store.database.engine, "connect")
        def _limit(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute(f"PRAGMA max_page_count={connection.execute('PRAGMA page_count').fetchone()[0]}")

        store.close()
        with pytest.raises(StoreError, match=r"the disk is full .*what was stored before is kept"):
            store.save_candidates(lease, [new_candidate(number) for number in range(500)])
        assert store.candidates("r1") == [new_candidate(0)]
    with SqlRunStore(f"sqlite:///{file}") as store:
        store.save_candidates(lease, [new_candidate(number) for number in range(500)])
        assert len(store.candidates("r1")) == 500


def test_a_database_that_stays_locked(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memory.sql.engine.BUSY_SECONDS", 0.1)
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with SqlRunStore(f"sqlite:///{file}") as store:
            assert store.run("r1").goal == "goal"  # readers are not kept out
            with pytest.raises(StoreError, match="another process keeps it locked"):
                store.create_run("r2", "goal", {}, AT)
        other.execute("ROLLBACK")
    other.close()
    assert _runs(file) == ["r1"]


@pytest.mark.postgres
def test_a_server_that_goes_away_and_comes_back(postgres_url: str) -> None:
    with SqlRunStore(postgres_url) as store:
        store.create_run("r1", "goal", {}, AT)
        with store.database.read() as connection, store.database.engine.connect() as other:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
            with pytest.raises(StoreError), store.database.errors():
                connection.exec_driver_sql("SELECT 1")
        assert store.run("r1").goal == "goal"


@pytest.mark.postgres
def test_a_read_only_server(postgres_url: str) -> None:
    SqlRunStore(postgres_url).close()
    with SqlRunStore(f"{postgres_url}%20-cdefault_transaction_read_only%3Don") as store:
        assert store.runs() == []
        with pytest.raises(StoreError, match="it is read-only"):
            store.create_run("r1", "goal", {}, AT)


@pytest.mark.parametrize("port", ["54x2", "0", "99999", "1,h2:2", "-1"])
def test_a_port_that_is_none_is_a_sentence(port: str) -> None:
    with pytest.raises(ConfigurationError, match="port") as caught:
        SqlRunStore(f"postgresql://ada:secret@h:{port}/db")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["postgresql://ada:x@secret@h/db", "POSTGRES://ada:secret@127.0.0.1:1/db", "postgresql://ada@127.0.0.1:1/db?password=secret"]
)
def test_no_spelling_of_a_url_shows_its_password(url: str) -> None:
    with pytest.raises((ConfigurationError, StoreError)) as caught:
        SqlRunStore(url)
    assert "secret" not in str(caught.value)


def test_a_store_that_may_not_be_written_can_be_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SqlRunStore(f"sqlite:///{file}") as store:
        store.run("r1")
    before = sorted(path.name for path in file.parent.iterdir())
    monkeypatch.setattr("memory.sql.engine.os.access", lambda path, mode: False)
    with SqlRunStore(f"sqlite:///{file}") as store:
        assert [run.run_id for run in store.runs()] == ["r1"]
        with pytest.raises(StoreError, match="read-only"):
            store.create_run("r2", "goal", {}, AT)
    assert sorted(path.name for path in file.parent.iterdir()) == before


def test_a_missing_store_in_a_folder_that_may_not_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    with pytest.raises(StoreError, match="its folder cannot be made"):
        SqlRunStore(f"sqlite:///{tmp_path / 'home' / 'molwright.db'}")
