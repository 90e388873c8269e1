"""Analogues of a compound, and what every proposer's answer goes through where atoms are fixed."""

from __future__ import annotations

import pytest
from rdkit import Chem

from agent.compound import ANALOGUE_FLOOR, with_core
from core.candidate import Proposal, Route
from core.spec import DesignSpec, Reference, SimilarityRequirement
from evals.judges.fixed_atoms import Keep, changed
from tools.proposers.analogues.changes import exchanged, matched, matched_pairs, sites, substituents
from tools.proposers.analogues.proposer import AnaloguesProposer
from tools.proposers.base import Parent, ProposalRequest
from tools.proposers.obedience import fixed_atoms_of, obeying
from tools.proposers.registry import applicable
from tools.structures.fixed_atoms import keeps
from tools.workspace import builtin

NAPROXEN = "COc1ccc2cc([C@H](C)C(=O)O)ccc2c1"


def spec_for(compound: str, core: str) -> DesignSpec:
    kind = "polymer" if "*" in compound else "molecule"
    return with_core(
        DesignSpec(goal="vary it", candidate_class=kind, reference=Reference(smiles=compound)), core, catalogue=builtin().catalogue
    )


def keep(spec: DesignSpec) -> Keep:
    kept = fixed_atoms_of(spec)[0].kept
    return Keep(Chem.MolFromSmiles(kept.reference), kept.fixed, kept.open)


@pytest.mark.parametrize(
    ("compound", "core"),
    [
        ("CC(=O)Nc1ccc(O)cc1", "scaffold"),
        (NAPROXEN, "*Oc1ccc2cc([C@H](C)C(=O)O)ccc2c1"),
        ("CCNc1nc(Cl)nc(NC(C)C)n1", "*Nc1nc(Cl)nc(N*)n1"),
        ("CC(=O)/C=C/C1=C(C)CCCC1(C)C", "*/C=C/C1=C(C)C(*)C(*)C(*)C1(C)C"),
        ("*CC(*)c1ccccc1", "*CC(*)c1c(*)c(*)c(*)c(*)c1*"),
    ],
)
def test_every_analogue_is_new_differs_and_keeps_the_fixed_atoms(compound: str, core: str) -> None:
    spec = spec_for(compound, core)
    proposals = AnaloguesProposer().propose(ProposalRequest(spec, 0, 30, calculators=builtin().calculators))
    found = [p.smiles for p in proposals]
    assert len(found) >= 10
    assert len(set(found)) == len(found)
    assert Chem.CanonSmiles(compound) not in found
    assert obeying(proposals, spec) == proposals
    if spec.candidate_class == "molecule":
        assert [changed(keep(spec), Chem.MolFromSmiles(s)) for s in found] == [""] * len(found)
    assert found == [p.smiles for p in AnaloguesProposer().propose(ProposalRequest(spec, 0, 30, calculators=builtin().calculators))]


def test_later_generations_change_the_parents() -> None:
    spec = spec_for("CC(=O)Nc1ccc(O)cc1", "scaffold")
    parents = (Parent("a", "NCCOc1ccc(C(=O)O)cc1", 1.0), Parent("b", "OCc1ccc(O)cc1", 0.5))
    proposals = AnaloguesProposer().propose(ProposalRequest(spec, 1, 20, parents, calculators=builtin().calculators))
    assert len(proposals) == 20
    assert {key for p in proposals for key in p.parents} == {"a", "b"}
    assert not {p.smiles for p in proposals} & {p.smiles for p in parents}


@pytest.mark.parametrize(
    "name",
    [
        p.name
        for p in applicable(spec_for("CC(=O)Nc1ccc(O)cc1", "scaffold"), builtin().proposers, builtin().catalogue)
        if p.name != "reactions"
    ],
)
def test_no_proposer_hands_over_a_changed_core(name: str) -> None:
    spec = spec_for("CC(=O)Nc1ccc(O)cc1", "*Oc1ccc(NC(C)=O)cc1")
    proposer = next(p for p in applicable(spec, builtin().proposers, builtin().catalogue) if p.name == name)
    found = obeying(proposer.propose(ProposalRequest(spec, 0, 8, calculators=builtin().calculators)), spec)
    assert [changed(keep(spec), Chem.MolFromSmiles(p.smiles)) for p in found] == [""] * len(found)


def test_what_changes_the_core_is_dropped_and_a_lost_configuration_restored() -> None:
    spec = spec_for(NAPROXEN, "*Oc1ccc2cc([C@H](C)C(=O)O)ccc2c1")
    flat, other, broken = "CCOc1ccc2cc(C(C)C(=O)O)ccc2c1", "CCOc1ccc2cc(C(C)C(=O)OC)ccc2c1", "no structure"
    made = [Proposal(smiles=s, proposer="model", operator="submitted", rationale="") for s in (flat, other, broken)]
    kept = obeying(made, spec)
    assert [p.smiles for p in kept][1:] == [broken]
    assert Chem.CanonSmiles(kept[0].smiles) == Chem.CanonSmiles("CCOc1ccc2cc([C@H](C)C(=O)O)ccc2c1")
    routed = made[0].model_copy(update={"route": Route(status="by construction")})
    assert obeying([routed], spec) == []  # the route makes no single configuration


def test_a_goal_that_fixes_nothing_leaves_proposals_alone() -> None:
    spec = DesignSpec(goal="anything", candidate_class="molecule")
    made = [Proposal(smiles="CCO", proposer="model", operator="submitted", rationale="")]
    assert obeying(made, spec) == made
    assert not AnaloguesProposer().applies(spec, builtin().catalogue)


def test_substituents_are_exchanged_added_and_removed_at_open_positions_only() -> None:
    cores = fixed_atoms_of(spec_for("COc1ccccc1", "*c1ccc(*)cc1"))
    mol = Chem.MolFromSmiles("COc1ccccc1")
    found = sites(cores, mol)
    assert [site.leaving for site in found] == ["methoxy", "hydrogen"]
    done = [exchanged(mol, site, name) for site in found for name in ("hydrogen", "chloro", "methoxy")]
    assert [Chem.MolToSmiles(a.mol) if a else "" for a in done] == [
        "c1ccccc1",
        "Clc1ccccc1",
        "",
        "",
        "COc1ccc(Cl)cc1",
        "COc1ccc(OC)cc1",
    ]


def test_the_tables_are_sound() -> None:
    read = [Chem.MolFromSmiles(smiles) for smiles in substituents().values()]
    assert all(mol is not None and Chem.MolToSmiles(mol).count("*") == 1 for mol in read)
    assert len(matched_pairs()) == len(set(matched_pairs()))
    made = matched(Chem.MolFromSmiles("O=C(O)c1ccccc1"), "carboxylic acid to tetrazole")
    assert [Chem.MolToSmiles(a.mol) for a in made] == ["c1ccc(-c2nnn[nH]2)cc1"]


def test_an_analogue_has_a_least_similarity_unless_one_is_asked_for() -> None:
    spec = spec_for("CC(=O)Nc1ccc(O)cc1", "scaffold")
    floor = spec.requirements_of(SimilarityRequirement)
    assert [(r.condition.value, r.origin) for r in floor] == [(ANALOGUE_FLOOR, "assumption")]
    assert with_core(spec, "scaffold", catalogue=builtin().catalogue).requirements_of(SimilarityRequirement) == floor
    assert all(keeps(core, Chem.MolFromSmiles("CC(=O)Nc1ccc(O)cc1")) for core in fixed_atoms_of(spec))
