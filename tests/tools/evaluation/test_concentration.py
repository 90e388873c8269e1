"""Solubilities asked for by mass are compared through the molar mass of each candidate."""

from __future__ import annotations

import math

import pytest

from core.candidate import Candidate, Origin, PropertyValue
from core.spec import Condition, DesignSpec, PropertyRequirement
from tools.catalogue.kinds.property import PropertyKind, mass_concentration
from tools.evaluation.check import check
from tools.evaluation.fitness import satisfaction
from tools.workspace import builtin

ASPIRIN, ESTER = ("CC(=O)Oc1ccccc1C(=O)O", 180.159), ("CC(=O)Oc1ccccc1C(=O)OCCCCCCCCCCCCCCCC", 404.591)


def _requirement(**condition: float | str) -> PropertyRequirement:
    return PropertyRequirement.model_validate(
        {"id": "R1", "text": "", "property": "aqueous_solubility", "condition": condition, "unit": "mg/L", "basis": "mass concentration"}
    )


def _candidate(structure: tuple[str, float], log_s: float, sigma: float) -> Candidate:
    smiles, mass = structure
    values = {
        "aqueous_solubility": PropertyValue(value=log_s, unit="log mol/L", sigma=sigma, method="given", method_version="1", in_domain=True),
        "molecular_weight": PropertyValue(value=mass, unit="g/mol", sigma=0.0, method="given", method_version="1"),
    }
    return Candidate(
        key=smiles, smiles=smiles, candidate_class="molecule", origin=Origin(proposer="test", operator="test"), properties=values
    )


def test_milligrams_per_litre_become_moles_through_the_molar_mass() -> None:
    requirement, kind = _requirement(comparison=">=", value=180.159), PropertyKind()
    light = kind.condition_for(requirement, _candidate(ASPIRIN, -3.0, 0.5).properties)
    heavy = kind.condition_for(requirement, _candidate(ESTER, -3.0, 0.5).properties)
    assert light is not None and light.value == pytest.approx(-3.0, abs=1e-4)  # noqa: PT018
    assert heavy is not None and heavy.value == pytest.approx(math.log10(0.180159 / 404.591))  # noqa: PT018
    assert mass_concentration(-3.0, _candidate(ASPIRIN, -3.0, 0.5).properties) == pytest.approx(180.159)


def test_the_check_says_the_amount_in_the_unit_of_the_goal() -> None:
    spec = DesignSpec(goal="", candidate_class="molecule", requirements=[_requirement(comparison=">=", value=180.159)])
    assert "molecular_weight" in spec.property_names()
    (even,) = check(_candidate(ASPIRIN, -3.0, 0.5), spec, calculators=builtin().calculators)
    assert even.probability == pytest.approx(0.5, abs=1e-3)
    assert even.unit == "mg/L"
    (missed,) = check(_candidate(ASPIRIN, -5.0, 0.5), spec, calculators=builtin().calculators)
    assert not missed.met
    assert "needs at least 180.159 mg/L" in missed.reason
    assert "(1.8 mg/L)" in missed.reason


def test_without_a_molar_mass_nothing_is_claimed() -> None:
    spec = DesignSpec(goal="", candidate_class="molecule", requirements=[_requirement(comparison=">=", value=1.0)])
    known = _candidate(ASPIRIN, 2.0, 0.1)
    unknown = known.model_copy(update={"properties": {"aqueous_solubility": known.properties["aqueous_solubility"]}})
    (result,) = check(unknown, spec, calculators=builtin().calculators)
    assert (result.met, result.probability) == (False, 0.0)
    assert "molar mass" in result.reason
    assert satisfaction(spec.requirements[0], result, unknown, catalogue=builtin().catalogue) < 0.01


def test_a_registered_requirement_is_untouched() -> None:
    requirement = PropertyRequirement(id="R1", text="", property="aqueous_solubility", condition=Condition(comparison=">=", value=-2.0))
    assert PropertyKind().condition_for(requirement, _candidate(ASPIRIN, 0.0, 0.1).properties) is requirement.condition
