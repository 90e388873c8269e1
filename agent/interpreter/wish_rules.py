"""Rules for wishes and comparisons between things: maximise, lowest, better, lower than. Each answers the next index, or None."""

from __future__ import annotations

from agent.interpreter.cursor import Cursor
from agent.interpreter.lexicon import BETTER
from agent.interpreter.statements import Limit, Statement
from agent.interpreter.value_parts import add_property, limits_after, objective, prop_at, than
from agent.interpreter.value_rules import property_first
from tools.catalogue.registry import REGISTRY


def objective_verb(c: Cursor, i: int) -> int | None:
    """'maximise QED and TPSA', 'reduce the logP'."""
    if not c.has(i, "maximise", "minimise"):
        return None
    shape = "maximise" if c.has(i, "maximise") else "minimise"
    j, names = i + 1, 0
    while True:
        k = c.skip(j, 5)
        if c.has(k, "similarity", "similar") and shape == "maximise":
            found = c.reference(c.skip(k + 1, 2)) or c.reference(k + 2)
            c.found.statements.append(Statement("objective", c.phrase(i, k + 1), name="similarity", shape=shape))
            if found:
                c.found.references.append(found[0])
            return found[1] if found else k + 1
        prop = prop_at(c, j)
        if prop is None:
            break
        after = prop[1]
        limit = c.limit(c.skip(after, 3))
        if limit is not None and limit[0].operator != "bare":
            add_property(c, prop[0], limit[0], i, limit[1])
            j = limit[1]
        else:
            name, better = prop[0], shape
            if c.text_of(i)[:4] in ("impr", "enha", "opti") and BETTER.get(name, 1) < 0:
                better = "minimise"
            objective(c, name, better, i if names == 0 else j, after)
            j = after
        names += 1
        if c.has(j, "and") or (c.has(j, "sep") and c.has(c.skip(j + 1, 2), "prop") and c.limit(c.skip(c.skip(j + 1, 2) + 1, 3)) is None):
            if prop_at(c, j + 1) is None or c.limit(c.skip(prop_at(c, j + 1)[1], 3)) is not None:  # type: ignore[index]
                return j
            j += 1
            continue
        return j
    return None if names == 0 and c.has(i, "filler") else (j if names else None)


def superlative(c: Cursor, i: int) -> int | None:
    """'the highest possible Tg', 'lowest logP'."""
    if not c.has(i, "superlative_up", "superlative_down"):
        return None
    up = c.has(i, "superlative_up")
    j = i + 1
    if c.text_of(j) == "possible":
        j += 1
    if c.has(c.skip(j, 2), "scale"):
        k = c.skip(j, 2)
        name, sign = c.items[k].m["scale"]
        objective(c, name, "maximise" if (sign > 0) == up else "minimise", i, k + 1)
        return k + 1
    prop = prop_at(c, j)
    if prop is None or c.limit(c.skip(prop[1], 2)) is not None:
        return None
    shape = "maximise" if up else "minimise"
    if c.text_of(i).startswith("best"):
        shape = "maximise" if BETTER.get(prop[0], 1) > 0 else "minimise"
    objective(c, prop[0], shape, i, prop[1])
    return prop[1]


def comparative(c: Cursor, i: int) -> int | None:
    """'lower logP than the parent', 'higher Tg than 200 °C', 'lower logP' (than the reference, if there is one)."""
    if not c.has(i, "comparative_up", "comparative_down", "comparative_good", "comparative_bad"):
        return None
    j = i + 1
    if c.has(j, "elem", "grp") and c.has(c.skip_nouns(j + 1), "than"):
        k = c.skip_nouns(c.skip(c.skip_nouns(j + 1) + 1, 2) + 1)
        c.unchecked(i, k, "counts can be compared with numbers only")
        return k
    if c.has(j, "vague") and c.text_of(j).startswith(("soluble", "water")):
        return than(c, "aqueous_solubility", c.has(i, "comparative_up", "comparative_good"), i, j + 1)
    if c.has(j, "scale"):
        name, sign = c.items[j].m["scale"]
        up = (sign > 0) == c.has(i, "comparative_up", "comparative_good")
        return than(c, name, up, i, j + 1)
    prop = prop_at(c, j)
    if prop is None:
        return None
    name = prop[0]
    if c.has(i, "comparative_good", "comparative_bad"):
        up = (BETTER.get(name, 1) > 0) == c.has(i, "comparative_good")
    else:
        up = c.has(i, "comparative_up")
    return than(c, name, up, i, prop[1])


def scale_than(c: Cursor, i: int) -> int | None:
    """'greasier than aspirin', 'easier to make than X', 'heavier than aspirin' (no property word follows)."""
    if c.has(i, "scale") and c.has(i + 1, "than"):
        name, sign = c.items[i].m["scale"]
        return than(c, name, sign > 0, i, i + 1)
    if c.has(i, "cmp") and c.text_of(i).split(" ")[0] in ("heavier", "lighter"):
        reference = c.reference(i + 1)
        if reference is not None:
            add_property(c, "molecular_weight", Limit(str(c.get(i, "cmp")), ref=reference[0]), i, reference[1])
            return reference[1]
    return None


def strength(c: Cursor, i: int) -> int | None:
    """'more strongly than log ε 4.5', 'stronger than log epsilon 4'."""
    if not c.has(i, "more_strongly") or not c.has(c.skip(i + 1, 2), "than"):
        return None
    prop = prop_at(c, c.skip(i + 1, 2) + 1)
    if prop is None:
        return None
    number = c.number(c.skip(prop[1], 3))
    if number is None:
        return None
    add_property(c, prop[0], Limit(">", low=number[0], unit=number[1]), i, number[2])
    return number[2]


def adjective(c: Cursor, i: int) -> int | None:
    """'a low melting point', 'good solubility', 'high thermal stability'."""
    if not c.has(i, "adjective_up", "adjective_down", "adjective_good", "adjective_bad"):
        return None
    j = i + 1
    while c.has(j, "adjective_up", "adjective_down", "adjective_good", "and") and j < i + 4:
        j += 1
    prop = prop_at(c, j)
    if prop is None or c.skip(j, 2) != c.skip(j, 5):
        return None
    name, after = prop
    limits = limits_after(c, c.skip(after, 4))
    if limits is not None:
        return property_first(c, c.skip(j, 2))
    if c.has(i, "adjective_good", "adjective_bad"):
        up = (BETTER.get(name, 1) > 0) == c.has(i, "adjective_good")
    else:
        up = c.has(i, "adjective_up")
    if REGISTRY[name].kind == "level" and not up:
        c.unchecked(i, after, "low stability is not something that can be asked for")
        return after
    objective(c, name, "maximise" if up else "minimise", i, after)
    return after
