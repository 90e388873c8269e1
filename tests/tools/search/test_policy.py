"""The search as values and functions: shares, frontier, patience and stopping, without a graph."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.candidate import NO_ROUTE, Candidate, Origin, PropertyValue
from core.spec import Condition, DesignSpec, PropertyRequirement
from tools.evaluation.fitness import fitness
from tools.search.policy import DEFAULT, SearchPolicy, with_patience
from tools.search.shares import allocate, batch_size, probation, shares
from tools.search.state import FrontierEntry, SearchState, advance, fittest, mean_fitness, merged, parents_of, stop_reason
from tools.workspace import builtin

WANTED = PropertyRequirement(id="R1", text="light", property="molecular_weight", condition=Condition(comparison="<=", value=100))
SPEC = DesignSpec(goal="x", candidate_class="molecule", requirements=[WANTED], budget=100)


def entry(key: str, score: float, proposer: str = "a") -> FrontierEntry:
    return {"key": key, "smiles": "C", "score": score, "proposer": proposer}


def candidate(key: str, weight: float) -> Candidate:
    value = PropertyValue(value=weight, unit="g/mol", sigma=0.0, method="test", method_version="1")
    origin = Origin(proposer="a", operator="test")
    return Candidate(key=key, smiles="CCO", candidate_class="molecule", origin=origin, properties={"molecular_weight": value})


def test_the_seed_generation_is_shared_evenly_and_sums_to_the_batch() -> None:
    assert allocate(["a", "b", "c"], SearchState(), 10, 0.4) == {"a": 4, "b": 3, "c": 3}
    assert allocate([], SearchState(), 10, 0.4) == {}
    assert allocate(["a", "b", "c"], SearchState(), 2, 0.4) == {"a": 2}  # none is asked for nothing


def test_later_success_earns_a_share() -> None:
    frontier = (entry("k1", 1.0, "b"), entry("k2", 0.9, "b"), entry("k3", 0.8, "a"), entry("k4", 0.7, "model"))
    later = SearchState(generation=1, frontier=frontier)
    assert allocate(["a", "b"], later, 100, 0.4) == {"a": 40, "b": 60}
    assert allocate(["a", "b"], later, 100, 1.0) == {"a": 50, "b": 50}
    assert allocate(["c", "d"], later, 100, 0.4) == {"c": 50, "d": 50}  # no success of theirs: evenly


def test_a_model_takes_its_few_from_the_batch_and_never_more_than_the_budget_leaves() -> None:
    plain = shares(SearchState(), SPEC, DEFAULT, workspace=builtin())
    assert sum(plain.values()) == DEFAULT.batch
    assert "model" not in plain
    asked = shares(SearchState(), SPEC, DEFAULT, model="model", most=12, workspace=builtin())
    assert asked["model"] == 12
    assert sum(asked.values()) == DEFAULT.batch
    assert shares(SearchState(evaluated=95), SPEC, DEFAULT, model="model", most=12, workspace=builtin())["model"] == 5
    assert "model" not in shares(SearchState(evaluated=100), SPEC, DEFAULT, model="model", most=12, workspace=builtin())


def test_where_all_structures_are_wanted_the_batch_is_whole() -> None:
    assert batch_size(SPEC, DEFAULT) == DEFAULT.batch
    assert batch_size(SPEC.model_copy(update={"exhaustive": True}), DEFAULT) == DEFAULT.whole


def test_a_barren_model_is_asked_every_fourth_generation_only() -> None:
    assert [list(probation(g, DEFAULT)) for g in range(6)] == [[], [], [], [0, 1, 2], [], [2, 3, 4]]
    assert list(probation(2, SearchPolicy(barren=1, rest=5))) == [1]


def test_the_frontier_keeps_the_best_and_ties_go_to_the_key() -> None:
    kept = merged((entry("b", 0.5), entry("a", 0.1)), [entry("c", 0.9), entry("a2", 0.5)], 3)
    assert [e["key"] for e in kept] == ["c", "a2", "b"]
    assert mean_fitness(kept, 2) == pytest.approx(0.7)
    assert mean_fitness((), 10) == 0.0


def test_a_generation_moves_the_state_on() -> None:
    good, bad = candidate("good", 50), candidate("bad", 400)
    first = advance(SearchState(evaluated=2), [bad, good], SPEC, DEFAULT, calculators=builtin().calculators)
    assert (first.generation, first.evaluated, first.stale, first.empty, first.stop_reason) == (1, 2, 0, 0, "")
    assert [e["key"] for e in first.frontier] == ["good", "bad"]
    assert first.best == pytest.approx(
        (fitness(good, SPEC, calculators=builtin().calculators) + fitness(bad, SPEC, calculators=builtin().calculators)) / 2
    )
    worse = advance(first, [candidate("worse", 900)], SPEC, DEFAULT, calculators=builtin().calculators)
    assert (worse.stale, worse.best) == (1, first.best)  # the mean fell: stale, and the best is remembered
    nothing = advance(worse, [], SPEC, DEFAULT, calculators=builtin().calculators)
    assert (nothing.stale, nothing.empty, nothing.stop_reason) == (2, 1, "")
    assert (
        advance(nothing, [], SPEC, DEFAULT, calculators=builtin().calculators).stop_reason
        == "the proposers have nothing new after 2 evaluations"
    )
    assert advance(replace(first, stale=3), [candidate("x", 900)], SPEC, DEFAULT, calculators=builtin().calculators).stop_reason.startswith(
        "the ten best did not improve in 4"
    )


def test_why_a_search_stops() -> None:
    whole = SPEC.model_copy(update={"exhaustive": True})
    assert stop_reason(SPEC, 100, 9, 9, DEFAULT) == "the budget of 100 evaluations is spent"
    assert stop_reason(whole, 7, 0, 1, DEFAULT) == "every structure that the proposers can list was judged (7 of them)"
    assert stop_reason(whole, 7, 9, 0, DEFAULT) == ""  # all are wanted: not improving is no reason
    assert stop_reason(SPEC, 7, 3, 1, DEFAULT) == ""
    assert (
        stop_reason(SPEC, 7, 3, 0, SearchPolicy(patience=3)) == "the ten best did not improve in 3 generations (7 of 100 evaluations used)"
    )


def test_parents_and_the_fittest() -> None:
    (parent,) = parents_of([entry("k", 0.5)], {"k": NO_ROUTE})
    assert (parent.key, parent.score, parent.route) == ("k", 0.5, NO_ROUTE)
    assert parents_of([entry("k", 0.5)], {})[0].route is None
    pool = [candidate("c", 400), candidate("b", 50), candidate("a", 50), candidate("d", 900)]
    assert [c.key for c in fittest(pool, SPEC, 3, calculators=builtin().calculators)] == ["a", "b", "c"]


def test_patience_is_the_users_and_else_the_usual() -> None:
    assert with_patience(None) is DEFAULT
    patient = with_patience(9)
    assert (patient.patience, patient.batch) == (9, DEFAULT.batch)
    assert "in 4 generations" in stop_reason(SPEC, 50, 4, 0, DEFAULT)
    assert stop_reason(SPEC, 50, 4, 0, patient) == ""
    assert "in 9 generations" in stop_reason(SPEC, 50, 9, 0, patient)
