"""From the goal to the report: approval by a person, refusal, and what each end means for the run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from app.services.runs import RunService
from core.errors import ApprovalNeeded, NotFoundError, UsageError
from core.events import ProgressEvent
from core.report import Report
from core.spec import DesignSpec
from graphs.design import build


@pytest.fixture
def waiting(bench: Any) -> str:
    """A run in ``bench`` that waits for approval."""
    run_id = str(bench.create(yes=False))
    ended = bench.run("resume", run_id)
    assert ended.code == 5, ended
    assert f"molwright approve {run_id}" in ended.err
    assert ended.out == ""
    return run_id


def status(bench: Any, run_id: str) -> str:
    with bench.store() as store:
        return str(store.run(run_id).status)


def answer(bench: Any, run_id: str) -> Any:
    with bench.store() as store:
        return store.event(run_id, "approve", 0, "decision")


def edited(bench: Any, run_id: str, **changes: Any) -> str:
    """File of the waiting spec with changes."""
    with bench.store() as store:
        spec = store.spec(run_id).model_dump(mode="json")
    file = Path(bench.folder / "spec.json")
    file.write_text(json.dumps({**spec, **changes}))
    return str(file)


def test_the_graph_has_the_stages_of_the_house() -> None:
    nodes = list(build().get_graph().nodes)
    opening = ["__start__", "screen", "interpret", "approve", "guard_spec", "research"]
    loop = ["propose", "standardise", "guard", "estimate", "check", "select", "confirm"]
    assert nodes == [*opening, *loop, "route", "rank", "explain", "report", "__end__"]


def test_a_run_leaves_a_consistent_report(undisturbed: Any) -> None:
    with undisturbed.store() as store:
        report, run, candidates = store.report("run1"), store.run("run1"), store.candidates("run1")
    assert (run.status, run.owner, run.approved_by, run.error) == ("success", "", "ada", "")
    assert [c.rank for c in report.candidates] == list(range(1, len(report.candidates) + 1))
    scores = [c.score for c in report.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(c.meets_all() and all(r.met for r in c.requirements) for c in report.candidates)
    stored = {c.key: c for c in candidates}
    assert all(stored[c.key] == c for c in [*report.candidates, *report.closest])
    assert report.evaluated == sum(bool(c.properties) for c in candidates) <= report.spec.budget == 40
    assert report.rejected == {r: n for r, n in report.rejected.items() if n == sum(c.rejected_by == r for c in candidates)}
    assert all(c.safety is not None and c.safety.verdict != "block" for c in report.candidates)
    nodes = {n for n in build().get_graph().nodes if not n.startswith("__")}
    assert set(report.timings) == {"total", *nodes - {"confirm"}}  # nothing here costs so much that it is computed for some only


def test_approved_by_another_process(bench: Any, waiting: str, expected: dict[str, Any]) -> None:
    assert status(bench, waiting) == "waiting"
    ended = bench.run("approve", waiting[:6], "--json", "-", env={"MOLWRIGHT_USER__NAME": "grace"})
    assert ended.code == 0, ended.err
    report = Report.model_validate_json(ended.out)
    assert (report.approved_by, report.run_id) == ("grace", waiting)
    assert [(c.key, c.rank, c.score, c.p_meets, c.rank_interval) for c in report.candidates] == expected["ranking"]
    assert answer(bench, waiting).outputs == {"decision": "approve", "by": "grace"}


def test_approved_with_an_edited_spec(bench: Any, waiting: str) -> None:
    ended = bench.run("approve", waiting, "--spec", edited(bench, waiting, candidates=2, budget=20))
    assert ended.code == 0, ended.err
    with bench.store() as store:
        assert (store.run(waiting).spec_version, store.run(waiting).approved_by) == (2, "ada")
        assert (store.spec(waiting, 1).candidates, store.spec(waiting, 1).budget) == (5, 40)
        report = store.report(waiting)
    assert (report.spec.candidates, report.spec.budget, len(report.candidates)) == (2, 20, 2)
    assert report.evaluated <= 20


def test_an_edited_spec_that_cannot_be_used_leaves_the_run_waiting(bench: Any, waiting: str) -> None:
    for changes in ({"budget": 0}, {"budgets": 3}, {"reference": {"name": "x", "smiles": "C1CC"}}):
        ended = bench.run("approve", waiting, "--spec", edited(bench, waiting, **changes))
        assert ended.code == 2, ended
    assert bench.run("approve", waiting, "--spec", "nowhere.json").code == 2
    assert (status(bench, waiting), answer(bench, waiting)) == ("waiting", None)
    assert bench.run("approve", waiting).code == 0


def test_an_edited_spec_passes_the_guard_again(bench: Any, waiting: str) -> None:
    sarin = {"name": "", "smiles": "CC(C)OP(C)(=O)F"}
    ended = bench.run("approve", waiting, "--spec", edited(bench, waiting, reference=sarin))
    assert ended.code == 3, ended
    assert status(bench, waiting) == "refused"
    assert bench.run("replay", waiting).code == 0


def test_rejected(bench: Any, waiting: str) -> None:
    assert bench.run("reject", waiting).code == 0
    assert status(bench, waiting) == "rejected"
    for command in ("approve", "reject", "resume"):
        ended = bench.run(command, waiting)
        assert ended.code == 2, ended
        assert "'rejected'" in ended.err
    assert answer(bench, waiting).outputs["decision"] == "reject"


def test_approved_twice(bench: Any, waiting: str) -> None:
    assert bench.run("approve", waiting).code == 0
    before = bench.snapshot(waiting)
    for command in ("approve", "reject"):
        ended = bench.run(command, waiting)
        assert ended.code == 2
        assert "does not wait for approval, its status is 'success'" in ended.err
    assert bench.run("resume", waiting).code == 0  # shows the report again
    assert bench.snapshot(waiting) == before


def test_a_run_that_does_not_wait_cannot_be_approved(again: Any) -> None:
    assert again.run("resume", "run1", at=["guard_spec", 0, "begin"]).code == -9
    for command in ("approve", "reject"):
        ended = again.run(command, "run1")
        assert ended.code == 2
        assert "does not wait for approval, its status is 'running'" in ended.err
    assert again.run("approve", "nosuchrun").code == 2


@pytest.mark.parametrize("moment", ["mid", "saving"])
def test_killed_while_it_begins_to_wait(bench: Any, moment: str) -> None:
    """'waiting' is stored, LangGraph's interrupt is not: the run waits all the same, and takes its answer."""
    run_id = bench.create(yes=False)
    place = ["approve", 0, "mid"] if moment == "mid" else ["interpret", 0, "saving"]
    assert bench.run("resume", run_id, at=place).code == -9
    assert bench.run("resume", run_id).code == 5
    assert bench.run("approve", run_id).code == 0


