"""The recorders that ship, and the one of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.interfaces import Recorder
from memory.recorder import ReplayRecorder, SqlRecorder
from memory.sql.store import SqlRunStore
from tests.contracts.recorder import RecorderContract, Replaying
from tests.contracts.run_store import AT, Clock
from tests.scratch_recorder import ScratchRecorder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlRunStore]:
    """A store with one run, r1."""
    with SqlRunStore(f"sqlite:///{tmp_path / 'runs.db'}", clock=Clock()) as opened:
        opened.create_run("r1", "a goal", {}, AT)
        yield opened


class TestLive(RecorderContract):
    """A run and its resumption."""

    @pytest.fixture
    def recorder(self, store: SqlRunStore) -> Recorder:
        return SqlRecorder(store, store.acquire("r1", "me"), Clock())

    @pytest.fixture
    def again(self, store: SqlRunStore, recorder: Recorder) -> Replaying:
        return lambda: SqlRecorder(store, store.acquire("r1", "me"), Clock())


class TestReplay(TestLive):
    """A replay of what a live recorder recorded."""

    @pytest.fixture
    def again(self, store: SqlRunStore, recorder: Recorder) -> Replaying:
        return lambda: ReplayRecorder(store, "r1")


class TestInMemory(RecorderContract):
    """The tests' own."""

    @pytest.fixture
    def recorder(self) -> Recorder:
        return ScratchRecorder()

    @pytest.fixture
    def again(self, recorder: Recorder) -> Replaying:
        return lambda: recorder
