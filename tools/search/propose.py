"""Asking one proposer for its share."""

from __future__ import annotations

from collections.abc import Sequence

from core.candidate import Proposal
from core.spec import DesignSpec
from tools.proposers.base import Parent, ProposalRequest
from tools.proposers.obedience import obeying
from tools.search.surrogate import prescreen
from tools.synthesis.blocks import BlockLibrary
from tools.workspace import Workspace


def propose_with(
    name: str,
    spec: DesignSpec,
    generation: int,
    count: int,
    parents: Sequence[Parent],
    hints: Sequence[str],
    library: BlockLibrary | None = None,
    *,
    workspace: Workspace,
) -> list[Proposal]:
    """What the proposer ``name`` suggests: at most ``count`` structures without those that change fixed atoms; none is to be trusted.

    ``parents``: scored structures to vary, best first; where they are enough, a surrogate that learns from them chooses among the
    offspring. ``hints``: see :class:`tools.proposers.base.ProposalRequest`. ``library``: building blocks, the shipped ones if None.
    ``workspace``: the proposers, and what computes what they steer by.
    """
    request = ProposalRequest(
        spec=spec,
        generation=generation,
        count=count,
        calculators=workspace.calculators,
        parents=tuple(parents),
        seed=spec.seed,
        hints=tuple(hints),
        library=library,
        prescreen=prescreen(parents),
    )
    return obeying(workspace.proposers[name].propose(request), spec)
