"""From a comparison as written to a checked condition in the registered unit."""

from __future__ import annotations

import math

from agent.reading.statements import Limit, Ref
from agent.reading.units import in_property_unit, mass_concentration, parsed
from core.errors import GoalError, MolwrightError, UnitError
from core.spec import CandidateClass, Comparison, Condition, EditRequirement, EstimationConditions
from tools.calculators.collection import Calculators
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.property import Property

#: Density of water at 25 °C in g/cm³ (CRC Handbook of Chemistry and Physics: 0.99705), outside what is predicted.
WATER_DENSITY = 0.997
_TURNED: dict[str, Comparison] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}


def property_condition(
    definition: Property, limit: Limit, phrase: str, reference: float | None = None, *, catalogue: Catalogue
) -> tuple[Condition, list[str]]:
    """The condition in the unit of ``definition`` and the notes that explain what was assumed.

    ``reference`` is the value of the structure that the limit refers to. Raises UnitError for a unit that does not fit,
    GoalError for a number outside the property's range or a comparison without direction.
    """
    operator = limit.operator
    notes: list[str] = []
    if operator in ("better", "better=", "worse"):
        if not definition.better:
            raise GoalError(f"'{operator.strip('=')}' does not say whether more or less {definition.label} is meant", phrase=phrase)
        operator = (">" if (definition.better > 0) == (operator != "worse") else "<") + ("=" if operator == "better=" else "")
    if limit.ref is not None and reference is not None:
        numbers: list[float | None] = [reference * limit.factor]
    else:
        numbers = [limit.low, limit.high]
    unit = limit.unit or (definition.plain_unit if limit.ref is None else "")
    converted = [_converted(definition, v, unit, phrase, notes, catalogue=catalogue) for v in numbers if v is not None]
    values = [value for value, _ in converted]
    if not limit.unit and limit.ref is None and _fractions(definition, values, phrase):
        values = [100 * value for value in values]
        notes.append(f"a fraction of the mass, {', '.join(f'{value:g} {definition.unit}' for value in values)}")
    elif not limit.unit and limit.ref is None and definition.unit and definition.name not in ("molecular_weight", "log_epsilon"):
        notes.append(f"no unit is given; {definition.plain_unit or definition.unit} is assumed")
    if limit.unit and any(reversed_ for _, reversed_ in converted):
        operator = _TURNED.get(operator, operator)
        notes.append(f"{limit.unit} is converted to {definition.unit}, which reverses the comparison")
        values.reverse()
    _in_range(definition, values, phrase)
    return _condition(definition, operator, values, notes), notes


#: mg/L of a solution of 1 wt% in water, and up to how many wt% its density is near enough to that of water.
_MG_PER_L_OF_PER_CENT, _DILUTE = 1e4, 10.0


def mass_condition(definition: Property, limit: Limit, phrase: str, *, catalogue: Catalogue) -> tuple[Condition, list[str]] | None:
    """The condition in mg/L, with notes, for a solubility that is stated by mass ('50 µg/mL'); None for any other.

    Raises GoalError for a comparison that a mass cannot be held against.
    """
    unit = parsed(limit.unit, catalogue=catalogue) if limit.unit else None
    if unit is None or definition.name != "aqueous_solubility":
        return None
    said = [v for v in (limit.low, limit.high) if v is not None]
    dilute = unit.name == "wt%" and max(said, default=math.inf) <= _DILUTE
    factor = _MG_PER_L_OF_PER_CENT if dilute else mass_concentration(unit)
    if factor is None:
        return None
    values = [v * factor for v in said]
    if not values or min(values) <= 0:
        raise GoalError("a solubility is a positive amount", phrase=phrase)
    note = f"{unit.written} is compared through the molar mass of each candidate" + (", 1 wt% in water as 10 g/L" if dilute else "")
    if limit.operator == "between":
        return Condition(comparison="between", low=min(values), high=max(values)), [note]
    operator = {"better": ">", "better=": ">=", "worse": "<"}.get(limit.operator, limit.operator)
    if operator in ("bare", "~", "=="):
        third = 10.0 ** (definition.window or 0.5)
        return Condition(comparison="between", low=values[0] / third, high=values[0] * third), [
            note,
            f"about {values[0]:g} mg/L means within a factor of {third:.2g}",
        ]
    return Condition.model_validate({"comparison": operator, "value": values[0]}), [note]


