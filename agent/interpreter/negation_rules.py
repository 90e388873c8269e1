"""Rules for negations, alternatives and changes to a structure. Each answers the index after what it consumed, or None."""

from __future__ import annotations

from agent.interpreter.cursor import Cursor
from agent.interpreter.lexicon import Vague
from agent.interpreter.statements import Findings, Limit, Statement
from tools.catalogue.registry import REGISTRY
from tools.groups.groups import GROUPS

#: "without a nitro group or an aldehyde" denies both; "no nitro group and a hydroxyl" does not deny the second.
ARTICLES = ("a", "an", "the")


def any_of(c: Cursor, i: int) -> int | None:
    """'at least one of nitro, cyano or azide', 'one of the following: ...'."""
    limit = c.limit(i)
    if limit is None or limit[0].low != 1 or limit[0].operator not in (">=", "bare", "==") or c.text_of(limit[1]) != "of":
        return None
    names: list[str] = []
    j = end = c.skip(limit[1], 3)
    while c.has(j, "grp"):
        names.append(str(c.get(j, "grp")))
        j = end = c.skip_nouns(j + 1)
        while c.has(j, "sep", "or", "and") and c.text_of(j) not in (".", ";"):
            j += 1
        j = c.skip(j, 2)
    if len(names) < 2:
        return None
    smarts = "[" + ",".join(f"$({GROUPS[n].smarts})" for n in names) + "]"
    c.found.statements.append(Statement("motif", c.phrase(i, end), name=" or ".join(names), smarts=smarts))
    return end


def operation(c: Cursor, i: int) -> int | None:
    """'replace the ester of aspirin by an amide': a change to a structure is listed, to the end of the clause."""
    if not c.has(i, "operation"):
        return None
    j = i + 1
    while j < len(c.items) and not c.has(j, "sep", "but"):
        if c.text_of(j) == "with" and c.has(c.skip(j, 3), "prop", "num", "adjective_up", "adjective_down"):
            break
        j += 1
    c.unchecked(i, j, "a step-by-step change of a structure is not understood; state what the result must contain")
    return j


def negation(c: Cursor, i: int) -> int | None:
    """'no halogens', 'without azo groups or nitriles', 'avoid anilines', 'no rings', 'not chiral', "won't soften below 80 °C"."""
    if not c.has(i, "negation"):
        return None
    j = c.skip(i + 1, 6)
    if c.has(j, "fam") and not c.items[j].m["fam"].name:
        j = c.skip(j + 1, 6)
    end = _negated_list(c, i, j)
    return end if end is not None else _denied_otherwise(c, i, j)


def _denied_otherwise(c: Cursor, i: int, j: int) -> int | None:
    """Whatever a negation stands before and no rule can deny is listed as unchecked, never read as if it were wanted."""
    from agent.interpreter.grammar import RULES

    entry = c.items[j].m.get("vague") if j < len(c.items) else None
    name = "absorption_maximum" if c.has(j, "absorbing") else entry.stands_for if isinstance(entry, Vague) else ""
    limit = c.limit(c.skip(j + 1, 4)) if name else None
    inverse = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
    if limit is not None and limit[0].operator in inverse:
        turned = Limit(inverse[limit[0].operator], limit[0].low, limit[0].high, limit[0].unit, limit[0].ref)
        c.found.statements.append(Statement("property", c.phrase(i, limit[1]), name=name, limit=turned, soft=c.soft))
        return limit[1]
    found, c.found = c.found, Findings()
    end = next((k for rule in RULES if rule is not negation and (k := rule(c, j)) is not None), None) if j < len(c.items) else None
    understood = bool(c.found.statements or c.found.unchecked)
    c.found = found
    if end is None or not understood:
        return None
    c.unchecked(i, max(end, j + 1), "this negation is not understood")
    return max(end, j + 1)


