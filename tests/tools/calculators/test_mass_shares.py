"""The share of an element in the mass of a structure."""

from __future__ import annotations

import pytest
from rdkit import Chem

from core.errors import ContradictionError
from core.spec import Condition, CountRequirement, DesignSpec, PropertyRequirement
from tools.calculators.descriptors import compute_descriptor
from tools.catalogue.contradictions import reject_contradictions
from tools.catalogue.element_shares import CONTENT_OF, ELEMENT_OF
from tools.catalogue.shipped import shipped
from tools.proposers.spec_fit import spec_fit
from tools.workspace import builtin


@pytest.mark.parametrize(
    ("name", "smiles", "percent"),
    [
        ("phosphorus_content", "O=P(Oc1ccccc1)(Oc1ccccc1)Oc1ccccc1", 9.49),  # C18H15O4P, 326.29 g/mol
        ("bromine_content", "Brc1c(Br)c(Br)c(Br)c(Br)c1Oc1c(Br)c(Br)c(Br)c(Br)c1Br", 83.3),  # C12Br10O, 959.2
        ("nitrogen_content", "NC(N)=O", 46.65),  # CH4N2O, 60.06
        ("hydrogen_content", "O", 11.19),
        ("hydrogen_content", "[H][H]", 100.0),
        ("carbon_content", "*CC(*)c1ccccc1", 92.26),  # a repeat unit: C8H8
        ("chlorine_content", "CCO", 0.0),
    ],
)
def test_a_share_is_that_of_the_formula(name: str, smiles: str, percent: float) -> None:
    assert compute_descriptor(name, Chem.MolFromSmiles(smiles)) == pytest.approx(percent, abs=0.01 if percent != 83.3 else 0.05)


def test_the_shares_of_all_elements_are_the_whole() -> None:
    mol = Chem.MolFromSmiles("CC(=O)Nc1cc(Cl)c(F)cc1S(=O)(=O)C[Si](C)(C)CP(=O)(O)OB(O)CBrI".replace("CBrI", "C(Br)I"))
    assert sum(compute_descriptor(name, mol) for name in ELEMENT_OF) == pytest.approx(100.0)


def test_every_share_is_a_registered_property() -> None:
    for symbol, name in CONTENT_OF.items():
        assert (shipped()[name].unit, shipped()[name].function) == ("wt%", f"tools.calculators.mass_shares:{name}"), symbol


def share(name: str, comparison: str, value: float) -> PropertyRequirement:
    condition = Condition.model_validate({"comparison": comparison, "value": value})
    return PropertyRequirement(id="R1", text="", phrase=f"{name} {comparison} {value}", property=name, condition=condition, unit="wt%")


def test_a_generator_brings_the_atoms_that_a_share_needs() -> None:
    mass = share("molecular_weight", ">=", 200.0).model_copy(update={"unit": "g/mol", "id": "R2"})
    spec = DesignSpec(goal="g", candidate_class="molecule", requirements=[share("fluorine_content", ">=", 50.0), mass])
    fit = spec_fit(spec, calculators=builtin().calculators)
    (fluorine,) = [e for e in fit.elements if e.symbol == "F"]
    assert fluorine.condition.bounds()[0] == 6  # 50 % of 200 g/mol are 5.3 atoms
    none = DesignSpec(goal="g", candidate_class="molecule", requirements=[share("fluorine_content", "<=", 5.0)])
    assert spec_fit(none, calculators=builtin().calculators).elements == []
    perfluorinated = Chem.MolFromSmiles("FC(F)(F)C(F)(F)C(F)(F)F")
    assert fit.distance(perfluorinated) < fit.distance(Chem.MolFromSmiles("CCCF"))


def test_shares_that_exclude_each_other_are_refused() -> None:
    with pytest.raises(ContradictionError, match="120 wt%"):
        reject_contradictions([share("bromine_content", ">=", 60), share("carbon_content", ">=", 60)], shipped())
    none = Condition(comparison="==", value=0)
    absent = CountRequirement(id="R2", text="", phrase="no phosphorus", what="element", name="P", condition=none)
    with pytest.raises(ContradictionError, match="no P"):
        reject_contradictions([share("phosphorus_content", ">=", 5), absent], shipped())
