"""Names of questions: the tables hold structures that can be read, each name once, and salts are made of their parents."""

from __future__ import annotations

import random

import pytest
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from core import data
from tests.tables import each_row
from tools.structures.names import common_names
from tools.structures.salt_names import salt_of
from tools.structures.wider_names import compound_of, polymer_names, wider_names

WIDER = data.rows("tools.structures", "wider_names.tsv")
SYSTEMATIC = data.rows("tools.structures", "systematic_names.tsv")


def test_a_sample_of_the_wider_structures_has_its_key() -> None:
    assert len(WIDER) > 20_000
    for row in random.Random(0).sample(WIDER, 300):
        assert Chem.MolToInchiKey(Chem.MolFromSmiles(row["smiles"])) == row["inchikey"], row["name"]


def test_each_systematic_structure_has_its_formula_and_two_sources() -> None:
    for row in SYSTEMATIC:
        mol = Chem.MolFromSmiles(row["smiles"])
        assert (CalcMolFormula(mol), Chem.MolToInchiKey(mol)) == (row["formula"], row["inchikey"]), row["name"]
        assert " and the formula" in row["sources"]


def test_wider_names_are_no_words_of_the_language_and_none_of_those_that_goals_know() -> None:
    words = {
        "what",
        "which",
        "tell",
        "release",
        "screen",
        "command",
        "score",
        "value",
        "drug",
        "same",
        "select",
        "progress",
        "one",
        "class",
        "mass",
    }
    assert not words & wider_names().keys()
    own = {n for row in WIDER for n in (row["name"], *filter(None, row["synonyms"].split(";")))}
    assert not own & common_names().keys()


def test_repeat_units_have_two_ends() -> None:
    for name, unit in polymer_names().items():
        assert Chem.MolFromSmiles(unit) is not None, name
        assert unit.count("*") == 2, name


@each_row(
    ("name", "formula"),
    [
        ("donepezil", "C24H29NO3"),
        ("4-bromoanisole", "C7H7BrO"),
        ("sulphamethoxazole", "C10H11N3O3S"),
        ("n-heptane", "C7H16"),
        ("fluoxetine HCl", "C17H19ClF3NO"),
        ("propranolol hydrochloride", "C16H22ClNO2"),
        ("warfarin sodium", "C19H15NaO4"),
        ("naproxen sodium", "C14H13NaO3"),
        ("phenytoin sodium", "C15H11N2NaO2"),
        ("calcium acetate", "C4H6CaO4"),
        ("monosodium glutamate", "C5H8NNaO4"),
        ("copper sulfate pentahydrate", "CuH10O9S"),
        ("theophylline monohydrate", "C7H10N4O3"),
    ],
)
def test_names_and_salts(name: str, formula: str) -> None:
    compound = compound_of(name)
    assert compound is not None
    assert "".join(sorted(CalcMolFormula(Chem.MolFromSmiles(compound.smiles)))) == "".join(sorted(formula))


@pytest.mark.parametrize("name", ["unobtainium", "aspirin hydrochloride", "toluene sodium", "doxorubicin one", "the", "zentrovalin sodium"])
def test_what_is_no_compound(name: str) -> None:
    assert compound_of(name) is None


def test_what_is_assumed_of_a_salt_is_said() -> None:
    salt = salt_of("quinine hydrochloride", lambda name: {"quinine": "COc1ccc2nccc(C(O)C3CC4CCN3CC4C=C)c2c1"}.get(name, ""))
    assert salt is not None
    assert salt.assumed == "hydrochloride taken as one to one"
