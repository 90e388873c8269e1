"""One polymer, one key."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from rdkit import Chem

from core.errors import StructureError
from tests.tables import each_row
from tools.structures.polymer_key import polymer_key

SAME = [
    ("*CCO*", "*COC*", "*OCC*", "*CCOCCO*", "[*]OCCOCC[*]"),
    ("*C*", "*CC*", "*CCCC*"),
    ("*C=C*", "*=CC=*", "*C=CC=C*"),
    ("*C#C*", "*#CC#*"),
    ("*C(C)=C*", "*C=C(C)*", "*=C(C)C=*"),
    ("*c1ccc(*)cc1", "*c1ccc(-c2ccc(*)cc2)cc1"),
    ("*CC(C)*", "*C(C)C*", "*CC(*)C", "*CC(*)([2H])C"),
    ("*OCCOC(=O)c1ccc(C(*)=O)cc1", "*C(=O)c1ccc(cc1)C(=O)OCCO*", "*CCOC(=O)c1ccc(cc1)C(=O)O*", "*c1ccc(cc1)C(=O)OCCOC(*)=O"),
    ("*C/C=C/C*", "*/C=C/CC*", "*CC/C=C/*", "*C/C=C/CC/C=C/C*"),
    ("*C[C@@H](C)*", "*[C@H](C)C*"),
    ("*O[Si](C)(C)*", "*[Si](*)(C)O", "*[Si](C)(C)O*")[::2],
    ("*C(=O)OC*", "*C(=O)CO*"),
    ("*CC(*)C(=O)[O-].[Na+]", "*C(C(=O)[O-])C*.[Na+]"),
]
DIFFERENT = [
    ("*CCO*", "*CO*"),
    ("*CC(C)*", "*CC(C)CC*"),
    ("*CC(C)C(C)C*", "*CC(C)*"),
    ("*C/C=C/C*", "*C/C=C\\C*"),
    ("*[C@@H]1CC[C@H](*)CC1", "*[C@H]1CC[C@H](*)CC1"),
    ("*c1ccc(*)cc1", "*c1cccc(*)c1"),
    ("*C[C@H](C)C[C@H](C)*", "*C[C@H](C)C[C@@H](C)*"),
    ("*NCC(*)=O", "*NCCC(*)=O"),
    ("*C(=O)OCC*", "*C(=O)CCCO*"),
]


@each_row("forms", SAME)
def test_forms_of_one_polymer_share_a_key(forms: tuple[str, ...]) -> None:
    assert len({polymer_key(form) for form in forms}) == 1


@each_row(("one", "other"), DIFFERENT)
def test_different_polymers_differ(one: str, other: str) -> None:
    assert polymer_key(one) != polymer_key(other)


def test_the_key_is_32_hexadecimal_characters_and_stable() -> None:
    key = polymer_key("*CCO*")
    assert len(key) == 32
    assert int(key, 16) >= 0


def _reframed(psmiles: str, rng: random.Random) -> str:
    """``psmiles`` cut at a random other backbone bond and written in random order."""
    mol = Chem.MolFromSmiles(psmiles)
    left, right = (atom.GetIdx() for atom in mol.GetAtoms() if atom.GetAtomicNum() == 0)
    path = Chem.GetShortestPath(mol, left, right)
    inner = [(a, b) for a, b in pairwise(path[1:-1]) if not mol.GetBondBetweenAtoms(a, b).IsInRing()]
    before, after = rng.choice(inner)
    order = mol.GetBondBetweenAtoms(before, after).GetBondType()
    editable = Chem.RWMol(mol)
    for a, b in ((before, after), (left, path[1]), (right, path[-2])):
        editable.RemoveBond(a, b)
    editable.AddBond(path[1], path[-2], Chem.BondType.SINGLE)
    editable.AddBond(before, left, order)
    editable.AddBond(after, right, order)
    Chem.SanitizeMol(editable)
    return str(Chem.MolToSmiles(editable, doRandom=True))


@pytest.mark.parametrize(
    "psmiles",
    [
        "*c1ccc(Oc2ccc(N3C(=O)c4ccc(C(=O)c5ccc6c(c5)C(=O)N(*)C6=O)cc4C3=O)cc2)cc1",
        "*CCCCCCNC(=O)CCCCC(=O)N*",
        "*Oc1ccc(C(C)(C)c2ccc(OC(*)=O)cc2)cc1",
        "*CC=C(C)C*",
        "*CC(O)COc1ccc(C(C)(C)c2ccc(O*)cc2)cc1",
    ],
)
def test_random_frames_keep_the_key(psmiles: str) -> None:
    rng = random.Random(11)
    key = polymer_key(psmiles)
    for _ in range(20):
        form = _reframed(psmiles, rng)
        assert polymer_key(form) == key, form


def test_a_broken_unit_is_an_error() -> None:
    with pytest.raises(StructureError):
        polymer_key("*CC")
