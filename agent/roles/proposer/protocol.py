"""What a proposer is asked and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from agent.models import Place
from agent.roles.identity import spec_identity
from core.candidate import Candidate, Proposal
from core.model import content_hash
from core.spec import DesignSpec
from tools.search.state import SearchState
from tools.synthesis.blocks import BlockLibrary

ROLE = "proposer"


@dataclass(frozen=True)
class BatchRequest:
    """One generation of a search that wants structures.

    Attributes:
        spec: what is searched for.
        search: where the search stands.
        hints: tags and structures that the literature suggests.
        rules: sentences of the literature, which are untrusted text.
        library: reads the building blocks.
        candidates: the stored candidates of the run, by ``keys=`` or by ``generation=``.
    """

    spec: DesignSpec
    search: SearchState
    hints: Sequence[str]
    rules: Sequence[str]
    library: Callable[[], BlockLibrary]
    candidates: Callable[..., list[Candidate]]

    def asked(self, count: int) -> dict[str, Any]:
        """A request for ``count`` structures as the record keeps it."""
        parents = content_hash(list(self.search.frontier))
        return {"spec": spec_identity(self.spec), "count": count, "hints": list(self.hints), "parents": parents}


class Proposer(Protocol):
    """Proposes structures from several named sources. Nothing that it proposes is trusted."""

    def shares(self, request: BatchRequest) -> dict[str, int]:
        """How many structures each source is to be asked for, by its name, in order. The same request gives the same shares."""
        ...

    def beside_model(self, request: BatchRequest, found: Sequence[Proposal]) -> dict[str, int]:
        """How many structures each other source is asked for once the language model has proposed ``found``."""
        ...

    def propose(self, request: BatchRequest, source: str, count: int, place: Place) -> list[Proposal]:
        """What ``source``, one of :meth:`shares`, proposes. It is recorded at ``place`` before it is used; [] where it brings nothing."""
        ...
