"""``kill -9`` at any place, then ``resume``: the same ranking as an undisturbed run, and nothing stored twice."""

from __future__ import annotations

import os
from typing import Any

import pytest

from app.wiring import open_literature

EVERY = os.environ.get("MOLWRIGHT_EVERY_KILL", "") == "1"  # every write, and while a checkpoint is being written: minutes
MOMENTS = ("begin", "mid", "done", "saving") if EVERY else ("begin", "mid", "done")


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_every_node_one_after_the_other(moment: str, again: Any, places: list[tuple[str, int]], expected: dict[str, Any]) -> None:
    """One run, killed at this moment of its nodes; each next process goes on where the last one died. After the first write of every node; before
    and after all of them of every other node, in turns: between the end of one and the begin of the next only a checkpoint is written."""
    for stage, generation in places if EVERY or moment == "mid" else places[moment == "done" :: 2]:
        ended = again.run("resume", "run1", at=[stage, generation, moment])
        assert ended.code == -9, (stage, generation, ended)
    again.execute("run1")
    assert again.snapshot("run1") == expected


def test_killed_between_the_last_node_and_the_end(again: Any, expected: dict[str, Any]) -> None:
    """The report is stored by its node; closing the run is a step of its own."""
    assert again.run("resume", "run1", at=["finish", 0, "begin"]).code == -9
    with again.store() as store:
        assert store.run("run1").status == "running"
    again.execute("run1")
    assert again.snapshot("run1") == expected


def test_killed_after_a_write(started: Any, tmp_path: Any, expected: dict[str, Any]) -> None:
    """A process that dies after its n-th write of whatever kind: every fourteenth n, or every single one."""
    write, died = 2 if not EVERY else 1, 0
    while True:
        bench = started.copy(tmp_path / str(write))
        ended = bench.run("resume", "run1", write=write)
        if ended.code != -9:
            break
        bench.execute("run1")
        # after the last write the run is finished; that its dead owner never let go does no harm
        assert {**bench.snapshot("run1"), "owner": ""} == expected, write
        write, died = write + (1 if EVERY else 14), died + 1
    assert ended.code == 0, ended.err
    assert died >= (25 if EVERY else 2)


def test_killed_while_the_literature_is_open(bench: Any) -> None:
    """The embedded literature store is left locked by a dead process, and read by the next one."""
    bench.env["MOLWRIGHT_LITERATURE__URI"] = ""
    with open_literature(bench.settings(literature__uri="")):
        pass  # without a file the shipped notes are searched in memory
    run_id = bench.create()
    assert bench.run("resume", run_id, at=["research", 0, "searching"]).code == -9
    ended = bench.run("resume", run_id)
    assert ended.code == 0, ended.err
    with bench.store() as store:
        report = store.report(run_id)
        assert report.evidence
        assert not [w for w in report.warnings if "literature" in w]
    assert bench.run("replay", run_id).code == 0


def test_interrupted_from_the_keyboard(again: Any, expected: dict[str, Any]) -> None:
    ended = again.run("resume", "run1", at=["estimate", 1, "mid"], then="interrupt")
    assert ended.code == 130
    with again.store() as store:
        assert (store.run("run1").status, store.run("run1").owner) == ("running", "")
    again.execute("run1")
    assert again.snapshot("run1") == expected


def test_without_its_checkpoints_a_run_goes_on_from_its_record(again: Any, expected: dict[str, Any]) -> None:
    assert again.run("resume", "run1", at=["guard", 1, "mid"]).code == -9
    for file in again.home.glob("checkpoints.db*"):
        file.unlink()
    again.execute("run1")
    assert again.snapshot("run1") == expected
