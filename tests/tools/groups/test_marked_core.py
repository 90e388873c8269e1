"""Atoms of a compound marked one by one, and the core that comes of it."""

from __future__ import annotations

import pytest
from rdkit import Chem

from core.errors import StructureError
from tools.groups.drawn_core import drawn_core
from tools.groups.marked_core import MOST_ATOMS, marked_core


def test_a_mark_goes_round_in_three_steps() -> None:
    core = marked_core("c1ccccc1O")
    assert core.state(0) == "locked"
    once = core.turned(0)
    twice, thrice = once.turned(0), once.turned(0).turned(0)
    assert (once.state(0), twice.state(0), thrice.state(0)) == ("open", "free", "locked")
    assert thrice == core


def test_the_core_is_what_is_locked_with_its_open_positions() -> None:
    core = marked_core("Oc1ccccc1C")
    tail = next(a.GetIdx() for a in Chem.MolFromSmiles(core.smiles).GetAtoms() if a.GetSymbol() == "C" and not a.GetIsAromatic())
    made = drawn_core(core.turned(tail).turned(tail).core())
    assert len(made.atoms) == 7  # phenol without the methyl group
    assert len(made.open) == 1


def test_attachment_points_and_maps_are_open_positions() -> None:
    assert len(marked_core("*c1ccccc1*").open) == 2
    assert len(marked_core("[cH:1]1ccccc1").open) == 1
    block = Chem.MolToMolBlock(Chem.MolFromSmiles("c1ccncc1"))
    assert marked_core(block).smiles == "c1ccncc1"
    assert marked_core(block.strip()).smiles == "c1ccncc1"  # a form's field loses the empty title
    assert drawn_core(block.strip()).smiles == drawn_core(block).smiles


def test_marks_of_atoms_that_are_not_there_are_left_out() -> None:
    core = marked_core("CCO", opened=[0, 17], freed=[2, 99, -1])
    assert core.open == {0}
    assert core.free == {2}


@pytest.mark.parametrize(
    ("text", "words"),
    [("C1CC(", "C1CC"), ("C.C", "one piece"), ("C" * (MOST_ATOMS + 1), "too large"), ("*", "at least one atom"), ("M  END", "mol block")],
)
def test_what_is_no_compound_is_an_error(text: str, words: str) -> None:
    with pytest.raises(StructureError, match=words):
        marked_core(text)


def test_a_core_that_cuts_a_ring_or_locks_everything_is_an_error() -> None:
    with pytest.raises(StructureError, match="open at least one"):
        marked_core("c1ccccc1").core()
    with pytest.raises(StructureError, match="keep rings whole"):
        marked_core("c1ccccc1", freed=[2]).core()
    with pytest.raises(StructureError, match="has to stay"):
        marked_core("CC", freed=[0, 1]).core()


@pytest.mark.parametrize(
    ("text", "freed", "expected"),
    [
        ("CC(=O)Nc1ccc(O)cc1", [0], "O=CNc1ccc(O)cc1"),
        ("C[C@H](N)C(=O)O", [0], "NCC(=O)O"),
        ("Cn1cnc2c1c(=O)n(C)c(=O)n2C", [0], "Cn1cnc2c1c(=O)[nH]c(=O)n2C"),
        ("C=Cc1ccccc1", [0], "Cc1ccccc1"),
        ("CC#N", [2], "CC"),
        ("C[N+](C)(C)CCO", [0], "C[NH+](C)CCO"),
    ],
)
def test_hydrogen_stands_where_an_atom_may_go(text: str, freed: list[int], expected: str) -> None:
    core = marked_core(text, freed=freed).core()
    mol = Chem.MolFromSmiles(core)
    assert not any(a.GetNumRadicalElectrons() for a in mol.GetAtoms())
    for atom in mol.GetAtoms():
        atom.SetAtomMapNum(0)
    assert Chem.CanonSmiles(Chem.MolToSmiles(mol)) == Chem.CanonSmiles(expected)
