"""The services as a door other than the command line uses them: queue, stop, follow, approval rules."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.entry import Services
from app.services.progress import Journal
from core import approval
from core.errors import ApprovalNeeded, NotFoundError, RunStopped, StatusError, UsageError
from core.events import GenerationDone, ProgressEvent, StageBegun, StatusChanged, TextWritten
from core.options import RunOptions
from core.report import RunStatus
from core.spec import DesignSpec
from tests.settings_kit import settings_of

GOAL = "a molecule with MW < 300"
OPTIONS = RunOptions(budget=24, candidates=2, seed=7, yes=True)


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """Services over an empty home, without a literature store."""
    return Services(settings_of(home=tmp_path, literature__uri="http://127.0.0.1:1", workers__processes=1, user__name="ada"))


def test_a_worker_executes_what_a_door_has_queued_and_anyone_can_follow(services: Services) -> None:
    door, worker = services.runs(), services.runs()
    assert worker.execute_next() is None
    first, second = (door.start(GOAL, OPTIONS, queued=True) for _ in range(2))
    assert [door.position(r) for r in (first, second)] == [1, 2]
    assert (door.find(first).status, door.find(first).given.yes) == ("queued", True)
    assert worker.execute_next() == first
    assert (door.position(first), door.position(second), door.find(first).status) == (None, 1, "success")
    told = list(door.follow(first))
    assert [e.number for e in told] == list(range(1, len(told) + 1))
    stages = [e.event.stage for e in told if isinstance(e.event, StageBegun)]
    assert (stages[0], stages[-1]) == ("screen", "report")
    assert any(isinstance(e.event, GenerationDone) and e.event.budget == 24 for e in told)
    assert told[-1].event == StatusChanged(status="success")
    assert [e.number for e in door.events(first, after=3)] == [e.number for e in told[3:]]
    timings = door.report(first).timings
    assert timings["total"] == pytest.approx(sum(v for k, v in timings.items() if k != "total"), abs=0.01)
    assert {"report", "estimate"} <= set(timings)


def test_an_approval_puts_the_run_back_into_the_queue(services: Services) -> None:
    runs = services.runs()
    run_id = runs.start(GOAL, OPTIONS.updated(yes=False), queued=True)
    with pytest.raises(ApprovalNeeded):
        runs.execute_next()
    assert runs.find(run_id).status == "waiting"
    assert [e.event for e in runs.follow(run_id)][-1] == StatusChanged(status="waiting")
    runs.approve_later(run_id, by="grace")
    with pytest.raises(UsageError):
        runs.approve_later(run_id, by="eve")
    assert runs.find(run_id).status == "queued"
    assert runs.execute_next() == run_id
    assert runs.report(run_id).approved_by == "grace"


@pytest.mark.parametrize(("wish", "wished", "status"), [("pause", "pausing", "paused"), ("cancel", "cancelling", "cancelled")])
def test_another_door_stops_a_run_between_two_steps(services: Services, wish: str, wished: str, status: RunStatus) -> None:
    other = services.runs()
    asked: list[str] = []

    def ask(event: ProgressEvent) -> None:
        if isinstance(event, StageBegun) and event.stage == "guard" and not asked:
            asked.append(getattr(other, wish)(other.list()[0].run_id))

    runs = services.runs(ask)
    run_id = runs.start(GOAL, OPTIONS)
    with pytest.raises(RunStopped, match=status):
        runs.execute(run_id)
    assert (asked, runs.find(run_id).status, runs.find(run_id).owner) == ([wished], status, "")
    told = [e.event for e in runs.follow(run_id)]
    assert told[-1] == StatusChanged(status=status)
    assert not any(isinstance(e, StageBegun) and e.stage == "estimate" for e in told)
    if wish == "cancel":
        with pytest.raises(NotFoundError, match="cancelled"):
            runs.execute(run_id)
        with pytest.raises(StatusError):
            runs.pause(run_id)
        with pytest.raises(NotFoundError, match="was cancelled"):
            runs.replay(run_id)
    else:
        report = runs.execute(run_id)
        assert report.candidates
        assert runs.replay(run_id).identical


def test_a_run_that_nobody_executes_is_stopped_at_once(services: Services) -> None:
    runs = services.runs()
    run_id = runs.start(GOAL, OPTIONS, queued=True)
    assert runs.pause(run_id) == "paused"
    assert runs.execute_next() is None
    assert runs.cancel(run_id) == "cancelled"
    assert list(runs.follow(run_id)) == []


def test_a_rule_that_objects_makes_every_door_wait(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def half_unread(spec: DesignSpec) -> str:
        return "more than half of the goal is unread" if "grue" in spec.goal else ""

    monkeypatch.setattr(approval, "APPROVAL_RULES", (half_unread,))
    runs = services.runs()
    goal = "a grue molecule with MW < 300"
    run_id = runs.start(goal, OPTIONS)
    with pytest.raises(ApprovalNeeded, match="more than half of the goal is unread") as needed:
        runs.execute(run_id)
    assert needed.value.objections == ("more than half of the goal is unread",)
    with pytest.raises(ApprovalNeeded, match="unread"):
        runs.approve(run_id)
    with pytest.raises(ApprovalNeeded, match="unread"):
        runs.approve_later(run_id)
    assert runs.find(run_id).status == "waiting"
    assert runs.approve(run_id, despite_objections=True).candidates
    assert services.goals.objections(services.store.spec(run_id))
    again = runs.start(goal, OPTIONS.updated(despite_objections=True))
    assert runs.execute(again).candidates


def test_options_that_nobody_knows_are_refused_before_anything_is_stored(services: Services) -> None:
    with pytest.raises(UsageError, match="colour"):
        services.runs().start(GOAL, {"colour": "red"})
    assert services.runs().list() == []


def test_the_journal_joins_pieces_of_text_and_loses_nothing(services: Services) -> None:
    services.store.create_run("r1", "a goal", {}, "2026-01-01T00:00:00+00:00")
    lease = services.store.acquire("r1", "me")
    journal = Journal(services.store, lease, services.clock)
    for number in range(50):
        journal(StageBegun(stage=f"s{number}"))
    for piece in ("It ", "is ", "so."):
        journal(TextWritten(stage="report", text=piece))
    journal.close()
    told = [e.event for e in services.store.progress("r1")]
    assert [e.stage for e in told if isinstance(e, StageBegun)] == [f"s{n}" for n in range(50)]
    assert "".join(e.text for e in told if isinstance(e, TextWritten)) == "It is so."


def test_following_a_run_waits_for_what_comes(services: Services) -> None:
    store = services.store
    store.create_run("r1", "a goal", {}, "2026-01-01T00:00:00+00:00", queued=True)
    turns = itertools.count()

    def sleep(seconds: float) -> None:
        turn = next(turns)
        if turn == 0:
            lease = store.claim("worker")
            assert lease is not None
            store.add_progress(lease, [("2026-01-01T00:00:01+00:00", StageBegun(stage="screen"))])
        elif turn == 1:
            store.release(store.acquire("r1", "worker"))  # stopped by hand: it is under way no more
        else:
            raise AssertionError("nobody executes it, and still it is followed")

    events: Iterator[ProgressEvent] = (e.event for e in services.runs().follow("r1", sleep=sleep))
    assert list(events) == [StageBegun(stage="screen")]
