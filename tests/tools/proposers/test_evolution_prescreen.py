"""With enough scored parents the evolution proposer makes more than it keeps, and keeps what its surrogate finds promising."""

from __future__ import annotations

from dataclasses import replace

from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

from core.spec import Condition, DesignSpec, PropertyRequirement
from tools.proposers.base import Parent, ProposalRequest
from tools.proposers.evolution.proposer import EvolutionProposer
from tools.search.surrogate import prescreen
from tools.synthesis.blocks import building_blocks
from tools.workspace import builtin

TARGET = Chem.MolFromSmiles("CC(=O)Nc1ccc(O)cc1C(=O)O")
SPEC = DesignSpec(
    goal="test",
    candidate_class="molecule",
    requirements=[PropertyRequirement(id="R1", text="", property="molecular_weight", condition=Condition(comparison="<", value=400))],
)


def _similarity(smiles: str) -> float:
    make = rdFingerprintGenerator.GetMorganGenerator(radius=2).GetSparseCountFingerprint
    return float(DataStructs.TanimotoSimilarity(make(Chem.MolFromSmiles(smiles)), make(TARGET)))


def _request(count: int) -> ProposalRequest:
    blocks = [b.smiles for b in building_blocks() if 8 <= b.mol.GetNumHeavyAtoms() <= 20][:90]
    scored = sorted(((_similarity(s), s) for s in blocks), reverse=True)
    parents = tuple(Parent(key=f"K{i}", smiles=s, score=score) for i, (score, s) in enumerate(scored))
    return ProposalRequest(
        spec=SPEC, generation=2, count=count, parents=parents, seed=3, prescreen=prescreen(parents), calculators=builtin().calculators
    )


def test_the_surrogate_improves_what_is_proposed() -> None:
    proposals = EvolutionProposer().propose(_request(30))
    assert [p.smiles for p in proposals] == [p.smiles for p in EvolutionProposer().propose(_request(30))]
    assert len({p.smiles for p in proposals}) == 30
    with_it = sum(_similarity(p.smiles) for p in proposals) / 30
    without = EvolutionProposer().propose(replace(_request(30), prescreen=None))
    assert with_it > sum(_similarity(p.smiles) for p in without) / 30
