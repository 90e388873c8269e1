"""The table of functional groups and ring systems."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from rdkit import Chem

from core import data
from core.errors import StructureError
from tests.tables import each_row
from tools.groups.groups import GROUPS, TABLES, Group, compile_smarts, group_words, plural, resolve_group
from tools.groups.matching import count_smarts


@each_row("group", GROUPS.values())
def test_example_matches_and_counterexample_does_not(group: Group) -> None:
    example, counterexample = Chem.MolFromSmiles(group.example), Chem.MolFromSmiles(group.counterexample)
    assert example is not None
    assert counterexample is not None
    assert count_smarts(example, group.smarts) >= 1
    assert count_smarts(counterexample, group.smarts) == 0


#: Structures that have a group, and near misses that do not: at least two of each for every group of ``tables/``.
CASES = list(csv.DictReader(Path(__file__).with_name("group_cases.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"))


@each_row("case", CASES)
def test_structures_that_have_a_group_and_near_misses(case: dict[str, str]) -> None:
    has, lacks = ([Chem.MolFromSmiles(smiles) for smiles in case[column].split()] for column in ("has", "lacks"))
    assert len(has) >= 2
    assert len(lacks) >= 2
    assert [count_smarts(mol, GROUPS[case["name"]].smarts) > 0 for mol in has + lacks] == [True] * len(has) + [False] * len(lacks)


def test_every_group_of_the_further_tables_has_such_structures() -> None:
    further = {row["name"] for table in TABLES[1:] for row in data.rows("tools.groups", table)}
    assert further <= {case["name"] for case in CASES} <= set(GROUPS)


def test_there_are_at_least_900_groups_and_no_word_means_two() -> None:
    assert len(GROUPS) >= 900
    assert len(group_words()) > 5000


@each_row(
    ("word", "name"),
    [
        ("COOH", "carboxylic acid"),
        ("nitro groups", "nitro"),
        ("hydroxyl group", "hydroxyl"),
        ("Anilines", "aniline"),
        ("mercaptan", "thiol"),
        ("urethane linkage", "carbamate"),
        ("Schiff bases", "imine"),
        ("pyridyl", "pyridine"),
        ("carboxylic  acids", "carboxylic acid"),
        ("benzophenone", "benzophenone"),
    ],
)
def test_words_resolve(word: str, name: str) -> None:
    group = resolve_group(word)
    assert group is not None
    assert group.name == name


def test_unknown_word_is_none() -> None:
    assert resolve_group("kryptonite group") is None
    assert resolve_group("group") is None


@each_row(
    ("smiles", "name", "count"),
    [
        ("OCC(O)CO", "hydroxyl", 3),
        ("CC(=O)O", "hydroxyl", 0),
        ("OC(=O)CCC(=O)O", "carboxylic acid", 2),
        ("CN(C)C", "amine", 1),
        ("c1ccc(Nc2ccccc2)cc1", "aniline", 1),
        ("CCOCCOCC", "ether", 2),
        ("CC(=O)OC(C)=O", "ester", 0),
        ("CC(=O)OC(C)=O", "acid anhydride", 1),
        ("COC(=O)OC", "ester", 0),
        ("CNC(=O)OC", "ester", 0),
        ("CNC(=O)OC", "amide", 0),
        ("CNC(=O)NC", "amide", 0),
        ("NC(=O)c1ccccc1", "primary amine", 0),
        ("O=[N+]([O-])c1cccc([N+](=O)[O-])c1", "nitro", 2),
        ("FC(F)(F)C", "halogen", 3),
        ("c1ccc(cc1)-c1ccccc1", "benzene ring", 2),
        ("C[Si](C)(C)C", "silane", 1),
        ("CC(=O)c1ccc(C(C)=O)cc1", "ketone", 2),
        ("O=C1c2ccccc2C(=O)N1C", "imide", 1),
        ("C[n+]1ccn(C)c1", "imidazolium", 1),
        ("CC1=C(C)C(=O)C=CC1=O", "quinone", 1),
        ("CC(C)NCC(O)COc1ccccc1", "basic amine", 1),
        ("CN1CCN(c2ncccn2)CC1", "basic amine", 1),
        ("NC(=N)c1ccccc1", "basic amine", 1),
        ("CNC(=N)N", "basic amine", 1),
        ("CC(=O)NCCN(C)C", "basic amine", 1),
        ("CNS(C)(=O)=O", "basic amine", 0),
        ("c1ccc(N2CCOCC2)cc1", "basic amine", 0),
        ("Oc1ccccc1O", "antioxidant group", 2),
        ("c1ccc(Nc2ccccc2)cc1", "antioxidant group", 1),
        ("Cc1c(C)c2c(c(C)c1O)CCC(C)(C)O2", "antioxidant group", 1),
        ("Oc1ccc(N=Nc2ccccc2)cc1", "antioxidant group", 0),
        ("CN(C)c1ccc2nc3ccc(N(C)C)cc3[s+]c2c1", "water-solubilising ionic group", 1),
        ("CC1(C)C(=CC=CC2=[N+](C)c3ccccc3C2(C)C)N(C)c2ccccc21", "water-solubilising ionic group", 1),
        ("O=[N+]([O-])c1ccccc1", "water-solubilising ionic group", 0),
        ("F[B-]1(F)n2cccc2C=C2C=CC=[N+]21", "water-solubilising ionic group", 0),
        ("CN(C)c1ccc(C2=C([O-])C(=C3C=CC(=[N+](C)C)C=C3)C2=O)cc1", "water-solubilising ionic group", 0),
    ],
)
def test_counts_are_per_group(smiles: str, name: str, count: int) -> None:
    assert count_smarts(Chem.MolFromSmiles(smiles), GROUPS[name].smarts) == count


@each_row(
    ("unit", "name", "count"),
    [
        ("*OC(C)C(*)=O", "ester", 1),  # the ester bond lies between two units
        ("*OCCOC(=O)c1ccc(cc1)C(*)=O", "ester", 2),
        ("*NCCCCCCNC(=O)CCCCC(*)=O", "amide", 2),
        ("*Oc1ccc(cc1)C(C)(C)c1ccc(cc1)OC(*)=O", "carbonate", 1),
        ("*N1C(=O)c2cc3C(=O)N(c4ccc(Oc5ccc(*)cc5)cc4)C(=O)c3cc2C1=O", "imide", 2),
        ("*CC(*)c1ccccc1", "benzene ring", 1),
        ("*[Si](C)(C)O*", "siloxane", 1),
        ("*CC*", "ester", 0),
        ("*CC(*)N1CCCC1=O", "hydrophilic chain group", 1),
        ("*CC(*)C(N)=O", "hydrophilic chain group", 1),
        ("*CCO*", "hydrophilic chain group", 1),
        ("*CCCCO*", "hydrophilic chain group", 0),
        ("*CC(*)N1C(=O)c2ccccc2C1=O", "hydrophilic chain group", 0),
        ("*NCCCCCC(*)=O", "hydrophilic chain group", 0),
    ],
)
def test_polymers_are_counted_per_repeat_unit(unit: str, name: str, count: int) -> None:
    assert count_smarts(Chem.MolFromSmiles(unit), GROUPS[name].smarts) == count


def test_unreadable_smarts_is_an_error() -> None:
    with pytest.raises(StructureError):
        compile_smarts("[C")
    with pytest.raises(StructureError):
        count_smarts(Chem.MolFromSmiles("CC"), "")


def test_plurals() -> None:
    assert [plural(w) for w in ("ester", "urea", "azo dye", "carboxy", "benzophenone", "box")] == [
        "esters", "ureas", "azo dyes", "carboxies", "benzophenones", "boxes",
    ]  # fmt: skip
