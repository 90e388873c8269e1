"""Goals and specs: what a sentence means, and whether it may run without a person's look at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import ValidationError

from core.errors import RefusedError, SpecError
from core.settings import Settings
from core.spec import DesignSpec

ApprovalRule = Callable[[DesignSpec], str]
"""Why a person has to look at a spec before it may run; empty if this rule has no objection."""

#: The rules that every door obeys. A run that one objects to waits, even if it was started with "yes", unless that was said to count
#: despite objections.
APPROVAL_RULES: tuple[ApprovalRule, ...] = ()


def objections(spec: DesignSpec, rules: Sequence[ApprovalRule] | None = None) -> tuple[str, ...]:
    """What the approval rules say against running ``spec`` unseen."""
    return tuple(text for rule in (APPROVAL_RULES if rules is None else rules) if (text := rule(spec)))


class GoalService:
    """Reads goals and specs. Nothing is stored."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def interpret(self, goal: str) -> DesignSpec:
        """What ``goal`` means. Raises RefusedError if the guard blocks it, GoalError if it cannot be understood."""
        from agent.reading import interpret
        from tools.safety.guard import screen_goal

        verdict = screen_goal(goal)
        if verdict.verdict == "block":
            raise RefusedError("the safety guard refused this goal. " + "; ".join(f"{h.id}: {h.reason}" for h in verdict.rules))
        return interpret(goal, budget=self.settings.budget, met_probability=self.settings.met_probability)

    def describe(self, spec: DesignSpec) -> str:
        """A spec in plain words, several lines."""
        from agent.reading import describe

        return describe(spec)

    def read(self, text: str, origin: str) -> DesignSpec:
        """The spec in ``text``, which is JSON and comes from ``origin``. SpecError with the place if it is not a spec."""
        try:
            return DesignSpec.model_validate_json(text)
        except ValidationError as error:
            lines = "; ".join(f"{'.'.join(str(p) for p in e['loc']) or 'file'}: {e['msg']}" for e in error.errors()[:5])
            raise SpecError(f"{origin} is not a spec: {lines}") from error

    def objections(self, spec: DesignSpec) -> tuple[str, ...]:
        """Why a person has to look at ``spec`` before it may run; nothing where nobody has to."""
        return objections(spec)
