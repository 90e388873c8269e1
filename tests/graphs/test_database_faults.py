"""Faults of the databases while a run works: a clear message, a non-zero exit code, and nothing lost."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import Any

import pytest


def shown_once(ended: Any) -> str:
    """The one message of a fault; no traceback."""
    assert ended.code == 1, ended
    assert "Traceback" not in ended.err
    lines = [line for line in ended.err.splitlines() if line.startswith("molwright:")]
    assert len(lines) == 1, ended.err
    return str(lines[0])


def size(bench: Any, name: str) -> int:
    return int((bench.home / name).stat().st_size)


@pytest.mark.parametrize("place", [["standardise", 0, "mid"], ["guard", 1, "saving"]])
def test_corrupt_checkpoints(again: Any, place: list[Any], expected: dict[str, Any]) -> None:
    assert again.run("resume", "run1", at=place).code == -9
    file = again.home / "checkpoints.db"
    for old in again.home.glob("checkpoints.db-*"):
        old.unlink()
    file.write_bytes(b"not a database at all. " * 500)
    message = shown_once(again.run("resume", "run1"))
    assert "checkpoints.db: the file is damaged or not a SQLite database" in message
    assert "checkpoints may be deleted" in message
    with again.store() as store:
        assert (store.run("run1").status, store.run("run1").owner) == ("running", "")
    file.unlink()
    assert again.run("resume", "run1").code == 0
    assert again.snapshot("run1") == expected


def test_checkpoints_damaged_in_the_middle(again: Any, expected: dict[str, Any]) -> None:
    """The file still begins like a database."""
    assert again.run("resume", "run1", at=["check", 1, "begin"]).code == -9
    file = again.home / "checkpoints.db"
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = bytearray(file.read_bytes())
    assert len(pages) > 20_000
    pages[4096:] = b"\xff" * (len(pages) - 4096)
    file.write_bytes(pages)
    assert "checkpoints may be deleted" in shown_once(again.run("resume", "run1"))
    for old in again.home.glob("checkpoints.db*"):
        old.unlink()
    again.execute("run1")
    assert again.snapshot("run1") == expected


@pytest.mark.parametrize("kilobytes", [200, 500])
def test_a_full_disk(again: Any, kilobytes: int, expected: dict[str, Any]) -> None:
    """No file can grow beyond the limit, as on a disk that is full."""
    message = shown_once(again.run("resume", "run1", limit_bytes=kilobytes * 1024))
    assert "database" in message
    assert any(words in message for words in ("the disk is full", "reading or writing the disk failed", "File too large"))
    with again.store() as store:
        assert store.run("run1").status in ("running", "failed")
    assert again.run("resume", "run1").code == 0
    assert again.snapshot("run1") == expected


def test_a_read_only_database(finished: Any, expected: dict[str, Any]) -> None:
    """What is stored can be read; what would write says why it cannot."""
    file = finished.home / "molwright.db"
    with finished.store() as keeper:  # keeps the write-ahead log's index there, which a reader cannot make
        keeper.runs()
        env = {"MOLWRIGHT_STORE__URL": f"sqlite:///file:{file}?mode=ro&uri=true"}
        ended = finished.run("report", "run1", "--json", env=env)
        assert (ended.code, '"run_id": "run1"' in ended.out) == (0, True), ended
        for command in (["design", "MW < 300", "--yes"], ["feedback", "run1", "1", "accept"]):
            message = shown_once(finished.run(*command, env=env))
            assert "it is read-only" in message
            assert "what was stored before is kept" in message
        assert len(keeper.runs()) == 1
    assert finished.snapshot("run1") == expected


def test_a_resume_on_a_read_only_database(again: Any, expected: dict[str, Any]) -> None:
    assert again.run("resume", "run1", at=["check", 0, "begin"]).code == -9
    with again.store() as keeper:
        keeper.runs()
        env = {"MOLWRIGHT_STORE__URL": f"sqlite:///file:{again.home / 'molwright.db'}?mode=ro&uri=true"}
        assert "it is read-only" in shown_once(again.run("resume", "run1", env=env))
    again.execute("run1")
    assert again.snapshot("run1") == expected


def test_a_run_store_that_is_no_database(bench: Any) -> None:
    bench.home.mkdir()
    (bench.home / "molwright.db").write_text("a note, not a database; " * 200)
    assert "molwright.db: the file is damaged or not a SQLite database" in shown_once(bench.run("runs", "list"))


def test_a_literature_store_that_is_damaged_costs_the_evidence_not_the_run(bench: Any, expected: dict[str, Any]) -> None:
    bench.home.mkdir()
    (bench.home / "literature.db").write_text("not a literature store")
    run_id = bench.create()
    ended = bench.run("resume", run_id, env={"MOLWRIGHT_LITERATURE__URI": ""})
    assert ended.code == 0, ended.err
    with bench.store() as store:
        report = store.report(run_id)
    assert any("No literature was searched" in warning for warning in report.warnings)
    assert bench.snapshot(run_id)["ranking"] == expected["ranking"]
