"""Series with a common core, what differs from a parent, and the map of similarities."""

from __future__ import annotations

import numpy as np
import pytest
from rdkit import Chem

from tools.structures.changes import changed_atoms
from tools.structures.series import HYDROGEN, MOST, series, similarity_map

CHALCONES = ["O=C(C=Cc1ccccc1)c1ccc(O)cc1", "O=C(C=Cc1ccccc1)c1ccc(OC)cc1", "O=C(C=Cc1ccccc1)c1ccccc1"]


def test_a_series_has_a_core_and_what_stands_at_each_position() -> None:
    found = series([*CHALCONES[:2], "CCCCCC", CHALCONES[2]])
    assert [s.members for s in found] == [(0, 1, 3)]
    core = Chem.MolFromSmiles(found[0].core)
    assert all(Chem.MolFromSmiles(s).HasSubstructMatch(core) for s in CHALCONES)
    assert found[0].labels == ["R1"]
    assert [g["R1"] for g in found[0].groups] == ["O[*:1]", "CO[*:1]", HYDROGEN]
    assert found[0].labelled.count("[*:1]") == 1
    assert found[0].labelled.count("*") == 1


def test_a_core_is_made_of_whole_ring_systems() -> None:
    naphthalene, benzene = "Oc1ccc2ccccc2c1", "Oc1ccccc1"
    assert series([naphthalene, benzene]) == []
    assert [s.members for s in series([naphthalene, "Cc1ccc2ccccc2c1", benzene, "Nc1ccccc1"])] == [(0, 1), (2, 3)]


def test_repeat_units_keep_their_ends_as_groups() -> None:
    found = series(["*c1ccc(N2C(=O)c3ccccc3C2=O)cc1C", "*c1ccc(N2C(=O)c3ccccc3C2=O)cc1", "*CC*"])
    assert [s.members for s in found] == [(0, 1)]
    assert any("*[*:" in text for text in found[0].groups[0].values())
    nitrogen = series(["*n1c(=O)c2ccccc2c1=O", "Cn1c(=O)c2ccccc2c1=O"])
    assert len(nitrogen) == 1


def test_what_cannot_be_read_and_what_is_too_much_is_passed_over() -> None:
    assert series([]) == series(["C1CC"]) == []
    assert [s.members for s in series(["C1CC", *CHALCONES])] == [(1, 2, 3)]
    assert series(["c1ccccc1"] * (MOST + 5))[0].members == tuple(range(MOST))


@pytest.mark.parametrize(
    ("smiles", "parent", "expected"),
    [
        ("Cc1ccccc1Cl", "Cc1ccccc1", {"Cl"}),
        ("CCCCc1ccc(S(=O)(=O)c2ccccc2)cc1", "CCCCc1ccc(Cc2ccccc2)cc1", {"S", "O"}),
        ("Cc1ccccc1", "Cc1ccccc1", set()),
        ("CCCCCC", "c1ccccc1", set()),
        ("c1ccccc1", "C1CC", set()),
    ],
)
def test_what_differs_from_the_parent(smiles: str, parent: str, expected: set[str]) -> None:
    mol = Chem.MolFromSmiles(smiles)
    assert {mol.GetAtomWithIdx(i).GetSymbol() for i in changed_atoms(smiles, parent)} == expected


def test_where_something_left_the_place_is_marked() -> None:
    assert len(changed_atoms("c1ccccc1", "Clc1ccccc1")) == 1


def test_the_map_keeps_distances_where_a_plane_can() -> None:
    found = similarity_map(["CCO", "CCO", "c1ccccc1N", "O=C(O)CCCl"])
    assert found is not None
    assert found.points.shape == (4, 2)
    assert np.allclose(found.points[0], found.points[1])
    assert found.kept == pytest.approx(1.0)  # three places span a plane
    assert np.allclose(found.points.mean(axis=0), 0.0)
    assert similarity_map(["CCO", "CCO", "CCO"]) is None
    assert similarity_map(["CCO", "CCN"]) is None
    assert similarity_map(["CCO", "CCN", "C1CC"]) is None
