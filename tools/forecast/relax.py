"""What making each wish weaker would bring, all others kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from core.forecast import Relaxation
from core.requirements import Condition, PropertyRequirement, Requirement
from core.spec import DesignSpec
from tools.catalogue.kinds import kind_of
from tools.catalogue.kinds.base import Terms
from tools.catalogue.kinds.conditions import figure
from tools.catalogue.kinds.property import property_scale
from tools.forecast.chances import Chances, computed
from tools.workspace import Workspace

#: Steps of a bound that are tried, in distances that matter for the property; the first that brings so many times as many is told.
STEPS, WORTH = (1, 2, 3, 4, 6), 2.0
#: Where no step does, the first that brings so many times as many is told.
SOME = 1.25
#: Less than so many times as many is no help.
LEAST = 1.1

Expect = Callable[[Chances], float]


def relaxations(spec: DesignSpec, chances: Chances, expect: Expect, workspace: Workspace) -> list[Relaxation]:
    """For each requirement the weaker form that helps, what helps most first; [] where none does.

    A bound on a number is moved until about twice as many qualify; anything else is left out. ``expect``: candidates to expect by the chances.
    """
    base = expect(chances)
    found = [made for r in spec.requirements if (made := _relaxation(r, spec, chances, base, expect, workspace)) is not None]
    return sorted(found, key=lambda r: (-r.factor, r.id))


def without(spec: DesignSpec, chances: Chances, expect: Expect) -> dict[str, float]:
    """How many times as many qualify without each requirement, at least 1, by its id."""
    base = max(expect(chances), 1e-9)
    return {r.id: max(expect(chances.without(r.id)) / base, 1.0) for r in spec.requirements}


def _relaxation(
    requirement: Requirement, spec: DesignSpec, chances: Chances, base: float, expect: Expect, workspace: Workspace
) -> Relaxation | None:
    """The weaker form of one requirement; None where nothing helps."""
    tried: list[Relaxation] = []
    for condition in _weaker(requirement, workspace):
        assert isinstance(requirement, PropertyRequirement)
        name = requirement.property
        values = computed(name, spec, chances.table, workspace) if workspace.catalogue[name].kind == "computed" else None
        number = expect(chances.with_bounds(requirement.id, condition, values))
        told = _told(requirement, _words(requirement, condition, spec, workspace), number, base, condition)
        tried += [told] if told is not None else []
        if told is not None and told.factor >= WORTH:
            return told
    if tried or isinstance(requirement, PropertyRequirement):
        return next((t for t in tried if t.factor >= SOME), tried[-1] if tried else None)
    return _told(requirement, f"without “{requirement.text}”", expect(chances.without(requirement.id)), base, None)


def _told(requirement: Requirement, words: str, number: float, base: float, condition: Condition | None) -> Relaxation | None:
    factor = number / max(base, 1e-9)
    if factor < LEAST or round(number) < 1:
        return None
    low, high = condition.bounds() if condition is not None else (math.inf, -math.inf)
    return Relaxation(
        id=requirement.id,
        change=words,
        low=low if math.isfinite(low) else None,
        high=high if math.isfinite(high) else None,
        dropped=condition is None,
        expected=round(number),
        factor=round(factor, 2),
    )


def _weaker(requirement: Requirement, workspace: Workspace) -> Iterator[Condition]:
    """Weaker and weaker conditions on a registered number, within the range that a goal may name; none for anything else."""
    if not isinstance(requirement, PropertyRequirement) or requirement.basis != "registered":
        return
    definition, condition = workspace.catalogue[requirement.property], requirement.condition
    step = _round_step(property_scale(definition), definition.integer)
    low, high = condition.bounds()
    for times in STEPS:
        by = step * times
        lower, upper = max(low - by, definition.low), min(high + by, definition.high)
        if math.isfinite(low) and math.isfinite(high):
            yield Condition(comparison="between", low=lower, high=upper)
        elif math.isfinite(low) and lower < low:
            yield Condition(comparison=condition.comparison, value=round(lower, 6))
        elif math.isfinite(high) and upper > high:
            yield Condition(comparison=condition.comparison, value=round(upper, 6))


def _round_step(scale: float, integer: bool) -> float:
    """1, 2 or 5 times a power of ten, the greatest that is no more than ``scale``; at least 1 for a count."""
    power = 10.0 ** math.floor(math.log10(scale))
    step = max(power * m for m in (1, 2, 5) if power * m <= scale * (1 + 1e-9))
    return max(step, 1.0) if integer else step


def _words(requirement: PropertyRequirement, condition: Condition, spec: DesignSpec, workspace: Workspace) -> str:
    """'Glass transition temperature at least 230 °C instead of 250'."""
    terms = Terms(workspace.catalogue, spec.candidate_class, spec.conditions.temperature_c)
    weaker = requirement.model_copy(update={"condition": condition})
    given = [figure(x) for x in requirement.condition.bounds() if math.isfinite(x)]
    return f"{kind_of(requirement).words(weaker, terms)} instead of {' to '.join(dict.fromkeys(given))}"
