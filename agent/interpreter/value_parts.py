"""Shared by the rules for values: properties, comparisons and what is recorded for them."""

from __future__ import annotations

from dataclasses import replace

from agent.interpreter.cursor import Cursor
from agent.interpreter.statements import Limit, Statement
from core.errors import GoalError
from tools.catalogue.registry import REGISTRY

TEMPERATURES = ("°C", "K", "°F")


def add_property(c: Cursor, name: str, limit: Limit, i: int, j: int) -> None:
    """Record a property with its comparison."""
    c.found.statements.append(Statement("property", c.phrase(i, j), name=name, limit=limit, soft=c.soft))


def objective(c: Cursor, name: str, shape: str, i: int, j: int) -> None:
    """Record a wish for more ('maximise') or less ('minimise') of a property."""
    if REGISTRY[name].kind == "level":
        c.found.statements.append(Statement("level", c.phrase(i, j), name=name, temperature=150.0, shape="assumed"))
        return
    c.found.statements.append(Statement("objective", c.phrase(i, j), name=name, shape=shape))


def prop_at(c: Cursor, i: int) -> tuple[str, int] | None:
    """A property at ``i`` after filler words, with the index after it and its repetitions in brackets."""
    j = c.skip(i, 5)
    while c.has(j, "candidates", "cmp") and c.has(j, "filler") and not c.has(j + 1, "num"):
        j = c.skip(j + 1, 3)
    if not c.has(j, "prop") or _more_than_property(c, j):
        return None
    name = str(c.get(j, "prop"))
    k = j + 1
    while c.has(k, "paren") and c.has(k + 1, "prop") and c.get(k + 1, "prop") == name:
        k += 2 + c.has(k + 2, "paren")
    return name, k


def _more_than_property(c: Cursor, j: int) -> bool:
    """Whether a word that is also a property name is used otherwise ('absorption spectrum', similarity 'weight')."""
    return c.has(j, "stable") and temperature_after(c, j + 1) is not None


def temperature_after(c: Cursor, i: int) -> tuple[float, int] | None:
    """(temperature in °C, index after it) in 'at 200 °C', 'up to 473 K', or None."""
    j = i
    for _ in range(5):
        if c.has(j, "temperature_links", "cmp") or c.filler(j):
            j += 1
            continue
        break
    number = c.number(j)
    direct = c.text_of(i - 1)[:6] in ("surviv", "withst", "tolera", "endure", "resist")
    if number is None or (j == i and not direct):
        return None
    value, unit, k = number
    if unit not in TEMPERATURES:
        return None
    return (value if unit == "°C" else REGISTRY.units.convert(value, unit, "°C")), k


def opposite(first: Limit, second: Limit) -> bool:
    """Whether one comparison bounds from below and the other from above."""
    return first.operator[0] in "<>" and second.operator[0] in "<>" and first.operator[0] != second.operator[0]


def limits_after(c: Cursor, j: int) -> tuple[list[Limit], int] | None:
    """One or two comparisons at ``j`` ('above 2 and below 4'), with the index after them."""
    first = c.limit(j)
    if first is None:
        return None
    limits, end = [first[0]], first[1]
    k = end
    while c.has(k, "and", "but", "sep", "filler", "paren") and k < end + 3 and not c.has(k, "cmp"):
        k += 1
    if k > end and c.has(k, "cmp", "negation") and (second := c.limit(k)) is not None and opposite(first[0], second[0]):
        nxt = c.skip(second[1], 4)
        stop = c.has(second[1], "sep", "and", "but") or nxt >= len(c.items)
        units_fit = second[0].unit in ("", first[0].unit) or (not first[0].unit and not c.has(end, "sep"))
        if units_fit and (stop or not c.has(nxt, "prop", "grp", "elem", "unchk", "candidates", "similarity", "atoms")):
            unit = second[0].unit or first[0].unit
            limits = [replace(first[0], unit=unit), replace(second[0], unit=unit)]
            end = second[1]
    return limits, end


def than(c: Cursor, name: str, up: bool, i: int, j: int) -> int | None:
    """'... than 3', '... than aspirin', or neither (relative to the reference, if there is one), for property ``name`` at item ``j``."""
    operator = ">" if up else "<"
    k = c.skip(j, 2)
    if c.has(k, "than"):
        number = c.number(c.skip(k + 1, 3))
        if number is not None:
            add_property(c, name, Limit(operator, low=number[0], unit=number[1]), i, number[2])
            return number[2]
        reference = c.reference(k + 1)
        if reference is not None:
            add_property(c, name, Limit(operator, ref=reference[0]), i, reference[1])
            return reference[1]
        raise GoalError("it is not said what to compare with: a number, a known compound or a SMILES", phrase=c.phrase(i, k + 3))
    limit = c.limit(k)
    if limit is not None and limit[0].operator != "bare":
        add_property(c, name, limit[0], i, limit[1])
        return limit[1]
    c.found.statements.append(Statement("relative", c.phrase(i, j), name=name, shape="up" if up else "down"))
    return j
