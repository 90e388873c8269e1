"""Several processes, and processes that are killed, on one store."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.candidate import Origin
from core.trace import TraceEvent
from memory.recorder import ReplayRecorder
from memory.sql import SqlRunStore

WORK = """
import sys
from core.candidate import Candidate, Origin, PropertyValue
from memory.recorder import SqlRecorder
from memory.sql import SqlRunStore
from memory.sql.leases import held_lease
from memory.sql.owners import new_owner

url, run_id, generations = sys.argv[1], sys.argv[2], int(sys.argv[3])
value = PropertyValue(value=1.5, sigma=0.1, method="m", method_version="1")
with SqlRunStore(url) as store:
    store.create_run(run_id, "goal", {}, "2026-01-01T00:00:00+00:00")
    with held_lease(store, run_id, new_owner()) as lease:
        recorder = SqlRecorder(store, lease, store.clock)
        for generation in range(generations):
            produced = recorder.record("propose", generation, "0", {"generation": generation}, lambda: [f"{generation}-{n}" for n in range(20)])
            origin = Origin(proposer="p", operator="o", generation=generation)
            store.save_candidates(lease, [
                Candidate(key=key, smiles="C", candidate_class="molecule", origin=origin, properties={"a": value, "b": value})
                for key in produced
            ])
            recorder.step("standardise", generation, produced)
            print(generation, flush=True)
        store.set_status(lease, "success")
"""


def _start(repository: str, url: str, run_id: str, generations: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORK, url, run_id, str(generations)]
    return subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_runs_at_once_in_one_store_both_finish(store_url: str, repository: str) -> None:
    processes = [_start(repository, store_url, run_id, 25) for run_id in ("r1", "r2")]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    with SqlRunStore(store_url) as store:
        for run_id in ("r1", "r2"):
            assert (store.run(run_id).status, store.run(run_id).owner) == ("success", "")
            assert [event.sequence for event in store.events(run_id)] == list(range(1, 51))
            assert [candidate.key for candidate in store.candidates(run_id)] == [f"{g}-{n}" for g in range(25) for n in range(20)]


def test_kill_9_loses_nothing_committed_and_a_resume_doubles_nothing(store_url: str, repository: str) -> None:
    generations, seen = 40, -1
    for stop_after in (3, 11, 24):  # killed three times, each at some place in the middle of a write
        with _start(repository, store_url, "r1", generations) as process:
            assert process.stdout is not None
            for line in process.stdout:
                seen = int(line)
                if seen >= stop_after:
                    break
            process.kill()
        with SqlRunStore(store_url) as store:
            recorded = {(event.node, event.generation) for event in store.events("r1")}
            assert {(node, g) for node in ("propose", "standardise") for g in range(seen + 1)} <= recorded
            assert len(store.candidates("r1")) % 20 == 0  # a batch is there whole or not at all
            assert store.run("r1").status == "running"
    process = _start(repository, store_url, "r1", generations)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    with SqlRunStore(store_url) as store:
        assert (store.run("r1").status, store.run("r1").fence) == ("success", 4)
        assert [event.sequence for event in store.events("r1")] == list(range(1, 2 * generations + 1))
        candidates = store.candidates("r1")
        assert [candidate.key for candidate in candidates] == [f"{g}-{n}" for g in range(generations) for n in range(20)]
        assert all(
            candidate.origin == Origin(proposer="p", operator="o", generation=int(candidate.key.split("-")[0])) for candidate in candidates
        )
        replay = ReplayRecorder(store, "r1")
        for generation in range(generations):
            produced: list[str] = replay.record("propose", generation, "0", {"generation": generation}, list)
            replay.step("standardise", generation, produced)
        replay.finish()


def test_a_store_is_used_by_many_threads(store: SqlRunStore) -> None:
    store.create_run("r1", "goal", {}, "2026-01-01T00:00:00+00:00")
    lease = store.acquire("r1", "me")

    def work(number: int) -> int:
        event = TraceEvent(run_id="r1", node="estimate", index=str(number % 40), kind="tool", outputs=number % 40)
        stored = store.add_event(lease, event)
        assert stored.outputs == number % 40
        return len(store.events("r1"))

    with ThreadPoolExecutor(8) as pool:
        assert max(pool.map(work, range(120))) == 40
    assert [event.sequence for event in store.events("r1")] == list(range(1, 41))


def test_a_read_sees_one_state(store: SqlRunStore) -> None:
    store.create_run("r1", "goal", {}, "2026-01-01T00:00:00+00:00")
    with store.database.read() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM runs").scalar()
        store.create_run("r2", "goal", {}, "2026-01-01T00:00:00+00:00")
        assert connection.exec_driver_sql("SELECT count(*) FROM runs").scalar() == before == 1
    assert len(store.runs()) == 2


def test_the_store_leaves_only_its_own_files(tmp_path: Path) -> None:
    with SqlRunStore(f"sqlite:///{tmp_path / 'molwright.db'}") as store:
        store.runs()
    assert [path.name for path in tmp_path.iterdir()] == ["molwright.db"]
