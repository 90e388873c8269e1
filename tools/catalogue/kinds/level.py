"""A registered ordinal property that may be at worst a given level: "Thermal stability at most 'low' at 200 °C"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.candidate import PropertyValue, RequirementResult
from core.errors import SpecError
from core.spec import LevelRequirement
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds.base import UNKNOWN, Context, Kind, Subject, Terms, Test, result_of
from tools.catalogue.kinds.conditions import figure, number_text
from tools.catalogue.kinds.limits import Quantity
from tools.catalogue.kinds.validation import require_property


class LevelKind(Kind[LevelRequirement]):
    """Met by the order of the levels; the probability is that of surviving, as calibrated for the level."""

    model = LevelRequirement
    reads_structure = False

    def words(self, requirement: LevelRequirement, terms: Terms) -> str:
        """The label, the worst level, and the temperature at which it is judged."""
        return f"{terms.catalogue[requirement.property].label} at most '{requirement.at_worst}' at {figure(terms.temperature_c)} °C"

    def compact(self, requirement: LevelRequirement, terms: Terms) -> str:
        """'thermal_stability <= low @200'."""
        return f"{requirement.property} <= {requirement.at_worst} @{number_text(terms.temperature_c)}"

    def parse(self, text: str, terms: Terms) -> LevelRequirement | None:
        """Reads 'thermal_stability <= low', with or without a temperature, which belongs to the conditions of the spec."""
        match = re.fullmatch(r"(\w+) <= (\w+)(?: @(-?[\d.]+))?", text)
        if match is None or match[1] not in terms.catalogue or match[2] not in terms.catalogue[match[1]].levels:
            return None
        return LevelRequirement(id="", text="", property=match[1], at_worst=match[2])

    def validate(self, requirement: LevelRequirement, terms: Terms, what: str) -> LevelRequirement:
        """The property must have the level."""
        definition = require_property(requirement.property, terms, what)
        if requirement.at_worst not in definition.levels:
            known = f"its levels are {', '.join(definition.levels)}" if definition.levels else "it has no levels"
            raise SpecError(f"{what}: {requirement.at_worst!r} is not a level of {definition.label}; {known}")
        return requirement

    def structures(self, requirement: LevelRequirement) -> tuple[str, ...]:
        """None."""
        return ()

    def about(self, requirement: LevelRequirement) -> Quantity:
        """The property."""
        return ("property", requirement.property)

    def check(self, requirement: LevelRequirement, subject: Subject, context: Context) -> RequirementResult:
        """Met where the level is at least as good as asked for. SpecError for a level that the property does not have."""
        levels = context.catalogue[requirement.property].levels
        if requirement.at_worst not in levels:
            raise SpecError(f"{requirement.property} has no level {requirement.at_worst!r}; it has {', '.join(levels)}")
        value = subject.values.get(requirement.property)
        found = value.value if value is not None else None
        if not isinstance(found, str) or found not in levels:
            why = (value.reason if value is not None else None) or f"{requirement.property} was not estimated"
            return result_of(requirement, False, None, reason=why)
        met = levels.index(found) <= levels.index(requirement.at_worst)
        why = (value.reason if value is not None else "") or f"the level is {found}"
        probability = context.calculations.level_probability(found)
        return result_of(requirement, met, found, probability=probability, reason=why)

    def test(self, requirement: LevelRequirement, context: Context) -> Test | None:
        """None: levels are predicted."""
        return None

    def satisfaction(
        self, requirement: LevelRequirement, result: RequirementResult, values: Mapping[str, PropertyValue], catalogue: Catalogue
    ) -> float:
        """The probability of surviving."""
        return UNKNOWN if result.value is None else result.probability

    def closest(self, requirement: LevelRequirement, values: Sequence[float | str], catalogue: Catalogue) -> str | None:
        """The best level."""
        levels = catalogue[requirement.property].levels
        return min((str(value) for value in values if value in levels), key=levels.index, default=None)
