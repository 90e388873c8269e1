"""What judging and proposing structures rests on, in one immutable object that is made once a process or request and passed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from core.candidate import PropertyValue
from core.interfaces import Executor
from core.properties import PropertyRegistry
from core.spec import CandidateClass, Conditions
from tools.calculators.estimate import estimate
from tools.catalogue.registry import REGISTRY


@dataclass(frozen=True)
class Workspace:
    """The properties that goals may name, and what computes them.

    Attributes:
        catalogue: every property, by name and by word.
    """

    catalogue: PropertyRegistry

    def estimate(
        self,
        structures: Sequence[str],
        candidate_class: CandidateClass,
        names: Sequence[str],
        conditions: Conditions,
        *,
        executor: Executor | None = None,
    ) -> list[dict[str, PropertyValue]]:
        """The properties ``names`` of every structure (SMILES), one dict a structure; see ``tools.calculators.estimate``."""
        return estimate(structures, candidate_class, names, conditions, executor=executor)


@cache
def builtin() -> Workspace:
    """The workspace of the properties that molwright ships."""
    return Workspace(REGISTRY)
