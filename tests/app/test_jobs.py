"""Long work beside the requests: kept in folders, executed by whoever holds the lock, taken over, given back, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.services import job_work, jobs
from app.services.job_work import JobWorker
from app.services.jobs import HeldJob, Job, JobStore
from core.errors import MolwrightError, NotFoundError, StatusError, UsageError

AT = datetime(2026, 11, 30, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> JobStore:
    """Jobs of an empty home; each look at the clock is a second later."""
    moments = iter(AT + timedelta(seconds=n) for n in range(10_000))
    return JobStore(tmp_path / "home", lambda: next(moments))


def _made(store: JobStore, title: str = "one", *, waits: bool = False) -> Job:
    return store.create("table", title, {"file": "a.smi"}, "ada", {"a.smi": b"CCO"}, waits=waits)


def _worker(store: JobStore, work: Callable[[HeldJob], Mapping[str, Any]], *, runs_wait: bool = False, attempts: int = 3) -> JobWorker:
    return JobWorker(store, {"table": work, "screen": work, "training": work}, lambda: runs_wait, attempts)


def _no() -> bool:
    return False


def test_jobs_are_executed_first_come_first_served_with_their_files_and_keep_what_they_came_to(store: JobStore) -> None:
    first, second = _made(store), _made(store, "two")
    assert [job.title for job in store.all("table")] == ["two", "one"]
    assert (store.find(first.job_id).position, store.find(second.job_id).position) == (1, 2)
    seen: list[tuple[str, bytes, bool]] = []

    def work(held: HeldJob) -> Mapping[str, Any]:
        held.go_on({"read": 1})
        seen.append((held.job.title, held.given("a.smi").read_bytes(), store.find(held.job.job_id).executed))
        return {"read": 2}

    worker = _worker(store, work)
    assert [worker.work_next(_no), worker.work_next(_no), worker.work_next(_no)] == [True, True, False]
    assert seen == [("one", b"CCO", True), ("two", b"CCO", True)]
    found = store.find(first.job_id)
    assert (found.status, found.result, found.executed, found.position) == ("finished", {"read": 2}, False, 0)
    assert found.started_at < found.finished_at


@pytest.mark.parametrize(
    ("fault", "said"),
    [(UsageError("no column"), "no column"), (ValueError("ours"), "the worker's log says what"), (MemoryError(), "more memory")],
)
def test_what_ends_a_job_does_not_end_the_worker(fault: Exception, said: str, store: JobStore) -> None:
    job = _made(store)

    def work(held: HeldJob) -> Mapping[str, Any]:
        raise fault

    assert _worker(store, work).work_next(_no)
    found = store.find(job.job_id)
    assert found.status == "failed"
    assert said in found.error


def test_a_job_gives_way_to_a_run_and_goes_on_at_its_next_turn(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    job = _made(store)
    monkeypatch.setattr(job_work, "TURN", -1.0)
    steps: list[int] = []

    def work(held: HeldJob) -> Mapping[str, Any]:
        steps.append(len(steps))
        held.go_on({"read": len(steps)})
        return {"read": len(steps)}

    assert _worker(store, work, runs_wait=True).work_next(_no)
    left = store.find(job.job_id)
    assert (left.status, left.progress, left.position) == ("queued", {"read": 1}, 1)
    assert _worker(store, work).work_next(_no)
    assert store.find(job.job_id).result == {"read": 2}


def test_a_job_that_cannot_go_on_where_it_stopped_does_not_give_way(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    job = _made(store)
    monkeypatch.setattr(job_work, "TURN", -1.0)

    def work(held: HeldJob) -> Mapping[str, Any]:
        held.go_on({}, whole=True)
        return {"told": []}

    assert _worker(store, work, runs_wait=True).work_next(_no)
    assert store.find(job.job_id).status == "finished"


def test_a_job_whose_worker_died_is_taken_over_and_fails_when_that_happens_too_often(store: JobStore) -> None:
    job = _made(store)

    class Died(BaseException):
        """As if the process had ended."""

    def work(held: HeldJob) -> Mapping[str, Any]:
        raise Died

    worker = _worker(store, work, attempts=2)
    with pytest.raises(Died):
        worker.work_next(_no)
    left = store.find(job.job_id)
    assert (left.status, left.executed) == ("running", False)
    with pytest.raises(Died):
        worker.work_next(_no)
    assert store.find(job.job_id).lost == 1
    assert not worker.work_next(_no)
    found = store.find(job.job_id)
    assert (found.status, found.error) == ("failed", "2 workers died while they executed it")


def test_a_job_is_cancelled_before_and_while_it_is_executed(store: JobStore) -> None:
    waiting, running = _made(store), _made(store, "two")
    store.cancel(waiting.job_id)
    assert store.find(waiting.job_id).status == "cancelled"

    def work(held: HeldJob) -> Mapping[str, Any]:
        store.cancel(held.job.job_id)
        assert store.find(held.job.job_id).status == "cancelling"
        with pytest.raises(StatusError, match="being executed"):
            store.delete(held.job.job_id)
        held.go_on({})
        raise AssertionError

    assert _worker(store, work).work_next(_no)
    assert store.find(running.job_id).status == "cancelled"
    with pytest.raises(StatusError, match="is over"):
        store.cancel(running.job_id)


def test_a_job_ends_when_it_has_worked_too_long(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    job = _made(store)
    monkeypatch.setattr(jobs, "LONGEST", -1.0)

    def work(held: HeldJob) -> Mapping[str, Any]:
        held.go_on({})
        raise AssertionError

    assert _worker(store, work).work_next(_no)
    assert "longer than a job may" in store.find(job.job_id).error


def test_a_job_waits_for_a_yes_and_is_deleted_with_its_files(store: JobStore) -> None:
    job = _made(store, waits=True)
    worker = _worker(store, lambda held: {"read": 1})
    assert not worker.work_next(_no)
    store.approve(job.job_id)
    with pytest.raises(StatusError, match="does not wait"):
        store.approve(job.job_id)
    with pytest.raises(StatusError, match="cancel it first"):
        store.delete(job.job_id)
    assert worker.work_next(_no)
    folder = store.folder(job.job_id)
    store.delete(job.job_id)
    assert not folder.exists()
    assert store.all("table") == []
    for wrong in (job.job_id, "../jobs", "0" * 16):
        with pytest.raises(NotFoundError):
            store.find(wrong)


def test_a_damaged_job_keeps_no_other_out(store: JobStore) -> None:
    job, other = _made(store), _made(store, "two")
    (store.folder(job.job_id) / "state.json").write_text('{"strange": 1}', encoding="utf-8")
    assert [found.job_id for found in store.all("table")] == [other.job_id]
    assert _worker(store, lambda held: {"read": 1}).work_next(_no)
    with pytest.raises(NotFoundError):
        store.find(job.job_id)


def test_a_person_has_only_jobs_of_the_person(store: JobStore, tmp_path: Path) -> None:
    job = _made(store)
    theirs, mine = JobStore(tmp_path / "home", lambda: AT, only="bob"), JobStore(tmp_path / "home", lambda: AT, only="ada")
    assert (theirs.all("table"), [found.job_id for found in mine.all("table")]) == ([], [job.job_id])
    for change in (theirs.find, theirs.cancel, theirs.delete, theirs.approve):
        with pytest.raises(NotFoundError):
            change(job.job_id)
    assert mine.find(job.job_id).status == "queued"


def test_only_so_many_wait_and_a_kind_is_not_another(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_WAITING", 1)
    job = _made(store)
    with pytest.raises(StatusError, match="wait already"):
        _made(store)
    with pytest.raises(NotFoundError):
        store.find(job.job_id, "screen")


def test_what_cannot_be_kept_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(MolwrightError, match="cannot be kept"):
        _made(JobStore(tmp_path / "file", lambda: AT))
