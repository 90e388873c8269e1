"""Atoms that stay: what counts as kept, what as changed."""

from __future__ import annotations

import pytest
from rdkit import Chem

from core.errors import StructureError
from tests.tables import each_row
from tools.structures.fixed_atoms import ABSENT, CHANGED, LARGE, TURNED, FixedAtoms, Kept, compiled, fault, restored

PARACETAMOL = "CC(=O)Nc1ccc(O)cc1"
NAPROXEN = "COc1ccc2cc([C@H](C)C(=O)O)ccc2c1"
IONONE = "CC(=O)/C=C/C1=C(C)CCCC1(C)C"


def core(reference: str, fixed: range | list[int], opened: list[int], **more: object) -> FixedAtoms:
    return compiled(Kept(reference, tuple(fixed), frozenset(opened), **more))  # type: ignore[arg-type]


def judged(kept: FixedAtoms, smiles: str) -> str:
    """What is wrong, whatever the order in which the SMILES is written."""
    mol = Chem.MolFromSmiles(smiles)
    orders = [Chem.MolFromSmiles(Chem.MolToSmiles(mol, rootedAtAtom=i)) for i in range(mol.GetNumAtoms())]
    (answer,) = {fault(kept, other) for other in orders}
    return answer


@each_row(
    ("smiles", "wrong"),
    [
        (PARACETAMOL, ""),
        ("CC(=O)Nc1ccc(OC)cc1", ""),  # something else at the open position
        ("CC(=O)Nc1ccc(Cl)cc1", ABSENT),
        ("CC(=O)N(C)c1ccc(O)cc1", CHANGED),  # a closed nitrogen
        ("CC(=O)Nc1cc(F)c(O)cc1", CHANGED),  # a closed ring position
        ("CC(=O)Nc1ccc2OCCc2c1", CHANGED),  # a ring built onto the core
        ("CC(=S)Nc1ccc(O)cc1", ABSENT),
        ("CC(=O)NC1CCC(O)CC1", ABSENT),  # no longer aromatic
        ("CC(=O)Nc1ccc([O-])cc1", ABSENT),  # another charge
        ("CC(=O)Nc1ccc(O)nc1", ABSENT),
    ],
)
def test_elements_bonds_charges_rings_and_closed_positions_stay(smiles: str, wrong: str) -> None:
    assert judged(core(PARACETAMOL, range(11), [8]), smiles) == wrong


def test_an_open_atom_keeps_its_number_of_bonds() -> None:
    kept = core("CSC", [0, 1, 2], [1])
    assert judged(kept, "CSC") == ""
    assert judged(kept, "CS(=O)(=O)C") == CHANGED
    ring = core("C1CCNCC1", range(6), [0])
    assert judged(ring, "CC1CCNCC1") == ""
    assert judged(ring, "O=C1CCNCC1") == CHANGED


def test_two_open_positions_are_not_joined_unless_rings_are_allowed() -> None:
    fused = "c1ccc2c(c1)CCC2"
    assert judged(core("c1ccccc1", range(6), list(range(6))), fused) == CHANGED
    assert judged(core("c1ccccc1", range(6), list(range(6)), new_rings=True), fused) == ""


def test_the_size_of_substituents_and_the_choice_of_elements_are_obeyed() -> None:
    small = core("c1ccccc1", range(6), [0], largest=2)
    assert judged(small, "CCc1ccccc1") == ""
    assert judged(small, "CCCc1ccccc1") == LARGE
    either = core("c1ccccc1", range(6), [0], choices=((2, ("C", "N")),))
    assert judged(either, "Cc1cnccc1") == ""
    assert judged(either, "Cc1ccncc1") == CHANGED


@pytest.mark.parametrize(
    ("smiles", "wrong"),
    [
        ("CCOc1ccc2cc([C@H](C)C(=O)O)ccc2c1", ""),
        ("CCOc1ccc2cc([C@@H](C)C(=O)O)ccc2c1", TURNED),
        ("CCOc1ccc2cc(C(C)C(=O)O)ccc2c1", TURNED),
    ],
)
def test_a_stereocentre_keeps_its_configuration(smiles: str, wrong: str) -> None:
    assert judged(core(NAPROXEN, range(1, 17), [1]), smiles) == wrong


@pytest.mark.parametrize(("smiles", "wrong"), [("C[C@H](O)C(=O)O", ""), ("C[C@@H](O)C(=O)O", TURNED), ("CC(O)C(=O)O", TURNED)])
def test_so_does_a_centre_whose_substituent_is_exchanged(smiles: str, wrong: str) -> None:
    assert judged(core("C[C@H](N)C(=O)O", [0, 1, 3, 4, 5], [1]), smiles) == wrong


@pytest.mark.parametrize(
    ("smiles", "wrong"),
    [("OC(=O)/C=C/C1=C(C)CCCC1(C)C", ""), ("OC(=O)/C=C\\C1=C(C)CCCC1(C)C", TURNED), ("OC(=O)C=CC1=C(C)CCCC1(C)C", TURNED)],
)
def test_so_does_a_double_bond(smiles: str, wrong: str) -> None:
    assert judged(core(IONONE, range(3, 14), [3]), smiles) == wrong


@pytest.mark.parametrize(
    ("kept", "flat"),
    [
        (core(NAPROXEN, range(1, 17), [1]), "OCCOc1ccc2cc(C(C)C(=O)O)ccc2c1"),
        (core("C[C@H](N)C(=O)O", [0, 1, 3, 4, 5], [1]), "CC(O)C(=O)O"),
        (core(IONONE, range(3, 14), [3]), "OC(=O)C=CC1=C(C)CCCC1(C)C"),
    ],
)
def test_a_configuration_that_is_not_given_is_restored(kept: FixedAtoms, flat: str) -> None:
    mol = Chem.MolFromSmiles(flat)
    done = restored(kept, mol)
    assert fault(kept, mol) == TURNED
    assert fault(kept, done) == ""
    assert Chem.MolToSmiles(done, isomericSmiles=False) == Chem.MolToSmiles(mol, isomericSmiles=False)


def test_a_part_of_a_repeat_unit_is_found_across_the_joint() -> None:
    kept = core("*OC(=O)c1ccc(cc1)C(=O)O*", range(1, 13), [1, 12])
    assert fault(kept, Chem.MolFromSmiles("*OCCOC(=O)c1ccc(C(=O)*)cc1")) == ""
    assert fault(kept, Chem.MolFromSmiles("*OCCOC(=O)c1cccc(C(=O)*)c1")) == ABSENT


@pytest.mark.parametrize(
    ("reference", "fixed", "opened"),
    [("nonsense", [0], [0]), ("CCO", [7], [7]), ("CCO", [0, 1], [2]), ("CCO", [0, 1], [0]), ("*CC", [0, 1], [1]), ("CCO", [], [])],
)
def test_what_cannot_be_kept_is_refused(reference: str, fixed: list[int], opened: list[int]) -> None:
    with pytest.raises(StructureError):
        core(reference, fixed, opened)
