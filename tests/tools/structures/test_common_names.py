"""The table of common compounds."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

import tools.structures.names as names

ROWS = list(
    csv.DictReader(
        Path(names.__file__).with_name("common_names.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE
    )
)


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["name"])
def test_structure_has_the_formula(row: dict[str, str]) -> None:
    mol = Chem.MolFromSmiles(row["smiles"])
    assert mol is not None
    assert CalcMolFormula(mol) == row["formula"]


def test_there_are_enough_and_each_structure_once() -> None:
    assert len(ROWS) >= 300
    keys = [Chem.MolToSmiles(Chem.MolFromSmiles(r["smiles"])) for r in ROWS]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("word", "name"), [("Acetylsalicylic  acid", "aspirin"), ("THF", "tetrahydrofuran"), ("acetaminophen", "paracetamol")]
)
def test_synonyms(word: str, name: str) -> None:
    assert names.common_names()[" ".join(word.lower().split())][0] == name


def test_unknown_name() -> None:
    assert "unobtainium" not in names.common_names()
