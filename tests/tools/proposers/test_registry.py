"""The registry finds the proposers that apply and refuses two of one name."""

from __future__ import annotations

import pytest

from core.candidate import Proposal
from core.errors import ConfigurationError
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue
from tools.proposers import registry
from tools.proposers.base import ProposalRequest, Proposer
from tools.workspace import builtin


class _Other:
    name = "library"

    def applies(self, spec: DesignSpec, catalogue: Catalogue) -> bool:
        return False

    def propose(self, request: ProposalRequest) -> list[Proposal]:
        return []


def test_molecule_and_polymer_goals_get_their_proposers() -> None:
    molecules = [
        p.name for p in registry.applicable(DesignSpec(goal="x", candidate_class="molecule"), builtin().proposers, builtin().catalogue)
    ]
    polymers = [
        p.name for p in registry.applicable(DesignSpec(goal="x", candidate_class="polymer"), builtin().proposers, builtin().catalogue)
    ]
    assert {"evolution", "library", "reactions"} <= set(molecules)
    assert not {"evolution", "library", "reactions"} & set(polymers)
    assert polymers
    assert molecules == sorted(molecules)
    assert all(isinstance(p, Proposer) and p.name == name for name, p in registry.load().items())


def test_two_proposers_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="library"):
        registry.by_name([*registry.load().values(), _Other()])


def test_requests_draw_the_same_numbers_at_the_same_place() -> None:
    request = ProposalRequest(DesignSpec(goal="x", candidate_class="molecule"), 2, 5, (), 9, calculators=builtin().calculators)
    assert request.generator("a").random() == request.generator("a").random()
    assert request.generator("a").random() != request.generator("b").random()
