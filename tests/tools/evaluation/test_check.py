"""Every kind of requirement, met and not met, known and unknown."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.candidate import Candidate, Origin, PropertyValue, RequirementResult
from core.errors import SpecError, StructureError
from core.spec import CandidateClass, Condition, DesignSpec
from tools.calculators.thermal_rules import LEVEL_PROBABILITY
from tools.catalogue.kinds.conditions import needs
from tools.catalogue.probability import OUT_OF_DOMAIN_INFLATION, interval_probability
from tools.evaluation.check import check
from tools.workspace import builtin


def candidate(smiles: str, candidate_class: CandidateClass = "molecule", **properties: PropertyValue) -> Candidate:
    return Candidate(
        key=smiles,
        smiles=smiles,
        candidate_class=candidate_class,
        origin=Origin(proposer="test", operator="test"),
        properties=properties,
    )


def predicted(value: float | str | None, sigma: float | None = 10.0, **more: Any) -> PropertyValue:
    return PropertyValue(value=value, sigma=sigma, method="test", method_version="1", **more)


def spec(*requirements: dict[str, Any], candidate_class: CandidateClass = "molecule", **more: Any) -> DesignSpec:
    rows = [{"id": f"R{i}", "text": "a requirement", **row} for i, row in enumerate(requirements, 1)]
    return DesignSpec.model_validate({"goal": "test", "candidate_class": candidate_class, "requirements": rows, **more})


def one(cand: Candidate, requirement: dict[str, Any], **more: Any) -> RequirementResult:
    (result,) = check(cand, spec(requirement, candidate_class=cand.candidate_class, **more), calculators=builtin().calculators)
    return result


def prop(name: str, comparison: str, value: float | None = None, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    return {"kind": "property", "property": name, "condition": {"comparison": comparison, "value": value, "low": low, "high": high}}


def count(what: str, name: str, comparison: str, value: float, smarts: str = "") -> dict[str, Any]:
    return {"kind": "count", "what": what, "name": name, "smarts": smarts, "condition": {"comparison": comparison, "value": value}}


def motif(smarts: str, wanted: bool) -> dict[str, Any]:
    return {"kind": "motif", "name": "motif", "smarts": smarts, "wanted": wanted}


def test_exact_properties_are_met_or_not() -> None:
    cand = candidate("C", molecular_weight=predicted(300.0, 0.0))
    assert one(cand, prop("molecular_weight", "<=", 300)).met
    result = one(cand, prop("molecular_weight", "<", 300))
    assert (result.met, result.probability, result.value, result.unit) == (False, 0.0, 300.0, "g/mol")
    assert "needs below 300 g/mol" in result.reason


def test_predicted_properties_have_a_probability() -> None:
    cand = candidate("C", melting_point=predicted(100.0))
    assert one(cand, prop("melting_point", ">=", 100)).probability == pytest.approx(0.5)
    assert one(cand, prop("melting_point", ">=", 90)).probability == pytest.approx(0.862441, abs=1e-6)
    assert one(cand, prop("melting_point", "between", low=90, high=110)).probability == pytest.approx(0.724882, abs=1e-6)
    low = one(cand, prop("melting_point", ">", 110))
    assert not low.met
    assert "predicted as 100 ± 10 °C" in low.reason
    assert one(cand, prop("melting_point", ">", 105), met_probability=0.25).met
    assert one(cand, prop("melting_point", "==", 100)).probability == 0.0


def test_outside_the_domain_the_error_is_larger() -> None:
    inside = one(candidate("C", melting_point=predicted(120.0, in_domain=True)), prop("melting_point", ">", 100))
    outside = one(candidate("C", melting_point=predicted(120.0, in_domain=False)), prop("melting_point", ">", 100))
    assert outside.probability == pytest.approx(interval_probability(120, 10 * OUT_OF_DOMAIN_INFLATION, 100, math.inf))
    assert 0.5 < outside.probability < inside.probability


def test_an_unknown_value_is_not_met_and_says_why() -> None:
    missing = one(candidate("C"), prop("melting_point", ">", 0))
    assert (missing.met, missing.probability, missing.value) == (False, 0.0, None)
    assert "not estimated" in missing.reason
    failed = one(candidate("C", melting_point=predicted(None, None, reason="no features")), prop("melting_point", ">", 0))
    assert failed.reason == "no features"
    unsure = one(candidate("C", melting_point=predicted(50.0, None)), prop("melting_point", ">", 0))
    assert (unsure.met, unsure.probability) == (True, 0.5)


def test_levels() -> None:
    requirement = {"kind": "level", "property": "thermal_stability", "at_worst": "moderate"}
    for level, met in (("low", True), ("moderate", True), ("high", False)):
        result = one(candidate("C", thermal_stability=predicted(level, None, reason="why")), requirement)
        assert (result.met, result.probability, result.value) == (met, LEVEL_PROBABILITY[level], level)
    assert not one(candidate("C"), requirement).met
    assert not one(candidate("C", thermal_stability=predicted(None, None, reason="bad")), requirement).met
    with pytest.raises(SpecError, match="no level"):
        one(candidate("C"), {**requirement, "at_worst": "terrible"})


def test_counts() -> None:
    aspirin = candidate("CC(=O)Oc1ccccc1C(=O)O")
    assert one(aspirin, count("element", "C", "==", 9)).met
    assert one(aspirin, count("element", "H", "==", 8)).met
    assert one(aspirin, count("element", "N", ">=", 1)).reason == "N atoms: found 0, needs at least 1"
    assert one(aspirin, count("group", "carboxylic acid", "==", 1, "[CX3](=O)[OX2H1]")).met
    assert one(candidate("OCC(O)CO"), count("group", "hydroxyl", "==", 3, "[OX2H][CX4]")).value == 3.0


def test_counts_in_polymers_are_per_unit_and_see_the_joint() -> None:
    nylon = candidate("*NCCCCCC(*)=O", "polymer")
    assert one(nylon, count("group", "amide", "==", 1, "[CX3](=O)[NX3]")).met
    assert one(nylon, count("element", "C", "==", 6)).met
    assert one(nylon, count("element", "H", "==", 11)).met
    assert one(nylon, motif("[CX3](=O)[NX3]", True)).met
    assert one(nylon, motif("[!#6;!#7;!#8]", False)).met
    assert not one(nylon, motif("[CX3](=O)[NX3]", False)).met
    assert one(candidate("*CC*", "polymer"), motif("CCCC", True)).met


def test_motifs_and_elements() -> None:
    aniline = candidate("Nc1ccccc1")
    assert one(aniline, motif("c[NH2]", True)).met
    absent = one(aniline, motif("C(=O)O", True))
    assert (absent.met, absent.value) == (False, "absent")
    elements = {"kind": "elements", "allowed": ["C", "N"]}
    assert one(aniline, elements).met
    result = one(candidate("Clc1ccncc1Br"), elements)
    assert (result.met, result.value) == (False, "Br, Cl")
    assert one(candidate("*CC(*)c1ccccc1", "polymer"), {"kind": "elements", "allowed": ["C"]}).met


def test_similarity_rule_sets_and_scaffolds() -> None:
    similar = {"kind": "similarity", "reference": "CC(=O)Oc1ccccc1C(=O)O", "condition": {"comparison": ">=", "value": 0.4}}
    assert one(candidate("CC(=O)Oc1ccccc1C(=O)OC"), similar).met
    assert not one(candidate("CCCCCC"), similar).met
    lipinski = {"kind": "rule_set", "rule_set": "lipinski", "allowed_violations": 0}
    assert one(candidate("CCO"), lipinski).met
    broken = one(candidate("C" * 45), lipinski)
    assert not broken.met
    assert broken.reason
    core = {"kind": "scaffold", "scaffold": "c1ccncc1", "smarts": "c1ccncc1"}
    assert one(candidate("c1ccc2ncccc2c1"), core).met
    assert not one(candidate("c1ccccc1"), core).met
    macrocycle = {"kind": "scaffold", "scaffold": "C1CCCCCCCCC1", "smarts": "C1CCCCCCCCC1"}
    assert one(candidate("C1CCCCCCCCC1C"), macrocycle).met
    assert not one(candidate("C1CCC2CCCCC2C1"), macrocycle).met


def test_a_structure_that_cannot_be_read_meets_nothing() -> None:
    result = one(candidate("C1CC"), motif("C", True))
    assert (result.met, result.probability) == (False, 0.0)
    assert result.reason


def test_a_broken_spec_is_an_error() -> None:
    with pytest.raises(StructureError):
        one(candidate("C"), motif("C(", True))


def test_conditions_in_words() -> None:
    assert needs(Condition(comparison="between", low=475, high=525), "nm") == "between 475 and 525 nm"
    assert needs(Condition(comparison="==", value=2)) == "exactly 2"


@given(
    st.floats(-1e3, 1e3),
    st.floats(1e-3, 1e3),
    st.floats(-1e3, 1e3),
    st.floats(0, 1e3),
)
def test_interval_probability_is_a_probability_and_additive(mean: float, sigma: float, low: float, width: float) -> None:
    inside = interval_probability(mean, sigma, low, low + width)
    below = interval_probability(mean, sigma, -math.inf, low)
    above = interval_probability(mean, sigma, low + width, math.inf)
    assert 0 <= inside <= 1
    assert inside + below + above == pytest.approx(1, abs=1e-9)


@given(st.floats(0, 30), st.floats(0, 5))
def test_probability_falls_with_distance(z: float, step: float) -> None:
    assert interval_probability(0, 1, z, math.inf) >= interval_probability(0, 1, z + step, math.inf)
    assert interval_probability(0, 1, z + 30, z + 31) >= 0


@pytest.mark.parametrize(
    ("smiles", "kept"),
    [("CCn1cc(C)c2ccccc21", True), ("C1CCC2=C(C1)c1ccccc1N2", True), ("c1ccc2ccccc2c1", False), ("c1ccc2[nH]ccc2c1", True)],
)
def test_a_fused_core_is_kept_by_its_derivatives(smiles: str, kept: bool) -> None:
    spec = DesignSpec.model_validate(
        {
            "goal": "g",
            "candidate_class": "molecule",
            "requirements": [
                {
                    "id": "R1",
                    "text": "keeps indole",
                    "kind": "scaffold",
                    "scaffold": "c1ccc2[nH]ccc2c1",
                    "smarts": "[#6]1:[#6]:[#6]:[#6]2:[#7]:[#6]:[#6]:[#6]:2:[#6]:1",
                }
            ],
        }
    )
    assert check(candidate(smiles), spec, calculators=builtin().calculators)[0].met is kept


def test_settled_results_are_taken_over_and_the_others_checked() -> None:
    asked = spec({"kind": "motif", "name": "amide", "smarts": "C(=O)N", "wanted": True}, {"kind": "elements", "allowed": ["C", "N", "O"]})
    settled = RequirementResult(id="R1", text="settled", met=True, probability=1.0)
    found = check(candidate("CCCl"), asked, {"R1": settled}, calculators=builtin().calculators)
    assert found[0] is settled
    assert (found[1].met, found[1].value) == (False, "Cl")
    unreadable = check(candidate("not a structure"), asked, {"R1": settled, "R2": settled}, calculators=builtin().calculators)
    assert unreadable == [settled, settled]
