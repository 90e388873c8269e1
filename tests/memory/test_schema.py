"""The migrations give the tables that the models describe, once, whoever opens the database."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, text

from core.candidate import Candidate
from core.errors import StoreError
from memory.sql import SqlRunStore, schema
from memory.sql.engine import Database, make_engine, make_folder, normalise_url
from memory.sql.models import SCHEMA_HEAD, Base, Run
from memory.sql.schema import MIGRATIONS, upgrade
from tests.memory.before_0006 import rows_before
from tests.memory.conftest import make_candidate
from tests.migrated_kit import migrated, replayed


@pytest.fixture(autouse=True)
def _really(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here every database is really migrated, which elsewhere only the first is."""
    monkeypatch.setattr(schema, "_migrate", migrated)


def _script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def test_models_and_migrations_agree(store: SqlRunStore) -> None:
    with store.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_the_test_above_can_fail(store: SqlRunStore) -> None:
    with store.database.write() as connection:
        connection.execute(text("ALTER TABLE runs ADD COLUMN colour TEXT"))
    with store.database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata)


def test_what_other_tests_replay_is_what_the_migrations_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for step in (migrated, replayed, replayed):
        monkeypatch.setattr(schema, "_migrate", step)
        with SqlRunStore(f"sqlite:///{tmp_path / str(len(found))}.db") as store, store.database.read() as connection:
            tables = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name")).fetchall()
            rows = [connection.execute(text(f"SELECT * FROM {t.name}")).fetchall() for t in tables if t.type == "table"]
            found.append(([tuple(t) for t in tables], rows))
    assert found[0] == found[1] == found[2]


def test_migrations_are_numbered_without_a_gap() -> None:
    revisions = [script.revision for script in reversed(list(_script().walk_revisions()))]
    assert revisions == [f"{number:04d}" for number in range(1, len(revisions) + 1)]
    assert _script().get_heads() == [SCHEMA_HEAD] == revisions[-1:]
    files = sorted(path.name for path in (MIGRATIONS / "versions").glob("m*.py"))
    assert [name[:5] for name in files] == [f"m{revision}" for revision in revisions]


def test_migrations_write_current_timestamp_and_use_nothing_that_may_change() -> None:
    for path in (MIGRATIONS / "versions").glob("m*.py"):
        source = path.read_text(encoding="utf-8")
        assert "now()" not in source
        assert not re.search(r"^(from|import) (memory|core)\b", source, re.MULTILINE)


def test_every_constraint_has_a_name(store: SqlRunStore) -> None:
    with store.database.read() as connection:
        inspector = inspect(connection)
        for table in Base.metadata.tables:
            named = [inspector.get_pk_constraint(table), *inspector.get_foreign_keys(table), *inspector.get_unique_constraints(table)]
            assert all(constraint["name"] for constraint in named), table


