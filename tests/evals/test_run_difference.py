"""Two runs side by side: specs, lists, records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from core.errors import NotFoundError, UsageError
from core.report import Report
from core.run_difference import RunDifference
from core.spec import Condition, DesignSpec, Objective, PropertyRequirement
from evals.run_difference import run_difference
from evals.spec_difference import spec_changes
from memory.recorder import SqlRecorder
from memory.sql.store import SqlRunStore
from tests.report_kit import candidate

AT = "2026-01-0{}T00:00:00+00:00"


def weight_below(value: float, number: int = 1) -> PropertyRequirement:
    below = Condition(comparison="<", value=value)
    return PropertyRequirement(
        id=f"R{number}", text=f"Molecular weight below {value:g} g/mol", property="molecular_weight", condition=below
    )


def wish(weight: float = 1.0, **more: Any) -> Objective:
    return Objective(id="O1", property="logp", shape="maximise", low=0.0, high=3.0, weight=weight, text="logP high", **more)


SPEC = DesignSpec(goal="light", candidate_class="molecule", requirements=[weight_below(200)], objectives=[wish()], seed=1)
OTHER = SPEC.model_copy(update={"requirements": [weight_below(250)], "objectives": [wish(2.0)], "seed": 2})


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlRunStore]:
    with SqlRunStore(f"sqlite:///{tmp_path_factory.mktemp('home') / 'molwright.db'}") as opened:
        _run(opened, "one", SPEC, ["CCO", "CCC", "CCN"], batch=["CCO", "CCC"])
        _run(opened, "same", SPEC, ["CCO", "CCC", "CCN"], batch=["CCO", "CCC"])
        _run(opened, "two", OTHER, ["CCN", "CCO", "CCCl"], batch=["CCO", "CCBr"])
        opened.create_run("empty", "nothing yet", {}, AT.format(9))
        opened.create_run("chat", "words", {"kind": "chat"}, AT.format(9))
        yield opened


def _run(store: SqlRunStore, run_id: str, spec: DesignSpec, listed: list[str], batch: list[str]) -> None:
    store.create_run(run_id, spec.goal, {}, AT.format(1))
    lease = store.acquire(run_id, "me")
    recorder = SqlRecorder(store, lease, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    store.save_spec(lease, spec)
    recorder.step("screen", 0, {"verdict": "allow"})
    recorder.record("propose", 0, "library", {"count": 2}, lambda: batch)
    recorder.step("check", 0, [[s, []] for s in batch])
    ranked = [candidate(n, s, key=s) for n, s in enumerate(listed, 1)]
    missing = candidate(9, "CCCl", key="CCCl").model_copy(
        update={"status": "rejected", "rejected_by": "requirement:R1", "rank": None, "score": None}
    )
    store.save_candidates(lease, ranked if "CCCl" in listed else [*ranked, missing])
    recorder.step("rank", 0, [[c.key for c in ranked], []])
    report = Report(run_id=run_id, goal=spec.goal, status="success", spec=spec, candidates=ranked, evaluated=3, timings={"total": 1.5})
    store.save_report(lease, report)
    store.set_status(lease, "success")
    store.release(lease)


@pytest.fixture(scope="module")
def found(store: SqlRunStore) -> RunDifference:
    return run_difference(store, "one", "two")


def test_two_runs_that_are_the_same_differ_in_nothing(store: SqlRunStore) -> None:
    same = run_difference(store, "one", "same")
    assert same.same_spec
    assert (same.differ, same.first, same.moved, same.only_a, same.only_b) == (0, None, 0, 0, 0)
    assert "no event differs: all 4 agree" in same.text


def test_a_changed_wish_is_one_change_and_not_two(found: RunDifference) -> None:
    assert not found.same_spec
    assert [(c.part, c.name, c.a, c.b) for c in found.spec] == [
        ("requirement", "R1", "Molecular weight below 200 g/mol", "Molecular weight below 250 g/mol"),
        ("objective", "O1", "logP high (weight 1)", "logP high (weight 2)"),
        ("option", "seed of the random choices", "1", "2"),
    ]


def test_a_wish_has_the_same_meaning_whatever_its_number(store: SqlRunStore) -> None:
    run = store.run("one")
    moved = SPEC.model_copy(update={"requirements": [weight_below(200, 7)]})
    assert spec_changes(SPEC, moved, run, run) == []
    ends = spec_changes(SPEC, SPEC.model_copy(update={"objectives": [wish().model_copy(update={"high": 5.0})]}), run, run)
    assert [(c.a, c.b) for c in ends] == [("logP high (weight 1): high 3", "logP high (weight 1): high 5")]
    gone = spec_changes(SPEC, SPEC.model_copy(update={"objectives": []}), run, run)
    assert [(c.part, c.b) for c in gone] == [("objective", None)]


def test_the_lists_are_laid_side_by_side(found: RunDifference) -> None:
    assert (found.both, found.only_a, found.only_b, found.moved) == (2, 1, 1, 2)
    rows = {r.smiles: r for r in found.ranking}
    assert [r.smiles for r in found.ranking[:3]] == ["CCN", "CCO", "CCCl"]
    assert (rows["CCN"].rank_a, rows["CCN"].rank_b, rows["CCN"].moved) == (3, 1, 2)
    assert rows["CCC"].elsewhere == "not evaluated there"
    assert rows["CCCl"].elsewhere.startswith("rejected there")


def test_the_first_event_that_differs_is_named_with_its_place_in_both(found: RunDifference) -> None:
    assert found.first is not None
    assert (found.first.node, found.first.index, found.first.what) == ("propose", "library", "brought something else")
    assert (found.first.number_a, found.first.number_b) == (2, 2)
    assert found.first.changes == ['[1]: "CCC" -> "CCBr"']
    assert (found.agree, found.differ) == (1, 3)
    assert found.kinds_a == {"step": 3, "record": 1}
    assert {n.node for n in found.nodes} == {"screen", "propose", "check", "rank"}


def test_what_cannot_be_compared_is_said(store: SqlRunStore) -> None:
    empty = run_difference(store, "one", "empty")
    assert not empty.same_spec
    assert any("no spec yet" in note for note in empty.notes)
    assert empty.ranking[0].elsewhere == "there is no report"
    with pytest.raises(UsageError, match="with itself"):
        run_difference(store, "one", "one")
    with pytest.raises(UsageError, match="conversation"):
        run_difference(store, "one", "chat")
    with pytest.raises(NotFoundError):
        run_difference(store, "one", "nothing")
