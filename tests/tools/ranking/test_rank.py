"""The ranking: what is listed, in which order, how surely, and what would change it."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.candidate import Candidate, Origin, PropertyValue, SafetyVerdict
from core.spec import DesignSpec
from tools.calculators.thermal_rules import LEVEL_PROBABILITY
from tools.catalogue.probability import error_cdf
from tools.evaluation.check import check
from tools.evaluation.score import score_candidates
from tools.evaluation.selection import ErrorModel, Prior
from tools.ranking.rank import RankingResult, rank
from tools.ranking.shortlist import Known
from tools.workspace import builtin

SMILES = [
    "CCO",
    "c1ccccc1",
    "CC(=O)Nc1ccc(O)cc1",
    "C1CCCCC1N",
    "CCCCCCCCC(=O)O",
    "c1ccc2[nH]ccc2c1",
    "N#Cc1ccncc1",
    "CC(C)(C)S(C)(=O)=O",
    "O=C1CCCO1",
    "FC(F)(F)c1ccccc1Br",
    "C[Si](C)(C)C#C",
    "OCC1OC(O)C(O)C(O)C1O",
]


def errors(*names: str, correlation: float = 0.0, strength: float | None = 0.5) -> ErrorModel:
    matrix = np.full((len(names), len(names)), correlation)
    np.fill_diagonal(matrix, 1.0)
    return ErrorModel({name: Prior(100.0, 100.0) for name in names}, matrix, names, strength)


MP = errors("melting_point")
BOTH = errors("melting_point", "flash_point", correlation=0.5)


def value(number: float | None, sigma: float = 20.0, **more: Any) -> PropertyValue:
    return PropertyValue(value=number, sigma=sigma, method="test", method_version="1", **more)


def candidate(index: int, status: str = "kept", **numbers: float | None) -> Candidate:
    smiles = SMILES[index % len(SMILES)]
    sigmas = {"logp": 0.0, "molecular_weight": 0.0}
    return Candidate.model_validate(
        {
            "key": f"KEY{index:03d}",
            "smiles": smiles,
            "class": "molecule",
            "origin": Origin(proposer="test", operator="test"),
            "status": status,
            "properties": {name: value(number, sigmas.get(name, 20.0)) for name, number in numbers.items()},
        }
    )


def make_spec(requirements: list[dict[str, Any]], objectives: list[dict[str, Any]] | None = None, **more: Any) -> DesignSpec:
    return DesignSpec.model_validate(
        {
            "goal": "test",
            "candidate_class": "molecule",
            "requirements": [{"id": f"R{i}", "text": f"requirement {i}", **r} for i, r in enumerate(requirements, 1)],
            "objectives": [{"id": f"O{i}", "text": f"objective {i}", **o} for i, o in enumerate(objectives or [], 1)],
            **more,
        }
    )


def above(name: str, number: float) -> dict[str, Any]:
    return {"kind": "property", "property": name, "condition": {"comparison": ">", "value": number}}


def below(name: str, number: float) -> dict[str, Any]:
    return {"kind": "property", "property": name, "condition": {"comparison": "<", "value": number}}


MAXIMISE = {"property": "melting_point", "shape": "maximise", "low": 0.0, "high": 400.0}
LIGHT = {"property": "molecular_weight", "shape": "minimise", "low": 50.0, "high": 500.0}


def keys(result: RankingResult) -> list[str]:
    return [c.key for c in result.ranked]


def test_only_candidates_that_meet_everything_are_listed_best_first() -> None:
    spec = make_spec([above("melting_point", 150)], candidates=3)
    pool = [candidate(i, melting_point=100.0 + 20 * i) for i in range(8)]
    result = rank(pool, spec, 8, errors=MP, calculators=builtin().calculators)
    assert keys(result) == ["KEY007", "KEY006", "KEY005"]
    assert [c.rank for c in result.ranked] == [1, 2, 3]
    assert all(r.met for c in result.ranked for r in c.requirements)
    assert [c.key for c in result.closest] == ["KEY002", "KEY001", "KEY000"]
    assert all(c.rank is None for c in result.closest)
    assert result.kept == 5
    assert result.evaluated == 8
    assert all(c.score == c.p_meets and c.desirability == 1.0 for c in result.ranked)


def test_p_meets_is_corrected_for_selection() -> None:
    spec = make_spec([above("melting_point", 250)])
    pool = [candidate(0, melting_point=280.0)]
    plain = rank(pool, spec, 1, errors=errors("melting_point", strength=0.0), calculators=builtin().calculators).ranked[0].p_meets or 0.0
    shrunk = rank(pool, spec, 1, errors=errors("melting_point", strength=1.0), calculators=builtin().calculators).ranked[0].p_meets or 0.0
    assert plain == pytest.approx(error_cdf(30 / 20), abs=1e-6)
    reliability = 100**2 / (100**2 + 20**2)
    expected, sd = 100 + 180 * reliability, 20 * math.sqrt(reliability)
    assert shrunk == pytest.approx(error_cdf((expected - 250) / sd), abs=1e-6)
    assert shrunk < plain


def test_new_structures_are_corrected_more_than_known_ones() -> None:
    spec = make_spec([above("melting_point", 250)])
    known, new = (
        candidate(i).model_copy(update={"properties": {"melting_point": value(280.0, 60.0, similarity=similarity)}})
        for i, similarity in enumerate((0.9, 0.2))
    )
    model = ErrorModel(MP.priors, MP.correlation, MP.names)
    p_known, p_new = (c.p_meets or 0.0 for c in score_candidates([known, new], spec, errors=model, calculators=builtin().calculators))
    assert p_known == pytest.approx(error_cdf(30 / 60), abs=1e-6)
    assert p_new < p_known - 0.05


def test_blocked_and_unestimated_candidates_are_left_out() -> None:
    spec = make_spec([above("melting_point", 150)])
    good = candidate(0, melting_point=250.0)
    blocked = candidate(1, melting_point=300.0).model_copy(update={"safety": SafetyVerdict(verdict="block")})
    early = candidate(2, status="standardised", melting_point=300.0)
    unread = candidate(3, status="rejected", melting_point=300.0)
    result = rank([good, blocked, early, unread], spec, 4, errors=MP, calculators=builtin().calculators)
    assert keys(result) == ["KEY000"]
    assert result.closest == []


def test_nothing_meets_the_spec() -> None:
    spec = make_spec([above("melting_point", 500), below("molecular_weight", 1000), above("logp", 9)])
    pool = [candidate(i, status="rejected", melting_point=100.0 + i, molecular_weight=200.0, logp=float(i)) for i in range(3)]
    pool = [c.model_copy(update={"requirements": check(c, spec, calculators=builtin().calculators)}) for c in pool]
    result = rank(pool, spec, 3, errors=MP, calculators=builtin().calculators)
    assert result.ranked == []
    assert [c.key for c in result.closest] == ["KEY002", "KEY001", "KEY000"]
    assert result.binding is not None
    assert (result.binding.id, result.binding.failed, result.binding.failed_alone) == ("R1", 3, 0)
    assert result.binding.best == 102.0
    assert result.binding.evaluated == 3


def test_the_requirement_failed_alone_binds() -> None:
    spec = make_spec([above("melting_point", 150), above("logp", 5)])
    pool = [
        candidate(0, melting_point=300.0, logp=1.0),
        candidate(1, melting_point=20.0, logp=1.0),
        candidate(2, melting_point=20.0, logp=2.0),
    ]
    binding = rank(pool, spec, 3, errors=MP, calculators=builtin().calculators).binding
    assert binding is not None
    assert (binding.id, binding.failed, binding.failed_alone, binding.best) == ("R2", 3, 1, 2.0)
    assert rank([candidate(0, melting_point=300.0, logp=6.0)], spec, 1, errors=MP, calculators=builtin().calculators).binding is None


def test_score_is_probability_times_the_weighted_geometric_mean() -> None:
    objectives = [{**MAXIMISE, "weight": 2.0}, LIGHT]
    spec = make_spec([above("melting_point", 100)], objectives)
    (scored,) = score_candidates(
        [candidate(0, melting_point=200.0, molecular_weight=275.0)],
        spec,
        errors=errors("melting_point", strength=0.0),
        calculators=builtin().calculators,
    )
    assert scored.desirability == pytest.approx(0.5 ** (2 / 3) * 0.5 ** (1 / 3), abs=1e-6)
    assert scored.score == pytest.approx((scored.p_meets or 0) * (scored.desirability or 0), abs=1e-8)


def test_equal_scores_go_to_the_key() -> None:
    spec = make_spec([below("molecular_weight", 500)])
    pool = [candidate(i, molecular_weight=300.0) for i in (3, 1, 2)]
    assert keys(rank(pool, spec, 3, calculators=builtin().calculators)) == ["KEY001", "KEY002", "KEY003"]
    assert rank(pool, spec, 3, calculators=builtin().calculators).tied == [["KEY001", "KEY002", "KEY003"]]


def test_near_duplicates_are_passed_over_unless_asked() -> None:
    spec = make_spec([above("melting_point", 100)], candidates=2)
    chain = [candidate(i, melting_point=300.0 - i) for i in range(3)]
    chain[0] = chain[0].model_copy(update={"smiles": "CCCCCCCCCCCCCC"})
    chain[1] = chain[1].model_copy(update={"smiles": "CCCCCCCCCCCCC"})
    assert keys(rank(chain, spec, 3, errors=MP, calculators=builtin().calculators)) == ["KEY000", "KEY002"]
    three = spec.model_copy(update={"candidates": 3})
    strict = rank(chain, three.model_copy(update={"max_similarity": 0.7}), 3, errors=MP, calculators=builtin().calculators)
    assert keys(strict) == ["KEY000", "KEY002"]
    assert (strict.choice.similarity_limit, strict.choice.similar_left_out, strict.choice.relaxed_to) == (0.7, 1, None)
    relaxed = rank(
        chain, three, 3, errors=MP, calculators=builtin().calculators
    )  # the default gives way where places are left, and says so
    assert keys(relaxed) == ["KEY000", "KEY001", "KEY002"]
    assert (relaxed.choice.similarity_limit, relaxed.choice.similar_left_out) == (0.7, 0)
    assert (relaxed.choice.relaxed_to, relaxed.choice.relaxed_listed) == (1.0, 1)
    asked = three.model_copy(update={"max_similarity": 1.0})
    assert keys(rank(chain, asked, 3, errors=MP, calculators=builtin().calculators)) == ["KEY000", "KEY001", "KEY002"]
    assert keys(rank(chain, three.model_copy(update={"exhaustive": True}), 3, errors=MP, calculators=builtin().calculators)) == [
        "KEY000",
        "KEY001",
        "KEY002",
    ]
    twins = [c.model_copy(update={"dedup_key": "same"}) for c in chain]
    assert keys(rank(twins, asked, 3, errors=MP, calculators=builtin().calculators)) == ["KEY000"]


def test_known_structures_are_passed_over_or_marked() -> None:
    spec = make_spec([above("melting_point", 100)], candidates=2)
    pool = [candidate(i, melting_point=300.0 - i) for i in range(4)]
    known = Known(user={"KEY000": "mine"}, shipped={"KEY001": "benzene"})
    result = rank(pool, spec, 4, errors=MP, known=known, calculators=builtin().calculators)
    assert keys(result) == ["KEY002", "KEY003"]
    assert (result.choice.user_known_left_out, result.choice.known_left_out, result.choice.known_listed) == (1, 1, 0)
    three = rank(pool, spec.model_copy(update={"candidates": 4}), 4, errors=MP, known=known, calculators=builtin().calculators)
    assert keys(three) == ["KEY001", "KEY002", "KEY003"]  # a shipped one fills the place that is left; the user's never does
    assert three.ranked[0].notes == ["Known already: benzene."]
    assert three.choice.known_listed == 1
    everything = rank(
        pool, spec.model_copy(update={"list_known": True, "candidates": 4}), 4, errors=MP, known=known, calculators=builtin().calculators
    )
    assert keys(everything) == ["KEY000", "KEY001", "KEY002", "KEY003"]
    assert everything.ranked[0].notes == ["Known already: mine."]


def test_rank_intervals_hold_the_rank_and_show_ties() -> None:
    spec = make_spec([above("melting_point", 100)], [MAXIMISE], candidates=10)
    close = [candidate(i, melting_point=200.0 + 2 * i) for i in range(5)]
    far = [candidate(5, melting_point=390.0)]
    result = rank(close + far, spec, 6, errors=MP, calculators=builtin().calculators)
    assert result.ranked[0].key == "KEY005"
    assert result.ranked[0].rank_interval == (1, 1)
    for c in result.ranked:
        assert c.rank is not None
        assert c.rank_interval is not None
        assert c.rank_interval[0] <= c.rank <= c.rank_interval[1]
    assert result.ranked[3].rank_interval[1] - result.ranked[3].rank_interval[0] >= 2  # type: ignore[index]
    assert result.tied == [["KEY004", "KEY003", "KEY002", "KEY001", "KEY000"]]


def test_pareto_front_and_sensitivity() -> None:
    objectives = [MAXIMISE, LIGHT]
    spec = make_spec([], objectives, candidates=10)
    pool = [
        candidate(0, melting_point=300.0, molecular_weight=400.0),
        candidate(1, melting_point=200.0, molecular_weight=270.0),
        candidate(2, melting_point=190.0, molecular_weight=300.0),
    ]
    result = rank(pool, spec, 3, errors=errors("melting_point", strength=0.0), calculators=builtin().calculators)
    fronts = {c.key: c.pareto_front for c in result.ranked}
    assert fronts == {"KEY000": 1, "KEY001": 1, "KEY002": 2}
    assert [(s.objective, s.change) for s in result.sensitivity] == [("O1", -0.2), ("O1", 0.2), ("O2", -0.2), ("O2", 0.2)]
    assert {s.first for s in result.sensitivity} <= set(keys(result))
    heavier = next(s for s in result.sensitivity if (s.objective, s.change) == ("O1", 0.2))
    assert heavier.first in ("KEY000", "KEY001")
    assert rank(pool, make_spec([], [MAXIMISE]), 3, errors=MP, calculators=builtin().calculators).sensitivity == []


def test_a_changed_weight_that_changes_the_order_says_so() -> None:
    spec = make_spec([], [MAXIMISE, LIGHT], candidates=10)
    pool = [candidate(0, melting_point=240.0, molecular_weight=320.0), candidate(1, melting_point=200.0, molecular_weight=281.0)]
    result = rank(pool, spec, 2, errors=errors("melting_point", strength=0.0), calculators=builtin().calculators)
    by_change = {(s.objective, s.change): s for s in result.sensitivity}
    assert by_change["O1", 0.2].first == "KEY000"
    assert by_change["O1", -0.2].first == "KEY001"
    assert any(s.top_changes == ["KEY000", "KEY001"] or s.top_changes == ["KEY001", "KEY000"] for s in result.sensitivity)


def test_two_requirements_on_one_property_are_one_event() -> None:
    two = make_spec([above("melting_point", 180), below("melting_point", 220)])
    window = make_spec([{"kind": "property", "property": "melting_point", "condition": {"comparison": "between", "low": 180, "high": 220}}])
    pool = [candidate(0, melting_point=200.0)]
    p_two, p_window = (rank(pool, s, 1, errors=MP, calculators=builtin().calculators).ranked[0].p_meets for s in (two, window))
    assert p_two == pytest.approx(p_window)
    assert p_two == pytest.approx(0.725, abs=0.01)


def test_correlated_errors_are_used() -> None:
    spec = make_spec([above("melting_point", 200), above("flash_point", 200)])
    pool = [candidate(0, melting_point=200.0, flash_point=200.0)]
    independent = errors("melting_point", "flash_point", strength=0.0)
    related = errors("melting_point", "flash_point", correlation=0.5, strength=0.0)
    assert score_candidates(pool, spec, errors=independent, calculators=builtin().calculators)[0].p_meets == pytest.approx(0.25, abs=1e-6)
    # Orthant probability 1/4 + asin(r) / (2 pi) = 1/3 for r = 1/2.
    assert score_candidates(pool, spec, errors=related, calculators=builtin().calculators)[0].p_meets == pytest.approx(1 / 3, abs=2e-3)


def test_levels_unknown_values_and_similarity_objectives() -> None:
    spec = make_spec(
        [{"kind": "level", "property": "thermal_stability", "at_worst": "low"}],
        [
            {"property": "similarity", "shape": "maximise", "low": 0.0, "high": 1.0},
            {"property": "thermal_stability", "shape": "minimise", "low": 0.0, "high": 2.0},
        ],
        reference={"smiles": "CCO"},
    )
    level = PropertyValue(value="low", method="rules", method_version="1")
    pool = [candidate(i).model_copy(update={"properties": {"thermal_stability": level}}) for i in range(2)]
    pool.append(candidate(2))
    result = rank(pool, spec, 3, calculators=builtin().calculators)
    assert keys(result) == ["KEY000", "KEY001"]
    assert result.ranked[0].desirability == 1.0
    assert result.ranked[0].p_meets == pytest.approx(LEVEL_PROBABILITY["low"])
    assert result.ranked[1].score == 0.0
    assert result.closest[0].p_meets == 0.0
    without = make_spec([], [{"property": "similarity", "shape": "maximise", "low": 0.0, "high": 1.0}])
    assert rank(pool[:1], without, 1, calculators=builtin().calculators).ranked[0].desirability == 0.0


def test_an_empty_pool_is_an_empty_result() -> None:
    result = rank([], make_spec([above("melting_point", 1)]), 0, errors=MP, calculators=builtin().calculators)
    assert (result.ranked, result.closest, result.binding, result.tied) == ([], [], None, [])


numbers = st.lists(st.tuples(st.floats(0, 400), st.floats(0, 400), st.floats(50, 500)), min_size=1, max_size=12)
PROPERTY_SPEC = make_spec([above("melting_point", 150), below("flash_point", 300)], [MAXIMISE, LIGHT], candidates=5)


def pool_of(rows: list[tuple[float, float, float]]) -> list[Candidate]:
    return [candidate(i, melting_point=a, flash_point=b, molecular_weight=c) for i, (a, b, c) in enumerate(rows)]


@settings(max_examples=25, deadline=None)
@given(numbers, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(rows: list[tuple[float, float, float]], shuffler: Any) -> None:
    pool = pool_of(rows)
    again = list(pool)
    shuffler.shuffle(again)
    assert rank(pool, PROPERTY_SPEC, len(pool), errors=BOTH, calculators=builtin().calculators) == rank(
        again, PROPERTY_SPEC, len(pool), errors=BOTH, calculators=builtin().calculators
    )


@settings(max_examples=25, deadline=None)
@given(numbers)
def test_the_list_is_sorted_and_honest(rows: list[tuple[float, float, float]]) -> None:
    result = rank(pool_of(rows), PROPERTY_SPEC, len(rows), errors=BOTH, calculators=builtin().calculators)
    scores = [c.score or 0.0 for c in result.ranked]
    assert scores == sorted(scores, reverse=True)
    assert len(result.ranked) <= PROPERTY_SPEC.candidates
    for c in result.ranked:
        assert all(r.met for r in c.requirements)
        assert c.p_meets is not None
        assert 0 <= c.p_meets <= 1
        assert c.score == pytest.approx(c.p_meets * (c.desirability or 0), abs=1e-8)
    assert all(not all(r.met for r in c.requirements) for c in result.closest)
    assert not {c.key for c in result.ranked} & {c.key for c in result.closest}


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 400), st.floats(0, 100), st.floats(0, 400))
def test_a_better_prediction_is_never_less_likely_to_meet_the_spec(number: float, step: float, other: float) -> None:
    worse, better = score_candidates(
        [
            candidate(0, melting_point=number, flash_point=other, molecular_weight=100.0),
            candidate(1, melting_point=number + step, flash_point=other, molecular_weight=100.0),
        ],
        PROPERTY_SPEC,
        errors=BOTH,
        calculators=builtin().calculators,
    )
    assert (better.p_meets or 0) >= (worse.p_meets or 0) - 1e-3