@pytest.mark.parametrize("command", ["approve", "reject"])
def test_an_answer_survives_the_process_that_gave_it(bench: Any, waiting: str, command: str, expected: dict[str, Any]) -> None:
    assert bench.run(command, waiting, write=1).code == -9  # the answer is recorded, nothing else
    assert answer(bench, waiting).outputs["decision"] == command
    for other in ("approve", "reject"):
        ended = bench.run(other, waiting)
        assert ended.code == 2
        assert f"has its answer already ({command})" in ended.err
    ended = bench.run("resume", waiting)
    if command == "reject":
        assert (ended.code, status(bench, waiting)) == (2, "rejected")
    else:
        assert (ended.code, bench.snapshot(waiting)["ranking"]) == (0, expected["ranking"])


def test_an_edited_spec_survives_a_kill_at_every_write(bench: Any, waiting: str) -> None:
    file = edited(bench, waiting, candidates=3)
    assert bench.run("approve", waiting, "--spec", file, write=1).code == -9
    for write in (1, 2, 3, 4):  # version 2 saved, clock recorded, approval stored, status set
        assert bench.run("resume", waiting, write=write).code == -9
    report = bench.execute(waiting)
    assert (report.spec.candidates, len(report.candidates), report.approved_by) == (3, 3, "ada")
    with bench.store() as store:
        assert store.run(waiting).spec_version == 2
    assert bench.run("replay", waiting).code == 0


def test_a_waiting_run_without_checkpoints_takes_its_answer(bench: Any, waiting: str, expected: dict[str, Any]) -> None:
    for file in bench.home.glob("checkpoints.db*"):
        file.unlink()
    assert bench.run("resume", waiting).code == 5
    assert bench.run("approve", waiting).code == 0
    assert bench.snapshot(waiting)["ranking"] == expected["ranking"]


def test_a_refused_goal(bench: Any) -> None:
    run_id = bench.create("make sarin more volatile")
    for _ in range(2):
        ended = bench.run("resume", run_id)
        assert ended.code == 3, ended
        assert "refused" in ended.err
    assert status(bench, run_id) == "refused"
    with bench.store() as store:
        assert [e.node for e in store.events(run_id)] == ["screen"]
        assert store.candidates(run_id) == []


def test_a_goal_that_cannot_be_understood_fails_and_says_why(bench: Any) -> None:
    run_id = bench.create("qwertz asdf")
    ended = bench.run("resume", run_id)
    assert ended.code == 2
    with bench.store() as store:
        assert store.run(run_id).status == "failed"
        assert store.run(run_id).error in ended.err


def test_a_run_that_failed_goes_on(again: Any, expected: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise MemoryError("no room")

    with monkeypatch.context() as patch:
        patch.setattr("graphs.loop.checked", fails)
        with pytest.raises(MemoryError):
            again.execute("run1")
    with again.store() as store:
        record = store.run("run1")
        assert (record.status, record.owner) == ("failed", "")
        assert record.error.startswith("there was no memory left for the run")
    seen = []

    def watch(event: ProgressEvent) -> None:
        with again.store() as store:
            seen.append(store.run("run1").status)

    again.execute("run1", progress=watch)
    assert set(seen[:-1]) == {"running"}  # the last event says how it ended
    assert seen[-1] == "success"
    assert again.snapshot("run1") == expected


def test_the_service_in_one_process(bench: Any) -> None:
    with bench.store() as store:
        service = RunService(bench.settings(), store)
        run_id = service.start("a molecule with MW < 300", {"budget": 30, "seed": None})
        with pytest.raises(ApprovalNeeded):
            service.execute(run_id)
        with pytest.raises(NotFoundError, match="'waiting'"):
            service.report(run_id)
        spec = store.spec(run_id)
        assert isinstance(spec, DesignSpec)
        report = service.approve(run_id, spec.model_copy(update={"candidates": 1}), by="grace")
        assert (len(report.candidates), report.approved_by) == (1, "grace")
        assert service.report(run_id) == report == service.execute(run_id)
        with pytest.raises(UsageError):
            service.reject(run_id)
        other = service.start("a molecule with MW < 300", {})
        with pytest.raises(ApprovalNeeded):
            service.execute(other)
        service.reject(other)
        with pytest.raises(NotFoundError, match="'rejected'"):
            service.report(other)
    assert os.listdir(bench.home)