def _negated_list(c: Cursor, i: int, j: int) -> int | None:
    end: int | None = None
    articled = any(c.text_of(m) in ARTICLES for m in range(i + 1, j))
    while True:
        one = negated(c, i if end is None else j, j)
        if one is None:
            break
        end = one
        j = one
        while c.has(j, "groups", "atoms"):
            j += 1
        end = j
        k = j
        while c.has(k, "sep", "and", "or", "negation") and c.text_of(k) not in (".", ";", ":") and not c.has(k, "but"):
            k += 1
        alternative = any(c.has(m, "or") for m in range(j, k))
        if k > j and (c.text_of(k) in ("any", "either") or (c.text_of(k) in ARTICLES and (articled or alternative))):
            k += 1
        if k == j or not c.has(k, "grp", "elem", "cmpd", "smiles", "prop") or c.has(k, "filler", "num"):
            break
        if (
            c.has(k, "prop")
            and not c.has(k, "grp")
            and (not REGISTRY[str(c.get(k, "prop"))].integer or c.limit(c.skip(k + 1, 3)) is not None)
        ):
            break
        j = k
    return end


def negated(c: Cursor, i: int, j: int) -> int | None:
    """Record what is denied at ``j``; answers the index after it, or None."""
    if c.has(j, "adjective_up") and c.has(j + 1, "prop"):
        return None
    if c.has(j, "prop") and not c.has(j, "vague"):
        name = str(c.get(j, "prop"))
        limit = c.limit(c.skip(j + 1, 3))
        if limit is not None and name == "ring_count" and c.text_of(c.skip(j + 1, 3)).split(" ")[0] in ("larger", "bigger", "smaller"):
            return None
        inverse = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
        if limit is not None and limit[0].operator in inverse:
            turned = Limit(inverse[limit[0].operator], limit[0].low, limit[0].high, limit[0].unit, limit[0].ref)
            c.found.statements.append(Statement("property", c.phrase(i, limit[1]), name=name, limit=turned, soft=c.soft))
            return limit[1]
        if REGISTRY[name].integer:
            c.found.statements.append(Statement("property", c.phrase(i, j + 1), name=name, limit=Limit("==", low=0.0), soft=c.soft))
            return j + 1
        return None
    if c.has(j, "vague"):
        entry = c.items[j].m["vague"]
        assert isinstance(entry, Vague)
        if entry.stands_for or not entry.negated:
            return None
        c.found.statements.append(Statement("vague", c.phrase(i, j + 1), vague=entry, negated=True))
        return j + 1
    if c.has(j, "grp"):
        name = str(c.get(j, "grp"))
        c.found.statements.append(Statement("motif", c.phrase(i, j + 1), name=name, smarts=GROUPS[name].smarts, wanted=False))
        return j + 1
    if c.has(j, "elem") and not c.has(j, "filler"):
        c.found.statements.append(
            Statement("count", c.phrase(i, j + 1), name=str(c.get(j, "elem")), what="element", limit=Limit("==", low=0.0))
        )
        return j + 1
    if c.has(j, "cmpd", "smiles"):
        found = c.reference(j)
        assert found is not None
        c.found.statements.append(Statement("motif", c.phrase(i, found[1]), name=found[0].name, ref=found[0], wanted=False))
        return found[1]
    if c.has(j, "rule", "fam", "pair"):
        c.unchecked(i, j + 1, "the negation of a family or rule set is not understood")
        return j + 1
    return None


def free_suffix(c: Cursor, i: int) -> int | None:
    """'halogen-free', 'fluorine and chlorine free'."""
    if not c.has(i, "grp", "elem", "cmpd"):
        return None
    j, members = i, [i]
    while c.has(j + 1, "and", "or", "dash", "sep") and j < i + 8:
        k = j + 1
        while c.has(k, "and", "or", "dash", "sep") and c.text_of(k) not in (".", ";"):
            k += 1
        if not c.has(k, "grp", "elem"):
            break
        members.append(k)
        j = k
    if not c.has(j + 1, "free"):
        return None
    for k in members:
        negated(c, k, k)
    return j + 2