def test_migrations_can_be_taken_back(store_url: str) -> None:
    url = normalise_url(store_url)
    upgrade(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = make_engine(url, migrating=True)
    with engine.execution_options(molwright_write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    engine.dispose()
    SqlRunStore(store_url).create_run("r1", "goal", {}, "2026-01-01T00:00:00+00:00")


def test_what_an_earlier_molwright_stored_is_read_after_the_migration(store_url: str) -> None:
    url = normalise_url(store_url)
    make_folder(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = make_engine(url, migrating=True)
    candidates = [make_candidate(number) for number in range(3)]
    run = dict.fromkeys(("finished_at", "error", "owner", "heartbeat_at"), "") | {"run_id": "r1", "goal": "g", "status": "paused"}
    run |= {"options": {}, "created_at": "2026-01-01T00:00:00+00:00", "fence": 1, "spec_version": 0}
    with engine.execution_options(molwright_write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.execute(insert(Run).values(**run))
        for position, candidate in enumerate(candidates):
            for table, rows in rows_before("r1", candidate).items():
                for row in rows:
                    values = row | ({"position": position} if table == "candidates" else {})
                    connection.execute(insert(Base.metadata.tables[table]).values(**values))
    engine.dispose()
    with SqlRunStore(store_url) as store:
        assert store.candidates("r1") == candidates
        assert store.known_keys("r1", ["DEDUP00002"]) == {"DEDUP00002": 2}
        lease = store.acquire("r1", "me")
        store.save_candidates(lease, [make_candidate(1, name="again"), make_candidate(7)])
        assert store.candidates("r1") == [candidates[0], make_candidate(1, name="again"), candidates[2], make_candidate(7)]
        assert store.candidate_counts("r1") == {"rejected": 4}


def test_packed_candidates_are_not_taken_back(store: SqlRunStore, store_url: str, new_candidate: Callable[..., Candidate]) -> None:
    store.create_run("r1", "goal", {}, "2026-01-01T00:00:00+00:00")
    store.save_candidates(store.acquire("r1", "me"), [new_candidate()])
    store.close()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = make_engine(normalise_url(store_url), migrating=True)
    with engine.execution_options(molwright_write=True).begin() as connection:
        config.attributes["connection"] = connection
        with pytest.raises(RuntimeError, match="older molwright"):
            command.downgrade(config, "0005")
    engine.dispose()
    assert store.candidates("r1") == [new_candidate()]


def test_a_migration_that_fails_leaves_nothing_behind(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: object) -> None:
        raise StoreError("rows without the row that they refer to")

    monkeypatch.setattr("memory.sql.schema._check_references", broken)
    with pytest.raises(StoreError, match="rows without"):
        SqlRunStore(store_url)
    monkeypatch.undo()
    database = Database(normalise_url(store_url))
    with database.read() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()
    assert SqlRunStore(store_url).runs() == []


def test_a_newer_database_is_refused_and_left_alone(store_url: str) -> None:
    with SqlRunStore(store_url) as store:
        store.create_run("r1", "goal", {}, "2026-01-01T00:00:00+00:00")
        with store.database.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(StoreError, match=rf"newer molwright \(schema 0999; this one knows {SCHEMA_HEAD}\)"):
        SqlRunStore(store_url)
    database = Database(normalise_url(store_url))
    with database.read() as connection:
        assert connection.execute(text("SELECT run_id FROM runs")).scalars().all() == ["r1"]
    database.close()


@pytest.mark.parametrize("statement", ["CREATE TABLE runs (id INTEGER)", "CREATE TABLE alembic_version (version_num TEXT)"])
def test_a_database_of_something_else_is_refused(store_url: str, tmp_path: Path, statement: str) -> None:
    (tmp_path / "home").mkdir()
    database = Database(normalise_url(store_url))
    with database.write() as connection:
        connection.execute(text(statement))
        if "alembic" in statement:
            connection.execute(text("INSERT INTO alembic_version VALUES ('ae1027a6acf')"))
    with pytest.raises(StoreError, match="not a molwright database"):
        SqlRunStore(store_url)
    database.close()


def test_processes_that_open_a_new_database_together_all_succeed(store_url: str, repository: str) -> None:
    script = "import sys; from memory.sql import SqlRunStore; SqlRunStore(sys.argv[1]).create_run(sys.argv[2], 'g', {}, 'now')"
    processes = [
        subprocess.Popen([sys.executable, "-c", script, store_url, f"r{number}"], cwd=repository, stderr=subprocess.PIPE, text=True)
        for number in range(3)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    with SqlRunStore(store_url) as store:
        assert sorted(run.run_id for run in store.runs()) == ["r0", "r1", "r2"]


def test_opening_a_current_database_does_not_load_alembic(tmp_path: Path, repository: str) -> None:
    url = f"sqlite:///{tmp_path / 'molwright.db'}"
    SqlRunStore(url).close()
    script = "import sys; from memory.sql import SqlRunStore; SqlRunStore(sys.argv[1]); sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script, url], cwd=repository, check=False).returncode == 0


def test_sqlite_is_set_up_for_several_writers(lite: SqlRunStore) -> None:
    with lite.database.read() as connection:
        pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys", "synchronous")}
        assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


def test_rows_that_refer_to_nothing_are_refused(store: SqlRunStore, new_candidate: Callable[..., Candidate]) -> None:
    with pytest.raises(StoreError, match=r"(?i)foreign key"), store.database.write() as connection:
        connection.execute(text("INSERT INTO reports (run_id, schema_version, content) VALUES ('r9', '1', '{}')"))
    store.create_run("r1", "goal", {}, "2026-01-01T00:00:00+00:00")
    store.save_candidates(store.acquire("r1", "me"), [new_candidate()])
    with store.database.write() as connection:
        connection.execute(text("DELETE FROM runs"))
    with store.database.read() as connection:
        for table in Base.metadata.tables:
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table
