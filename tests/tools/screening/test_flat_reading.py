"""What the filter of a screen reads without stereochemistry answers as the whole molecule does."""

from __future__ import annotations

import pytest
from rdkit import Chem, rdBase

from agent.reading import interpret
from core.errors import StructureError
from core.spec import DesignSpec
from tests.tables import each_row
from tools.calculators.descriptors import compute_descriptor, descriptor_names
from tools.proposers.library.known import known_compounds
from tools.screening import chunk
from tools.screening.filter import _flat, exact_steps, first_failed, perceive
from tools.workspace import builtin

#: Possible centres and double bonds of which none is written, rings of both kinds, charges, a hydrogen that is read as an atom.
_PLAIN = [
    "CC(O)C(N)C(=O)O",
    "CC=CC(F)Cl",
    "C1CC2CCC1C2",
    "CC(C)Nc1ncc[nH]1",
    "C[N+](C)(C)CC([O-])=O",
    "O=S(C)c1ccccc1",
    "FC=C=CF",
    "CC1CC1C=NO",
]


def _spec() -> DesignSpec:
    return interpret("a molecule with logP between 0 and 5, an amide group, at most 3 stereocentres and QED of at least 0.2")


def _structures() -> list[str]:
    return [*_PLAIN, *(known.smiles for known in known_compounds()[::40] if not chunk._STEREO.search(known.smiles))]


@each_row("name", sorted(descriptor_names()))
def test_a_flat_property_is_the_same_without_stereochemistry(name: str) -> None:
    requirement = interpret("a molecule with logP below 3").requirements[0].model_copy(update={"property": name})
    assert _flat(requirement) == (name != "stereocentres")
    for smiles in _structures():
        with rdBase.BlockLogs():
            flat, whole = chunk._read(smiles, _flat(requirement)), Chem.MolFromSmiles(smiles)
            found = []
            for mol in (flat, whole):
                try:
                    found.append(compute_descriptor(name, mol))
                except ValueError as error:
                    found.append(str(error))
        assert found[0] == found[1], smiles


def test_what_was_read_flat_is_whole_when_it_has_been_perceived() -> None:
    for smiles in _structures():
        flat, whole = chunk._read(smiles, True), Chem.MolFromSmiles(smiles)
        perceive(flat)
        assert Chem.MolToSmiles(flat) == Chem.MolToSmiles(whole)
        assert compute_descriptor("stereocentres", flat) == compute_descriptor("stereocentres", whole)


def test_the_filter_finds_the_same_either_way() -> None:
    steps = exact_steps(_spec(), calculators=builtin().calculators)
    assert {step.flat for step in steps} == {True, False}
    for smiles in _structures():
        known: tuple[dict[str, float], dict[str, float]] = ({}, {})
        failed = [
            first_failed(chunk._read(smiles, True), steps, known[0], perceived=False),
            first_failed(Chem.MolFromSmiles(smiles), steps, known[1]),
        ]
        assert failed[0] == failed[1], smiles
        assert known[0] == known[1], smiles


@pytest.mark.parametrize("smiles", ["C(C)(C)(C)(C)C", "c1ccccc", "CC(", "", "[H][H]C"])
def test_what_cannot_be_read_is_told_alike(smiles: str) -> None:
    told = []
    for flat in (True, False):
        with rdBase.BlockLogs(), pytest.raises(StructureError) as error:
            chunk._read(smiles, flat)
        told.append(str(error.value))
    assert told[0] == told[1]


def test_written_stereochemistry_and_hydrogens_are_read_whole() -> None:
    assert all(chunk._STEREO.search(smiles) for smiles in ("C[C@H](O)F", "F/C=C/F", "F\\C=C\\F", "[H]OC", "[2H]C", "[H+]"))
    assert not any(chunk._STEREO.search(smiles) for smiles in ("c1cc[nH]c1", "C[NH3+]", "CCO"))