def _converted(definition: Property, value: float, unit: str, phrase: str, notes: list[str], *, catalogue: Catalogue) -> tuple[float, bool]:
    """(the number in the unit of the property, whether 'more' became 'less')."""
    if not unit:
        if definition.name == "log_epsilon" and value >= 100:
            notes.append(f"{value:g} is taken as ε in L/mol/cm; log ε = {math.log10(value):.2f}")
            return math.log10(value), False
        return value, False
    known = parsed(unit, catalogue=catalogue)
    if known is None:
        raise UnitError(f"{unit} is not known as a unit", phrase=phrase)
    try:
        return in_property_unit(value, known, definition, catalogue=catalogue)
    except UnitError as error:
        raise UnitError(str(error), phrase=phrase) from error


def _fractions(definition: Property, values: list[float], phrase: str) -> bool:
    """Whether plain numbers for a share of the mass are fractions: 'mass fraction of oxygen above 0.3', 'a carbon share of 0.6'."""
    named = any(word in phrase.lower() for word in ("fraction", "share", "half", "third", "quarter", "fifth", "tenth"))
    return definition.unit == "wt%" and named and all(0 <= value <= 1 for value in values)


def _condition(definition: Property, operator: str, values: list[float], notes: list[str]) -> Condition:
    if operator == "between":
        return Condition(comparison="between", low=min(values), high=max(values))
    value = values[0]
    if definition.integer and operator in ("==", "bare"):
        return Condition(comparison="==", value=value)
    if operator in ("~", "bare", "=="):
        width = definition.window if definition.window is not None else max(abs(value) * 0.1, 1.0 if definition.integer else 1e-6)
        width = float(math.ceil(width)) if definition.integer else width
        said = "exactly" if operator == "==" else "a number without a comparison" if operator == "bare" else "'around' or 'at'"
        notes.append(f"{said} means within ± {width:g}{' ' + definition.unit if definition.unit else ''}")
        low, high = max(value - width, definition.low), min(value + width, definition.high)
        return Condition(comparison="between", low=low, high=high)
    return Condition.model_validate({"comparison": operator, "value": value})


def _in_range(definition: Property, values: list[float], phrase: str) -> None:
    for value in values:
        if not definition.low - 1e-9 <= value <= definition.high + 1e-9:
            span = f"{definition.low:g} to {definition.high:g}{' ' + definition.unit if definition.unit else ''}"
            raise GoalError(f"{value:g} is not a sensible value of {definition.label} ({span})", phrase=phrase)
        if definition.integer and value != int(value):
            raise GoalError(f"{definition.label} is a count; {value:g} is not a whole number", phrase=phrase)


def count_condition(limit: Limit, phrase: str) -> Condition:
    """A condition on a count. Raises GoalError for numbers that are negative, not whole, or above 1000, and UnitError for a unit."""
    if limit.unit:
        raise UnitError(f"a count has no unit {limit.unit}", phrase=phrase)
    for number in (limit.low, limit.high):
        if number is not None and (number < 0 or number != int(number) or number > 1000):
            raise GoalError(f"{number:g} is not a sensible count", phrase=phrase)
    if limit.low is None:
        raise GoalError("a count needs a number", phrase=phrase)
    if limit.operator == "between":
        return Condition(comparison="between", low=limit.low, high=limit.high)
    if limit.operator == "better=":
        raise GoalError("'better' does not say whether more or fewer are meant", phrase=phrase)
    if limit.operator == "~":
        return Condition(comparison="between", low=max(0.0, limit.low - 1), high=limit.low + 1)
    if limit.operator in ("bare", "==", "better", "worse"):
        return Condition(comparison="==", value=limit.low)
    condition = Condition.model_validate({"comparison": limit.operator, "value": limit.low})
    if condition.comparison == "<" and limit.low == 0:
        raise GoalError("a count cannot be below 0", phrase=phrase)
    return condition


