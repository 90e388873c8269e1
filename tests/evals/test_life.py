"""The life of one candidate, for each way in which it can end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from core.candidate import Candidate, Proposal
from core.errors import NotFoundError, StructureError, UsageError
from core.life import CandidateLife, Whereabouts
from core.spec import Condition, DesignSpec, PropertyRequirement
from evals.life import life
from evals.whereabouts import whereabouts
from memory.recorder import SqlRecorder
from memory.sql.store import SqlRunStore
from tools.evaluation.judge import checked, estimated, guarded, standardised, unreadable
from tools.ranking.rank import rank
from tools.search.policy import DEFAULT
from tools.search.state import entries, mean_fitness, merged
from tools.workspace import builtin

TNT = "Cc1c([N+](=O)[O-])cc([N+](=O)[O-])cc1[N+](=O)[O-]"
FIRST = ["OCc1ccccc1", "CCCCCCCCCCCCCCCCCCCC", TNT, "C1CC", "Oc1ccccc1"]
SECOND = ["OC(C)c1ccccc1"]
LIGHT = Condition(comparison="<", value=200.0)
SPEC = DesignSpec(
    goal="a light molecule",
    candidate_class="molecule",
    requirements=[PropertyRequirement(id="R1", text="Molecular weight below 200 g/mol", property="molecular_weight", condition=LIGHT)],
    candidates=1,
    list_known=True,
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a ranked run of two generations, written as the nodes of a run write it."""
    folder = tmp_path_factory.mktemp("home")
    with SqlRunStore(f"sqlite:///{folder / 'molwright.db'}") as store:
        store.create_run("run1", SPEC.goal, {}, "2026-01-01T00:00:00+00:00")
        lease = store.acquire("run1", "me")
        recorder = SqlRecorder(store, lease, lambda: datetime(2026, 1, 1, tzinfo=UTC))
        store.save_spec(lease, SPEC)
        frontier: tuple[Any, ...] = ()
        for generation, batch in enumerate((FIRST, SECOND)):
            parents = [entry["key"] for entry in frontier[:1]]
            proposals = [Proposal(smiles=s, proposer="evolution", operator="swap", parents=parents, rationale=f"try {s}") for s in batch]
            recorder.record("propose", generation, "evolution", {}, lambda given=proposals: [p.model_dump(mode="json") for p in given])  # type: ignore[misc]
            judged = [_judged(proposal, number, generation) for number, proposal in enumerate(proposals)]
            store.save_candidates(lease, judged)
            frontier = merged(
                frontier, entries([c for c in judged if c.requirements], SPEC, calculators=builtin().calculators), DEFAULT.frontier
            )
            with pytest.MonkeyPatch.context() as patch:
                if generation:  # a long step keeps its hash only, as in a run with many parents
                    patch.setattr("memory.hashing.KEPT_CHARACTERS", 50)
                recorder.step("select", generation, {"frontier": list(frontier), "best": mean_fitness(frontier, DEFAULT.top)})
        everyone = store.candidates("run1")
        result = rank([c for c in everyone if c.requirements], SPEC, 4, calculators=builtin().calculators)
        listed = [c.model_copy(update={"rationale": "it is the best"}) for c in result.ranked]
        store.save_candidates(lease, listed)
        remarks = [{"key": listed[0].key, "severity": "lower", "reason": "it smells", "rank_before": 2, "rank_after": 1}]
        ranking = {"closest": [c.key for c in result.closest], "choice": result.choice.model_dump(mode="json"), "remarks": remarks}
        recorder.step("rank", 2, [ranking, []])
        store.set_status(lease, "success")
    return folder


def _judged(proposal: Proposal, number: int, generation: int) -> Candidate:
    try:
        candidate = guarded(standardised(proposal, "molecule", generation=generation), alerts=False)
    except StructureError as error:
        return unreadable(proposal, f"structure:{generation}:evolution:{number}", "molecule", str(error), generation=generation)
    return (
        candidate
        if candidate.rejected_by
        else checked(
            estimated([candidate], SPEC.property_names(), SPEC.conditions, calculators=builtin().calculators)[0],
            SPEC,
            calculators=builtin().calculators,
        )
    )


@pytest.fixture
def store(home: Path) -> Iterator[SqlRunStore]:
    with SqlRunStore(f"sqlite:///{home / 'molwright.db'}") as opened:
        yield opened


def _of(store: SqlRunStore, smiles: str) -> CandidateLife:
    return life(store, "run1", smiles, calculators=builtin().calculators)


def test_one_that_is_listed(store: SqlRunStore) -> None:
    found = life(store, "run1", "1", calculators=builtin().calculators)
    assert (found.fate, found.rank, found.why) == ("listed", 1, "it is the best")
    assert (found.rank_by_score, found.meeting) == (1, 3)
    assert (found.rank_before_remark, found.remark) == (2, "it smells")
    assert found.safety is not None
    assert found.safety.verdict == "allow"
    assert found.values["molecular_weight"].number == pytest.approx(108.14, abs=0.1) or found.smiles != FIRST[0]
    assert [r.met for r in found.requirements] == [True]
    assert found.standings[0].place is not None


def test_one_that_meets_everything_and_is_not_listed(store: SqlRunStore) -> None:
    lives = [_of(store, s) for s in ("OCc1ccccc1", "Oc1ccccc1", "CC(O)c1ccccc1")]
    kept = [found for found in lives if found.fate == "kept"]
    assert len(kept) == 2
    for found in kept:
        assert f"number {found.rank_by_score} of 3 by score" in found.why
        assert "the list was full" in found.why or "similar to rank 1" in found.why


