"""Racemic and relative stereochemistry, dative bonds, and texts that are no SMILES."""

from __future__ import annotations

import pytest
from rdkit import Chem
from rdkit.Chem import rdDepictor

from core.errors import StructureError
from tests.tables import each_row
from tools.files.sdf import smiles_of_block
from tools.structures.parse import parse_smiles
from tools.structures.standardise import standardise

THREO, ERYTHRO = "C[C@H](F)[C@H](Cl)Br", "C[C@@H](F)[C@H](Cl)Br"


def test_both_drawings_of_a_racemate_are_one_and_no_enantiomer() -> None:
    one, other = standardise(f"{THREO} |&1:1,3|", "molecule"), standardise("C[C@@H](F)[C@@H](Cl)Br |&1:1,3|", "molecule")
    assert (one.smiles, one.key, one.undefined_stereocentres) == (other.smiles, other.key, 2)
    assert one.key.endswith("-rac")
    assert one.inchikey == standardise("CC(F)C(Cl)Br", "molecule").key
    forms = [
        one,
        standardise(THREO, "molecule"),
        standardise(f"{ERYTHRO} |&1:1,3|", "molecule"),
        standardise(f"{THREO} |o1:1,3|", "molecule"),
    ]
    assert len({form.key for form in forms}) == len({form.dedup_key for form in forms}) == 4
    assert standardise(one.smiles, "molecule") == standardise(standardise(one.smiles, "molecule").smiles, "molecule")


@pytest.mark.parametrize("extension", ["|&1:1|", "|o3:1|", "|r|", "|&1:1,r|"])
def test_one_centre_alone_has_no_configuration(extension: str) -> None:
    form = standardise(f"C[C@H](F)Cl {extension}", "molecule")
    assert (form.smiles, form.undefined_stereocentres) == ("CC(F)Cl", 1)
    assert "judged without configuration" in form.notes[0]


def test_absolute_centres_stay() -> None:
    assert standardise("C[C@H](F)Cl |a:1|", "molecule") == standardise("C[C@H](F)Cl", "molecule")


def test_it_is_the_same_however_it_arrives() -> None:
    mol = Chem.MolFromSmiles(f"{THREO} |&1:1,3|")
    rdDepictor.Compute2DCoords(mol)
    block = Chem.MolToV3KMolBlock(mol)
    assert "STERAC1" in block
    assert standardise(smiles_of_block(block), "molecule") == standardise(f"{THREO} |&1:1,3|", "molecule")


def test_a_salt_of_a_racemate_stays_a_racemate() -> None:
    form = standardise("C[C@H](F)[C@H](N)C(=O)[O-].[Na+] |&1:1,3|", "molecule")
    again = standardise(form.whole, "molecule")
    assert form.smiles == again.smiles == "C[C@H](F)[C@H](N)C(=O)O |&1:1,3|"
    assert (again.key, again.undefined_stereocentres) == (form.key, 2)


def test_dative_bonds() -> None:
    form = standardise("[NH3]->[Pt](Cl)(Cl)<-[NH3]", "molecule")
    assert form.smiles == "[NH3]->[Pt](<-[NH3])([Cl])[Cl]"
    assert form.key == "LXZZYRPGZAFOLE-UHFFFAOYSA-L"  # cisplatin
    with pytest.raises(StructureError, match="leads nowhere"):
        parse_smiles("N->")


@each_row(
    ("text", "words"),
    [
        ("{[][$]CC[$][]}", "BigSMILES"),
        ("CCO>>CC=O", "a reaction"),
        ("CCO>[H+]>CC=O", "a reaction"),
        ("InChI=1S/CH4/h1H4", "an InChI"),
        ("[R1]CC", r"a marker \[R1\]"),
        ("c1ccnc1", r"as in c1cc\[nH\]c1"),
        ("CB(C)(C)<-O=C", "written with charges"),
        ("C[C@H](F)Cl |m:1:2.3|", "a bond to any of several atoms"),
        ("OC |&1:9|", "cannot be read"),
    ],
)
def test_texts_that_are_no_structure_are_named(text: str, words: str) -> None:
    with pytest.raises(StructureError, match=words):
        standardise(text, "molecule")


@pytest.mark.parametrize(
    ("text", "words"),
    [("*CC*.*CC(*)C", "a copolymer"), ("*CC**CO*", "a copolymer"), ("*CC(*)C(=O)OCOC(=O)C(*)C*", "a ladder"), ("*CC(*)C*", "branched")],
)
def test_polymers_that_are_no_chain_of_one_unit_are_named(text: str, words: str) -> None:
    with pytest.raises(StructureError, match=words):
        standardise(text, "polymer")
