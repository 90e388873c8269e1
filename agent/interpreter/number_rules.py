"""Rules for what begins with a number or a comparison. Each answers the index after what it consumed, or None."""

from __future__ import annotations

from dataclasses import replace

from agent.interpreter.cursor import Cursor
from agent.interpreter.statements import Limit, Statement
from agent.interpreter.value_parts import TEMPERATURES, add_property, opposite
from core.errors import GoalError
from tools.catalogue.registry import REGISTRY


def number_wanted(c: Cursor, i: int) -> int | None:
    """'three candidates', 'five small molecules', 'two nitro-free dyes', '20 analogues of caffeine'."""
    if not c.has(i, "num") or (c.has(i + 1, "unit") and not c.has(i + 1, "elem")):
        return None
    value = float(c.items[i].m["num"])
    j = i + 1
    for _ in range(5):
        if (
            c.has(j, "candidates")
            or _plural_noun(c, j)
            or c.text_of(j).split(" ")[0] == "isomers"
            or (c.text_of(i) == "1" and c.has(j, "fam", "pair") and not c.has(j, "groups"))
        ):
            break
        if (
            c.has(j, "vague", "filler", "grp", "free", "dash", "rule", "adjective_up", "fam", "pair", "scale", "negation", "unchk")
            or not c.items[j : j + 1]
            or not c.items[j].m
        ) and not c.has(j, "prop", "groups", "atoms", "sep"):
            j += 1
            continue
        return None
    else:
        return None
    if (
        c.has(i - 1, "cmp", "to", "between", "and")
        and not c.has(j, "candidates")
        and c.text_of(i - 1) not in ("at least", "about", "around", "some")
    ):
        return None
    if value != int(value) or not 1 <= value <= 1000:
        raise GoalError("the number of candidates must be a whole number from 1 to 1000", phrase=c.phrase(i, j + 1))
    c.found.candidates = int(value)
    return i + 1


def _plural_noun(c: Cursor, j: int) -> bool:
    """Whether item ``j`` is a plural noun for candidates: 'molecules', 'polyimides', 'dyes', 'analogues of'."""
    if c.has(j, "fam", "pair") and not c.has(j, "groups"):
        return c.text_of(j).endswith("s") and not c.text_of(j).endswith("ss")
    return (c.has(j, "similar") and c.text_of(j).split(" ")[0].endswith("s")) or (
        c.has(j, "analogue_suffix") and c.text_of(j).endswith("s")
    )


def sandwiched(c: Cursor, i: int) -> int | None:
    """The first half of '300 < MW < 400': the number before the sign; the second half is read at the property."""
    number = c.number(i)
    if number is None or not c.has(number[2], "cmp") or c.text_of(number[2]) not in ("<", "<=", ">", ">="):
        return None
    k = number[2] + 1
    if not c.has(k, "prop"):
        return None
    turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[c.text_of(number[2])]
    add_property(c, str(c.get(k, "prop")), Limit(turned, low=number[0], unit=number[1]), i, k + 1)
    return k


_BOUNDS = {"max": "<=", "max.": "<=", "maximum": "<=", "maximal": "<=", "min": ">=", "min.": ">=", "minimum": ">=", "minimal": ">="}


def bounded_property(c: Cursor, i: int) -> int | None:
    """'maximum MW of 400', 'min logP 1': the bound comes first, then the property, then the number."""
    if c.text_of(i) not in _BOUNDS or not c.has(i + 1, "prop"):
        return None
    number = c.number(c.skip(i + 2, 4))
    if number is None:
        return None
    add_property(c, str(c.get(i + 1, "prop")), Limit(_BOUNDS[c.text_of(i)], low=number[0], unit=number[1]), i, number[2])
    return number[2]


