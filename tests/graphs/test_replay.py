"""A replay recomputes a run from its record and says where it differs; a fork goes on from a part of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.services.runs import RunService
from core.errors import NotFoundError, ReplayDiffers, UsageError
from core.replays import ReplayResult
from core.report import Report
from evals.replay import replay
from memory.sql.packing import pack
from tools.execution import SerialExecutor


def replayed(bench: Any, run_id: str = "run1") -> ReplayResult:
    with bench.store() as store:
        return replay(store, run_id, executor=SerialExecutor())


def change(bench: Any, statement: str, **values: Any) -> None:
    """Change the database behind the program's back."""
    with bench.store() as store, store.database.write() as connection:
        assert connection.execute(text(statement), values).rowcount == 1


def event(bench: Any, node: str, generation: int) -> tuple[int, str, Any]:
    """(sequence, place, outputs) of the first event of a node and generation."""
    with bench.store() as store:
        found = next(e for e in store.events("run1") if (e.node, e.generation) == (node, generation))
    return found.sequence, found.index, found.outputs


def test_identical(finished: Any, expected: dict[str, Any]) -> None:
    before = finished.snapshot("run1")
    ended = finished.run("replay", "run1")
    assert ended.code == 0, ended.err
    assert f"identical: all {len(before['events']) + 1} recorded events of run run1 agree" in ended.out
    assert json.loads(finished.run("replay", "run1", "--json").out)["identical"] is True
    assert finished.snapshot("run1") == before == expected


def test_identical_after_kills(again: Any, places: list[tuple[str, int]]) -> None:
    for place in places[6::4]:
        assert again.run("resume", "run1", at=[*place, "mid"]).code == -9
    again.execute("run1")
    result = replayed(again)
    assert result.identical, result.text


