"""Every named reaction runs its example, refuses its counterexample, and is undone by its retro template."""

from __future__ import annotations

import pytest
from rdkit import Chem

from tools.generators.blocks import flat_smiles
from tools.generators.reactions.run import fits, partners, products, run
from tools.generators.reactions.table import Reaction, reactions

ALL = list(reactions().values())


def _mols(smiles: tuple[str, ...]) -> list[Chem.Mol]:
    return [Chem.MolFromSmiles(s) for s in smiles]


def test_there_are_enough_reactions() -> None:
    assert len(ALL) >= 25
    assert all(r.note and r.retro for r in ALL)


@pytest.mark.parametrize("reaction", ALL, ids=lambda r: r.name)
def test_runs_its_example(reaction: Reaction) -> None:
    reactants, product = reaction.runs
    assert run(reaction, _mols(reactants)) == Chem.CanonSmiles(product)


@pytest.mark.parametrize("reaction", ALL, ids=lambda r: r.name)
def test_refuses_its_counterexample(reaction: Reaction) -> None:
    assert run(reaction, _mols(reaction.refuses)) is None


@pytest.mark.parametrize("reaction", ALL, ids=lambda r: r.name)
def test_retro_template_gives_the_reactants_back(reaction: Reaction) -> None:
    reactants, product = reaction.runs
    wanted = sorted(flat_smiles(m) for m in _mols(reactants))
    found = []
    for backwards in reaction.retro:
        for raw in backwards.RunReactants((Chem.MolFromSmiles(product),)):
            if all(Chem.SanitizeMol(m, catchErrors=True) == Chem.SanitizeFlags.SANITIZE_NONE for m in raw):
                found.append(sorted(flat_smiles(m) for m in raw))
    assert wanted in found


@pytest.mark.parametrize("reaction", ALL, ids=lambda r: r.name)
def test_has_building_blocks_for_every_position(reaction: Reaction) -> None:
    for position in range(reaction.reactants):
        assert partners(reaction.name, position)


def test_a_guarded_group_is_refused() -> None:
    amide = reactions()["amide coupling"]
    assert fits(amide, 0, Chem.MolFromSmiles("OC(=O)c1ccccc1"))
    assert not fits(amide, 0, Chem.MolFromSmiles("NCCCC(=O)O"))


def test_products_without_a_site_are_empty() -> None:
    assert products(reactions()["nitro reduction"], [Chem.MolFromSmiles("c1ccccc1")]) == []
    assert run(reactions()["amide coupling"], [Chem.MolFromSmiles("OC(=O)c1ccccc1")]) is None
