"""The queue of replays: each is given out once, one whose worker died is taken up again, verdicts are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import NotFoundError
from core.replays import ReplayResult
from memory.sql.owners import new_owner
from memory.sql.replays import ATTEMPTS, ReplayStore
from memory.sql.store import SqlRunStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)
AT = NOW.isoformat()


class Clock:
    """A clock that is put on by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The time."""
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[SqlRunStore, ReplayStore, Clock]:
    """A store with two runs, and its replays."""
    url = f"sqlite:///{tmp_path / 'm.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    runs, clock = SqlRunStore(url), Clock()
    for run_id in ("r1", "r2"):
        runs.create_run(run_id, "goal", {}, AT)
    return runs, ReplayStore(url, clock=clock), clock


def test_each_is_given_out_once_in_its_order_and_keeps_its_verdict(opened: tuple[SqlRunStore, ReplayStore, Clock]) -> None:
    _, replays, _ = opened
    first = replays.add("a", "r1", "ada")
    assert replays.add("b", "r1", "bob") == first  # one at a time for a run
    replays.add("c", "r2", "bob")
    assert [job.replay_id for job in (replays.claim(new_owner()), replays.claim(new_owner())) if job] == ["a", "c"]
    assert replays.claim(new_owner()) is None
    result = ReplayResult(run_id="r1", identical=True, events=3, text="identical")
    replays.finish(replays.job("r1", "a").model_copy(update={"state": "done", "result": result}))
    kept = replays.job("r1", "a")
    assert (kept.state, kept.result, kept.identical, kept.asked_by) == ("done", result, True, "ada")
    assert kept.asked_at < kept.begun_at < kept.finished_at
    assert replays.add("d", "r1", "ada").replay_id == "d"  # anew after the verdict
    assert [job.replay_id for job in replays.of_run("r1")] == ["d", "a"]
    with pytest.raises(NotFoundError):
        replays.job("r2", "a")


def test_a_worker_that_leaves_puts_it_back(opened: tuple[SqlRunStore, ReplayStore, Clock]) -> None:
    _, replays, _ = opened
    replays.add("a", "r1", "ada")
    for _ in range(ATTEMPTS + 2):
        job = replays.claim(new_owner())
        assert job is not None
        replays.put_back(job.replay_id)
    assert replays.job("r1", "a").state == "queued"


@pytest.mark.parametrize("how", ["dead", "silent"])
def test_one_whose_worker_died_is_taken_up_again_and_fails_at_last(
    how: str, opened: tuple[SqlRunStore, ReplayStore, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, replays, clock = opened
    replays.add("a", "r1", "ada")

    def lost() -> None:
        if how == "silent":
            clock.now += timedelta(days=2)

    if how == "dead":
        monkeypatch.setattr("memory.sql.replays.is_dead", lambda owner: True)
    claimed: Callable[[], bool] = lambda: replays.claim(new_owner()) is not None  # noqa: E731
    for _ in range(ATTEMPTS):
        assert claimed()
        lost()
    assert not claimed()
    failed = replays.job("r1", "a")
    assert (failed.state, failed.identical, failed.problem) == ("failed", None, f"{ATTEMPTS} workers died over it")


def test_they_go_with_their_run(opened: tuple[SqlRunStore, ReplayStore, Clock]) -> None:
    runs, replays, _ = opened
    replays.add("a", "r1", "ada")
    runs.ask_to_stop("r1", "cancelled", AT)
    runs.delete_run("r1")
    assert replays.of_run("r1") == []
