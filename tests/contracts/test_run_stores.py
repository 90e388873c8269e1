"""The run stores that ship."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.events import BestFound, StageBegun
from core.interfaces import RunStore
from memory.sql import progress
from memory.sql.store import SqlRunStore
from tests.contracts.run_store import AT, LEASE_SECONDS, Clock, RunStoreContract


class TestSqlite(RunStoreContract):
    """In a file."""

    @pytest.fixture
    def store(self, clock: Clock, tmp_path: Path) -> Iterator[RunStore]:
        with SqlRunStore(f"sqlite:///{tmp_path / 'runs.db'}", clock=clock, lease_seconds=LEASE_SECONDS) as opened:
            yield opened

    def test_of_a_long_run_the_oldest_progress_goes(self, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(progress, "KEPT", 3)
        store.create_run("r1", "a goal", {}, AT)
        lease = store.acquire("r1", "me")
        for number in range(5):
            store.add_progress(lease, [(AT, StageBegun(stage=str(number)))])
        assert [e.number for e in store.progress("r1")] == [3, 4, 5]

    def test_what_was_best_is_told_however_long_the_run_goes_on(self, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(progress, "KEPT", 2)
        store.create_run("r1", "a goal", {}, AT)
        lease = store.acquire("r1", "me")
        found = BestFound(generation=0, evaluated=4, key="K", smiles="CCO", fitness=0.5, meets=True)
        store.add_progress(lease, [(AT, found), *((AT, StageBegun(stage=str(number))) for number in range(5))])
        assert [e.number for e in store.progress("r1")] == [1, 5, 6]
        assert store.progress("r1")[0].event == found


@pytest.mark.postgres
class TestPostgresql(RunStoreContract):
    """On a server."""

    @pytest.fixture
    def store(self, clock: Clock, postgres_url: str) -> Iterator[RunStore]:
        with SqlRunStore(postgres_url, clock=clock, lease_seconds=LEASE_SECONDS) as opened:
            yield opened
