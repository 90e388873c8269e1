"""Several processes on one home: two runs at once, two processes on one run, and an owner that was away."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from core.errors import LeaseLost
from core.events import ProgressEvent, StageBegun
from memory.sql.leases import held_lease
from memory.sql.owners import new_owner


def test_two_runs_at_once_in_one_home_both_finish(bench: Any, expected: dict[str, Any]) -> None:
    """Both with the literature store, which only one process at a time can have open."""
    bench.env["MOLWRIGHT_LITERATURE__URI"] = ""
    goals = {"a molecule with MW < 300 that's stable at 200 °C": 7, "a polymer with Tg > 150 °C": 8}
    argv = [["design", goal, "--yes", "--budget", "40", "--seed", str(seed), "--candidates", "5"] for goal, seed in goals.items()]
    for pid in [bench.spawn(*arguments) for arguments in argv]:
        ended = bench.wait(pid)
        assert ended.code == 0, ended.err
    with bench.store() as store:
        runs = store.runs()
        assert {run.goal for run in runs} == set(goals)
        for run in runs:
            report = store.report(run.run_id)
            assert (run.status, run.owner) == ("success", "")
            assert report.evidence
            assert not [w for w in report.warnings if "literature" in w]
        first = next(run.run_id for run in runs if "MW" in run.goal)
    # the literature gives hints to the proposers, so the ranking is that of a run alone with the same literature
    alone = bench.run(*argv[0], "--json", "-")
    assert alone.code == 0
    assert bench.snapshot(first)["ranking"] == [
        (c["key"], c["rank"], c["score"], c["p_meets"], tuple(c["rank_interval"])) for c in json.loads(alone.out)["candidates"]
    ]


@pytest.mark.parametrize("yes", [True, False])
def test_while_one_process_works_on_a_run_others_are_refused(bench: Any, yes: bool, expected: dict[str, Any]) -> None:
    run_id = bench.create(yes=yes)
    if not yes:
        assert bench.run("resume", run_id).code == 5
    owner = bench.spawn("resume" if yes else "approve", run_id, at=["check", 0, "mid"], then="pause")
    bench.paused(owner)
    before = bench.snapshot(run_id)
    for command in ("resume", "approve", "reject"):
        ended = bench.run(command, run_id)
        assert ended.code == 1, ended
        assert f"run {run_id} is being executed by" in ended.err
        assert "it can be taken over 30 s after its last sign of life" in ended.err
    assert bench.snapshot(run_id) == before
    bench.go()
    assert bench.wait(owner).code == 0
    assert bench.snapshot(run_id)["ranking"] == expected["ranking"]


def test_two_resumes_at_the_same_moment(again: Any, expected: dict[str, Any]) -> None:
    """One works, the other is refused (or comes after the end and shows the same report)."""
    codes = [again.wait(pid).code for pid in [again.spawn("resume", "run1") for _ in range(4)]]
    assert 0 in codes
    assert set(codes) <= {0, 1}
    assert again.snapshot("run1") == expected


def test_two_approvals_at_the_same_moment(bench: Any, expected: dict[str, Any]) -> None:
    run_id = bench.create(yes=False)
    assert bench.run("resume", run_id).code == 5
    names = [f"person{n}" for n in range(4)]
    ended = [bench.wait(pid) for pid in [bench.spawn("approve", run_id, env={"MOLWRIGHT_USER__NAME": name}) for name in names]]
    assert sorted(e.code for e in ended)[0] == 0
    assert [e.code for e in ended].count(0) == 1
    with bench.store() as store:
        assert store.run(run_id).approved_by == names[[e.code for e in ended].index(0)]
    assert bench.snapshot(run_id)["ranking"] == expected["ranking"]


@pytest.mark.parametrize("stage", ["propose", "rank"])
def test_an_owner_that_comes_back_too_late_writes_nothing(
    again: Any, stage: str, places: list[tuple[str, int]], expected: dict[str, Any]
) -> None:
    """The owner gives no sign of life but is not dead: its lease runs out, another process finishes the run, the owner wakes up."""
    again.env["MOLWRIGHT_STORE__LEASE_SECONDS"] = "0.5"
    stale = again.spawn("resume", "run1", at=[*next(p for p in places if p[0] == stage), "mid"], then="away")
    again.paused(stale)
    time.sleep(0.7)
    ended = again.run("resume", "run1")
    assert ended.code == 0, ended.err
    again.go()
    ended = again.wait(stale)
    assert ended.code == 1, ended
    assert "run run1" in ended.err
    assert "nothing was written" in ended.err
    assert again.snapshot("run1") == expected


def test_an_owner_that_is_too_slow_is_overtaken_while_the_other_works(again: Any, expected: dict[str, Any]) -> None:
    """Both processes live: the new owner is in the middle of the run when the old one wakes up and tries to write."""
    again.env["MOLWRIGHT_STORE__LEASE_SECONDS"] = "0.5"
    stale = again.spawn("resume", "run1", at=["estimate", 0, "begin"], then="away")
    again.paused(stale)
    time.sleep(0.7)
    with again.store(store__lease_seconds=0.5) as store, held_lease(store, "run1", new_owner()) as lease:
        again.go()
        ended = again.wait(stale)
        assert ended.code == 1, ended
        assert "was taken over by" in ended.err
        assert store.run("run1").status == "running"  # the stale process did not call it failed
        store.heartbeat(lease)
    again.env.pop("MOLWRIGHT_STORE__LEASE_SECONDS")
    again.execute("run1")
    assert again.snapshot("run1") == expected


def test_a_lease_is_checked_by_every_write_of_a_run(again: Any) -> None:
    """A service whose lease was taken away fails with LeaseLost, and does not mark the run."""

    def steal(event: ProgressEvent) -> None:
        if isinstance(event, StageBegun) and event.stage == "guard":
            with again.store(store__lease_seconds=1e-9) as other:
                other.acquire("run1", "thief")

    with pytest.raises(LeaseLost, match="taken over by thief"):
        again.execute("run1", progress=steal)
    with again.store() as store:
        assert (store.run("run1").status, store.run("run1").owner) == ("running", "thief")
