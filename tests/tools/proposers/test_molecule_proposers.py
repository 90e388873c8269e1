"""The proposers library, evolution and reactions: deterministic, unique, within the spec, with routes where built."""

from __future__ import annotations

import pytest
from rdkit import Chem

from core.spec import (
    Condition,
    CountRequirement,
    DesignSpec,
    ElementsRequirement,
    MotifRequirement,
    PropertyRequirement,
    Reference,
    Requirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)
from tests.tables import each_row
from tools.proposers.base import Parent, ProposalRequest, Proposer
from tools.proposers.evolution.proposer import EvolutionProposer
from tools.proposers.library.proposer import LibraryProposer
from tools.proposers.reactions.proposer import ReactionsProposer, asks_for_colour
from tools.proposers.spec_fit import spec_fit
from tools.synthesis.routes import verify_route
from tools.workspace import builtin

PROPOSERS: list[Proposer] = [LibraryProposer(), EvolutionProposer(), ReactionsProposer()]
PARENTS = tuple(
    Parent(key=f"K{i}", smiles=s, score=1 - i / 10)
    for i, s in enumerate(["O=C(Nc1ccccc1)c1ccncc1", "CC(=O)Nc1ccc(O)cc1", "COc1ccc(cc1)N1CCOCC1", "Cc1ccc(cc1)S(=O)(=O)N1CCCCC1"])
)


def _spec(*requirements: Requirement, reference: Reference | None = None) -> DesignSpec:
    return DesignSpec(goal="test", candidate_class="molecule", requirements=list(requirements), reference=reference)


def _property(name: str, **condition: object) -> PropertyRequirement:
    return PropertyRequirement(id=name, text="", property=name, condition=Condition.model_validate(condition))


LIGHT = _property("molecular_weight", comparison="<", value=300)


@pytest.mark.parametrize("proposer", PROPOSERS, ids=lambda p: p.name)
@pytest.mark.parametrize("generation", [0, 2])
def test_deterministic_unique_and_complete(proposer: Proposer, generation: int) -> None:
    parents = PARENTS if generation else ()
    request = ProposalRequest(
        spec=_spec(LIGHT), generation=generation, count=30, parents=parents, seed=5, calculators=builtin().calculators
    )
    first, second = proposer.propose(request), proposer.propose(request)
    assert [p.model_dump() for p in first] == [p.model_dump() for p in second]
    assert len(first) == 30
    assert len({Chem.CanonSmiles(p.smiles) for p in first}) == 30
    for proposal in first:
        assert proposal.proposer == proposer.name
        assert proposal.operator
        assert proposal.rationale
        assert set(proposal.parents) <= {p.key for p in parents}
        assert Chem.MolToSmiles(Chem.MolFromSmiles(proposal.smiles)) == proposal.smiles


@pytest.mark.parametrize("proposer", PROPOSERS, ids=lambda p: p.name)
def test_seed_and_generation_change_the_batch(proposer: Proposer) -> None:
    def batch(seed: int, generation: int) -> list[str]:
        return [
            p.smiles
            for p in proposer.propose(ProposalRequest(_spec(LIGHT), generation, 20, PARENTS, seed, calculators=builtin().calculators))
        ]

    assert batch(1, 1) != batch(2, 1)
    assert batch(1, 1) != batch(1, 2)


@pytest.mark.parametrize("proposer", PROPOSERS, ids=lambda p: p.name)
def test_exclusions_are_kept(proposer: Proposer) -> None:
    spec = _spec(
        ElementsRequirement(id="R1", text="", allowed=["C", "N", "O"]),
        MotifRequirement(id="R2", text="", name="phenol", smarts="c[OX2H]", wanted=False),
        LIGHT,
    )
    phenol = Chem.MolFromSmarts("c[OX2H]")
    proposals = proposer.propose(ProposalRequest(spec, 0, 25, PARENTS, 3, calculators=builtin().calculators))
    assert len(proposals) == 25
    for proposal in proposals:
        mol = Chem.MolFromSmiles(proposal.smiles)
        assert {a.GetSymbol() for a in mol.GetAtoms()} <= {"C", "N", "O"}
        assert not mol.HasSubstructMatch(phenol)


