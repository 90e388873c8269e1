"""The one way to judge a structure: its steps together are the whole, and nothing that was given is passed over."""

from __future__ import annotations

import pytest

from core.candidate import Candidate, Proposal
from core.errors import StructureError
from core.spec import Condition, DesignSpec, PropertyRequirement, RuleSetRequirement
from tools.evaluation.judge import broken_rules, checked, drug_like, estimated, guarded, judge, judge_one, standardised
from tools.evaluation.score import score_candidates
from tools.workspace import builtin

SARIN = "CC(C)OP(C)(=O)F"
RHODANINE = "O=C1NC(=S)SC1=Cc1ccccc1"


def _spec(most: float = 200.0, **more: object) -> DesignSpec:
    heavy = PropertyRequirement(id="R1", text="light", property="molecular_weight", condition=Condition(comparison="<=", value=most))
    return DesignSpec.model_validate({"goal": "x", "candidate_class": "molecule", "requirements": [heavy.model_dump()], **more})


def _proposal(smiles: str) -> Proposal:
    return Proposal(smiles=smiles, proposer="user", operator="given")


def _judged(smiles: str, spec: DesignSpec | None = None, **more: object) -> Candidate:
    return judge([_proposal(smiles)], spec or _spec(), **more, calculators=builtin().calculators)[0]  # type: ignore[arg-type]


def test_each_outcome_has_its_reason_and_the_order_is_kept() -> None:
    found = judge([_proposal(s) for s in ("CCO", "C1CC", SARIN, "CCCCCCCCCCCCCCCCCCCC")], _spec(), calculators=builtin().calculators)
    assert [c.status for c in found] == ["kept", "rejected", "rejected", "rejected"]
    assert [c.rejected_by.split(":")[0] for c in found] == ["", "structure", "safety", "requirement"]
    assert found[3].rejected_by == "requirement:R1"
    assert "needs at most 200 g/mol" in found[3].rejected_reason
    assert found[2].properties == {}
    assert found[2].requirements == []
    assert judge([], _spec(), calculators=builtin().calculators) == []


def test_the_steps_together_are_the_whole() -> None:
    spec, proposals = _spec(), [_proposal(s) for s in ("CCO", "CC(=O)[O-].[Na+]", "c1ccccc1")]
    steps = [guarded(standardised(p, "molecule"), alerts=False) for p in proposals]
    steps = [
        checked(c, spec, calculators=builtin().calculators)
        for c in estimated(steps, spec.property_names(), spec.conditions, calculators=builtin().calculators)
    ]
    assert judge(proposals, spec, calculators=builtin().calculators) == steps
    assert judge(proposals, spec, score=True, calculators=builtin().calculators) == score_candidates(
        steps, spec, calculators=builtin().calculators
    )
    known = [{"molecular_weight": c.properties["molecular_weight"].value} for c in steps]
    assert estimated(steps, spec.property_names(), spec.conditions, known=known, calculators=builtin().calculators) == [
        c.model_copy(update={"status": "estimated"}) for c in steps
    ]  # type: ignore[arg-type]


def test_what_a_person_names_is_answered_with_the_verdict_beside() -> None:
    found = _judged(SARIN, blocked="answer")
    assert found.safety is not None
    assert found.safety.verdict == "block"
    assert found.rejected_by.startswith("safety:")
    assert found.requirements[0].met
    assert not found.meets_all()


@pytest.mark.parametrize("smiles", [f"{SARIN}.c1ccc2ccccc2c1", f"CCCCCCCCCCCCCC.{SARIN}", f"[Na+].[O-]C(=O)CCCCCCCCC.{SARIN}"])
def test_the_guard_sees_what_is_not_judged(smiles: str) -> None:
    found = _judged(smiles)
    assert found.rejected_by.startswith("safety:")
    assert found.safety is not None
    assert "F" in found.given
    assert "F" not in found.smiles


def test_alerts_are_of_the_part_that_is_judged_and_of_drug_like_goals() -> None:
    assert not drug_like(_spec())
    lipinski = RuleSetRequirement(id="R2", text="Lipinski", rule_set="lipinski", allowed_violations=0)
    spec = _spec(400, family="drug-like")
    assert drug_like(spec)
    assert drug_like(_spec().model_copy(update={"requirements": [lipinski]}))
    plain, drug = _judged(RHODANINE, _spec(400)), _judged(RHODANINE, spec)
    assert plain.safety is not None
    assert drug.safety is not None
    assert not any(h.id.startswith("alert.") for h in plain.safety.rules)
    assert any(h.id.startswith("alert.") for h in drug.safety.rules)
    assert drug.status == "kept"  # an alert warns
    beside = _judged("CC(C)Cc1ccc(C(C)C(=O)[O-])cc1.[Na+].C=CC=O", spec)
    assert beside.safety is not None
    assert not any(h.id.startswith("alert.") for h in beside.safety.rules)
    assert _judged(RHODANINE, spec, alerts=False).safety == plain.safety


def test_implausible_structures_are_rejected_where_asked_unless_the_goal_names_them() -> None:
    odd = "C1#CC1"
    assert _judged(odd).status == "kept"
    rejected = _judged(odd, implausible="reject")
    assert rejected.rejected_by.startswith("structure:")
    assert (rejected.properties, rejected.safety) == ({}, None)
    assert [rejected.rejected_by, rejected.rejected_reason] == [
        f"structure:{broken_rules(_judged(odd))[0][0]}",
        broken_rules(_judged(odd))[0][1],
    ]
    everything = _judged(odd, _spec(exhaustive=True), implausible="reject")
    assert everything.status == "kept"
    assert any(note.startswith("Implausible, listed because") for note in everything.notes)
    assert _judged("CCO", implausible="reject") == _judged("CCO")


def test_one_structure_that_cannot_be_read_is_an_error() -> None:
    alone = judge_one("CCO", _spec(), proposer="user", calculators=builtin().calculators)
    assert alone.model_copy(update={"lists": [], "name": "", "against": []}) == _judged("CCO")
    assert alone.name == "ethanol"
    assert {standing.id for standing in alone.lists} > {"reach_azo_amines", "oecd_pfas"}
    assert not any(standing.on for standing in alone.lists)
    with pytest.raises(StructureError):
        judge_one("C1CC", _spec(), proposer="user", calculators=builtin().calculators)
