"""The parts of the ranking: joint probability, correction, desirability, fronts, fitness."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr
from scipy.stats import multivariate_normal

from core.candidate import Candidate, Origin, PropertyValue
from core.spec import DesignSpec, Objective
from tools.catalogue.probability import error_cdf
from tools.catalogue.scores import errors_of, normal_scores
from tools.evaluation.desirability import desirability, overall
from tools.evaluation.fitness import closeness, fitness
from tools.evaluation.joint import joint_probability
from tools.evaluation.selection import STRENGTH, Prior, corrected, strength_of
from tools.ranking.pareto import pareto_fronts
from tools.workspace import builtin

INF = math.inf


def test_uncorrelated_boxes_are_exact() -> None:
    low, high = np.array([[0.0, -1.0], [-INF, -INF], [2.0, 1.0]]), np.array([[INF, 1.0], [INF, INF], [1.0, 2.0]])
    assert joint_probability(low, high, np.eye(2)) == pytest.approx([0.5 * 0.6826894921, 1.0, 0.0])


@settings(max_examples=20, deadline=None)
@given(st.floats(-0.9, 0.9), st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2))
def test_correlated_boxes_agree_with_scipy(r: float, a: float, b: float, c: float) -> None:
    matrix = np.array([[1, r, 0.2], [r, 1, 0.1], [0.2, 0.1, 1]])
    if np.linalg.eigvalsh(matrix).min() < 0.05:
        return
    found = joint_probability(np.full((1, 3), -INF), np.array([[a, b, c]]), matrix)[0]
    assert found == pytest.approx(multivariate_normal.cdf([a, b, c], mean=np.zeros(3), cov=matrix), abs=3e-3)


def test_scores_keep_the_probability_and_reverse() -> None:
    z = np.array([-INF, -8.0, -1.0, 0.0, 0.5, 6.0, INF])
    scores = normal_scores(z)
    assert ndtr(scores) == pytest.approx([error_cdf(x) for x in z], abs=1e-12)
    assert errors_of(scores[1:-1]) == pytest.approx(z[1:-1])
    assert (np.diff(scores) > 0).all()


def test_joint_probability_is_deterministic_and_handles_many_rows() -> None:
    low = np.linspace(-3, 3, 700)[:, None] * np.ones(2)
    high = np.full((700, 2), INF)
    matrix = np.array([[1, 0.6], [0.6, 1]])
    first = joint_probability(low, high, matrix)
    assert (first == joint_probability(low, high, matrix)).all()
    assert (np.diff(first) <= 1e-12).all()


def test_correction_pulls_towards_the_prior_and_leaves_exact_values() -> None:
    prediction, sigma = np.array([300.0, 300.0, np.nan]), np.array([50.0, 0.0, 10.0])
    mean, sd = corrected(prediction, sigma, Prior(100.0, 100.0), 1.0)
    assert mean[:2] == pytest.approx([260.0, 300.0])
    assert sd == pytest.approx([50 * math.sqrt(0.8), 0.0, 10 * math.sqrt(100 / 101)])
    assert np.isnan(mean[2])
    untouched, same = corrected(prediction, sigma, Prior(100.0, 100.0), 0.0)
    assert (untouched[0], same[0]) == (300.0, 50.0)


def test_the_correction_is_stronger_for_new_structures() -> None:
    found = strength_of(np.array([0.0, 0.35, 0.475, 0.6, 1.0, np.nan]))
    assert found == pytest.approx([STRENGTH, STRENGTH, STRENGTH / 2, 0.0, 0.0, STRENGTH])


def objective(**fields: Any) -> Objective:
    return Objective.model_validate({"id": "O1", "property": "logp", "text": "t", **fields})


def test_desirability_shapes() -> None:
    values = np.array([-1.0, 0.0, 1.0, 2.0, 4.0, 5.0, np.nan])
    up = objective(shape="maximise", low=0, high=4)
    down = objective(shape="minimise", low=0, high=4)
    target = objective(shape="target", low=0, high=4, target=1)
    edge = objective(shape="target", low=0, high=4, target=4)
    assert desirability(values, up) == pytest.approx([0, 0, 0.25, 0.5, 1, 1, 0])
    assert desirability(values, down) == pytest.approx([1, 1, 0.75, 0.5, 0, 0, 0])
    assert desirability(values, target) == pytest.approx([0, 0, 1, 2 / 3, 0, 0, 0])
    assert desirability(values, edge) == pytest.approx([0, 0, 0.25, 0.5, 1, 0, 0])


def test_overall_is_the_weighted_geometric_mean() -> None:
    parts = np.array([[0.25, 1.0], [0.0, 1.0]])
    assert overall(parts, [1.0, 1.0]) == pytest.approx([0.5, 0.0])
    assert overall(parts, [1.0, 3.0])[0] == pytest.approx(0.25**0.25)
    assert overall(np.zeros((2, 0)), []) == pytest.approx([1.0, 1.0])


def test_fronts_are_peeled() -> None:
    values = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.4, 0.4], [0.4, 0.4], [0.0, 0.0]])
    assert pareto_fronts(values).tolist() == [1, 1, 1, 2, 2, 3]
    assert pareto_fronts(np.zeros((0, 2))).tolist() == []


REQUIREMENTS: list[dict[str, Any]] = [
    {"kind": "property", "property": "melting_point", "condition": {"comparison": ">", "value": 200}},
    {"kind": "property", "property": "molecular_weight", "condition": {"comparison": "<", "value": 300}},
    {"kind": "level", "property": "thermal_stability", "at_worst": "low"},
    {"kind": "count", "what": "element", "name": "N", "condition": {"comparison": "==", "value": 2}},
    {"kind": "motif", "name": "nitrile", "smarts": "C#N", "wanted": True},
    {"kind": "elements", "allowed": ["C", "N"]},
    {"kind": "similarity", "reference": "N#Cc1ccncc1", "condition": {"comparison": ">=", "value": 0.9}},
    {"kind": "rule_set", "rule_set": "lipinski"},
    {"kind": "scaffold", "scaffold": "c1ccncc1", "smarts": "c1ccncc1"},
]


def spec_of(*kinds: str, objectives: list[dict[str, Any]] | None = None) -> DesignSpec:
    rows = [{"id": f"R{i}", "text": "t", **r} for i, r in enumerate(REQUIREMENTS) if r["kind"] in kinds or not kinds]
    return DesignSpec.model_validate({"goal": "g", "candidate_class": "molecule", "requirements": rows, "objectives": objectives or []})


def candidate(smiles: str, mp: float | None = 250.0, mw: float | None = 100.0, level: str | None = "low") -> Candidate:
    def value(number: float | str | None, sigma: float | None) -> PropertyValue:
        return PropertyValue(value=number, sigma=sigma, method="t", method_version="1")

    properties = {"melting_point": value(mp, 30.0), "molecular_weight": value(mw, 0.0), "thermal_stability": value(level, None)}
    return Candidate(
        key=smiles, smiles=smiles, candidate_class="molecule", origin=Origin(proposer="t", operator="t"), properties=properties
    )


GOOD = candidate("N#Cc1ccncc1")


@pytest.mark.parametrize(
    ("kind", "near", "far"),
    [
        ("property", candidate("CC", mp=190.0), candidate("CC", mp=-100.0)),
        ("property", candidate("CC", mw=310.0), candidate("CC", mw=600.0)),
        ("property", candidate("CC", mw=600.0), candidate("CC", mw=None)),
        ("level", candidate("CC", level="moderate"), candidate("CC", level="high")),
        ("count", candidate("CCN"), candidate("NNNNN")),
        ("similarity", candidate("Cc1ccncc1"), candidate("CCCC")),
        ("rule_set", candidate("C" * 20), candidate("C" * 40)),
    ],
)
def test_fitness_rises_towards_the_spec(kind: str, near: Candidate, far: Candidate) -> None:
    spec = spec_of(kind)
    assert (
        0
        < fitness(far, spec, calculators=builtin().calculators)
        < fitness(near, spec, calculators=builtin().calculators)
        <= fitness(GOOD, spec, calculators=builtin().calculators)
        <= 1
    )


@pytest.mark.parametrize("kind", ["motif", "elements", "scaffold"])
def test_a_missed_structure_lowers_the_fitness_without_ending_it(kind: str) -> None:
    assert (
        0
        < fitness(candidate("OCC"), spec_of(kind), calculators=builtin().calculators)
        < fitness(GOOD, spec_of(kind), calculators=builtin().calculators)
        == 1.0
    )


def test_fitness_uses_objectives_and_given_results() -> None:
    light = {"id": "O1", "text": "t", "property": "molecular_weight", "shape": "minimise", "low": 50, "high": 150}
    spec = spec_of("motif", objectives=[light])
    assert fitness(candidate("CC#N", mw=150.0), spec, calculators=builtin().calculators) < fitness(
        candidate("CC#N", mw=60.0), spec, calculators=builtin().calculators
    )
    assert fitness(candidate("CC#N", mw=500.0), spec, calculators=builtin().calculators) > 0
    everything = spec_of()
    assert fitness(GOOD, everything, calculators=builtin().calculators) > 0.5
    from tools.evaluation.check import check

    checked = GOOD.model_copy(update={"requirements": check(GOOD, everything, calculators=builtin().calculators)})
    assert closeness(checked, everything, catalogue=builtin().catalogue) == pytest.approx(
        fitness(GOOD, everything, calculators=builtin().calculators)
    )