@pytest.mark.parametrize("proposer", PROPOSERS, ids=lambda p: p.name)
def test_polymers_are_not_for_them(proposer: Proposer) -> None:
    assert not proposer.applies(DesignSpec(goal="x", candidate_class="polymer"), builtin().catalogue)
    assert proposer.applies(_spec(), builtin().catalogue)
    assert proposer.propose(ProposalRequest(_spec(), 0, 0, calculators=builtin().calculators)) == []


def test_evolution_keeps_the_scaffold_and_grows_from_it() -> None:
    scaffold = ScaffoldRequirement(id="R1", text="", scaffold="c1ccc2[nH]ccc2c1", smarts="c1ccc2[nH]ccc2c1")
    spec = _spec(scaffold, _property("logp", comparison="between", low=2, high=3))
    proposals = EvolutionProposer().propose(ProposalRequest(spec, 0, 40, (), 1, calculators=builtin().calculators))
    assert len(proposals) == 40
    query = Chem.MolFromSmarts(scaffold.smarts)
    assert all(Chem.MolFromSmiles(p.smiles).HasSubstructMatch(query) for p in proposals)
    fit = spec_fit(spec, calculators=builtin().calculators)
    assert sum(fit.distance(Chem.MolFromSmiles(p.smiles)) == 0 for p in proposals) >= 30


def test_evolution_names_its_parents() -> None:
    proposals = EvolutionProposer().propose(ProposalRequest(_spec(), 1, 40, PARENTS, 1, calculators=builtin().calculators))
    assert sum(bool(p.parents) for p in proposals) >= 20
    assert any(len(p.parents) == 2 for p in proposals)


def test_evolution_reaches_a_similarity_goal() -> None:
    reference = "CC(=O)Nc1ccc(O)cc1"
    near = SimilarityRequirement(id="R1", text="", reference=reference, condition=Condition(comparison=">=", value=0.5))
    spec = _spec(near, reference=Reference(name="paracetamol", smiles=reference))
    fit = spec_fit(spec, calculators=builtin().calculators)
    proposals = [
        p
        for seed in range(4)
        for p in EvolutionProposer().propose(ProposalRequest(spec, 0, 40, (), seed, calculators=builtin().calculators))
    ]
    assert sum(fit.distance(Chem.MolFromSmiles(p.smiles)) == 0 for p in proposals) >= 24


def test_a_reactive_group_that_is_asked_for_is_made() -> None:
    wanted = MotifRequirement(id="R1", text="", name="boronic acid", smarts="[#6]B([OX2H])[OX2H]", wanted=True)
    proposals = EvolutionProposer().propose(ProposalRequest(_spec(wanted), 0, 20, (), 1, calculators=builtin().calculators))
    query = Chem.MolFromSmarts(wanted.smarts)
    assert sum(Chem.MolFromSmiles(p.smiles).HasSubstructMatch(query) for p in proposals) >= 15


def test_hints_are_used_and_nonsense_hints_ignored() -> None:
    request = ProposalRequest(
        _spec(), 0, 30, (), 1, ("Cn1cnc2c1c(=O)n(C)c(=O)n2C", "not a structure", "C" * 1000), calculators=builtin().calculators
    )
    assert any("a hint" in p.rationale for p in EvolutionProposer().propose(request))


def test_reactions_carry_routes_that_run_forward() -> None:
    for generation, parents in ((0, ()), (3, PARENTS)):
        proposals = ReactionsProposer().propose(
            ProposalRequest(_spec(LIGHT), generation, 40, parents, 2, calculators=builtin().calculators)
        )
        for proposal in proposals:
            assert proposal.route is not None
            assert proposal.route.status == "by construction"
            assert 1 <= len(proposal.route.steps) <= 3
            assert proposal.route.starting_materials
            assert verify_route(proposal.route, proposal.smiles) == []
    assert any("block exchanged" in p.operator for p in proposals)
    assert any(p.parents for p in proposals)


