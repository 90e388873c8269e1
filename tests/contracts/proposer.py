"""What every proposer must do (``tools.proposers.base``)."""

from __future__ import annotations

import pytest
from rdkit import Chem

from core.candidate import Proposal
from core.spec import DesignSpec
from tools.proposers.base import Parent, ProposalRequest, Proposer
from tools.workspace import builtin

COUNT = 4


class ProposerContract:
    """Subclass it and give the fixtures ``proposer`` and ``spec``, one that it has something to say for."""

    @pytest.fixture
    def proposer(self) -> Proposer:
        raise NotImplementedError("the fixture proposer of the subclass")

    @pytest.fixture
    def spec(self) -> DesignSpec:
        return DesignSpec(goal="x", candidate_class="molecule")

    #: Structures to vary, for one that only varies what is there.
    parents: tuple[Parent, ...] = ()

    def asked(self, proposer: Proposer, spec: DesignSpec) -> list[Proposal]:
        """Its answer to a request of the seed generation, or, where there are parents, of the next one."""
        request = ProposalRequest(spec, int(bool(self.parents)), COUNT, parents=self.parents, seed=7, calculators=builtin().calculators)
        return proposer.propose(request)

    def test_it_answers_with_structures_that_differ_and_the_same_ones_again(self, proposer: Proposer, spec: DesignSpec) -> None:
        assert isinstance(proposer, Proposer)
        assert proposer.applies(spec, builtin().catalogue)
        found = self.asked(proposer, spec)
        assert 0 < len(found) <= COUNT
        canonical = [Chem.CanonSmiles(p.smiles) for p in found]
        assert len(set(canonical)) == len(canonical)
        assert {p.proposer for p in found} == {proposer.name}
        assert all(p.operator for p in found)
        assert all(p.smiles.count("*") == (2 if spec.candidate_class == "polymer" else 0) for p in found)
        assert self.asked(proposer, spec) == found
