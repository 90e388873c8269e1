"""Workers as processes of their own: killed, ended by SIGTERM, at a limit of memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.services.entry import Services
from core.events import GenerationDone
from core.options import RunOptions
from tests.forked import Workers
from tests.settings_kit import settings_of
from tools.search.policy import SearchPolicy

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
GOAL = "a molecule with a nitrile and MW < 300"
#: A run of a few generations.
BATCH = 24
ASKED = RunOptions(budget=60, candidates=5, seed=3, yes=True)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.search.policy.DEFAULT", SearchPolicy(batch=BATCH))


@pytest.fixture
def door(tmp_path: Path) -> Services:
    return Services(settings_of(home=tmp_path, literature__uri="http://127.0.0.1:1", workers__processes=1))


@dataclass
class Worker:
    """A worker process over the same home."""

    pid: int
    _workers: Workers
    _folder: Path
    _code: int | None = None

    def ended(self) -> int:
        """Wait for its end: its exit code, negative for a signal."""
        if self._code is None:
            self._code = self._workers.wait(self.pid, self._folder).code
        return self._code


@pytest.fixture
def worker(workers: Workers, door: Services) -> Callable[[], AbstractContextManager[Worker]]:
    """Starts workers, which are gone when their context ends."""

    @contextmanager
    def started() -> Iterator[Worker]:
        home = door.settings.home
        env = {"HOME": str(home), "LITERATURE__URI": "http://127.0.0.1:1", "WORKERS__PROCESSES": "1"}
        job = {
            "argv": ["worker"],
            "folder": str(home),
            "batch": BATCH,
            "armed": False,
            "env": {f"MOLWRIGHT_{n}": v for n, v in env.items()},
        }
        process = Worker(int(workers.ask({"do": "spawn", **job})["pid"]), workers, home)
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            process.ended()

    return started


Start = Callable[[], AbstractContextManager[Worker]]


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(3000):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to pass")


def _searching(door: Services, run_id: str) -> bool:
    """Whether a generation is done."""
    return any(isinstance(e.event, GenerationDone) for e in door.runs().events(run_id))


def test_a_killed_workers_run_is_taken_over_and_ends_with_the_same_ranking(door: Services, worker: Start) -> None:
    runs = door.runs()
    alone = runs.execute(runs.start(GOAL, ASKED))
    run_id = runs.start(GOAL, ASKED, queued=True)
    with worker() as first:
        _until(lambda: _searching(door, run_id))
        os.kill(first.pid, signal.SIGKILL)
        assert first.ended() == -signal.SIGKILL
    assert runs.find(run_id).status == "running"
    assert runs.goes_on(run_id)
    with worker():
        _until(lambda: runs.find(run_id).status not in ("queued", "running"))
    assert runs.find(run_id).status == "success"
    ranked = [(c.rank, c.key, c.score) for c in runs.report(run_id).candidates]
    assert ranked == [(c.rank, c.key, c.score) for c in alone.candidates]
    assert len(ranked) == 5


def test_a_worker_ends_at_sigterm_puts_its_run_back_and_stands_behind_the_server(door: Services, worker: Start) -> None:
    runs = door.runs()
    run_id = runs.start(GOAL, ASKED.model_copy(update={"budget": 800}), queued=True)
    with worker() as process:
        _until(lambda: _searching(door, run_id))
        assert os.getpriority(os.PRIO_PROCESS, process.pid) >= os.getpriority(os.PRIO_PROCESS, 0) + 10 or (
            os.getpriority(os.PRIO_PROCESS, process.pid) == 19
        )
        os.kill(process.pid, signal.SIGTERM)
        assert process.ended() == 0
    assert (runs.find(run_id).status, runs.find(run_id).owner, runs.position(run_id)) == ("queued", "", 1)


GREEDY = """
import sys, threading
from app import wiring
from app.services.entry import Services
from app.services.workers import limit_memory
services = Services()
limit_memory(services.settings.server.worker_memory_mb)
whole, asked = wiring.open_executor, []
def open_executor(settings):
    asked.append(1)
    return bytearray(3_000_000_000) if len(asked) == 1 else whole(settings)
wiring.open_executor = open_executor
leaving = threading.Event()
services.workers.work(leaving, orphaned=lambda: services.runs().find(sys.argv[1]).status == "success")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what a process has mapped")
def test_a_run_beyond_the_limit_of_memory_has_failed_says_so_and_the_next_one_is_executed(door: Services) -> None:
    runs = door.runs()
    greedy, modest = (runs.start("a molecule with MW < 300", RunOptions(budget=24, yes=True), queued=True) for _ in range(2))
    named = {"HOME": str(door.settings.home), "SERVER__WORKER_MEMORY_MB": "2000", "LITERATURE__URI": "http://127.0.0.1:1"}
    environment = {**os.environ, **{f"MOLWRIGHT_{name}": value for name, value in named.items()}, "MOLWRIGHT_WORKERS__PROCESSES": "1"}
    subprocess.run([sys.executable, "-c", GREEDY, modest], cwd=ROOT, env=environment, check=True, timeout=300)
    record = runs.find(greedy)
    assert record.status == "failed"
    assert record.error.startswith(
        "the run needs more memory than it may have, at most 2000 MB a process (setting server.worker_memory_mb)"
    )
    assert runs.find(modest).status == "success"  # the worker went on
