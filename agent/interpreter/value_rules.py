"""Rules for properties, stability, vague and uncheckable words. Each answers the index after what it consumed, or None."""

from __future__ import annotations

import re

from agent.interpreter.cursor import STRONG, Cursor
from agent.interpreter.lexicon import Vague
from agent.interpreter.statements import Limit, Statement
from agent.interpreter.value_parts import add_property, limits_after, objective, prop_at, temperature_after, than
from core.errors import GoalError
from tools.catalogue.registry import REGISTRY


def soft_marker(c: Cursor, i: int) -> int | None:
    """'ideally', 'preferably': what follows in the clause is a wish."""
    if not c.has(i, "soft") or c.has(i, "prop", "grp"):
        return None
    c.soft = True
    # "…, preferably" after the fact softens nothing that was already read.
    return i + 1


def stability(c: Cursor, i: int) -> int | None:
    """'stable at 200 °C', 'decomposition above 300 °C', 'does not decompose below 473 K'."""
    if not c.has(i, "stable"):
        return None
    start = i
    found = temperature_after(c, i + 1)
    if found is None:
        if c.text_of(i) in ("usable", "resist", "resists", "resisting", "resistant", "decomposition", "decomposition temperature", "td"):
            reason = "decomposition temperatures are not predicted; state a temperature at which the compound must be stable"
            c.unchecked(start, i + 1, reason)
            return i + 1
        if c.text_of(i) in ("survive", "survives", "withstand", "withstands", "tolerates", "tolerate", "endure", "endures"):
            return None
        return None
    celsius, j = found
    low, high = REGISTRY["thermal_stability"].low, REGISTRY["thermal_stability"].high
    if not low <= celsius <= high:
        raise GoalError(f"thermal stability can be judged between {low:g} and {high:g} °C", phrase=c.phrase(start, j))
    decomposition = "decompos" in c.text_of(i) or c.text_of(i) in ("td", "degradation temperature")
    shape = "decomposition" if decomposition else "heat" if "heat" in c.text_of(i) else ""
    c.found.statements.append(Statement("level", c.phrase(start, j), name="thermal_stability", temperature=celsius, shape=shape))
    return j


def uncheckable(c: Cursor, i: int) -> int | None:
    """A phrase from ``unchecked.toml``, with the adjective before it and the comparison after it."""
    start = j = i
    if c.has(i, "vague") and c.text_of(i + 1)[:4] in ("emit", "emis", "lumi"):
        j = i + 1
    while c.has(j, *(k for k in STRONG if k.startswith(("adjective", "superlative", "comparative"))), "maximise", "minimise", "negation"):
        j = c.skip(j + 1, 2) if not c.has(j + 1, "unchk") else j + 1
        if j - i > 4:
            return None
    if not c.has(j, "unchk") or c.has(j, "vague"):
        return None
    reason, k = str(c.get(j, "unchk")), j + 1
    while c.has(k, "unchk"):
        k += 1
    linked = k
    while c.filler(linked) and not _starts_anew(c, linked) and linked < k + 4:
        linked += 1
    limit = None if _starts_anew(c, linked) else c.limit(linked)
    if limit is not None and not (not limit[0].unit and c.has(c.skip(limit[1], 2), "grp", "elem", "prop", "candidates", "fam")):
        k = limit[1]
        while not c.has(k, *STRONG, "filler", "and", "or", "paren", "to") and k < len(c.items) and k < limit[1] + 2:
            k += 1
    elif c.text_of(k) in ("of", "to", "against", "for", "in") or c.has(k, "than"):
        k = _object(c, k)
    c.unchecked(start, k, reason)
    return k


def _starts_anew(c: Cursor, i: int) -> bool:
    """Whether a filler word opens another statement ('with', 'having', 'that contains')."""
    return re.match(r"(with|hav|has|contain|includ|bear|carr|possess|featur|that|which|and)", c.text_of(i)) is not None


def _object(c: Cursor, k: int) -> int:
    """The words after 'of', 'against', ...: up to three unknown words or a compound belong to the phrase."""
    j = c.skip(k + 1, 2)
    end = j
    while end < len(c.items) and end < j + 3 and not (set(c.items[end].m) & (STRONG | {"and", "or", "filler"} - {"cmpd"})):
        end += 1
    if end == j and c.has(j, "cmpd"):
        end = j + 1
    return end if end > j else k


