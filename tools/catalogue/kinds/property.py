"""A registered numeric property compared with numbers: 'logP (Crippen) at most 3'."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rdkit import Chem

from core.candidate import COMPUTED, ESTIMATED, MOVED, PropertyValue, RequirementResult
from core.errors import SpecError
from core.spec import Condition, PropertyRequirement
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds.base import UNKNOWN, Context, Kind, Subject, Terms, Test, closest_number, missed_by, result_of
from tools.catalogue.kinds.conditions import comparison, condition_text, distance, needs, number_text, parse_condition
from tools.catalogue.kinds.limits import INF, Limits, Quantity, phrase_of
from tools.catalogue.kinds.validation import finite_numbers, require_property
from tools.catalogue.probability import SYMMETRIC, ErrorShape, effective_sigma, interval_probability, shape_of
from tools.catalogue.property import Property

#: The unit in which mass concentrations are kept, and the property through which they are compared.
MASS_UNIT, MOLAR_MASS = "mg/L", "molecular_weight"
#: Decimals to which probabilities are rounded before they are compared.
DECIMALS = 9
#: Largest part of the satisfaction that distance alone earns, so that a hopeless prediction still points the way.
HINT = 0.05
#: How a value came about, by its basis.
_HOW = {
    None: "is predicted as",
    "measured": "was measured as",
    MOVED: "was measured in another solvent and, moved to this one, is",
    "in the training set": "is fitted as",
    COMPUTED: "was computed as",
    ESTIMATED: "is estimated, not computed, as",
}


class PropertyKind(Kind[PropertyRequirement]):
    """Exact values are met or not; predicted ones have the probability that their error distribution gives to the range."""

    model = PropertyRequirement
    reads_structure = False

    def words(self, requirement: PropertyRequirement, terms: Terms) -> str:
        """'Glass transition temperature at least 250 °C'."""
        definition = terms.catalogue[requirement.property]
        if _by_mass(requirement):
            return f"{definition.label.split(' (')[0]} {comparison(requirement.condition, MASS_UNIT)}"
        return f"{definition.label} {comparison(requirement.condition, definition.unit)}{_plain(requirement.condition, definition)}"

    def compact(self, requirement: PropertyRequirement, terms: Terms) -> str:
        """'logp <= 3'; 'aqueous_solubility_mass >= 50 mg/L' for a mass concentration."""
        if _by_mass(requirement):
            return f"{requirement.property}_mass {condition_text(requirement.condition)} {MASS_UNIT}"
        return f"{requirement.property} {condition_text(requirement.condition)}"

    def parse(self, text: str, terms: Terms) -> PropertyRequirement:
        """Reads 'logp <= 3' and 'logp 1..3'."""
        name, _, limit = text.partition(" ")
        if name.endswith("_mass") and limit.endswith(f" {MASS_UNIT}") and name not in terms.catalogue:
            condition = parse_condition(limit.removesuffix(MASS_UNIT).strip())
            return PropertyRequirement(
                id="", text="", property=name.removesuffix("_mass"), condition=condition, unit=MASS_UNIT, basis="mass concentration"
            )
        condition = parse_condition(limit)
        return PropertyRequirement(id="", text="", property=name, condition=condition, unit=terms.catalogue[name].unit)

    def validate(self, requirement: PropertyRequirement, terms: Terms, what: str) -> PropertyRequirement:
        """The property must have numbers, and theirs lie in its range; the unit is filled in."""
        definition = require_property(requirement.property, terms, what)
        if definition.kind == "level":
            raise SpecError(f"{what}: {definition.label} has levels ({', '.join(definition.levels)}), not numbers")
        if _by_mass(requirement):
            return _valid_mass(requirement, definition, what)
        for number in finite_numbers(requirement.condition):
            if not definition.low - 1e-9 <= number <= definition.high + 1e-9:
                span = f"{definition.low:g} to {definition.high:g} {definition.unit}".rstrip()
                raise SpecError(f"{what}: {number_text(number)} is outside the range of {definition.label} ({span})")
        if requirement.unit and requirement.unit != definition.unit:
            raise SpecError(f"{what}: the unit of {definition.label} is {definition.unit or 'none'}, not {requirement.unit}")
        return requirement.model_copy(update={"unit": definition.unit})

    def structures(self, requirement: PropertyRequirement) -> tuple[str, ...]:
        """None."""
        return ()

    def about(self, requirement: PropertyRequirement) -> Quantity:
        """The property."""
        return ("property", requirement.property)

    def condition(self, requirement: PropertyRequirement) -> Condition | None:
        """Its condition in the registered unit; None for a mass concentration, where it is another for each structure."""
        return None if _by_mass(requirement) else requirement.condition

    def condition_for(self, requirement: PropertyRequirement, values: Mapping[str, PropertyValue]) -> Condition | None:
        """The condition in the registered unit for a structure with these values; None where its molar mass is needed and not known."""
        if not _by_mass(requirement):
            return requirement.condition
        mass = values.get(MOLAR_MASS)
        return None if mass is None or not mass.number else requirement.condition_for(mass.number)

    def limit(self, requirement: PropertyRequirement, limits: Limits) -> None:
        """The range of the property; a strict end of a count is the next whole number."""
        if _by_mass(requirement):
            return
        quantity, phrase = ("property", requirement.property), phrase_of(requirement)
        low, high = requirement.condition.bounds()
        strict = requirement.condition.comparison
        limits.narrow(quantity, low, high, phrase, strict_low=strict == ">", strict_high=strict == "<")
        if limits.catalogue[requirement.property].integer:
            if strict == "<":
                limits.narrow(quantity, -INF, high - 1, phrase)
            if strict == ">":
                limits.narrow(quantity, low + 1, INF, phrase)

    def check(self, requirement: PropertyRequirement, subject: Subject, context: Context) -> RequirementResult:
        """An exact value holds or not; a predicted one is met from ``context.met_probability``; an unknown one is not met."""
        definition = context.catalogue[requirement.property]
        value = subject.values.get(requirement.property)
        number = value.number if value is not None else None
        if value is None or number is None:
            why = (value.reason if value is not None else None) or f"{definition.label} was not estimated"
            return result_of(requirement, False, None, unit=definition.unit, reason=why)
        condition = self.condition_for(requirement, subject.values)
        if condition is None:
            return result_of(requirement, False, None, unit=requirement.unit, reason="the molar mass of the structure is not known")
        given, unit, means = number, definition.unit, ""
        if _by_mass(requirement):
            given, unit = mass_concentration(number, subject.values), MASS_UNIT
            means = f" ({given:.3g} {unit})"
        wanted = needs(requirement.condition, unit)
        if value.exact:
            met = condition.holds(number)
            reason = f"{definition.label} is {given:.4g}, needs {wanted}"
            return result_of(requirement, met, given, unit=unit, reason=reason)
        sigma = effective_sigma(value)
        probability = property_probability(number, sigma, condition, shape_of(value))
        outside = ", outside the method's domain" if value.in_domain is False else ""
        error = f"± {sigma:.3g}" if sigma is not None else "with unknown error"
        how = _HOW[value.basis]
        said = (
            f"{definition.label.split(' (')[0]}: {number:.0%} probable"
            if value.outcome
            else f"{definition.label} {how} {number:.4g} {error} {definition.unit}".rstrip()
        )
        reason = f"{said}{means}{outside}, needs {wanted}"
        met = probability >= context.met_probability
        return result_of(requirement, met, given, probability=probability, unit=unit, reason=reason)

    def test(self, requirement: PropertyRequirement, context: Context) -> Test | None:
        """Of a computed property; a structure for which it is not defined fails."""
        if context.catalogue[requirement.property].kind != "computed":
            return None
        name, holds = requirement.property, requirement.condition.test()
        descriptor = context.calculations.descriptor(name)

        def test(mol: Chem.Mol, known: dict[str, float]) -> bool:
            try:
                known[name] = value = descriptor(mol)
            except (ValueError, RuntimeError, ZeroDivisionError):
                return False
            return holds(value)

        return test

    def cost(self, requirement: PropertyRequirement, context: Context) -> float:
        """That of the property."""
        return context.calculations.descriptor_cost(requirement.property)

    def satisfaction(
        self, requirement: PropertyRequirement, result: RequirementResult, values: Mapping[str, PropertyValue], catalogue: Catalogue
    ) -> float:
        """The probability with a hint of the distance; 1 for an exact value that holds, else falling with the distance."""
        value = values.get(requirement.property)
        number = value.number if value is not None else None
        if value is None or number is None:
            return UNKNOWN
        condition = self.condition_for(requirement, values)
        if condition is None:
            return UNKNOWN
        sigma = effective_sigma(value)
        missed = distance(condition, number)
        if sigma is None:
            scale = property_scale(catalogue[requirement.property])
            return 1.0 if result.met else missed_by(max(missed / scale, 0.01))
        return result.probability + (1.0 - result.probability) * HINT / (1.0 + missed / sigma)

    def closest(self, requirement: PropertyRequirement, values: Sequence[float | str], catalogue: Catalogue) -> float | None:
        """The number nearest to the range."""
        return closest_number(requirement.condition, values)


def property_probability(number: float, sigma: float | None, condition: Condition, shape: ErrorShape = SYMMETRIC) -> float:
    """Probability that a predicted property meets ``condition``, rounded to 9 decimals.

    With an unknown error it is 0.5 where the prediction itself holds, else 0. An exact equality has probability 0: it needs a window.
    """
    if sigma is None:
        return 0.5 if condition.holds(number) and condition.comparison != "==" else 0.0
    return round(interval_probability(number, sigma, *condition.bounds(), shape), DECIMALS)


def mass_concentration(log_molar: float, values: Mapping[str, PropertyValue]) -> float:
    """mg/L of a substance of which 10**``log_molar`` mol/L dissolve, by the molar mass among its values. Raises KeyError without one."""
    mass = values[MOLAR_MASS].number
    return float(10.0**log_molar * 1000.0 * (math.nan if mass is None else mass))


def property_scale(definition: Property) -> float:
    """A distance that matters for a property, in its unit: its window, 1 for a count, else a tenth of its typical range."""
    if definition.integer:
        return 1.0
    return definition.window or max((definition.typical_high - definition.typical_low) / 10.0, 1e-6)


def _by_mass(requirement: PropertyRequirement) -> bool:
    return requirement.basis == "mass concentration"


def _valid_mass(requirement: PropertyRequirement, definition: Property, what: str) -> PropertyRequirement:
    """A solubility in mg/L."""
    if definition.name != "aqueous_solubility":
        raise SpecError(f"{what}: {definition.label} cannot be compared as a mass concentration")
    if requirement.unit not in ("", MASS_UNIT):
        raise SpecError(f"{what}: a mass concentration is compared in {MASS_UNIT}, not {requirement.unit}")
    if any(number <= 0 for number in finite_numbers(requirement.condition)):
        raise SpecError(f"{what}: a mass concentration is above 0 {MASS_UNIT}")
    return requirement.model_copy(update={"unit": MASS_UNIT})


def _plain(condition: Condition, definition: Property) -> str:
    """' (5 cP)' after a limit on the logarithm of a quantity that goals state plainly; else nothing."""
    if not (definition.plain_unit and (definition.user_defined or definition.unit.startswith("log "))):
        return ""
    numbers = [n for n in (condition.value, condition.low, condition.high) if n is not None]
    return f" ({' and '.join(f'{10.0**n:.3g}' for n in numbers)} {definition.plain_unit})"