def limit_first(c: Cursor, i: int) -> int | None:
    """A comparison before its noun: 'at most 3 rings', '300 Da weight', 'exactly one nitro group', '8 carbon atoms'."""
    found = c.limit(i)
    if found is None:
        return None
    limits, j = [found[0]], found[1]
    if c.has(j, "and", "but") and c.has(j + 1, "cmp") and (second := c.limit(j + 1)) is not None and opposite(found[0], second[0]):
        limits.append(second[0])
        j = second[1]
    k = c.skip(j, 5)
    if c.has(k, "similarity", "similar"):
        return None
    if c.has(k, "atoms") and not c.has(k, "elem"):
        c.found.assumptions.append((c.phrase(i, k + 1), "'atoms' are counted without hydrogen"))
        for limit in limits:
            add_property(c, "heavy_atoms", limit, i, k + 1)
        return k + 1
    if c.has(k, "candidates") and limits[0].operator in ("<=", ">=", "~", "==") and not limits[0].unit:
        return number_wanted(c, k - 1)
    if limits[0].operator == ">=" and len(limits) == 1 and not limits[0].unit and _plural_noun(c, k) and c.has(k - 1, "num"):
        return number_wanted(c, k - 1)  # 'at least five molecules': so many are listed
    if c.has(k, "prop") and not _own_value(c, k):
        limits, end = _with_after(c, limits, k + 1)
        for limit in limits:
            add_property(c, str(c.get(k, "prop")), limit, i, end)
        return end
    if c.has(k, "grp", "elem") and not limits[0].unit and not c.has(k, "filler"):
        return _counted(c, limits, i, k)
    if c.has(k, "unchk"):
        c.unchecked(i, k + 1, str(c.get(k, "unchk")))
        return k + 1
    return _by_unit(c, limits, i, j)


def _with_after(c: Cursor, limits: list[Limit], end: int) -> tuple[list[Limit], int]:
    """'20 heavy atoms or fewer': the comparison follows the noun."""
    if len(limits) == 1 and limits[0].operator == "bare" and c.has(end, "after"):
        return [replace(limits[0], operator=str(c.get(end, "after")))], end + 1
    return limits, end


def _own_value(c: Cursor, k: int) -> bool:
    """Whether the property at ``k`` has a comparison of its own, so that what precedes belongs elsewhere."""
    after = c.limit(c.skip(k + 1, 3)) if not c.has(k + 1, "sep", "and", "but") else None
    return after is not None and not REGISTRY[str(c.get(k, "prop"))].integer and after[0].operator != "bare"


def _counted(c: Cursor, limits: list[Limit], i: int, k: int) -> int:
    end = k + 1
    while c.has(end, "groups", "atoms"):
        end += 1
    limits, end = _with_after(c, limits, end)
    for limit in limits:
        if c.has(k, "grp"):
            c.found.statements.append(Statement("count", c.phrase(i, end), name=str(c.get(k, "grp")), limit=limit, soft=c.soft))
        else:
            symbol = str(c.get(k, "elem"))
            c.found.statements.append(Statement("count", c.phrase(i, end), name=symbol, what="element", limit=limit, soft=c.soft))
    return end


_BY_UNIT = {"g/mol": "molecular_weight", "kg/mol": "molecular_weight", "nm": "absorption_maximum", "eV": "absorption_maximum"} | {
    "cm⁻¹": "absorption_maximum",
    "µm": "absorption_maximum",
    "Å²": "tpsa",
    "log mol/L": "aqueous_solubility",
    "mol/L": "aqueous_solubility",
    "mmol/L": "aqueous_solubility",
    "L/mol/cm": "log_epsilon",
}


def _by_unit(c: Cursor, limits: list[Limit], i: int, j: int) -> int | None:
    unit = limits[0].unit
    if not unit and limits[0].ref is None and c.text_of(i).split(" ")[0] in ("heavier", "lighter"):
        add_property(c, "molecular_weight", limits[0], i, j)
        return j
    if unit in _BY_UNIT and limits[0].ref is None:
        for limit in limits:
            add_property(c, _BY_UNIT[unit], limit, i, j)
        return j
    if limits[0].ref is not None and not unit:
        return None
    if c.has(i, "digits") or c.has(i, "cmp", "between") or unit:
        what = "a temperature" if unit in TEMPERATURES else "a number"
        c.unchecked(i, j, f"{what} without the property it belongs to")
        return j
    return None