def test_nothing_outside_is_asked_again(finished: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("asked again")

    for name in ("proposer.built_in.propose_with", "researcher.built_in.search", "interpreter.built_in.interpret"):
        monkeypatch.setattr(f"agent.roles.{name}", never)
    assert replayed(finished).identical


def test_everything_else_is_computed_again(finished: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from graphs import closing, loop

    done = []
    for module, name in (
        (loop, "standardised"),
        (loop, "guarded"),
        (loop, "estimated"),
        (loop, "checked"),
        (closing, "rank_candidates"),
    ):
        function = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, f=function, n=name, **k: (done.append(n), f(*a, **k))[1])
    assert replayed(finished).identical
    assert set(done) == {"standardised", "guarded", "estimated", "checked", "rank_candidates"}


def test_a_changed_proposal_is_named(finished: Any) -> None:
    sequence, place, proposals = event(finished, "propose", 1)
    proposals[0]["smiles"] = "CCCCCCCCCO"
    change(finished, "UPDATE trace_events SET outputs = :o WHERE run_id = 'run1' AND sequence = :s", o=json.dumps(proposals), s=sequence)
    ended = finished.run("replay", "run1")
    assert ended.code == 6, ended
    assert f"the replay of run run1 differs at event propose, generation 1, {place}" in ended.err
    assert "its outcome was changed in the record" in ended.out


def test_a_proposal_changed_with_its_hash_is_found_by_what_follows(finished: Any) -> None:
    """Who also mends the hash of the event cannot mend what was computed from it."""
    from core.model import content_hash

    sequence, _, proposals = event(finished, "propose", 1)
    for proposal in proposals:
        proposal["smiles"] = "CCCCCCCCCO"
    statement = "UPDATE trace_events SET outputs = :o, output_hash = :h WHERE run_id = 'run1' AND sequence = :s"
    change(finished, statement, o=json.dumps(proposals), h=content_hash(proposals), s=sequence)
    result = replayed(finished)
    assert (result.identical, result.first_difference) == (False, "standardise, generation 1, step")


@pytest.mark.parametrize(("node", "generation"), [("screen", 0), ("guard", 0), ("check", 1), ("report", -1)])
def test_a_changed_step_is_named(finished: Any, places: list[tuple[str, int]], node: str, generation: int) -> None:
    generation = places[-1][1] if generation < 0 else generation
    statement = "UPDATE trace_events SET output_hash = :h WHERE run_id = 'run1' AND node = :n AND generation = :g AND place = 'step'"
    change(finished, statement, h="0" * 64, n=node, g=generation)
    ended = finished.run("replay", "run1", "--json")
    assert ended.code == 6, ended
    assert json.loads(ended.out)["first_difference"] == f"{node}, generation {generation}, step"
    assert json.loads(ended.out)["identical"] is False


def test_a_missing_event_is_named(finished: Any) -> None:
    change(finished, "DELETE FROM trace_events WHERE run_id = 'run1' AND node = 'select' AND generation = 1")
    assert replayed(finished).first_difference == "select, generation 1, step"


def test_a_changed_answer_is_found(finished: Any) -> None:
    with finished.store() as store:
        spec = store.spec("run1").model_copy(update={"met_probability": 0.9})
    change(finished, "UPDATE specs SET content = :c WHERE run_id = 'run1'", c=spec.model_dump_json())
    assert replayed(finished).first_difference == "the spec"


def test_a_changed_result_is_found_though_the_record_agrees(finished: Any) -> None:
    with finished.store() as store:
        report = store.report("run1")
        stored = store.candidates("run1", keys=[report.candidates[0].key])[0]
    stored.properties["logp"].value = 1.0
    other = Report.model_validate({**report.model_dump(), "summary": "All is well."})
    change(finished, "UPDATE reports SET content = :c WHERE run_id = 'run1'", c=other.model_dump_json())
    assert replayed(finished).first_difference == "the report"
    changed = {"k": stored.key, "c": pack(stored.model_dump_json())}
    change(finished, "UPDATE candidates SET content = :c WHERE run_id = 'run1' AND key = :k", **changed)
    ended = finished.run("replay", "run1")
    assert (ended.code, f"candidate {stored.key}" in ended.err) == (6, True)


def test_a_method_that_changed_since_is_found(finished: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record is whole, but this version of the program computes something else."""
    monkeypatch.setattr("tools.search.state.fitness", lambda candidate, spec, **_: 0.5)
    result = replayed(finished)
    assert (result.identical, result.first_difference) == (False, "select, generation 0, step")
    assert "another result than recorded" in result.text
    assert "->" in result.text


def test_refused_and_rejected_runs_replay(bench: Any) -> None:
    refused = bench.create("make sarin more volatile")
    assert bench.run("resume", refused).code == 3
    rejected = bench.create(yes=False)
    assert bench.run("resume", rejected).code == 5
    with bench.store() as store, pytest.raises(NotFoundError, match="'waiting'"):
        replay(store, rejected, executor=SerialExecutor())
    assert bench.run("reject", rejected).code == 0
    for run_id, count in ((refused, 1), (rejected, 3)):
        result = replayed(bench, run_id)
        assert (result.identical, result.events) == (True, count), result.text


def test_an_edited_spec_replays(bench: Any) -> None:
    with bench.store() as store:
        service = RunService(bench.settings(), store)
        run_id = bench.create(yes=False)
        assert bench.run("resume", run_id).code == 5
        service.approve(run_id, store.spec(run_id).model_copy(update={"candidates": 2, "budget": 20}))
    result = replayed(bench, run_id)
    assert result.identical, result.text


def test_what_has_not_finished_cannot_be_replayed(again: Any) -> None:
    assert again.run("replay", "run1").code == 2
    assert again.run("replay", "nosuchrun").code == 2


# forks -----------------------------------------------------------------------------------------------------------


def fork(bench: Any, start: int, *changes: str) -> str:
    with bench.store() as store:
        return RunService(bench.settings(), store).fork("run1", start, changes)


def records(bench: Any, run_id: str) -> dict[tuple[str, int, str], tuple[str, str]]:
    with bench.store() as store:
        own = ("interpret", "approve")
        return {
            (e.node, e.generation, e.index): (e.request_hash, e.output_hash)
            for e in store.events(run_id)
            if e.kind == "record" and e.node not in own
        }


def test_a_fork_keeps_the_events_and_goes_on(finished: Any, expected: dict[str, Any]) -> None:
    with finished.store() as store:
        last = store.events("run1")[-1].sequence
    ended = finished.run("replay", "run1", "--from", str(last), "--with", "budget=80", "--json")
    assert ended.code == 0, ended.err
    report = Report.model_validate_json(ended.out)
    old, new = records(finished, "run1"), records(finished, report.run_id)
    assert {place: new[place] for place in old} == old
    assert len(new) > len(old)
    assert 40 < report.evaluated <= 80
    with finished.store() as store:
        assert store.run(report.run_id).options["forked_from"] == f"run1:{last}"
    assert replayed(finished, report.run_id).identical
    assert finished.snapshot("run1") == expected


def test_a_fork_without_a_change_gives_the_same_ranking(finished: Any, expected: dict[str, Any]) -> None:
    with finished.store() as store:
        last = store.events("run1")[-1].sequence
    for start in (0, last // 2, last):
        run_id = fork(finished, start)
        finished.execute(run_id)
        assert finished.snapshot(run_id)["ranking"] == expected["ranking"]


@pytest.mark.parametrize("change_", ["seed=8", "candidates=2", "met_probability=0.3", "budget=20"])
def test_what_a_fork_may_change(finished: Any, places: list[tuple[str, int]], change_: str) -> None:
    """From the middle of generation 0 on; what was recorded before is used as it is."""
    sequence, _, _ = event(finished, "guard", 0)
    run_id = fork(finished, sequence, change_)
    report = finished.execute(run_id)
    name, _, value = change_.partition("=")
    assert getattr(report.spec, name) == float(value)
    assert replayed(finished, run_id).identical
    old, new = records(finished, "run1"), records(finished, run_id)
    kept = [place for place in old if place[:2] in (("research", 0), ("propose", 0))]
    assert [new[place] for place in kept] == [old[place] for place in kept]
    if name == "seed":
        assert any(new.get(place) != old[place] for place in old)


def test_a_fork_that_asks_otherwise_than_its_record_goes_on_by_itself(finished: Any) -> None:
    """A change may alter the parents of a generation whose proposals are in the copied part."""
    with finished.store() as store:
        last = store.events("run1")[-1].sequence
    for change_ in ("budget=20", "seed=9"):
        run_id = fork(finished, last, change_)
        finished.execute(run_id)
        assert replayed(finished, run_id).identical


@pytest.mark.parametrize("change_", ["model=x", "prompt=y", "colour=red", "budget=many", "budget=-1", "budget"])
def test_what_a_fork_cannot_change(finished: Any, change_: str) -> None:
    with pytest.raises(UsageError):
        fork(finished, 1, change_)
    with finished.store() as store:
        assert [run.run_id for run in store.runs()] == ["run1"]


def test_a_fork_needs_an_event_that_exists(finished: Any) -> None:
    for start in (-1, 10_000):
        with pytest.raises(NotFoundError, match="its events are numbered up to"):
            fork(finished, start)


# determinism -------------------------------------------------------------------------------------------------------


def test_the_seed_decides(undisturbed: Any, bench: Any, expected: dict[str, Any]) -> None:
    same, other = bench.create(), bench.create(seed=8)
    for run_id in (same, other):
        bench.execute(run_id)
    assert bench.snapshot(same)["ranking"] == expected["ranking"]
    keys = {c["key"] for c in expected["candidates"]}
    assert {c["key"] for c in bench.snapshot(same)["candidates"]} == keys
    assert {c["key"] for c in bench.snapshot(other)["candidates"]} != keys


def test_two_workers_give_the_same_as_one(again: Any, expected: dict[str, Any]) -> None:
    again.execute("run1", workers__processes=2)
    assert again.snapshot("run1") == expected


SCRIPT = """
import sys
from pathlib import Path
from app.services.runs import RunService
from core.settings import Settings
from tests.settings_kit import settings_of
from memory.sql.store import SqlRunStore
from tools.search import policy
policy.DEFAULT = policy.SearchPolicy(batch=int(sys.argv[2]))
settings = settings_of(home=Path(sys.argv[1]), workers__processes=1, literature__uri="http://127.0.0.1:1", user__name="ada")
with SqlRunStore(settings.sql_url()) as store:
    RunService(settings, store).execute("run1")
"""


def test_the_order_of_sets_decides_nothing(again: Any, expected: dict[str, Any]) -> None:
    """A process with another hash seed, in which sets and dicts of strings are ordered otherwise."""
    from app import wiring

    root = str(Path(wiring.__file__).resolve().parents[1])
    env = {**os.environ, "PYTHONHASHSEED": "4242", "PYTHONPATH": root}
    subprocess.run([sys.executable, "-c", SCRIPT, str(again.home), "24"], env=env, cwd=root, check=True, timeout=120)
    assert again.snapshot("run1") == expected


def test_a_replay_that_differs_is_an_error_of_its_own() -> None:
    assert ReplayDiffers("x").exit_code == 6
