"""Design runs in processes that are killed, and what they leave in the store."""

from __future__ import annotations

import shutil
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.services.runs import RunService
from core.events import ProgressSink, silent
from core.report import Report
from core.settings import Settings
from memory.sql.store import SqlRunStore
from tests.forked import Ended, Workers
from tests.settings_kit import settings_of
from tools.search.policy import SearchPolicy

GOAL = "a molecule with MW < 300 that's stable at 200 °C"
BATCH = 24  # small batches, so that a small budget takes several generations
OPTIONS = {"yes": True, "budget": 40, "candidates": 5, "seed": 7, "met_probability": 0.5, "user": "ada"}
NOWHERE = "http://127.0.0.1:1"  # no literature store answers here; a run goes on without evidence


@dataclass
class Bench:
    """One MOLWRIGHT_HOME, processes that work in it, and a look at what they stored."""

    folder: Path
    workers: Workers
    env: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The home folder."""
        return self.folder / "home"

    def settings(self, **changes: Any) -> Settings:
        """The settings under which the processes run, for this process."""
        named = {"literature__uri": NOWHERE, "store__url": "", "user__name": "ada", "workers__processes": "1"}
        given = {name: self.env.get(f"MOLWRIGHT_{name.upper()}", value) for name, value in named.items()}
        return settings_of(home=self.home, **{**given, **changes})

    def spawn(self, *argv: str, **job: Any) -> int:
        """Start ``molwright ARGV``; returns the process number."""
        env = {
            "MOLWRIGHT_HOME": str(self.home),
            "MOLWRIGHT_WORKERS__PROCESSES": "1",
            "MOLWRIGHT_LITERATURE__URI": NOWHERE,
            "MOLWRIGHT_USER__NAME": "ada",
            **self.env,
            **job.pop("env", {}),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        asked = {"do": "spawn", "argv": list(argv), "folder": str(self.folder), "batch": BATCH, "env": env, **job}
        return int(self.workers.ask(asked)["pid"])

    def wait(self, pid: int) -> Ended:
        """How process ``pid`` ended."""
        return self.workers.wait(pid, self.folder)

    def run(self, *argv: str, **job: Any) -> Ended:
        """Start ``molwright ARGV`` and wait for its end."""
        return self.wait(self.spawn(*argv, **job))

    def paused(self, pid: int, seconds: float = 60) -> None:
        """Wait until process ``pid`` has stopped at the place it was told."""
        deadline = time.monotonic() + seconds
        while not (self.folder / f"paused-{pid}").exists():
            assert time.monotonic() < deadline, "the process never came to the place"
            time.sleep(0.02)

    def go(self) -> None:
        """Let the stopped processes go on."""
        (self.folder / "go").write_text("")

    def store(self, **changes: Any) -> SqlRunStore:
        """The run store; close it."""
        settings = self.settings(**changes)
        return SqlRunStore(settings.sql_url(), lease_seconds=settings.store.lease_seconds)

    def create(self, goal: str = GOAL, run_id: str = "", **options: Any) -> str:
        """Store a run without executing it."""
        run_id = run_id or uuid.uuid4().hex[:12]
        with self.store() as store:
            store.create_run(run_id, goal, {**OPTIONS, **options}, "2026-01-02T03:04:05+00:00")
        return run_id

    def execute(self, run_id: str, *, progress: ProgressSink = silent, **changes: Any) -> Report:
        """Run or go on in this process."""
        with self.store(**changes) as store:
            return RunService(self.settings(**changes), store, progress).execute(run_id)

    def copy(self, folder: Path) -> Bench:
        """The same home once more."""
        shutil.copytree(self.home, folder / "home")
        return Bench(folder, self.workers, dict(self.env))

    def snapshot(self, run_id: str) -> dict[str, Any]:
        """Everything a run left, without what the clock says."""
        with self.store() as store:
            run, events = store.run(run_id), store.events(run_id)
            candidates = store.candidates(run_id)
            report = store.report(run_id) if run.status in ("success", "no_candidate") else None
        assert [e.sequence for e in events] == list(range(1, len(events) + 1))
        keys = [c.key for c in candidates]
        assert len(keys) == len(set(keys))
        timeless = [e for e in events if (e.node, e.index) != ("approve", "clock")]
        return {
            "status": run.status,
            "owner": run.owner,
            "ranking": ranking(report) if report else [],
            "report": report.model_dump(mode="json", exclude={"timings"}) if report else None,
            "candidates": [c.model_dump(mode="json") for c in candidates],
            "events": [(e.node, e.generation, e.index, e.kind, e.request_hash, e.output_hash) for e in timeless],
        }


def ranking(report: Report) -> list[tuple[Any, ...]]:
    """What must be equal in two runs with one seed."""
    return [(c.key, c.rank, c.score, c.p_meets, c.rank_interval) for c in report.candidates]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.search.policy.DEFAULT", SearchPolicy(batch=BATCH))


@pytest.fixture
def bench(tmp_path: Path, workers: Workers) -> Bench:
    """An empty home."""
    return Bench(tmp_path, workers)


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Bench:
    """A home with run 'run1' stored and nothing of it done; to be copied, not used."""
    bench = Bench(tmp_path_factory.mktemp("started"), workers)
    bench.create(run_id="run1")
    return bench


@pytest.fixture(scope="session")
def undisturbed(started: Bench, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A home in which run 'run1' went through without a disturbance; to be read and copied."""
    bench = started.copy(tmp_path_factory.mktemp("undisturbed"))
    ended = bench.run("resume", "run1")
    assert ended.code == 0, ended.err
    return bench


@pytest.fixture(scope="session")
def expected(undisturbed: Bench) -> dict[str, Any]:
    """What that run left."""
    return undisturbed.snapshot("run1")


@pytest.fixture(scope="session")
def places(undisturbed: Bench) -> list[tuple[str, int]]:
    """(stage, generation) of every node that an undisturbed run executes, in order."""
    last = max(generation for _, generation, *_ in undisturbed.snapshot("run1")["events"] if _)
    opening = [(stage, 0) for stage in ("screen", "interpret", "approve", "guard_spec", "research")]
    loop = [(s, g) for g in range(last) for s in ("propose", "standardise", "guard", "estimate", "check", "select")]
    return [*opening, *loop, *((s, last) for s in ("route", "rank", "explain", "report"))]


@pytest.fixture
def again(started: Bench, tmp_path: Path) -> Bench:
    """A copy of the home with the untouched run 'run1'."""
    return started.copy(tmp_path / "again")


@pytest.fixture
def finished(undisturbed: Bench, tmp_path: Path) -> Bench:
    """A copy of the home with the finished run 'run1'."""
    return undisturbed.copy(tmp_path / "finished")