def absorbing(c: Cursor, i: int) -> int | None:
    """'absorbing around 500 nm', 'absorbs between 450 and 500 nm'."""
    if not c.has(i, "absorbing") or c.has(i, "vague"):
        return None
    j = i + 1
    while c.filler(j) and c.text_of(j) not in ("at",):
        j += 1
    limits = limits_after(c, j)
    if limits is None:
        return None
    for limit in limits[0]:
        add_property(c, "absorption_maximum", limit, i, limits[1])
    return limits[1]


def vague_property(c: Cursor, i: int) -> int | None:
    """Words such as 'softens' that stand for a property, with the comparison that follows."""
    if not c.has(i, "vague"):
        return None
    entry = c.items[i].m["vague"]
    assert isinstance(entry, Vague)
    if not entry.stands_for:
        return None
    limits = limits_after(c, c.skip(i + 1, 4))
    if limits is None:
        c.unchecked(i, i + 1, f"{REGISTRY[entry.stands_for].label} is meant, but no value is given")
        return i + 1
    for limit in limits[0]:
        add_property(c, entry.stands_for, limit, i, limits[1])
    c.found.assumptions.append((c.phrase(i, limits[1]), entry.reason))
    return limits[1]


def property_first(c: Cursor, i: int) -> int | None:
    """'Tg above 300 °C', 'MW < 300', 'logP as low as possible', 'with a stereocentre'."""
    prop = prop_at(c, i) if c.has(i, "prop") else None
    if prop is None or (c.has(i, "rule") and c.limit(c.skip(prop[1], 3)) is None):
        return None
    name, j = prop
    if c.has(j, "sep") and c.text_of(j) == ":":
        j += 1
    k = j
    while c.filler(k) and not c.has(k, "possible_up", "possible_down") and k < j + 8:
        k += 1
    limits = limits_after(c, k)
    if limits is not None and name == "ring_count" and _speaks_of_size(c, k):
        c.unchecked(i, limits[1], RING_SIZE)
        return limits[1]
    while (
        limits is None
        and c.has(k, "temperature_links", "absorbing", "stable", "solvent_links")
        and k < j + 8
        and c.filler(k + 1) | c.has(k + 1, "cmp", "num")
    ):
        k += 1
        limits = limits_after(c, k)
    if limits is not None:
        if limits[0][0].operator == "bare" and not limits[0][0].unit and c.has(limits[1], "grp", "elem", "candidates", "prop") and k > j:
            return _without_value(c, name, i, j)
        for limit in limits[0]:
            add_property(c, name, limit, i, limits[1])
        return limits[1]
    if c.has(k, "possible_up", "possible_down"):
        objective(c, name, "maximise" if c.has(k, "possible_up") else "minimise", i, k + 1)
        return k + 1
    if c.has(k, "adjective_up", "adjective_down") and k > j and not prop_at(c, k + 1):
        objective(c, name, "maximise" if c.has(k, "adjective_up") else "minimise", i, k + 1)
        return k + 1
    if c.has(k, "comparative_up", "comparative_down") and c.has(k + 1, "than"):
        return than(c, name, c.has(k, "comparative_up"), i, k + 1)
    if c.has(k, "cmp") and c.has(c.skip(k + 1, 3), "fam"):
        c.unchecked(i, c.skip(k + 1, 3) + 1, "a comparison with a class of materials: no value is known for it")
        return c.skip(k + 1, 3) + 1
    return _without_value(c, name, i, j)


#: Why a ring size is not checked.
RING_SIZE = "ring sizes cannot be limited; name the ring wanted or excluded, such as 'seven-membered ring'"


def _speaks_of_size(c: Cursor, k: int) -> bool:
    """Whether the comparison at ``k`` is one of size ('larger than'), not of number."""
    return c.text_of(k).split(" ")[0] in ("larger", "bigger", "smaller")


def _without_value(c: Cursor, name: str, i: int, j: int) -> int | None:
    definition = REGISTRY[name]
    if definition.kind == "level" and c.has(i, "vague", "stable"):
        return None
    if c.has(i, "vague", "grp"):
        return None
    if definition.integer and name not in ("formal_charge", "valence_electrons"):
        c.found.statements.append(Statement("property", c.phrase(i, j), name=name, limit=Limit(">=", low=1.0), soft=c.soft))
        return j
    c.unchecked(i, j, f"{definition.label} is named without a value or a direction")
    return j
