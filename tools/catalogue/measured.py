"""A value that somebody measured, as the number in the unit of its property."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.errors import UnitError, UsageError
from core.review import Qualifier
from core.units import UnitTable, reverses
from tools.catalogue.property import Property
from tools.files.numbers import Notation
from tools.files.quantities import read_quantity, relation_of
from tools.files.units import convert, standard

#: How a single number is read: '1,5' is one and a half, '1,500' may be two numbers and is refused.
ALONE = Notation()
_TURNED: dict[Qualifier, Qualifier] = {"<": ">", ">": "<"}


@dataclass(frozen=True)
class Entered:
    """A measured value in the unit of its property.

    Attributes:
        value: the number.
        qualifier: '=' for a measurement, '<' and '>' for a limit, '~' for an estimate.
        spread: what stands behind the sign of plus and minus, or half of a range; None where nothing was said.
        given: value and unit as they were written.
    """

    value: float
    qualifier: Qualifier
    spread: float | None
    given: str


def entered(
    definition: Property,
    text: str,
    *,
    unit: str = "",
    qualifier: str = "",
    spread: str = "",
    units: UnitTable,
    molar_mass: float | None = None,
    notation: Notation = ALONE,
) -> Entered:
    """What was measured of the property ``definition``: ``text`` is a number, or what a cell of a file may hold ('< 388 K', '120-124', '3.1 ± 0.2').

    ``unit``: that of a text without one. ``qualifier``: '<', '>', '~' or a word for one of them, for a text without one; ``spread``: likewise, a
    number in the same unit. ``molar_mass``: g/mol, for a solubility that is given as a mass in a volume. Raises UsageError for what is no such
    value, has no unit though the property has one, or lies outside what the property can be, and UnitError for a unit that does not fit.
    """
    if definition.kind == "level":
        raise UsageError(f"{definition.label} is a class, not a number; write what was seen as a comment")
    found = read_quantity(text, notation)
    if isinstance(found, str):
        raise UsageError(f"{definition.label}: {found}")
    if found.decomposes:
        raise UsageError(f"{definition.label}: where a substance decomposes is no value of it; write it as a note or a comment")
    said = relation_of(qualifier)
    if said is None:
        raise UsageError(f"{definition.label}: {qualifier!r} is none of =, <, >, ~")
    if said != "=" and found.relation not in ("=", said):
        raise UsageError(f"{definition.label}: the value says {found.relation}, the qualifier {said}")
    written = found.unit or unit.strip()
    if not written and definition.unit:
        raise UsageError(f"{definition.label}: say the unit of {text.strip()!r}, such as {definition.unit}")
    value = in_unit(found.value, written, definition, units=units, molar_mass=molar_mass)
    if not definition.low <= value <= definition.high:
        limits = f"{definition.low:g} to {definition.high:g} {definition.unit}".rstrip()
        raise UsageError(
            f"{definition.label}: {text.strip()} {written} is outside what it can be ({limits}); is the unit right?".replace("  ", " ")
        )
    relation: Qualifier = said if said != "=" else found.relation
    if reverses(standard(written), definition.unit):
        relation = _TURNED.get(relation, relation)
    half = _spread(spread, definition) if spread.strip() else found.spread
    if half is not None:
        ends = [in_unit(found.value + sign * half, written, definition, units=units, molar_mass=molar_mass) for sign in (-1, 1)]
        half = abs(ends[1] - ends[0]) / 2
    shown = " ".join(f"{qualifier if said != '=' and found.relation == '=' else ''} {text.strip()}".split())
    more = f" ± {spread.strip()}" if spread.strip() else ""
    return Entered(value, relation, half, f"{shown}{more}{'' if found.unit or not written else f' {written}'}")


def in_unit(value: float, unit: str, definition: Property, *, units: UnitTable, molar_mass: float | None = None) -> float:
    """``value`` in ``unit`` as a number in the unit of the property. Raises UnitError where there is no conversion or the value has none.

    ``molar_mass``: g/mol, through which a mass in a volume becomes an amount.
    """
    target, said = definition.unit, standard(unit)
    if said == target or not said:
        return value
    try:
        return convert(value, said, target)
    except UnitError as error:
        reason = error
    if (said, target) in units.conversions:
        return units.convert(value, said, target)
    if target == "log mol/L" and molar_mass:
        try:
            mass = convert(value, said, "g/L")
        except UnitError:
            raise UnitError(f"{definition.label}: {unit!r} cannot be converted to {target}, mol/L or g/L") from None
        if mass <= 0:
            raise UnitError(f"{definition.label}: {value:g} {unit} has no logarithm")
        return math.log10(mass / molar_mass)
    accepted = ", ".join(definition.accepted_units) or target or "a plain number"
    raise UnitError(f"{definition.label} in {unit!r}: use {accepted}") from reason


def _spread(text: str, definition: Property) -> float:
    found = read_quantity(text.strip().lstrip("±").strip(), ALONE)
    if isinstance(found, str) or not found.plain or found.unit or not found.value >= 0:
        raise UsageError(f"{definition.label}: the spread {text.strip()!r} is not a number of at least 0 in the unit of the value")
    return found.value
