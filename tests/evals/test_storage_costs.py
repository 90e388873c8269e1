"""The rows on the store measure what they say, on small stores. No speed is judged here."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from evals.performance import storage
from memory.sql import SqlRunStore
from memory.sql.figures import FigureStore
from tests.memory.conftest import START, make_candidate


def test_a_long_run_is_held_against_a_short_one() -> None:
    ratio, memory = storage.long_run(20, 60)
    assert ratio > 0
    assert memory >= 0


def test_candidates_that_are_missing_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SqlRunStore, "outlines", lambda self, run_id: [])
    with pytest.raises(RuntimeError, match="missing"):
        storage._run(10)


def test_sums_over_many_runs_are_those_of_the_store(tmp_path: Path) -> None:
    path = tmp_path / "many.db"
    storage._many_runs(path, 3, 7)
    figures = FigureStore(f"sqlite:///{path}")
    found = figures.read(START)
    figures.close()
    assert (found.runs, found.candidates) == ({"success": 3}, {"kept": 9, "rejected": 12})
    assert (found.steps["guard"], found.step_seconds["guard"]) == (6, 6.0)
    assert found.step_seconds["standardise"] == 12.0, "from the end of the step before: the proposing too"
    with SqlRunStore(f"sqlite:///{path}") as store:
        assert [c.status for c in store.candidates("0" * 12)][:2] == ["kept"] * 2
    assert all(seconds > 0 for seconds in storage.sums(2, 5))


def test_the_size_of_a_table_counts_its_indexes(tmp_path: Path) -> None:
    path = tmp_path / "molwright.db"
    with SqlRunStore(f"sqlite:///{path}") as store:
        store.create_run("r", "goal", {}, START.isoformat())
        store.save_candidates(store.acquire("r", "me"), [make_candidate(number) for number in range(200)])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sizes = storage._sizes(path)
    assert sizes["candidates ix_candidates_run_id_dedup_key"] > 200 * 12
    assert sizes["candidates candidates"] > 200 * 300


def test_given_structures_are_counted() -> None:
    assert storage.given_first(12) == (12.0,)
