"""The search builds what a class of compounds demands."""

from __future__ import annotations

from rdkit import Chem

from agent.reading import interpret
from tests.tables import each_row
from tools.groups.groups import GROUPS, compile_smarts
from tools.proposers.library.known import members
from tools.proposers.spec_fit import spec_fit
from tools.search.direct import answer
from tools.workspace import builtin


@each_row(
    ("goal", "group"),
    [
        ("a diglycolamide with MW below 700", "diglycolamide"),
        ("a strobilurin with MW below 450", "strobilurin"),
        ("a salen ligand with MW below 500", "salen"),
        ("a chloroacetanilide with MW below 350", "chloroacetanilide"),
        ("a formazan with MW below 400", "formazan"),
        ("a triarylsulfonium photoacid generator with MW below 500", "triarylsulfonium"),
        ("a mesogen with a nitrile and MW below 400", "rod-like mesogenic core"),
        ("a HALS with MW below 500", "tetramethylpiperidine"),
        ("an alcohol with a C10 to C14 tail", "C10 to C14 alkyl chain"),
        ("a biaryl monophosphine ligand similar to SPhos", "biaryl phosphine"),
    ],
)
def test_structures_of_the_class_are_found(goal: str, group: str) -> None:
    found = answer(interpret(goal), 3, workspace=builtin())
    assert len(found) == 3
    query = compile_smarts(GROUPS[group].smarts)
    assert all(Chem.MolFromSmiles(c.smiles).HasSubstructMatch(query) for c in found)


def test_a_search_for_several_groups_starts_from_compounds_that_have_them_all() -> None:
    fit = spec_fit(interpret("a sugar surfactant with MW below 600"), calculators=builtin().calculators)
    starts = members(fit, 24)
    assert len(starts) >= 3
    assert all(fit.distance(mol) == 0 for mol in starts[:3])
    glucoside = compile_smarts(GROUPS["alkyl glucoside"].smarts)
    assert any(mol.HasSubstructMatch(glucoside) for mol in starts)


def test_a_search_without_groups_has_no_members() -> None:
    assert members(spec_fit(interpret("a molecule with MW below 300"), calculators=builtin().calculators), 24) == []
