"""The forecast: its table is that of the shipped predictors, it judges as a run does, and relaxing a wish never lowers it."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest

from agent.reading import interpret
from core.candidate import Proposal
from core.requirements import Condition, PropertyRequirement, SimilarityRequirement
from core.spec import DesignSpec
from tools.evaluation.judge import judge
from tools.forecast.chances import chances
from tools.forecast.features import FREE, NAMES, fitted, numbers, rule
from tools.forecast.forecast import forecast
from tools.forecast.reference import FILE, MISSING, STEPS, Reference, packed, reference
from tools.forecast.reference import _unpacked as unpacked
from tools.versions import versions
from tools.workspace import builtin

GOALS = (
    "a polymer with Tg above 250 °C and no halogens",
    "a molecule with melting point above 150 °C, MW below 300 and log S above -3",
    "a dye absorbing between 480 and 520 nm with MW below 400",
    "a molecule with MW < 300 that's stable at 200 °C",
)


@pytest.fixture(scope="module")
def specs() -> dict[str, DesignSpec]:
    return {goal: interpret(goal, workspace=builtin()) for goal in GOALS}


@pytest.mark.parametrize("name", ["molecule", "polymer"])
def test_the_table_is_small_and_of_the_predictors_that_ship(name: str) -> None:
    assert len(resources.files("tools.forecast").joinpath(FILE).read_bytes()) < 300_000
    table = reference(name)  # type: ignore[arg-type]
    assert len(table) > 1500
    assert len(set(table.smiles)) == len(table)
    shipped = versions(calculators=builtin().calculators)
    for prop, version in table.versions.items():
        assert version == shipped[f"predictor {prop}"], "a predictor was trained anew: python -m tools.forecast"
        assert np.isfinite(table.values[prop]).mean() > 0.75  # none for what absorbs no light that counts
        assert (table.sigmas[prop][np.isfinite(table.sigmas[prop])] > 0).all()


def test_what_is_packed_comes_out_again() -> None:
    table = Reference(
        ("C", "CC"),
        ("known", "reactions"),
        {"melting_point": np.array([-182.5, np.nan])},
        {"melting_point": np.array([20.0, np.nan])},
        {25: np.array([0, -1], dtype=np.int8)},
        {"melting_point": "1"},
    )
    found = unpacked(packed({"molecule": table}), "molecule")
    assert found.smiles == table.smiles
    assert found.versions == table.versions
    assert found.values["melting_point"][0] == pytest.approx(-182.5, abs=STEPS["melting_point"] / 2)
    assert np.isnan(found.values["melting_point"][1])
    assert found.levels[25].tolist() == [0, -1]
    assert MISSING == -32768


@pytest.mark.parametrize("goal", GOALS)
def test_the_table_says_of_a_structure_what_a_run_says(goal: str, specs: dict[str, DesignSpec]) -> None:
    spec = specs[goal]
    found = chances(spec, builtin())
    met, n = found.met(), len(found.table)
    rows = [*range(0, n, n // 25), *np.flatnonzero(met)[:10]]
    proposals = [Proposal(smiles=found.table.smiles[i], proposer="test", operator="test") for i in rows]
    judged = judge(proposals, spec, calculators=builtin().calculators)
    said = [all(r.met for r in c.requirements) for c in judged]
    wrong = [found.table.smiles[i] for i, truth in zip(rows, said, strict=True) if bool(met[i]) != truth]
    # A value within a rounding step of its bound, or a known compound, of which a run takes what was measured and the table what the model says.
    assert len(wrong) <= 3, wrong
    assert sum(said) >= 3


def test_joint_probabilities_are_those_of_each_structure(specs: dict[str, DesignSpec]) -> None:
    found = chances(specs[GOALS[1]], builtin())
    joint = found.joint()
    melting, soluble = found.without("R3").joint(), found.without("R1").joint()
    assert (joint <= np.minimum(melting, soluble) + 0.02).all()
    assert ((joint >= 0) & (joint <= 1)).all()
    apart = melting.mean() * soluble.mean()
    assert joint.mean() < 0.9 * apart  # what melts high dissolves badly: averages multiplied would promise too much


@pytest.mark.parametrize("goal", GOALS)
def test_relaxing_a_wish_never_lowers_a_forecast(goal: str, specs: dict[str, DesignSpec]) -> None:
    spec = specs[goal]
    told = forecast(spec, workspace=builtin())
    assert told.known
    for row in told.relaxations:
        assert row.factor >= 1.1
        assert row.expected >= (told.expected or 0)
    found = chances(spec, builtin())
    for column in found.columns:
        if column.property:
            assert rule().share(numbers(found.without(column.id)).values, 400) >= rule().share(numbers(found).values, 400) - 1e-9


def test_a_harder_wish_is_expected_less_and_named_as_what_binds() -> None:
    def at(value: int) -> DesignSpec:
        return interpret(f"a polymer with Tg above {value} °C", workspace=builtin())

    told = [forecast(at(value), workspace=builtin()) for value in (150, 300, 400)]
    counts = [t.expected or 0 for t in told]
    assert counts[0] > counts[1] > counts[2]
    assert told[1].binding == "R1"
    assert told[1].relaxations[0].change.startswith("Glass transition temperature above ")
    assert told[1].relaxations[0].change.endswith("instead of 300")
    assert told[1].relaxations[0].low is not None
    assert told[1].relaxations[0].low < 300


def test_a_longer_search_is_expected_to_find_a_larger_share_as_the_searches_of_the_calibration_did() -> None:
    def shares(goal: str) -> list[float]:
        specs = [interpret(goal, budget=budget, workspace=builtin()) for budget in (100, 400, 1500)]
        told = [forecast(spec, workspace=builtin()) for spec in specs]
        return [(t.expected or 0) / t.evaluated for t in told]

    for goal in ("a polymer with Tg above 300 °C", "a molecule with melting point above 250 °C"):
        first, calibrated, usual = shares(goal)
        assert 0 < first < calibrated < usual < 1
    made = rule()
    values = np.array([-1.0] * len(NAMES))
    logits = [np.log10(s / (1 - s)) for s in (made.share(values, 400), made.share(values, 1000), made.share(values, 10))]
    assert logits[0] == pytest.approx(float(made.weights @ values))
    assert logits[1] - logits[0] == pytest.approx(made.growth * np.log10(2.5))
    assert logits[0] - logits[2] == pytest.approx(made.growth * np.log10(4))  # what is not known before a generation


def test_what_cannot_be_told_is_unknown_with_the_reason() -> None:
    spec = interpret("a molecule with logP below 3", workspace=builtin())
    similar = SimilarityRequirement(id="R9", text="", reference="CCO", condition=Condition(comparison=">", value=0.4))
    cases = {
        "given compound": spec.model_copy(update={"requirements": [*spec.requirements, similar]}),
        "all structures that meet": spec.model_copy(update={"exhaustive": True}),
        "too few to go by": interpret("a molecule with exactly 37 carbon atoms and exactly 11 nitrogen atoms", workspace=builtin()),
    }
    for words, asked in cases.items():
        told = forecast(asked, workspace=builtin())
        assert not told.known
        assert words in told.reason
        assert told.expected is None
        assert told.low is None
        assert told.relaxations == []
        assert told.summary().startswith("unknown: ")


def test_where_nothing_is_required_all_that_is_evaluated_qualifies() -> None:
    told = forecast(DesignSpec(goal="any", candidate_class="molecule", budget=50), workspace=builtin())
    assert (told.known, told.expected, told.evaluated) == (True, 50, 50)


def test_candidates_of_earlier_runs_are_held_against_the_spec() -> None:
    spec = interpret("a molecule with MW below 100", workspace=builtin())
    given = [Proposal(smiles=s, proposer="test", operator="test") for s in ("CCO", "CCCO", "CCCCCCCCCCCCCCCC", "CCO")]
    earlier = judge(given, spec, calculators=builtin().calculators)
    assert forecast(spec, workspace=builtin(), earlier=earlier).earlier == 2
    assert forecast(spec, workspace=builtin()).earlier is None


def test_the_rule_learns_what_it_is_shown_with_no_negative_weights() -> None:
    rng = np.random.default_rng(0)
    features = np.column_stack([rng.uniform(-4, 0, (60, 4)), rng.integers(0, 2, (60, 2)), np.ones(60)])
    true = np.array([0.6, 0.0, 0.4, 0.0, -0.5, 0.3, 1.0])
    shares = 1 / (1 + 10 ** -(features @ true))
    evaluated = np.full(60, 400.0)
    weights = fitted(features, shares, evaluated, penalty=0.0)
    assert len(weights) == len(NAMES)
    assert (weights[:-FREE] >= 0).all()
    found = 1 / (1 + 10 ** -(features @ weights))
    assert np.abs(np.log10(found * 400 + 1) - np.log10(shares * 400 + 1)).max() < 0.05
    assert isinstance(interpret("a molecule with logP below 3", workspace=builtin()).requirements[0], PropertyRequirement)
