"""Desirability ramps of objectives, and the objective that is added when the goal leaves it open."""

from __future__ import annotations

from core.properties import PropertyDefinition
from core.spec import Assumption, CandidateClass, Condition, Objective, PropertyRequirement, Requirement
from tools.properties.registry import REGISTRY


def ramp_for(definition: PropertyDefinition) -> tuple[float, float]:
    """Ends of the desirability ramp: the property's typical range."""
    return definition.typical_low, definition.typical_high


def soft_objective(definition: PropertyDefinition, condition: Condition, phrase: str) -> Objective:
    """A wish with a number ('ideally below 400 Da'): full marks where it holds, falling to none half a typical range away.

    A window becomes the shape 'target' at its middle.
    """
    reach = 0.5 * (definition.typical_high - definition.typical_low)
    low, high = condition.bounds()
    if low == high or (low != float("-inf") and high != float("inf")):
        middle = 0.5 * (low + high)
        half = max(reach, high - middle)
        return Objective(
            id="", property=definition.name, shape="target", low=middle - half, high=middle + half, target=middle, text="", phrase=phrase
        )
    if high != float("inf"):
        return Objective(id="", property=definition.name, shape="minimise", low=high, high=high + reach, text="", phrase=phrase)
    return Objective(id="", property=definition.name, shape="maximise", low=low - reach, high=low, text="", phrase=phrase)


def default_objectives(
    candidate_class: CandidateClass, requirements: list[Requirement], objectives: list[Objective], assumptions: list[Assumption]
) -> list[Objective]:
    """'Easier to make first' for molecules, weight 0.5, stated in ``assumptions``; none if the goal speaks of it, or for polymers."""
    if candidate_class != "molecule":
        return []
    named = {r.property for r in requirements if isinstance(r, PropertyRequirement)} | {o.property for o in objectives}
    if "sa_score" in named:
        return []
    low, high = ramp_for(REGISTRY["sa_score"])
    assumptions.append(
        Assumption(phrase="", text="among candidates that meet the goal, those easier to make come first (SA score, weight 0.5)")
    )
    return [Objective(id="", property="sa_score", shape="minimise", low=low, high=high, weight=0.5, text="", origin="assumption")]
