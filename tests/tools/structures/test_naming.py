"""What a structure is called."""

from __future__ import annotations

import pytest

from tools.structures.naming import catalogued, name_of
from tools.structures.standardise import standardise


@pytest.mark.parametrize(
    ("smiles", "name"),
    [
        ("CC(=O)Oc1ccccc1C(=O)O", "aspirin"),
        ("Cn1c(=O)c2c(ncn2C)n(C)c1=O", "caffeine"),
        ("CCCCCC=O", "hexanal"),
        ("c1ccccc1CCCCCCCCCCCCOCCOc1ccncc1", ""),
    ],
)
def test_a_structure_has_the_name_that_ships(smiles: str, name: str) -> None:
    assert name_of(standardise(smiles, "molecule").key) == name


def test_an_enantiomer_is_not_called_by_the_name_of_the_other() -> None:
    one, other = (standardise(s, "molecule").key for s in ("C[C@H](O)C(=O)O", "C[C@@H](O)C(=O)O"))
    assert not name_of(one) or name_of(one) != name_of(other)


def test_keys_of_another_kind_have_no_name() -> None:
    assert name_of("") == name_of("polymer:*CC*") == name_of("BSYNRYMUTXBXSQ-UHFFFAOYSA-N-rac") == ""


def test_what_has_a_name_is_catalogued() -> None:
    keys = catalogued()
    assert len(keys) > 20_000
    assert all(standardise(s, "molecule").key in keys for s in ("CC(=O)Oc1ccccc1C(=O)O", "CCCCCCCCCCCO", "O=[N+]([O-])c1ccccc1"))
    assert standardise("c1ccccc1CCCCCCCCCCCCOCCOc1ccncc1", "molecule").key not in keys
