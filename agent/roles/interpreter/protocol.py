"""What an interpreter is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Protocol

from agent.models import Place
from core.spec import DesignSpec

ROLE = "interpreter"


@dataclass(frozen=True)
class GoalRequest:
    """A goal with what the person set beside it; None where they set nothing.

    Attributes:
        goal: the goal sentence, unchanged.
        candidates: how many candidates to list.
        budget: how many structures may be evaluated.
        seed: seed of everything random.
        met_probability: probability from which a requirement counts as met, 0 to 1.
        max_similarity: Tanimoto similarity up to which two candidates are both listed, 0 to 1.
        list_known: whether known structures may be listed.
        novelty: what the list is made of (:data:`core.novelty.Novelty`).
        spec: a spec that the person brought, as JSON values; it is checked and the sentence is not read.
        original: the goal in the language in which it was typed, where ``goal`` is a translation of it.
        may_be_empty: whether a spec that asks for nothing is an answer, because another form reads the sentence too.
    """

    goal: str
    candidates: int | None = None
    budget: int | None = None
    seed: int | None = None
    met_probability: float | None = None
    max_similarity: float | None = None
    list_known: bool | None = None
    novelty: str | None = None
    spec: dict[str, Any] | None = None
    original: str | None = None
    may_be_empty: bool = False

    def asked(self) -> dict[str, Any]:
        """The request as the record keeps it: what was set, and nothing else."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in given.items() if value is not None and (name != "may_be_empty" or value)}


class Interpreter(Protocol):
    """Reads a goal."""

    def read(self, request: GoalRequest, place: Place) -> DesignSpec:
        """The spec that the goal means. Raises GoalError, ContradictionError or UnitError, each quoting the phrase at fault.

        Whatever the form does not understand is listed in the spec as unchecked; nothing is dropped in silence.
        """
        ...
