"""Descriptors against values that are known from the structure, and the registry's agreement with the functions."""

import math
from dataclasses import replace

import pytest
from rdkit import Chem

from core.errors import ConfigurationError, SpecError
from tests.tables import each_row
from tools.calculators.descriptors import compute_descriptor, compute_descriptors, descriptor_names, number, ramp
from tools.workspace import builtin

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


def mol(smiles: str) -> Chem.Mol:
    return Chem.MolFromSmiles(smiles)


@each_row(
    ("name", "smiles", "expected"),
    [
        ("molecular_weight", ASPIRIN, 180.159),
        ("exact_mass", ASPIRIN, 180.0423),
        ("tpsa", ASPIRIN, 63.6),
        ("hbd", ASPIRIN, 1),
        ("hba", ASPIRIN, 3),
        ("rotatable_bonds", ASPIRIN, 2),
        ("ring_count", "c1ccc2ccccc2c1", 2),
        ("aromatic_rings", "C1CCc2ccccc2C1", 1),
        ("aliphatic_rings", "C1CCc2ccccc2C1", 1),
        ("saturated_rings", "C1CCCCC1", 1),
        ("heterocycles", "c1ccncc1C1CCNCC1", 2),
        ("aromatic_heterocycles", "c1ccncc1C1CCNCC1", 1),
        ("fraction_csp3", "CCc1ccccc1", 0.25),
        ("heavy_atoms", ASPIRIN, 13),
        ("heteroatoms", ASPIRIN, 4),
        ("formal_charge", "C[N+](C)(C)CC(=O)O", 1),
        ("stereocentres", "CC(O)C(O)C", 2),
        ("stereocentres", "C[C@H](N)C(=O)O", 1),
        ("valence_electrons", "O", 8),
        ("spiro_atoms", "C1CCC2(C1)CCCC2", 1),
        ("bridgehead_atoms", "C1CC2CCC1C2", 2),
        ("amide_bonds", "CC(=O)NCC(=O)NC", 2),
    ],
)
def test_known_values(name: str, smiles: str, expected: float) -> None:
    assert compute_descriptor(name, mol(smiles)) == pytest.approx(expected, abs=0.01)


def test_every_computed_property_works_and_lies_within_its_range() -> None:
    values = compute_descriptors(sorted(descriptor_names()), mol("CC(C)NCC(O)COc1cccc2ccccc12"))
    for name, value in values.items():
        assert math.isfinite(value)
        assert builtin().catalogue[name].low <= value <= builtin().catalogue[name].high
    assert len(values) >= 25
    assert values["molar_refractivity"] > 50
    assert values["labute_asa"] > 80
    assert values["bertz_complexity"] > 100
    assert values["qed"] > 0.5


def test_sa_score_orders_easy_before_hard() -> None:
    easy = compute_descriptor("sa_score", mol("CCOC(C)=O"))
    hard = compute_descriptor("sa_score", mol("CC1CCC2C3(C)CC45CC6C(C)C4CC65OC3C(O)C12O"))
    assert 1 <= easy < 3 < hard <= 10


def test_cns_mpo_terms() -> None:
    small_neutral = compute_descriptor("cns_mpo", mol("c1ccc2c(c1)OCO2"))
    amine = compute_descriptor("cns_mpo", mol("CCCCN"))
    amide = compute_descriptor("cns_mpo", mol("CCCC(N)=O"))
    guanidine = compute_descriptor("cns_mpo", mol("CCCNC(N)=N"))
    assert small_neutral == pytest.approx(5 + ramp(18.46, 40, 20), abs=0.05)
    assert compute_descriptor("cns_mpo", mol("c1ccncc1")) > 4
    assert amine - amide < 0
    assert guanidine < amine


def test_polymer_attachment_points_count_for_nothing() -> None:
    unit = mol("*CC(*)c1ccccc1")
    assert compute_descriptor("molecular_weight", unit) == pytest.approx(104.15, abs=0.01)
    assert compute_descriptor("heavy_atoms", unit) == 8


def test_what_is_not_defined_raises() -> None:
    with pytest.raises(ValueError, match="Balaban"):
        compute_descriptor("balaban_j", mol("C"))
    with pytest.raises(SpecError, match="not a computed property"):
        compute_descriptor("melting_point", mol("C"))


def test_a_function_or_pattern_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigurationError, match="math:nothing"):
        number(replace(builtin().catalogue["qed"], function="math:nothing"), mol("C"))
    with pytest.raises(ConfigurationError, match="no_such_package"):
        number(replace(builtin().catalogue["qed"], function="no_such_package:f"), mol("C"))
    with pytest.raises(ConfigurationError, match="not a SMARTS"):
        number(replace(builtin().catalogue["qed"], function="", smarts="[F,"), mol("C"))


def test_a_property_can_count_a_pattern() -> None:
    halogens = replace(builtin().catalogue["heavy_atoms"], function="", smarts="[F,Cl,Br,I]")
    assert number(halogens, mol("FC(F)(F)CCl")) == 4
