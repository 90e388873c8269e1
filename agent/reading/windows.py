"""Windows and tolerances: two numbers, each with a unit of its own or with one unit for both."""

from __future__ import annotations

from agent.reading.grammar import Node
from agent.reading.statements import Limit
from agent.reading.units import parsed, times
from tools.catalogue.catalogue import Catalogue

#: Units that differ by an offset too.
_TEMPERATURES = frozenset(["°C", "K", "°F"])


def in_unit(reach: float, unit: str, target: str, *, catalogue: Catalogue) -> float | None:
    """A tolerance in the unit of the value that it belongs to ('0.6 µm ± 15 nm', '90 °C ± 5 K'); None where the units are the same or do not fit."""
    said, wanted = (parsed(text, catalogue=catalogue) if text else None for text in (unit, target))
    if said is None or wanted is None or said == wanted:
        return None
    if {said.name, wanted.name} == {"°C", "K"}:
        return reach
    factor = times(said, wanted, catalogue=catalogue)
    return None if factor is None else reach * factor


def window(part: Node, numbers: list[tuple[float, str]], comparisons: list[str], *, catalogue: Catalogue) -> Limit | None:
    """The window between two numbers, in the unit of its upper end; None where they make none."""
    (low, first), (high, second) = numbers
    if any(c not in ("~", "==") for c in comparisons):
        return None
    if part.name == "Either" and (abs(high - low) != 1 or (low > high and bool(first))):
        return None
    low, high = (high, low) if part.name == "Either" and low > high else (low, high)  # 'one or zero'
    ends = part.mentions("num")
    hundreds = 100 <= high < 1000 and high % 100 == 0 and len(ends) == 2 and ends[1].j - ends[1].i > 1
    if hundreds and not first and low == int(low) and 1 <= low < high / 100:
        low *= 100.0  # 'between six and eight hundred'
    elif hundreds and not first and low < 20:
        return None
    if first and second and first != second:
        moved = _moved(low, first, second, catalogue=catalogue)
        if moved is None or moved >= high:
            return None
        low, first = moved, second  # '10 mPa to 1 Pa'
    return between(low, high, first, second, catalogue=catalogue)


def _moved(value: float, unit: str, target: str, *, catalogue: Catalogue) -> float | None:
    """``value`` in the unit of the other end of its window; None where the two do not fit, or run against each other (eV and nm)."""
    said, wanted = parsed(unit, catalogue=catalogue), parsed(target, catalogue=catalogue)
    if said is None or wanted is None:
        return None
    if said == wanted or (said.name and said.name == wanted.name):
        return value
    if {said.name, wanted.name} <= _TEMPERATURES:
        return round(catalogue.units.convert(value, said.name, wanted.name), 2)
    factor = times(said, wanted, catalogue=catalogue)
    return None if factor is None else value * factor


def between(low: float, high: float, first: str, second: str, *, catalogue: Catalogue) -> Limit | None:
    """From ``low`` to ``high``, the ends in two spellings of one unit at most; None otherwise."""
    if first and second and first != second and parsed(first, catalogue=catalogue) != parsed(second, catalogue=catalogue):
        one, two = parsed(first, catalogue=catalogue), parsed(second, catalogue=catalogue)
        if one is None or two is None or not one.name or one.name != two.name:
            return None
    if low > high and low < 0:
        low, high = high, low  # 'Tg -30 to -50 °C'
    return Limit("between", low=low, high=high, unit=second or first) if low <= high else None
