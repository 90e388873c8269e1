"""Desirability ramps of objectives, and the objectives that are added when the goal leaves them open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from core.spec import Condition, LevelRequirement, Objective, PropertyRequirement
from tools.catalogue.property import Property

if TYPE_CHECKING:
    from agent.reading.resolve import Resolver


def ramp_for(definition: Property) -> tuple[float, float]:
    """Ends of the desirability ramp: the property's typical range."""
    return definition.typical_low, definition.typical_high


def soft_objective(definition: Property, condition: Condition, phrase: str) -> Objective:
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


#: SA scores up to the first are easy enough for full marks; from the second on a molecule is hard to make.
EASY_SA, HARD_SA = 2.0, 6.0
#: Stability is asked at this temperature (°C) or above: then a compound that boils away is of little use.
HOT = 100.0
#: Reach (K) of the desirability of the flash point below and above that temperature.
VOLATILE, SAFE = 150.0, 50.0


def default_objectives(resolver: Resolver) -> list[Objective]:
    """What is wished for without being said, each stated as an assumption: molecules that are easier to make, by a known route, and, where stability
    at a high temperature is asked for, less volatile. None for polymers, and none that the goal speaks of itself."""
    if resolver.candidate_class != "molecule":
        return []
    named = {r.property for r in resolver.requirements if isinstance(r, PropertyRequirement)} | {o.property for o in resolver.objectives}
    wished = []
    if "sa_score" not in named:
        text = f"among candidates that meet the goal, those easier to make come first (SA score, full marks to {EASY_SA:g}; weight 0.5)"
        resolver.assume("", text)
        wished.append(_assumed("sa_score", "minimise", EASY_SA, HARD_SA))
    if "route" not in named:
        resolver.assume("", "candidates with a known route come before those without (weight 0.5)")
        wished.append(_assumed("route", "maximise", 0.0, 1.0))
    temperature = resolver.conditions.temperature_c
    hot = any(isinstance(r, LevelRequirement) for r in resolver.requirements) and temperature >= HOT
    if hot and not named & {"flash_point", "melting_point"}:
        text = (
            f"at {temperature:g} °C a compound should not boil away: a higher flash point comes first"
            " (evidence of volatility, not of stability; weight 0.5)"
        )
        resolver.assume("", text)
        wished.append(_assumed("flash_point", "maximise", temperature - VOLATILE, temperature + SAFE))
    return wished


def _assumed(name: str, shape: Literal["minimise", "maximise"], low: float, high: float) -> Objective:
    return Objective(id="", property=name, shape=shape, low=low, high=high, weight=0.5, text="", origin="assumption")
