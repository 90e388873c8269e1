"""What a worker does: it survives its runs, leaves between two steps, and is replaced when it dies."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.services.entry import Services
from app.services.worker_processes import WorkerProcesses
from app.services.workers import WorkerService
from core.errors import ApprovalNeeded, MolwrightError, RefusedError, RunStopped, StoreError
from core.events import ProgressEvent, StageBegun
from core.options import RunOptions
from tests.settings_kit import settings_of


class _Runs:
    """A queue in which each entry is an id, nothing, or what is raised by executing it; it tells ``leaving`` when it is empty."""

    def __init__(self, outcomes: list[str | Exception | None], leaving: threading.Event) -> None:
        self.outcomes, self.leaving = outcomes, leaving

    def execute_next(self, owner: str) -> str | None:
        assert owner
        outcome = self.outcomes.pop(0)
        if not self.outcomes:
            self.leaving.set()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@pytest.mark.parametrize(
    "fault", [ApprovalNeeded("r"), RefusedError("no"), RunStopped("r", "paused"), MolwrightError("failed"), ValueError("a fault of ours")]
)
def test_what_ends_a_run_does_not_end_the_worker(fault: Exception) -> None:
    leaving = threading.Event()
    worker = WorkerService(lambda progress, leaves: _Runs([fault, "second"], leaving))  # type: ignore[arg-type, return-value]
    assert worker.work(leaving) == 2


def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    leaving = threading.Event()
    waited: list[float | None] = []
    monkeypatch.setattr(leaving, "wait", lambda seconds=None: waited.append(seconds))
    worker = WorkerService(lambda progress, leaves: _Runs([StoreError("away"), None, "r"], leaving))  # type: ignore[arg-type, return-value]
    assert worker.work(leaving) == 1
    assert waited == [5.0, 1.0]


def test_a_worker_whose_parent_is_gone_leaves() -> None:
    worker = WorkerService(lambda progress, leaves: _Runs([], threading.Event()))  # type: ignore[arg-type, return-value]
    assert worker.work(threading.Event(), orphaned=lambda: True) == 0


def test_a_worker_that_is_told_to_leave_puts_its_run_back_in_its_place(tmp_path: Path) -> None:
    services = Services(settings_of(home=tmp_path, literature__uri="http://127.0.0.1:1", workers__processes=1))
    leaving = threading.Event()

    def watch(event: ProgressEvent) -> None:
        if isinstance(event, StageBegun) and event.stage == "interpret":
            leaving.set()

    def runs(progress: object, leaves: Callable[[], bool]) -> object:
        return services.runs(watch, leaves)

    door = services.runs()
    first, second = (door.start("a molecule with MW < 300", RunOptions(budget=24, yes=True), queued=True) for _ in range(2))
    WorkerService(runs).work(leaving)  # type: ignore[arg-type]
    assert (door.find(first).status, door.find(first).owner, door.position(first), door.position(second)) == ("queued", "", 1, 2)
    stages = [e.event.stage for e in door.events(first) if isinstance(e.event, StageBegun)]
    assert stages[-1] == "interpret"
    assert "approve" not in stages


def test_a_run_that_its_worker_left_behind_goes_on_with_the_next_one(tmp_path: Path) -> None:
    services = Services(settings_of(home=tmp_path, literature__uri="http://127.0.0.1:1"))
    door = services.runs()
    queued = door.start("a molecule with MW < 300", RunOptions(budget=24), queued=True)
    lone = door.start("a molecule with MW < 300", RunOptions(budget=24))
    lease = services.store.claim("a worker")
    assert lease is not None
    assert (lease.run_id, door.under_way(queued), door.goes_on(queued)) == (queued, True, True)
    services.store.release(lease)
    assert (door.find(queued).status, door.under_way(queued), door.goes_on(queued)) == ("running", False, True)
    assert (door.find(lone).status, door.goes_on(lone)) == ("running", False)
    again = services.store.claim("another worker")
    assert again is not None
    assert again.run_id == queued


def test_a_worker_shares_the_session_of_its_server_and_not_its_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told"
    program = tmp_path / "python"
    program.write_text(
        f"#!{sys.executable}\nimport os\nopen({str(told)!r}, 'w').write(f'{{os.getsid(0)}} {{os.getpgrp()}} {{os.getpid()}}')\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    process, _ = WorkerProcesses(1)._start()
    assert process.wait(30) == 0
    # niceness counts within a session; what a terminal sends goes to a group
    assert told.read_text() == f"{os.getsid(0)} {process.pid} {process.pid}"
