"""Solubilities asked for by mass are compared through the molar mass of each candidate."""

from __future__ import annotations

import math

import pytest

from core.candidate import Candidate, Origin, PropertyValue
from core.spec import Condition, DesignSpec, PropertyRequirement
from tools.evaluation.check import check
from tools.evaluation.concentration import condition_for, molar_mass, shown


def _requirement(**condition: float | str) -> PropertyRequirement:
    return PropertyRequirement.model_validate(
        {"id": "R1", "text": "", "property": "aqueous_solubility", "condition": condition, "unit": "mg/L", "basis": "mass concentration"}
    )


def _candidate(smiles: str, log_s: float, sigma: float) -> Candidate:
    value = PropertyValue(value=log_s, unit="log mol/L", sigma=sigma, method="given", method_version="1", in_domain=True)
    return Candidate(key=smiles, smiles=smiles, origin=Origin(proposer="test", operator="test"), properties={"aqueous_solubility": value})


def test_milligrams_per_litre_become_moles_through_the_molar_mass() -> None:
    requirement = _requirement(comparison=">=", value=180.16)
    aspirin = _candidate("CC(=O)Oc1ccccc1C(=O)O", -3.0, 0.5)
    assert molar_mass(aspirin.smiles) == pytest.approx(180.16, abs=0.01)
    assert condition_for(requirement, aspirin).value == pytest.approx(-3.0, abs=1e-4)
    heavy = _candidate("CC(=O)Oc1ccccc1C(=O)OCCCCCCCCCCCCCCCC", -3.0, 0.5)
    assert condition_for(requirement, heavy).value == pytest.approx(math.log10(0.18016 / molar_mass(heavy.smiles)))
    assert shown(requirement, aspirin, -3.0) == (pytest.approx(180.16, abs=0.01), "mg/L")


def test_the_check_says_the_amount_in_the_unit_of_the_goal() -> None:
    spec = DesignSpec(goal="", candidate_class="molecule", requirements=[_requirement(comparison=">=", value=180.16)])
    (even,) = check(_candidate("CC(=O)Oc1ccccc1C(=O)O", -3.0, 0.5), spec)
    assert even.probability == pytest.approx(0.5, abs=1e-3)
    assert even.unit == "mg/L"
    (missed,) = check(_candidate("CC(=O)Oc1ccccc1C(=O)O", -5.0, 0.5), spec)
    assert not missed.met
    assert "needs at least 180.16 mg/L" in missed.reason
    assert "(1.8 mg/L)" in missed.reason


def test_a_registered_requirement_is_untouched() -> None:
    requirement = PropertyRequirement(id="R1", text="", property="aqueous_solubility", condition=Condition(comparison=">=", value=-2.0))
    assert condition_for(requirement, _candidate("CCO", 0.0, 0.1)) is requirement.condition