def test_one_that_misses_a_requirement(store: SqlRunStore) -> None:
    found = _of(store, FIRST[1])
    assert found.fate == "closest"
    assert "R1 (Molecular weight below 200 g/mol)" in found.why
    assert found.values["molecular_weight"].number == pytest.approx(282.56, abs=0.1)
    assert found.requirements[0].met is False


def test_one_that_the_guard_blocks(store: SqlRunStore) -> None:
    found = next(_of(store, c.key) for c in store.candidates("run1") if c.rejected_by.startswith("safety:"))
    assert (found.fate, found.values, found.requirements, found.standings) == ("blocked", {}, [], [])
    assert found.safety is not None
    assert found.safety.verdict == "block"
    assert found.why.startswith("safety:")
    assert found.proposed[0].smiles == TNT


def test_one_that_is_broken(store: SqlRunStore) -> None:
    found = life(store, "run1", "structure:0:evolution:3", calculators=builtin().calculators)
    assert (found.fate, found.safety) == ("broken", None)
    assert found.structure
    assert [(p.proposer, p.number, p.smiles) for p in found.proposed] == [("evolution", 3, "C1CC")]


def test_who_proposed_it_and_from_what(store: SqlRunStore) -> None:
    found = _of(store, "CC(O)c1ccccc1")
    assert [(p.proposer, p.generation, p.operator, p.smiles) for p in found.proposed] == [("evolution", 1, "swap", SECOND[0])]
    assert found.proposed[0].parent_smiles == [life(store, "run1", found.proposed[0].parents[0], calculators=builtin().calculators).smiles]
    assert life(store, "run1", found.proposed[0].parents[0], calculators=builtin().calculators).children == [found.key]


def test_an_order_that_is_kept_as_a_hash_is_computed_again(store: SqlRunStore) -> None:
    event = store.event("run1", "select", 1, "step")
    assert event is not None
    assert "frontier" not in event.outputs
    assert [s.generation for s in _of(store, "OCc1ccccc1").standings] == [0, 1]
    assert [s.generation for s in _of(store, "CC(O)c1ccccc1").standings] == [1]


def test_an_order_that_does_not_have_the_recorded_hash_is_unknown(store: SqlRunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.run_book.mean_fitness", lambda *_: 0.123)
    found = _of(store, "OCc1ccccc1")
    assert ([s.generation for s in found.standings], found.unknown_standings) == ([0], [1])


def test_the_life_names_the_events_that_tell_it(store: SqlRunStore) -> None:
    numbers = {e.sequence: e for e in store.events("run1")}
    found = _of(store, "CC(O)c1ccccc1")
    assert (numbers[found.proposed[0].event].node, numbers[found.proposed[0].event].generation) == ("propose", 1)
    assert {node: numbers[n].node for node, n in found.steps.items()} == {"rank": "rank"}  # the only step that was recorded here


def _where(store: SqlRunStore, asked: str) -> Whereabouts:
    return whereabouts(store, "run1", asked, calculators=builtin().calculators)


@pytest.mark.parametrize("asked", ["c1(CO)ccccc1", "benzyl alcohol", "WVDDGKGOMKODPV-UHFFFAOYSA-N", "WVDDGKGO"])
def test_a_structure_is_found_however_it_is_named(asked: str, store: SqlRunStore) -> None:
    found = _where(store, asked)
    assert (found.presence, found.key) == ("evaluated", "WVDDGKGOMKODPV-UHFFFAOYSA-N")


def test_a_rank_is_found(store: SqlRunStore) -> None:
    assert _where(store, "1").why == "it is rank 1 of the list"
    with pytest.raises(NotFoundError, match="rank 77"):
        _where(store, "77")


def test_a_structure_that_nobody_proposed_is_held_against_the_goal(store: SqlRunStore) -> None:
    found = _where(store, "CCCCCCCCCCCCCCCCCCCCCC")
    assert (found.presence, found.key, found.proposed) == ("never proposed", "", [])
    assert found.judged is not None
    assert [r.met for r in found.judged.requirements] == [False]


def test_a_structure_that_was_proposed_and_not_evaluated_says_so(store: SqlRunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    key = _where(store, "Oc1ccccc1").key
    stored = store.candidates
    monkeypatch.setattr(store, "candidates", lambda run, **more: [] if more.get("keys") == [key] else stored(run, **more))
    monkeypatch.setattr(store, "known_keys", lambda run, names: {})
    found = _where(store, "c1ccccc1O")
    assert (found.presence, [p.number for p in found.proposed]) == ("not evaluated", [4])
    assert "proposed by evolution in generation 0 and not evaluated" in found.why


def test_what_is_no_structure_is_said(store: SqlRunStore) -> None:
    with pytest.raises(UsageError, match="no common compound and no SMILES"):
        _where(store, "not a structure")


def test_names_that_mean_nothing_or_several(store: SqlRunStore) -> None:
    with pytest.raises(NotFoundError, match="no candidate 'XXX'"):
        life(store, "run1", "XXX", calculators=builtin().calculators)
    with pytest.raises(NotFoundError, match="no candidate ''"):
        life(store, "run1", "", calculators=builtin().calculators)


def test_the_command_shows_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLWRIGHT_HOME", str(home))
    shown = CliRunner().invoke(app, ["trace", "run1", "--candidate", "structure:0:evolution:3"])
    assert shown.exit_code == 0, shown.output
    assert "proposed by evolution in generation 0 (swap)" in shown.output
    as_json = CliRunner().invoke(app, ["trace", "run1", "--candidate", "1", "--json"])
    assert json.loads(as_json.stdout)["fate"] == "listed"
