"""The judge of fixed atoms, on cases decided by hand."""

from __future__ import annotations

import pytest
from rdkit import Chem

from evals.benchmarks.compound_cases import cases
from evals.judges.fixed_atoms import Keep, changed, keep_of
from tests.tables import each_row

KEPT = "*Oc1ccc(NC(C)=O)cc1"


@each_row(
    ("smiles", "right"),
    [
        ("COc1ccc(NC(C)=O)cc1", True),
        ("Oc1ccc(NC(C)=O)cc1", True),
        ("COc1ccc(NC(C)=O)cc1F", False),
        ("COc1ccc(N(C)C(C)=O)cc1", False),
        ("COc1ccc(NC(C)=S)cc1", False),
        ("COc1ccc(NC(=O)CC)cc1", False),
        ("[O-]c1ccc(NC(C)=O)cc1", False),
        ("COC1CCC(NC(C)=O)CC1", False),
    ],
)
def test_closed_atoms_carry_nothing_new(smiles: str, right: bool) -> None:
    assert (changed(keep_of(KEPT), Chem.MolFromSmiles(smiles)) == "") == right


def test_rings_on_open_atoms_and_large_pieces() -> None:
    ring, indane = Chem.MolFromSmiles("c1ccccc1"), Chem.MolFromSmiles("c1ccc2c(c1)CCC2")
    keep = Keep(ring, range(6), frozenset(range(6)))
    assert changed(keep, indane) == "a new ring is built onto the kept atoms"
    assert changed(Keep(ring, range(6), frozenset(range(6)), new_rings=True), indane) == ""
    assert changed(Keep(ring, range(6), frozenset({0}), largest=1), Chem.MolFromSmiles("CCc1ccccc1")) == "a substituent is too large"
    assert changed(Keep(ring, range(6), frozenset({0}), {2: ("C", "N")}), Chem.MolFromSmiles("Cc1cccnc1")) == ""


@pytest.mark.parametrize(("smiles", "right"), [("CCC[C@H](C)C(=O)O", True), ("CCC[C@@H](C)C(=O)O", False), ("CCCC(C)C(=O)O", False)])
def test_configuration_is_compared(smiles: str, right: bool) -> None:
    keep = keep_of("*C[C@H](C)C(=O)O")
    assert (changed(keep, Chem.MolFromSmiles(smiles)) == "") == right


def test_thirty_cases_and_each_compound_has_kept_its_own_atoms() -> None:
    found = cases()
    assert len(found) == 30
    assert len({case["name"] for case in found}) == 30
    assert {case["field"] for case in found} == {"drug", "dye", "monomer", "agrochemical", "fragrance"}
    molecules = [case for case in found if not case.get("polymer")]
    assert [changed(keep_of(c["kept"]), Chem.MolFromSmiles(c["compound"])) for c in molecules] == [""] * len(molecules)
    assert all(case["aim"]["better"] in ("higher", "lower") for case in found)
