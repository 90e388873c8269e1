"""Named rule sets."""

from __future__ import annotations

import pytest
from rdkit import Chem

from core.errors import SpecError
from tools.calculators.rule_sets import metric_value, violations
from tools.catalogue.rule_sets import RULE_SETS, resolve_rule_set

ASPIRIN = Chem.MolFromSmiles("CC(=O)Oc1ccccc1C(=O)O")
ATORVASTATIN = Chem.MolFromSmiles("CC(C)c1c(C(=O)Nc2ccccc2)c(-c2ccccc2)c(-c2ccc(F)cc2)n1CC[C@@H](O)C[C@@H](O)CC(=O)O")


@pytest.mark.parametrize("name", ["lipinski", "veber", "ghose", "egan", "gsk 4/400"])
def test_aspirin_passes(name: str) -> None:
    assert violations(ASPIRIN, name) == []


def test_lipinski_names_what_is_broken_and_allows_one() -> None:
    broken = violations(ATORVASTATIN, "lipinski")
    assert len(broken) == 2
    assert broken[0] == "Molecular weight at most 500 g/mol (found 558.7)"
    assert RULE_SETS["lipinski"].allowed_violations == 1


def test_rule_of_three_rejects_large_and_accepts_small() -> None:
    assert violations(Chem.MolFromSmiles("c1ccc2[nH]ccc2c1"), "rule of three") == []
    assert len(violations(ATORVASTATIN, "rule of three")) == 5


def test_ghose_counts_hydrogen() -> None:
    assert metric_value("all_atoms", ASPIRIN) == 21
    assert any("atoms with hydrogen" in v for v in violations(Chem.MolFromSmiles("C"), "ghose"))


def test_cns_mpo_uses_the_registered_descriptor() -> None:
    assert violations(Chem.MolFromSmiles("Cn1c(=O)c2c(ncn2C)n(C)c1=O"), "cns mpo") == []


@pytest.mark.parametrize(("word", "name"), [("Lipinski's Rule of Five", "lipinski"), ("Ro3", "rule of three"), ("leadlike", "lead-like")])
def test_words_resolve(word: str, name: str) -> None:
    rules = resolve_rule_set(word)
    assert rules is not None
    assert rules.name == name


def test_unknown_set() -> None:
    assert resolve_rule_set("rule of seventeen") is None
    with pytest.raises(SpecError, match="rule of seventeen"):
        violations(ASPIRIN, "rule of seventeen")


def test_every_rule_can_be_computed() -> None:
    for name in RULE_SETS:
        assert isinstance(violations(ASPIRIN, name), list)
