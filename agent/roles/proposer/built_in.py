"""The built-in proposer: the registered proposers of ``tools/proposers``, each asked for its share of the batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.models import Place
from agent.roles.proposer.protocol import BatchRequest
from core.candidate import Proposal
from core.interfaces import Recorder
from tools.search.policy import SearchPolicy
from tools.search.propose import propose_with
from tools.search.shares import shares
from tools.search.state import parents_of
from tools.workspace import Workspace


class BuiltInProposer:
    """Asks the registered proposers by the shares of ``policy``."""

    def __init__(self, recorder: Recorder, workspace: Workspace, policy: SearchPolicy) -> None:
        self._recorder = recorder
        self._workspace = workspace
        self._policy = policy

    def shares(self, request: BatchRequest) -> dict[str, int]:
        """See :class:`Proposer`."""
        return shares(request.search, request.spec, self._policy, workspace=self._workspace)

    def beside_model(self, request: BatchRequest, found: Sequence[Proposal]) -> dict[str, int]:
        """See :class:`Proposer`. There is no model."""
        return self.shares(request)

    def propose(self, request: BatchRequest, source: str, count: int, place: Place) -> list[Proposal]:
        """See :class:`Proposer`."""

        def produce() -> list[dict[str, Any]]:
            frontier = request.search.frontier
            stored = request.candidates(keys=[entry["key"] for entry in frontier]) if frontier else []
            parents = parents_of(frontier, {c.key: c.route for c in stored})
            made = propose_with(
                source, request.spec, request.search.generation, count, parents, request.hints, request.library(), workspace=self._workspace
            )
            return [p.model_dump(mode="json") for p in made]

        found = self._recorder.record(place.node, place.generation, source, request.asked(count), produce)
        return [Proposal.model_validate(p) for p in found]
