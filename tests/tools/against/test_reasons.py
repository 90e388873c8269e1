"""Every candidate has a strongest reason against it; it caps the badge and puts what is unfit behind the others."""

from __future__ import annotations

import json

from core.candidate import Candidate, Measurement, Origin, PropertyValue, RequirementResult, Route, SafetyRuleHit, SafetyVerdict
from core.spec import DesignSpec, PropertyRequirement
from evals.fitness import FIRST, counts, main, read, wilson
from tools.against.reasons import UNPROVEN, reasons, unfit, with_reasons
from tools.evaluation.judge import judge_one
from tools.ranking.rank import rank
from tools.reporting.html import band_of
from tools.workspace import builtin

AZO, COUMARIN = "CN(C)c1ccc(N=Nc2ccccc2)cc1", "CCN(CC)c1ccc2ccc(=O)oc2c1"
DYES = DesignSpec(goal="a fluorescent dye", candidate_class="molecule")


def made(smiles: str = COUMARIN, **more: object) -> Candidate:
    given = {"key": smiles, "smiles": smiles, "candidate_class": "molecule", "origin": Origin(proposer="x", operator="y"), **more}
    return Candidate.model_validate(given)


def test_there_is_always_a_reason_and_it_says_when_it_is_none() -> None:
    (only,) = reasons(made(), DYES)
    assert only.kind == "unproven"
    assert only.text.endswith(UNPROVEN)
    known = PropertyValue(value=1.0, method="m", method_version="1", measured=Measurement(value=1.0, source="s"))
    (only,) = reasons(made(properties={"logp": known}), DYES)
    assert UNPROVEN not in only.text


def test_what_is_as_good_as_certain_is_no_reason() -> None:
    for probability, kind in ((0.94, "near the limit"), (0.95, "unproven"), (0.999, "unproven")):
        sure = RequirementResult(id="R1", text="melts below 20 °C", met=True, probability=probability)
        assert [r.kind for r in reasons(made(requirements=[sure]), DYES)] == [kind]


def test_an_azo_dye_is_no_good_fluorescent_dye_however_probable() -> None:
    found = with_reasons(made(AZO, p_meets=0.94), DYES)
    assert found.against[0].kind == "probably unfit"
    assert "typically non-emissive" in found.strongest_against
    assert "doi:10.1039/c1cs15179g" in found.against[0].source
    assert band_of(found) == "marginal"
    assert band_of(with_reasons(made(p_meets=0.94), DYES)) == "good"
    assert band_of(with_reasons(made("CCCCCCCCO", p_meets=0.94), DYES)) == "bad"


def test_the_order_is_hazard_use_requirement_doubt() -> None:
    hit = SafetyRuleHit(id="W1", name="a hazard", verdict="warn", reason="it burns")
    missed = RequirementResult(id="R1", text="boils above 100 °C", met=False, probability=0.2)
    sure = RequirementResult(id="R2", text="melts below 20 °C", met=True, probability=0.9)
    outside = PropertyValue(value=1.0, method="m", method_version="1", in_domain=False)
    spec = DESIGN.model_copy(update={"goal": "a fluorescent dye"})
    found = reasons(
        made(
            AZO,
            safety=SafetyVerdict(verdict="warn", rules=[hit]),
            requirements=[sure, missed],
            properties={"melting_point": outside},
            route=Route(status="none known"),
        ),
        spec,
    )
    assert [r.kind for r in found] == ["safety", "probably unfit", "requirement", "domain", "route", "near the limit"]
    assert found[-1].text == "its weakest point: melts below 20 °C (90 % likely to hold)"


DESIGN = DesignSpec(
    goal="x",
    candidate_class="molecule",
    requirements=[
        PropertyRequirement(
            id="R1", property="melting_point", condition={"comparison": "<=", "value": 400.0}, unit="°C", text="melts below 400 °C"
        )
    ],
)


def test_what_is_unfit_stands_behind_the_others_and_is_counted() -> None:
    spec = DesignSpec(goal="a fluorescent dye", candidate_class="molecule", candidates=3, list_known=True, max_similarity=0.99)
    names = [AZO, COUMARIN, "O=c1ccc2ccccc2o1"]
    pool = [judge_one(s, spec, proposer="x", names=[], calculators=builtin().calculators) for s in names]
    result = rank(pool, spec, 3, calculators=builtin().calculators)
    assert result.ranked[-1].smiles == pool[0].smiles
    assert result.choice.unfit_listed == 1
    assert result.ranked[-1].rank_interval == (3, 3)
    assert unfit(result.ranked[-1], spec)
    assert not unfit(result.ranked[0], spec)


def test_who_asks_with_a_goal_is_told_and_who_has_none_is_not() -> None:
    calculators = builtin().calculators
    assert judge_one(AZO, DYES, proposer="x", names=[], calculators=calculators).against[0].rule == "emission-azo"
    none = judge_one(AZO, DesignSpec(goal="", candidate_class="molecule"), proposer="x", names=[], calculators=calculators)
    assert none.against == []
    assert "against" not in none.model_dump(mode="json")


def test_of_the_pairs_enough_are_caught_and_few_are_wronged() -> None:
    found = counts(read())
    assert found["bad"] == found["good"] == 100
    assert found["caught"] >= 80
    assert found["wronged"] <= 5
    first = json.loads(FIRST.read_text(encoding="utf-8"))
    assert (first["caught"], first["wronged"]) == (92, 1)


def test_the_command_says_what_it_cannot_read(tmp_path: object, capsys: object) -> None:
    from pathlib import Path

    assert main([str(Path(str(tmp_path)) / "none.tsv")]) == 2
    low, high = wilson(92, 100)
    assert round(low, 2) == 0.85
    assert round(high, 2) == 0.96
    assert wilson(0, 0) == (0.0, 1.0)
