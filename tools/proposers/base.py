"""What every proposer takes and gives.

A proposer is asked for structures and answers with :class:`core.candidate.Proposal` objects. It judges nothing: every
proposal is standardised, screened, estimated and checked afterwards. Proposers hold no state between calls that changes
what they propose; the same request always gives the same list.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from core.candidate import Proposal, Route
from core.seeding import generator
from core.spec import DesignSpec
from tools.calculators.collection import Calculators
from tools.catalogue.catalogue import Catalogue
from tools.synthesis.blocks import BlockLibrary


@dataclass(frozen=True)
class Parent:
    """An evaluated structure of the same run that may be varied.

    Attributes:
        key: its key in the run (InChIKey or polymer key).
        smiles: canonical SMILES; two '*' for a polymer repeat unit.
        score: how good it is, any scale, higher is better.
        route: the route by which it was built, where its proposer gave one.
    """

    key: str
    smiles: str
    score: float
    route: Route | None = None


class Prescreen(Protocol):
    """A choice among more structures than are wanted, before any of them is evaluated."""

    @property
    def oversampling(self) -> int:
        """How many times as many structures are made as are kept."""
        ...

    def choose(self, made: Sequence[str], wanted: int) -> list[int]:
        """Positions in ``made`` (SMILES) of at most ``wanted`` structures, in the order in which they are kept."""
        ...


@dataclass(frozen=True)
class ProposalRequest:
    """What a proposer is asked for.

    Attributes:
        spec: the approved spec of the run.
        generation: generation of the design loop; 0 is the seed generation, without parents.
        count: how many proposals are wanted; fewer come back only when the proposer has no more.
        calculators: what computes the properties that a proposer steers by, and their catalogue.
        parents: evaluated structures of the run to vary, best first.
        seed: seed of the run.
        hints: structures (SMILES) to start from and structural words ('imide', 'push-pull') from the literature that may steer a proposer
            towards a family; never trusted, ignored where a proposer has no use for them.
        library: building blocks to work with; None: the shipped ones.
        prescreen: chooses among offspring; None: the first ones made are taken. A proposer that varies no parents has no use for it.
    """

    spec: DesignSpec
    generation: int
    count: int
    calculators: Calculators = field(kw_only=True)
    parents: tuple[Parent, ...] = ()
    seed: int = 0
    hints: tuple[str, ...] = ()
    library: BlockLibrary | None = None
    prescreen: Prescreen | None = None

    def generator(self, proposer: str) -> random.Random:
        """The random generator of ``proposer`` for this request; a fresh one at each call."""
        return generator(self.seed, "propose", self.generation, proposer)


@runtime_checkable
class Proposer(Protocol):
    """Anything that proposes structures."""

    name: str

    def applies(self, spec: DesignSpec, catalogue: Catalogue) -> bool:
        """Whether this proposer has something to say for ``spec``, whose properties are those of ``catalogue``."""
        ...

    def propose(self, request: ProposalRequest) -> list[Proposal]:
        """At most ``request.count`` proposals, no two with the same canonical SMILES; [] if there is nothing to propose.

        Deterministic: the same request gives the same list. Raises nothing for an unhelpful request.
        """
        ...
