"""The operators give whole, sanitised molecules; fragments and exemplars are what they claim."""

from __future__ import annotations

import random

import pytest
from rdkit import Chem, rdBase

from tests.tables import each_row
from tools.proposers.evolution.crossover import chain_crossover, crossover, ring_crossover
from tools.proposers.evolution.exemplars import exemplars
from tools.proposers.evolution.fragments import make_fragment, vocabulary
from tools.proposers.evolution.graph import cuttable_bonds, finish, working_form
from tools.proposers.evolution.operators import MUTATIONS

PARENTS = [
    "CC(=O)Nc1ccc(O)cc1",
    "O=C(NCc1ccccc1)c1ccc2[nH]ccc2c1",
    "CCOC(=O)C1CCN(CC1)c1ncccn1",
    "Cc1ccc(cc1)S(=O)(=O)NCC(C)C",
    "O=[N+]([O-])c1ccc(CN2CCOCC2)cc1",
]


def _work(smiles: str) -> Chem.RWMol:
    work = working_form(Chem.MolFromSmiles(smiles))
    assert work is not None
    return work


@each_row("smiles", [*PARENTS, "C[N+](C)(C)CCO", "c1ccc2[nH]ccc2c1", "O=c1cc[nH]cc1", "C[C@H](N)C(=O)O"])
def test_working_form_keeps_the_constitution(smiles: str) -> None:
    mol = finish(_work(smiles))
    assert mol is not None
    assert Chem.MolToSmiles(mol) == Chem.MolToSmiles(Chem.MolFromSmiles(smiles), isomericSmiles=False)


@each_row("name", MUTATIONS)
def test_mutation_gives_new_valid_molecules(name: str) -> None:
    rng = random.Random(7)
    parents = {Chem.CanonSmiles(p) for p in PARENTS}
    made = set()
    with rdBase.BlockLogs():
        for _ in range(40):
            for parent in PARENTS:
                edited = MUTATIONS[name][0](_work(parent), rng)
                mol = finish(edited) if edited is not None else None
                if mol is not None:
                    smiles = Chem.MolToSmiles(mol)
                    assert Chem.CanonSmiles(smiles) == smiles
                    assert "." not in smiles
                    made.add(smiles)
    assert len(made - parents) >= 5


def test_crossover_takes_atoms_from_both_parents() -> None:
    rng = random.Random(3)
    first, second = _work("FCCCCCCF"), _work("ClCCCCCCCl")
    mixed = 0
    for _ in range(60):
        child = crossover(first, second, rng)
        mol = finish(child) if child is not None else None
        if mol is not None:
            symbols = [a.GetSymbol() for a in mol.GetAtoms()]
            mixed += "F" in symbols and "Cl" in symbols
    assert mixed > 30
    assert first.GetNumAtoms() == 8


def test_ring_crossover_keeps_a_ring_and_chain_crossover_needs_a_chain() -> None:
    rng = random.Random(5)
    one, two = _work("C1CCOCC1"), _work("C1CCSCC1")
    assert chain_crossover(one, two, rng) is None
    children = [finish(c) for _ in range(60) if (c := ring_crossover(one, two, rng)) is not None]
    made = [m for m in children if m is not None]
    assert made
    assert all(m.GetRingInfo().NumRings() >= 1 for m in made)


def test_nitro_groups_are_not_cut() -> None:
    work = _work("O=[N+]([O-])c1ccccc1")
    assert [tuple(sorted(c)) for c in cuttable_bonds(work)] == [(1, 3)]


def test_vocabulary_has_groups_rings_and_linkers() -> None:
    table = vocabulary()
    assert {k: len(v[0].ends) for k, v in table.items()} == {"group": 1, "ring": 1, "linker": 2}
    assert sum(len(v) for v in table.values()) >= 200
    for fragments in table.values():
        assert len({f.smiles for f in fragments}) == len(fragments)


@pytest.mark.parametrize("smiles", ["CC", "*=C", "not a smiles"])
def test_unusable_fragments_are_refused(smiles: str) -> None:
    with rdBase.BlockLogs(), pytest.raises(ValueError, match="fragment"):
        make_fragment(smiles)


@each_row(
    "smarts",
    ["[OX2H]", "[NX3H2]", "[CX3](=O)[OX2H1]", "C#N", "c1ccncc1", "[SX4](=O)(=O)[NX3]", "[F,Cl,Br,I]", "C1CCCCC1", "O=C1OC(=O)c2ccccc12"],
)
def test_exemplars_carry_the_group(smarts: str) -> None:
    found = exemplars(smarts)
    query = Chem.MolFromSmarts(smarts)
    assert found
    assert all(Chem.MolFromSmiles(f.smiles.replace("*", "C")).HasSubstructMatch(query) for f in found)


def test_no_exemplar_for_nonsense() -> None:
    with rdBase.BlockLogs():
        assert exemplars("[U]") == () or exemplars("[U]")[0].mol.GetNumAtoms() >= 1
        assert exemplars("((") == ()
