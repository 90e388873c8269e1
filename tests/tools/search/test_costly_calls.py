"""Which structures are worth a call, how the calls are spread over a run, and what is made of those that get none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.candidate import Candidate, Origin, Proposal
from core.scorers import Scorer
from core.spec import Condition, DesignSpec, PropertyRequirement
from tools.calculators.collection import Calculators, shipped_calculators
from tools.calculators.costly.adapter import Wanted, wanted
from tools.calculators.costly.protocol import Outcome
from tools.calculators.costly.scorer import with_scorers
from tools.evaluation.judge import estimated, standardised
from tools.search.costly import Learnt, Tried, chosen, default_calls, hopeless, may_be_listed, overtime, quota, reserve, with_calls
from tools.search.policy import SearchPolicy

CALCULATORS: Calculators = with_scorers(shipped_calculators(), (Scorer(name="own score", command="none", seconds=20),))
SMILES = (
    "CCO",
    "CCCCO",
    "c1ccccc1O",
    "CC(=O)OC",
    "CCN(CC)CC",
    "c1ccncc1",
    "CCCCCCCC",
    "OCC(O)CO",
    "CC(C)=O",
    "C1CCOC1",
    "CCSCC",
    "NCCc1ccccc1",
)


def spec_of(**changes: object) -> DesignSpec:
    """Own score below 5, logP below 3."""
    limits = [("own_score", 5.0), ("logp", 3.0)]
    requirements = [
        PropertyRequirement(id=f"R{n}", text=name, property=name, condition=Condition(comparison="<", value=value), unit="")
        for n, (name, value) in enumerate(limits, 1)
    ]
    return DesignSpec(goal="", candidate_class="molecule", requirements=requirements, candidates=2).model_copy(update=changes)


def candidates(smiles: Sequence[str] = SMILES) -> list[Candidate]:
    """Candidates with what is cheap of them."""
    found = [standardised(Proposal(smiles=s, proposer="test", operator="given"), "molecule") for s in smiles]
    return estimated(found, ["own_score", "logp"], spec_of().conditions, calculators=CALCULATORS)


def needed() -> Wanted:
    """The scorer."""
    [found] = wanted(spec_of(), CALCULATORS)
    return found


def tried(of: Sequence[Candidate], failing: Sequence[str] = ()) -> list[Tried]:
    """Calls that said the number of characters, and failed for some."""
    return [
        Tried(
            c.key, c.smiles, {"own_score": Outcome(None, reason="no pose") if c.smiles in failing else Outcome(float(len(c.smiles)))}, 1.0
        )
        for c in of
    ]


def test_the_calls_of_a_default_run_follow_from_their_cost() -> None:
    assert [default_calls(s, 10) for s in (0.5, 2.4, 20, 3600)] == [400, 400, 48, 20]
    assert default_calls(3600, 50) == 100
    assert [reserve(calls, 10) for calls in (20, 48, 400)] == [10, 10, 80]
    spec = with_calls(spec_of(), None, CALCULATORS)
    assert spec.calls == {"own score": 48}
    assert with_calls(spec, 7, CALCULATORS).calls == {"own score": 48}
    assert with_calls(spec_of(), 7, CALCULATORS).calls == {"own score": 7}
    plain = spec_of(requirements=[])
    assert with_calls(plain, 7, CALCULATORS) is plain


def test_the_calls_are_spread_over_the_generations() -> None:
    policy, spec, made, shares = SearchPolicy(batch=100), spec_of(budget=500), 0, []
    for generation in range(5):
        shares.append(quota(spec, 100, made, 100 * generation, generation, policy))
        made += shares[-1]
    assert shares == [24, 14, 14, 14, 14]
    assert made == 100 - reserve(100, spec.candidates)
    assert quota(spec, 100, made, 500, 5, policy) == 0


def test_no_more_calls_where_all_fail_or_they_take_too_long() -> None:
    everyone = candidates()
    good, bad = tried(everyone), tried(everyone, [c.smiles for c in everyone])
    assert not hopeless(bad[:7])
    assert hopeless([*good, *bad[:8]])
    assert not hopeless([*bad, *good[:1]])
    assert overtime(good, 1.0, 7)
    assert not overtime(good, 1.0, 9)


def test_first_what_differs_then_the_best_and_the_uncertain() -> None:
    spec, everyone, of = spec_of(), candidates(), needed()
    first = chosen(everyone, spec, 8, of, calculators=CALCULATORS)
    assert len(first) == len({c.key for c in first}) == 8
    assert "CCCCCCCC" not in {c.smiles for c in first}  # its logP is too high, so its score does not matter
    learnt = Learnt(of, tried(first))
    others = [c for c in everyone if not learnt.answered(c)]
    after = chosen(learnt.valued(others), spec, 2, of, calculators=CALCULATORS)
    assert len(after) == 2
    assert not {c.key for c in after} & {c.key for c in first}
    assert chosen(everyone, spec, 0, of, calculators=CALCULATORS) == []


def test_every_value_says_where_it_comes_from() -> None:
    everyone, of = candidates(), needed()
    learnt = Learnt(of, tried(everyone[:9], failing=["CCO"]))
    values = {c.smiles: c.properties["own_score"] for c in learnt.valued(everyone)}
    assert (values["CCO"].value, values["CCO"].reason, values["CCO"].basis) == (None, "no pose", None)
    assert (values["CCCCO"].value, values["CCCCO"].basis, values["CCCCO"].exact) == (5.0, "computed", True)
    guess = values["CCSCC"]
    assert guess.basis == "estimated"
    assert guess.sigma is not None
    assert guess.sigma > 0
    assert guess.nearest is not None
    assert "own_score" in learnt.errors()
    few = Learnt(of, tried(everyone[:3])).valued(everyone)[-1].properties["own_score"]
    assert (few.value, few.basis) == (None, "estimated")
    assert "3 computed values are too few" in str(few.reason)


@pytest.mark.parametrize(("place", "may"), [(0, False), (1, True), (10, False)])
def test_only_what_was_computed_may_be_listed(place: int, may: bool) -> None:
    everyone, of = candidates(), needed()
    valued = Learnt(of, tried(everyone[:9], failing=["CCO"])).valued(everyone)[place].model_copy(update={"status": "kept"})
    assert may_be_listed(valued, [of]) is may


def test_a_refused_structure_costs_no_call() -> None:
    polymer = Candidate(key="p", smiles="*CC*", candidate_class="polymer", origin=Origin(proposer="test", operator="given"))
    learnt = Learnt(needed(), [])
    assert learnt.answered(polymer)
    assert learnt.valued([polymer])[0].properties["own_score"].reason == "own score is not declared for a polymer"
