"""Every named reaction runs its example, refuses its counterexample, and is undone by its retro template."""

from __future__ import annotations

import csv
from pathlib import Path

from rdkit import Chem

from tests.tables import each_row
from tools.synthesis.blocks import flat_smiles
from tools.synthesis.reactions.partners import partners
from tools.synthesis.reactions.run import fits, products, run
from tools.synthesis.reactions.table import Reaction, reactions

ALL = list(reactions().values())
with Path(__file__).with_name("reaction_cases.tsv").open(encoding="utf-8", newline="") as table:
    CASES = list(csv.DictReader(table, delimiter="\t"))


def _mols(smiles: tuple[str, ...]) -> list[Chem.Mol]:
    return [Chem.MolFromSmiles(s) for s in smiles]


def test_there_are_enough_reactions() -> None:
    assert len(ALL) >= 110
    assert all(r.note and r.retro for r in ALL)


def test_every_reaction_has_a_reference_and_two_counterexamples() -> None:
    for reaction in ALL:
        title, identifier = reaction.reference
        assert len(title) > 10
        assert identifier.startswith(("doi:10.", "ISBN 978", "http"))
    refused = [c["reaction"] for c in CASES if c["kind"] == "refuses"]
    assert set(refused) == {r.name for r in ALL}
    assert {c["kind"] for c in CASES} == {"runs", "refuses"}


def test_templates_are_mapped() -> None:
    for reaction in ALL:
        for position in range(reaction.reactants):
            assert any(a.GetAtomMapNum() for a in reaction.template(position).GetAtoms()), reaction.name


@each_row("case", CASES)
def test_further_cases(case: dict[str, str]) -> None:
    reaction = reactions()[case["reaction"]]
    mols = _mols(tuple(case["reactants"].split(" ")))
    assert all(m is not None for m in mols)
    assert len(mols) == reaction.reactants
    expected = Chem.CanonSmiles(case["product_or_reason"]) if case["kind"] == "runs" else None
    assert run(reaction, mols) == expected


@each_row("reaction", ALL)
def test_runs_its_example(reaction: Reaction) -> None:
    reactants, product = reaction.runs
    assert run(reaction, _mols(reactants)) == Chem.CanonSmiles(product)


@each_row("reaction", ALL)
def test_refuses_its_counterexample(reaction: Reaction) -> None:
    assert run(reaction, _mols(reaction.refuses)) is None


@each_row("reaction", ALL)
def test_retro_template_gives_the_reactants_back(reaction: Reaction) -> None:
    reactants, product = reaction.runs
    wanted = sorted(flat_smiles(m) for m in _mols(reactants))
    found = []
    for backwards in reaction.retro:
        for raw in backwards.RunReactants((Chem.MolFromSmiles(product),)):
            if all(Chem.SanitizeMol(m, catchErrors=True) == Chem.SanitizeFlags.SANITIZE_NONE for m in raw):
                found.append(sorted(flat_smiles(m) for m in raw))
    assert wanted in found


@each_row("reaction", ALL)
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
