"""Reading SMILES: what is accepted, what is refused, and where the fault is."""

from __future__ import annotations

import random

import pytest
from rdkit import Chem

from core.errors import StructureError
from tests.tables import each_row
from tools.structures.parse import parse_polymer, parse_smiles
from tools.structures.smiles_scan import scan

FAULTS = [
    ("CC(=O", 2, "never closed"),
    ("c1ccccc", 1, "ring closure 1"),
    ("CX", 1, "begins no atom"),
    ("C)C", 1, "without its"),
    ("CC[Zz]C", 2, "unknown"),
    ("C==C", 2, "two bonds"),
    ("CC[C", 2, "never closed"),
    ("C%1", 1, "two digits"),
    ("CC()C", 3, "empty branch"),
    ("CC=", 2, "leads nowhere"),
    ("=CC", 0, "without an atom"),
    ("(CC)", 0, "without an atom"),
    ("C..C", 2, "without an atom"),
    ("CC.", 2, "without an atom after"),
    ("C11", 2, "itself"),
    ("C C", 1, "begins no atom"),
    ("C(C)(C)(C)(C)C", 0, "5 bonds"),
    ("CC[N+](C)(C)(C)C", 2, "5 bonds"),
    ("Cc1cccc1", 1, "aromatic ring"),
    ("C[nH]", 1, "outside a ring"),
    ("CC*", 2, "attachment point"),
]


@each_row(("smiles", "position", "words"), FAULTS)
def test_a_fault_is_named_with_its_place(smiles: str, position: int, words: str) -> None:
    with pytest.raises(StructureError, match=words) as caught:
        parse_smiles(smiles)
    assert caught.value.position == position
    assert f"at character {position + 1}" in str(caught.value)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_is_refused(text: str) -> None:
    with pytest.raises(StructureError, match="empty"):
        parse_smiles(text)


@pytest.mark.parametrize("text", ["C" * 1_000_000, "(" * 1_000_000, "1" * 1_000_000, "[" + "C" * 1_000_000, "C " * 500_000])
def test_a_megabyte_is_refused_with_a_short_message(text: str) -> None:
    with pytest.raises(StructureError, match="longer than the 2000") as caught:
        parse_smiles(text)
    assert len(str(caught.value)) < 300


def test_ten_thousand_malformed_smiles_give_structure_errors() -> None:
    rng = random.Random(7)
    good = ["CC(=O)Oc1ccccc1C(=O)O", "CN1CCC[C@H]1c1cccnc1", "O=C1c2ccccc2C(=O)c2ccccc21", "C[N+](C)(C)CCO"]
    refused = 0
    messages: set[str] = set()
    for _ in range(10_000):
        letters = list(rng.choice(good))
        for _ in range(3):
            letters[rng.randrange(len(letters))] = rng.choice("()[]=#12%CNOcnX@é ")
        try:
            parse_smiles("".join(letters))
        except StructureError as error:
            refused += 1
            messages.add(str(error).split(":")[0])
    assert refused > 9000
    assert len(messages) > 20


def test_limits_of_atoms_and_rings() -> None:
    with pytest.raises(StructureError, match="heavy atoms"):
        parse_smiles("C" * 301)
    assert parse_smiles("C" * 300).GetNumAtoms() == 300
    with pytest.raises(StructureError, match="heavy atoms"):
        parse_smiles("CCCC", max_heavy_atoms=3)
    with pytest.raises(StructureError, match="ring closures"):
        parse_smiles("C1CC1" * 61)


@each_row("smiles", ["CCO", "[13CH4]", "C1=CC=1", "C%10CC%10", "F/C=C/F", "[Na+].[Cl-]", "[OH2+]C", "c1cc[se]c1", " CCO\n"])
def test_good_smiles_are_read(smiles: str) -> None:
    assert Chem.MolToSmiles(parse_smiles(smiles)) == Chem.MolToSmiles(Chem.MolFromSmiles(smiles.strip()))


def test_scan_counts_atoms_in_rdkits_order() -> None:
    smiles = "C[C@H](Cl)c1ccc(Br)cc1[N+](=O)[O-]"
    atoms, closures, fault = scan(smiles)
    mol = Chem.MolFromSmiles(smiles)
    assert fault is None
    assert closures == 1
    assert [smiles[i:].lstrip("[")[0].upper() for i in atoms] == [atom.GetSymbol()[0] for atom in mol.GetAtoms()]


@each_row(
    ("psmiles", "words"),
    [
        ("CCO", "not 0"),
        ("*CCO", "not 1"),
        ("*CC(*)C*", "not 3"),
        ("C*C*", "exactly one bond"),
        ("**", "at least one atom"),
        ("*=N*", "same order"),
        ("*C.C*", "different pieces"),
        ("*CC(", "never closed"),
    ],
)
def test_bad_repeat_units(psmiles: str, words: str) -> None:
    with pytest.raises(StructureError, match=words):
        parse_polymer(psmiles)


@pytest.mark.parametrize("psmiles", ["*CC*", "[*]CC[*]", "*CC(*)C(=O)[O-].[Na+]", "*C*", "*C=C*", "[1*]CC[2*]"])
def test_good_repeat_units(psmiles: str) -> None:
    assert sum(atom.GetAtomicNum() == 0 for atom in parse_polymer(psmiles).GetAtoms()) == 2


def test_what_was_read_already_is_checked_all_the_same() -> None:
    mol = Chem.MolFromSmiles("CCO")
    assert parse_smiles(" CCO ", read=mol) is mol
    for text, reason in (("C" * 3000, "longer"), ("C%1", "two digits"), ("C*", "attachment point")):
        with pytest.raises(StructureError, match=reason):
            parse_smiles(text, read=mol)
    with pytest.raises(StructureError, match="heavy atoms"):
        parse_smiles("CCO", read=mol, max_heavy_atoms=2)
