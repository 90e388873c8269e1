"""The list under other weights, and the factors of a score."""

from __future__ import annotations

import math

import pytest

from core.candidate import Candidate, Route
from core.errors import UsageError
from core.spec import DesignSpec
from tests.tools.ranking.test_rank import SMILES, above, candidate, make_spec
from tools.ranking.contributions import contributions
from tools.ranking.rank import rank
from tools.ranking.shortlist import NOTHING_KNOWN, Known
from tools.ranking.what_if import MOST_WEIGHT, pool, reweighted
from tools.workspace import builtin

CALCULATORS = builtin().calculators
OBJECTIVES = [
    {"property": "logp", "shape": "minimise", "low": 0.0, "high": 6.0},
    {"property": "molecular_weight", "shape": "maximise", "low": 50.0, "high": 400.0, "weight": 0.5},
    {"property": "route", "shape": "maximise", "low": 0.0, "high": 1.0, "weight": 0.5},
]


def people() -> tuple[list[Candidate], DesignSpec]:
    """Twelve structures whose logP and mass pull in opposite directions; every third has a route."""
    found = [candidate(i, logp=0.4 * i, molecular_weight=90.0 + 25 * i, melting_point=60.0 + 12 * (i * 5 % 12)) for i in range(len(SMILES))]
    found = [c.model_copy(update={"route": Route(status="found")}) if i % 3 == 0 else c for i, c in enumerate(found)]
    return found, make_spec([above("melting_point", 80.0)], OBJECTIVES, candidates=5, max_similarity=1.0)


@pytest.mark.parametrize("known", [NOTHING_KNOWN, Known(user={"KEY003": "mine"}, shipped={"KEY005": "old"})])
def test_the_weights_of_the_spec_give_the_ranking_of_the_run(known: Known) -> None:
    candidates, spec = people()
    ranked = rank(candidates, spec, len(candidates), known=known, calculators=CALCULATORS)
    pick = {key for key, _ in ranked.order}
    found = reweighted(
        pool((c for c in candidates if c.key in pick), spec, known, calculators=CALCULATORS), {o.id: o.weight for o in spec.objectives}
    )
    for now, then in zip(found.ranked, ranked.ranked, strict=True):
        for name in ("key", "rank", "score", "desirability", "p_meets", "rank_interval", "pareto_front"):
            assert getattr(now, name) == getattr(then, name), name
    assert found.tied == ranked.tied
    assert found.choice == ranked.choice


def test_other_weights_order_as_a_run_with_them_would() -> None:
    candidates, spec = people()
    other = spec.model_copy(update={"objectives": [spec.objectives[1].model_copy(update={"weight": 4.0}), spec.objectives[0]]})
    expected = rank(candidates, other, len(candidates), calculators=CALCULATORS)
    before = rank(candidates, spec, len(candidates), calculators=CALCULATORS)
    kept = {key for key, _ in expected.order}
    found = reweighted(pool([c for c in candidates if c.key in kept], spec, NOTHING_KNOWN, calculators=CALCULATORS), {"O2": 4.0, "O3": 0.0})
    assert [c.key for c in found.ranked] == [c.key for c in expected.ranked] != [c.key for c in before.ranked]
    assert [c.score for c in found.ranked] == pytest.approx([c.score for c in expected.ranked])
    assert [o.id for o in found.spec.objectives] == ["O1", "O2"]


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"O9": 1.0}, "no objective 'O9'"),
        ({"O1": -1.0}, "from 0 to"),
        ({"O1": math.nan}, "from 0 to"),
        ({"O1": 2 * MOST_WEIGHT}, "from 0 to"),
        ({"O1": 0.0, "O2": 0.0, "O3": 0.0}, "above 0"),
    ],
)
def test_weights_that_cannot_be_used_are_named(weights: dict[str, float], said: str) -> None:
    candidates, spec = people()
    with pytest.raises(UsageError, match=said):
        reweighted(pool(candidates, spec, NOTHING_KNOWN, calculators=CALCULATORS), weights)


def test_the_product_of_the_factors_is_the_score() -> None:
    candidates, spec = people()
    ranked = rank(candidates, spec, len(candidates), calculators=CALCULATORS)
    shown = [*ranked.ranked, *ranked.closest]
    found = contributions(shown, spec, calculators=CALCULATORS)
    for c, factors in zip(shown, found, strict=True):
        assert [f.id for f in factors] == ["", "O1", "O2", "O3"]
        assert math.prod(f.factor for f in factors) == pytest.approx(c.score, abs=1e-8)
        assert factors[0].value == pytest.approx(c.p_meets)
        assert sum(f.share for f in factors[1:]) == pytest.approx(1.0)
    assert contributions([], spec, calculators=CALCULATORS) == []
