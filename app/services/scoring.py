"""Scores of many structures for other programs: molwright as a scorer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from app.wiring import open_workspace
from core.approval import looked_at
from core.candidate import Candidate, Proposal
from core.errors import UsageError
from core.settings import Settings
from core.spec import DesignSpec

if TYPE_CHECKING:
    from app.services.goals import GoalService
    from tools.workspace import Workspace

#: The name of the score against a goal.
SCORE = "score"


@dataclass(frozen=True)
class Scores:
    """What is said of one structure.

    Attributes:
        values: by name; None where a number could not be had.
        reasons: why not, by name.
    """

    values: dict[str, float | None]
    reasons: dict[str, str]


class ScoringService:
    """Numbers for structures that another program asks about: the score against a goal, or properties.

    ``goal``: the goal to score against; '' for none. ``properties``: names or words of properties.
    """

    def __init__(
        self, settings: Settings, goals: GoalService, goal: str, properties: Sequence[str], *, despite_objections: bool = False
    ) -> None:
        """UsageError where nothing is asked for, or something that costs a call of a calculator; RefusedError, GoalError, UnreadGoal for a goal."""
        self._settings = settings
        if not goal and not properties:
            raise UsageError("say what to score: --goal GOAL, or --property NAME")
        self._names = [self._named(word) for word in properties]
        self._spec = looked_at(goals.interpret(goal), despite_objections=despite_objections) if goal else None
        if self._spec is not None:
            self._names += [name for name in self._spec.property_names() if name not in self._names]
        from tools.calculators.costly.adapter import Costly

        calculators = self._workspace.calculators
        if dear := [name for name in self._names if isinstance(calculators.of(name), Costly)]:
            raise UsageError(f"{', '.join(dear)} costs a call of a calculator for each structure; only a design run makes such calls")
        self.names = tuple([SCORE] if self._spec is not None else []) + tuple(self._named(word) for word in properties)

    @cached_property
    def _workspace(self) -> Workspace:
        return open_workspace(self._settings)

    def _named(self, word: str) -> str:
        found = self._workspace.catalogue.resolve(word)
        if found is None:
            raise UsageError(f"there is no property {word!r}; molwright properties shows them all")
        return found.name

    def of(self, structures: Sequence[str]) -> list[Scores]:
        """What is said of each of ``structures`` (SMILES), in their order. What cannot be read or is blocked has a score of 0 and no other number."""
        from tools.evaluation.judge import judge

        kinds = {
            "polymer": [n for n, s in enumerate(structures) if "*" in s],
            "molecule": [n for n, s in enumerate(structures) if "*" not in s],
        }
        found: dict[int, Scores] = {}
        for kind, places in kinds.items():
            spec = self._spec or DesignSpec.model_validate({"goal": "", "candidate_class": kind})
            if not places:
                continue
            if spec.candidate_class != kind:
                found |= {n: self._none(f"a {kind}, and the goal asks for a {spec.candidate_class}") for n in places}
                continue
            proposals = [Proposal(smiles=structures[n], proposer="user", operator="given") for n in places]
            judged = judge(proposals, spec, names=self._names, score=self._spec is not None, calculators=self._workspace.calculators)
            found |= {n: self._scores(c) for n, c in zip(places, judged, strict=True)}
        return [found[n] for n in range(len(structures))]

    def _scores(self, candidate: Candidate) -> Scores:
        if candidate.rejected_by.startswith(("structure:", "safety:")):
            return self._none(candidate.rejected_reason)
        values: dict[str, float | None] = {}
        reasons: dict[str, str] = {}
        for name in self.names:
            if name == SCORE:
                values[name] = candidate.score if candidate.score is not None else 0.0
                continue
            value = candidate.properties[name]
            values[name] = value.number
            if value.number is None:
                reasons[name] = value.reason or f"it is {value.value}, which is no number"
        return Scores(values, reasons)

    def _none(self, reason: str) -> Scores:
        return Scores({name: 0.0 if name == SCORE else None for name in self.names}, dict.fromkeys(self.names, reason))