def similarity_condition(limit: Limit | None, wanted: bool, phrase: str) -> tuple[Condition, list[str]]:
    """A condition on a Tanimoto similarity with notes; without a number 0.4 and more is similar, below 0.3 dissimilar."""
    if limit is None or limit.low is None:
        if wanted:
            return Condition(comparison=">=", value=0.4), ["similar means a Tanimoto similarity of at least 0.4 (Morgan, radius 2)"]
        return Condition(comparison="<", value=0.3), ["dissimilar means a Tanimoto similarity below 0.3 (Morgan, radius 2)"]
    scale = 100.0 if limit.unit == "%" else 1.0
    low, high = limit.low / scale, None if limit.high is None else limit.high / scale
    if limit.unit not in ("", "%") or not 0 <= low <= 1 or (high is not None and not 0 <= high <= 1):
        raise GoalError("a similarity lies between 0 and 1", phrase=phrase)
    if limit.operator == "between":
        return Condition(comparison="between", low=low, high=high), []
    if limit.operator in ("~",):
        return Condition(comparison="between", low=max(0.0, low - 0.1), high=min(1.0, low + 0.1)), ["around means within ± 0.1"]
    operator = ">=" if limit.operator in ("bare", "==", "better", "better=") else "<" if limit.operator == "worse" else limit.operator
    return Condition.model_validate({"comparison": operator, "value": low}), []


def reference_value(
    name: str, ref: Ref, candidate_class: CandidateClass, conditions: EstimationConditions, phrase: str, *, calculators: Calculators
) -> float:
    """The value of property ``name`` for a structure that the goal names, in the registered unit.

    Computed properties by RDKit; predicted ones as candidates are judged: measured, where a value of that very structure ships, else by the predictor.
    Raises GoalError if it cannot be had.
    """
    definition = calculators.catalogue[name]
    if name == "density" and ref.smiles == "O":
        return WATER_DENSITY
    try:
        if definition.kind == "computed":
            from tools.structures.parse import parse_smiles

            return calculators.number(name, parse_smiles(ref.smiles))  # unrounded: 'higher' must not hold for the reference itself
        from tools.predictors.known.apply import with_known
        from tools.structures.standardise import standardise

        form = standardise(ref.smiles, candidate_class)
        predicted = calculators.estimate([form.smiles], candidate_class, [name], conditions)[0]
        value = with_known(predicted, form.key, form.smiles, candidate_class, conditions)[name]
    except (MolwrightError, ImportError, ValueError) as error:
        raise GoalError(f"the {definition.label} of {ref.name or ref.smiles} cannot be had: {error}", phrase=phrase) from error
    if value.number is None:
        raise GoalError(f"the {definition.label} of {ref.name or ref.smiles} cannot be had: {value.reason}", phrase=phrase)
    return round(value.number, 4)


def check_edit(requirement: EditRequirement) -> None:
    """Raise GoalError, saying why, if the change cannot be made to the structure."""
    from tools.groups.edits import counter, edited
    from tools.structures.parse import parse_smiles

    if edited(requirement.reference, requirement.operation, requirement.group, requirement.replacement, requirement.every):
        return
    name = requirement.reference_name or requirement.reference
    if requirement.operation != "add" and not counter(requirement.group)(parse_smiles(requirement.reference)):
        raise GoalError(f"{name} has no {requirement.group} to {requirement.operation}", phrase=requirement.phrase)
    raise GoalError(f"no single change of this kind is possible in {name}", phrase=requirement.phrase)