def test_library_goes_on_and_ends() -> None:
    library = LibraryProposer()
    batches = [
        [p.smiles for p in library.propose(ProposalRequest(_spec(LIGHT), g, 50, calculators=builtin().calculators))] for g in range(3)
    ]
    assert len({s for b in batches for s in b}) == 150
    assert library.propose(ProposalRequest(_spec(LIGHT), 10_000, 50, calculators=builtin().calculators)) == []


def test_library_starts_with_the_reference() -> None:
    spec = _spec(LIGHT, reference=Reference(name="aspirin", smiles="CC(=O)Oc1ccccc1C(=O)O"))
    assert LibraryProposer().propose(ProposalRequest(spec, 0, 10, calculators=builtin().calculators))[0].name == "aspirin"


def test_spec_fit_distance_counts_what_is_missing() -> None:
    two = Condition(comparison="==", value=2)
    spec = _spec(CountRequirement(id="R1", text="", what="element", name="N", condition=two), LIGHT)
    fit = spec_fit(spec, calculators=builtin().calculators)
    assert fit.distance(Chem.MolFromSmiles("NCCN")) == 0
    assert fit.distance(Chem.MolFromSmiles("CCCN")) == 1
    assert fit.distance(Chem.MolFromSmiles("CCCC")) == 2
    assert fit.max_heavy_atoms == 25
    assert fit.excluded(Chem.MolFromSmiles("CCCC")) == ""
    none = _spec(CountRequirement(id="R1", text="", what="element", name="Cl", condition=Condition(comparison="==", value=0)))
    assert spec_fit(none, calculators=builtin().calculators).excluded(Chem.MolFromSmiles("CCCl")) == "elements"


def test_an_unreadable_pattern_is_left_out() -> None:
    broken = MotifRequirement(id="R1", text="", name="x", smarts="((", wanted=True)
    fit = spec_fit(_spec(broken), calculators=builtin().calculators)
    assert fit.groups == []


def test_no_azo_compounds_where_nobody_asks_for_colour() -> None:
    phenol = MotifRequirement(id="R1", text="", name="phenol", smarts="c[OX2H]", wanted=True)
    azo = Chem.MolFromSmarts("[#6]N=N[#6]")

    def azo_compounds(spec: DesignSpec) -> int:
        proposals = ReactionsProposer().propose(ProposalRequest(spec, 0, 60, (), 1, calculators=builtin().calculators))
        assert len(proposals) == 60
        return sum(Chem.MolFromSmiles(p.smiles).HasSubstructMatch(azo) for p in proposals)

    assert azo_compounds(_spec(phenol)) == 0
    assert azo_compounds(_spec(phenol, MotifRequirement(id="R2", text="", name="azo", smarts="[#6]N=N[#6]", wanted=True))) > 0


@each_row(
    ("spec", "colour"),
    [
        (_spec(LIGHT), False),
        (_spec(_property("absorption_maximum", comparison=">", value=400)), True),
        (
            _spec(
                CountRequirement(id="R1", text="", what="group", name="azo", smarts="N=N", condition=Condition(comparison="==", value=1))
            ),
            True,
        ),
        (_spec(ScaffoldRequirement(id="R1", text="", scaffold="c1ccccc1N=Nc1ccccc1", smarts="")), True),
        (
            _spec(SimilarityRequirement(id="R1", text="", reference="c1ccccc1N=Nc1ccccc1", condition=Condition(comparison=">", value=0.5))),
            True,
        ),
        (_spec(LIGHT, reference=Reference(smiles="c1ccccc1N=Nc1ccccc1")), True),
        (_spec(LIGHT).model_copy(update={"family": "photoswitch"}), True),
        (_spec(LIGHT).model_copy(update={"family": "antioxidant"}), False),
    ],
)
def test_what_asks_for_colour(spec: DesignSpec, colour: bool) -> None:
    assert asks_for_colour(spec, catalogue=builtin().catalogue) is colour
