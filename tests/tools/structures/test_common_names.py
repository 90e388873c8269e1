"""The table of common compounds."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

import tools.structures.names as names
from tests.tables import each_row
from tools.safety.tables import judged_keys, medicines, precursors, regulated
from tools.structures.standardise import standardise


def _rows(table: str) -> list[dict[str, str]]:
    lines = Path(names.__file__).with_name(table).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


ROWS = _rows("common_names.tsv")
VERIFIED = _rows("verified_names.tsv")
FURTHER = _rows("further_names.tsv") + VERIFIED


@each_row("row", ROWS)
def test_structure_has_the_formula(row: dict[str, str]) -> None:
    mol = Chem.MolFromSmiles(row["smiles"])
    assert mol is not None
    assert CalcMolFormula(mol) == row["formula"]


def test_there_are_enough_and_each_structure_once() -> None:
    assert len(ROWS) >= 300
    keys = [Chem.MolToSmiles(Chem.MolFromSmiles(r["smiles"])) for r in ROWS + FURTHER]
    assert len(set(keys)) == len(keys)


def test_further_structures_have_their_formula_and_key_and_are_more_than_a_fragment() -> None:
    assert len(FURTHER) >= 700
    for row in FURTHER:
        mol = Chem.MolFromSmiles(row["smiles"])
        assert (CalcMolFormula(mol), Chem.MolToInchiKey(mol)) == (row["formula"], row["inchikey"]), row["name"]
        assert mol.GetNumHeavyAtoms() >= 7, row["name"]  # 'free of acetone' would forbid every ketone
        assert sum(atom.GetNumRadicalElectrons() for atom in mol.GetAtoms()) == 0, row["name"]


def test_common_structures_have_their_key() -> None:
    for row in ROWS:
        assert standardise(row["smiles"], "molecule").inchikey == row["inchikey"], row["name"]


def test_a_verified_name_has_two_sources() -> None:
    assert len(VERIFIED) >= 700
    assert all(" and " in row["sources"] for row in VERIFIED)


def test_no_further_name_stands_for_a_structure_that_the_guard_stops() -> None:
    """A shipped name makes its InChIKey a known one, so none may be of a listed substance or of a kind that the guard judges."""
    keys = {row["inchikey"].split("-")[0]: row["name"] for row in FURTHER}
    assert not keys.keys() & (regulated().keys() | precursors().keys() | judged_keys().keys())
    assert not [name for key, name in keys.items() if key in medicines() and medicines()[key].status in ("controlled", "energetic")]


@pytest.mark.parametrize(
    ("word", "name"),
    [("Acetylsalicylic  acid", "aspirin"), ("THF", "tetrahydrofuran"), ("acetaminophen", "paracetamol"), ("SPhos", "sphos")],
)
def test_synonyms(word: str, name: str) -> None:
    assert names.common_names()[" ".join(word.lower().split())][0] == name


def test_unknown_name() -> None:
    assert "unobtainium" not in names.common_names()
