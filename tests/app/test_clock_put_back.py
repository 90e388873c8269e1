"""A clock that is put back, again and again, while runs are queued, executed, approved and looked at: every answer is right, none is a traceback."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.services.entry import Services
from core.errors import ApprovalNeeded
from core.options import RunOptions
from tests.settings_kit import settings_of

GOAL = "a molecule with MW < 300"
OPTIONS = RunOptions(budget=24, candidates=2, seed=7, yes=True)


class PutBack:
    """Half a second passes with every look, and after every ``often`` looks it is an hour earlier."""

    def __init__(self, often: int) -> None:
        self._now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self._often = often
        self._looks = 0
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self._looks += 1
            self._now += timedelta(seconds=0.5) - (timedelta(hours=1) if self._looks % self._often == 0 else timedelta())
            return self._now


def _door(home: Path, clock: PutBack) -> Services:
    settings = settings_of(home=home, literature__uri="http://127.0.0.1:1", workers__processes=1, user__name="ada")
    return Services(settings, clock=clock)


@pytest.mark.parametrize("often", [3])
def test_a_run_goes_to_its_end_and_everything_can_be_read(tmp_path: Path, often: int) -> None:
    door = _door(tmp_path, PutBack(often))
    told: list[object] = []
    runs = door.runs(told.append)
    run_id = runs.start(GOAL, OPTIONS)
    report = runs.execute(run_id)
    assert len(report.candidates) == 2
    assert all(seconds >= 0 for seconds in report.timings.values())
    assert [e.sequence for e in runs.trace(run_id)] == sorted(e.sequence for e in runs.trace(run_id))
    assert all(e.seconds >= 0 for e in runs.trace(run_id))
    assert all(s.between >= 0 for p in door.tracing.timeline(run_id).parts for s in p.steps)
    assert door.tracing.life(run_id, "1").fate == "listed"
    assert runs.verify(run_id).state == "sealed"
    assert runs.replay(run_id).identical
    assert [e.number for e in runs.follow(run_id)] == list(range(1, len(told) + 1))
    assert [c.key for c in runs.best(run_id)] == [c.key for c in report.candidates]


def test_the_queue_and_an_approval_do_not_mind(tmp_path: Path) -> None:
    door = _door(tmp_path, PutBack(3))
    runs, worker = door.runs(), door.runs()
    queued = {runs.start(GOAL, OPTIONS, queued=True) for _ in range(2)}
    assert {worker.execute_next(), worker.execute_next()} == queued
    assert worker.execute_next() is None
    waits = runs.start(GOAL, OPTIONS.model_copy(update={"yes": False}))
    with pytest.raises(ApprovalNeeded):
        runs.execute(waits)
    assert runs.find(waits).status == "waiting"
    assert runs.approve(waits, by="ada").candidates
    assert {r.run_id for r in runs.list()} == {*queued, waits}
    assert {r.status for r in runs.list()} == {"success"}


def test_a_run_whose_process_died_is_taken_over_however_far_the_clock_was_put_back(tmp_path: Path) -> None:
    clock = PutBack(10**9)
    door = _door(tmp_path, clock)
    run_id = door.runs().start(GOAL, OPTIONS)
    door.store.acquire(run_id, "somebody@elsewhere:1")
    clock._now -= timedelta(days=400)
    assert not door.runs().under_way(run_id)
    assert door.runs().execute(run_id).candidates
