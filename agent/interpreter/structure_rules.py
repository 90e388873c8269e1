"""Rules for groups, elements, structures, families, rule sets and vague words. Each answers the index after what it consumed, or None."""

from __future__ import annotations

import re

from agent.interpreter.cursor import Cursor
from agent.interpreter.lexicon import Vague
from agent.interpreter.statements import Limit, Ref, Statement
from core.errors import GoalError
from tools.groups.groups import GROUPS


def only_elements(c: Cursor, i: int) -> int | None:
    """'only C, H and O', 'composed of carbon and hydrogen only', 'nothing but CHNO'."""
    if not c.has(i, "elem", "elems", "only"):
        return None
    j = i
    if c.has(i, "only"):
        j = i + 1
        while c.filler(j) or c.has(j, "atoms") or (c.has(j, "sep") and c.text_of(j) == ":") or c.text_of(j) in ("element", "elements"):
            j += 1
    elements: list[str] = []
    end = j
    while c.has(j, "elem", "elems"):
        elements += list(c.items[j].m["elems"]) if c.has(j, "elems") else [str(c.get(j, "elem"))]
        j = end = j + 1
        while c.has(j, "sep", "and", "or", "atoms", "dash") and c.text_of(j) not in (".", ";"):
            j += 1
    if not elements:
        return None
    while c.has(end, "atoms"):
        end += 1
    if c.has(i, "only"):
        if len(elements) == 1 and c.text_of(i) in ("only", "made of", "made up of", "solely"):
            return None
    elif not (len(elements) >= 2 and c.has(end, "only") and not c.has(end + 1, "num")):
        return None
    else:
        end += 1
    c.found.statements.append(Statement("elements", c.phrase(i, end), elements=tuple(elements)))
    return end


def formula(c: Cursor, i: int) -> int | None:
    """A molecular formula such as C8H10N4O2."""
    if not c.has(i, "formula"):
        return None
    c.found.statements.append(Statement("formula", c.items[i].text, name=str(c.get(i, "formula"))))
    return i + 1


def keep_scaffold(c: Cursor, i: int) -> int | None:
    """'keep this scaffold c1ccc2[nH]ccc2c1', 'retain the indole core', 'the scaffold c1ccncc1'."""
    if not c.has(i, "keep") and not (c.has(i, "scaffold") and c.has(_past_scaffold_words(c, i + 1), "smiles")):
        return None
    j = _past_scaffold_words(c, i + 1)
    if c.has(j, "smiles"):
        c.found.statements.append(Statement("scaffold", c.phrase(i, j + 1), smarts=str(c.get(j, "smiles"))))
        return j + 1
    if c.has(i, "keep") and c.has(j, "cmpd", "grp"):
        end = j + 1
        while c.has(end, "scaffold", "groups"):
            end += 1
        name = str(c.items[j].m["cmpd"][0]) if c.has(j, "cmpd") else str(c.get(j, "grp"))
        if c.has(j, "cmpd"):
            c.found.statements.append(Statement("scaffold", c.phrase(i, end), name=name, smarts=str(c.items[j].m["cmpd"][1])))
        else:
            c.found.statements.append(Statement("motif", c.phrase(i, end), name=name, smarts=GROUPS[name].smarts))
        return end
    if c.has(i, "keep") and c.has(j, "prop"):
        return i + 1
    if (c.has(i, "keep") and c.has(i + 1, "scaffold")) or (c.has(i + 2, "scaffold") and c.filler(i + 1) and c.has(i, "keep")):
        raise GoalError("the structure to keep is missing or unknown: give it as SMILES or by a common name", phrase=c.phrase(i, j + 1))
    return None


def _past_scaffold_words(c: Cursor, j: int) -> int:
    while c.filler(j) or c.has(j, "scaffold") or (c.has(j, "sep") and c.text_of(j) == ":"):
        j += 1
    return j


def analogue_suffix(c: Cursor, i: int) -> int | None:
    """'ibuprofen analogues', 'coumarin derivatives' (a ring system: it must be present)."""
    if not c.has(i, "cmpd", "grp") or not c.has(i + 1, "analogue_suffix"):
        return None
    if c.has(i, "grp"):
        name = str(c.get(i, "grp"))
        c.found.statements.append(Statement("motif", c.phrase(i, i + 2), name=name, smarts=GROUPS[name].smarts))
    else:
        name, smiles = c.items[i].m["cmpd"]
        c.found.statements.append(Statement("similarity", c.phrase(i, i + 2), ref=Ref(name, smiles)))
        c.found.references.append(Ref(name, smiles))
    return i + 2


def replacement(c: Cursor, i: int) -> int | None:
    """'a bisphenol A alternative', 'a substitute for DMF': what something is used for cannot be computed."""
    if c.has(i, "cmpd", "grp") and c.has(i + 1, "replacement"):
        end = i + 2
    elif c.has(i, "replacement") and c.has(c.skip(i + 1, 3), "cmpd", "grp", "fam"):
        end = c.skip(i + 1, 3) + 1
    else:
        return None
    c.unchecked(i, end, "what would replace a compound in use cannot be computed; state the properties that it needs")
    return end


def similarity(c: Cursor, i: int) -> int | None:
    """'similar to ibuprofen (Tanimoto > 0.5)', 'similarity of at least 0.6 to X', 'dissimilar to aspirin'."""
    first = c.limit(i) if c.has(i, "num", "cmp", "between") else None
    if first is not None:
        k = c.skip(first[1], 3)
        number_of_analogues = first[0].operator == "bare" and first[0].unit != "%" and (first[0].low or 0) > 1
        if not c.has(k, "similarity", "similar") or number_of_analogues:
            return None
        return _similar(c, i, k, first[0])
    if c.has(i, "similar_weak") and c.reference(i + 1) is not None and not c.has(i + 1, "num"):
        return _similar(c, i, i, None)
    if c.has(i, "similar", "dissimilar", "similarity"):
        return _similar(c, i, i, None)
    return None


def _similar(c: Cursor, i: int, k: int, limit: Limit | None) -> int | None:
    wanted = not c.has(k, "dissimilar")
    start_word = k
    reference: Ref | None = None
    j = k + 1
    end = j
    for _ in range(12):
        found = c.reference(j) if reference is None else None
        if found is not None:
            reference, j = found
            end = j
            continue
        if limit is None and (got := c.limit(j)) is not None and (got[0].unit in ("", "%")) and got[0].low is not None:
            if got[0].operator == "bare" and not c.has(start_word, "similarity") and c.has(got[1], "grp", "elem", "prop"):
                break
            if not c.has(c.skip(got[1], 2), "grp", "elem", "prop", "candidates") or c.has(j - 1, "similarity"):
                limit, j = got
                end = j
                continue
            break
        if c.has(j, "similarity") or (c.has(j, "similar") and reference is None):
            j += 1
            end = j
        elif (
            c.filler(j)
            or c.has(j, "to", "that_of")
            or c.text_of(j) in ("as measured", "=")
            or (c.has(j, "sep") and c.text_of(j) in (",", ":") and c.has(c.skip(j + 1, 3), "similarity"))
        ):
            j += 1
        else:
            break
    if reference is None and c.has(k, "similar", "dissimilar") and not c.has(k, "similarity"):
        if c.text_of(k) == "similar":
            return None
        raise GoalError("no structure is known by that name; give it as SMILES", phrase=c.phrase(i, min(k + 3, len(c.items))))
    if reference is None and limit is None:
        return None
    c.found.statements.append(Statement("similarity", c.phrase(i, end), ref=reference, limit=limit, wanted=wanted))
    if reference is not None and reference.smiles:
        c.found.references.append(reference)
    return end


def solvent(c: Cursor, i: int) -> int | None:
    """'in ethanol', 'measured in toluene': the solvent of the absorption."""
    if not c.has(i, "solvent_links"):
        return None
    j = c.skip(i + 1, 2) if not c.has(i + 1, "cmpd") else i + 1
    if not c.has(j, "cmpd"):
        return None
    name, smiles = c.items[j].m["cmpd"]
    c.found.solvent = (name, smiles, c.phrase(i, j + 1))
    end = j + 1
    return end + 1 if c.text_of(end) in ("solution", "solutions") else end


def _can_be_coloured(c: Cursor, i: int) -> bool:
    """Whether a colour word at ``i`` speaks of a dye ('a red azo dye', 'a blue compound'), not of a 'green solvent'."""
    coloured = any("fam" in item.m and item.m["fam"].name in ("dye", "photoswitch") for item in c.items)
    return coloured or any("absorbing" in item.m for item in c.items) or (c.has(i + 1, "fam") and not c.items[i + 1].m["fam"].name)


def vague_word(c: Cursor, i: int) -> int | None:
    """'water-soluble', 'heat-resistant', 'rigid'."""
    if not c.has(i, "vague"):
        return None
    entry = c.items[i].m["vague"]
    assert isinstance(entry, Vague)
    if "soluble" in c.text_of(i) and c.has(i + 1, "solvent_links") and c.has(i + 2, "cmpd"):
        name = str(c.items[i + 2].m["cmpd"][0])
        if name != "water":
            c.unchecked(i, i + 3, "only the solubility in water is predicted")
            return i + 3
        c.found.statements.append(Statement("vague", c.phrase(i, i + 3), vague=entry))
        return i + 3
    if c.has(i, "fam") and not c.has(i + 1, "fam"):
        return None
    if entry.colour and not _can_be_coloured(c, i):
        return None
    c.found.statements.append(Statement("vague", c.phrase(i, i + 1), vague=entry, soft=c.soft))
    return i + 1


def family(c: Cursor, i: int) -> int | None:
    """'polyimide', 'dye', 'diol'."""
    if c.has(i, "pair") and not c.has(i, "fam"):
        match = re.fullmatch(r"count:group:(.+) == (\d+)", str(c.get(i, "pair")))
        assert match is not None
        limit = Limit("==", low=float(match[2]))
        c.found.statements.append(Statement("count", c.phrase(i, i + 1), name=match[1], limit=limit))
        return i + 1
    if not c.has(i, "fam"):
        return None
    c.found.families.append((c.items[i].m["fam"], c.items[i].text))
    return i + 1


def rule_set(c: Cursor, i: int) -> int | None:
    """'Lipinski', 'rule of three', 'lead-like'."""
    if not c.has(i, "rule"):
        return None
    c.found.statements.append(Statement("rule_set", c.phrase(i, i + 1), name=str(c.get(i, "rule"))))
    j = i + 1
    while c.text_of(j) in ("rule", "rules", "criteria", "filter", "filters", "compliant", "limits", "compliance"):
        j += 1
    return j


def group(c: Cursor, i: int) -> int | None:
    """'a nitro group', 'hydroxyl groups: at most two', 'a nitro or cyano group'."""
    if not c.has(i, "grp"):
        return None
    names, j = [str(c.get(i, "grp"))], i + 1
    while True:
        while c.has(j, "groups"):
            j += 1
        k = c.skip(j + 1, 2)
        if c.has(j, "or") and not c.has(j, "sep") and c.has(k, "grp"):
            names.append(str(c.get(k, "grp")))
            j = k + 1
            continue
        break
    k = j + 1 if c.has(j, "sep") and c.text_of(j) == ":" else c.skip(j, 3)
    joined = c.text_of(j) == ":" or (c.has(k, "cmp") and not c.has(j, "sep", "and") and c.text_of(k) not in ("at", "in"))
    limit = c.limit(k) if len(names) == 1 and joined else None
    if limit is not None and limit[0].ref is None and not limit[0].unit and not c.has(c.skip(limit[1], 2), "grp", "elem", "prop", "atoms"):
        c.found.statements.append(Statement("count", c.phrase(i, limit[1]), name=names[0], limit=limit[0], soft=c.soft))
        return limit[1]
    smarts = GROUPS[names[0]].smarts if len(names) == 1 else "[" + ",".join(f"$({GROUPS[n].smarts})" for n in names) + "]"
    c.found.statements.append(Statement("motif", c.phrase(i, j), name=" or ".join(names), smarts=smarts, soft=c.soft))
    return j


def element(c: Cursor, i: int) -> int | None:
    """'containing fluorine', 'nitrogen atoms: between 2 and 4'."""
    if not c.has(i, "elem") or c.has(i, "filler") or (c.items[i].text == "I" and not c.has(i + 1, "atoms")):
        return None
    symbol = str(c.get(i, "elem"))
    j = i + 1
    while c.has(j, "atoms") or (c.has(j, "sep") and c.text_of(j) == ":"):
        j += 1
    k = c.skip(j, 3)
    limit = c.limit(k) if c.has(k, "cmp", "between") or c.text_of(j - 1) == ":" else None
    if limit is None or limit[0].unit or limit[0].ref is not None or c.has(c.skip(limit[1], 2), "grp", "elem", "prop"):
        limit = (Limit(">=", low=1.0), j)
    c.found.statements.append(Statement("count", c.phrase(i, limit[1]), name=symbol, what="element", limit=limit[0], soft=c.soft))
    return limit[1]


_CHANGE = re.compile(r"\b(make|modify|improve|optimi[sz]e|change|adapt|alter|redesign|turn|tune)\s*(?:the)?\s*$")
_BETTER = re.compile(r"\b(improve|increase|raise|enhance|boost|lower|reduce|decrease|maximi[sz]e|minimi[sz]e)\b[^.;]*\bof\s*(?:the)?\s*$")
_CONTAIN = re.compile(r"\b(contain|includ|bear|carr|with|having|has|have|incorporat|featur|possess|compris)\w*\s*(?:an?|the|one)?\s*$")


def compound(c: Cursor, i: int) -> int | None:
    """A compound or SMILES: a wanted substructure after 'containing', else listed as unchecked."""
    if not c.has(i, "cmpd", "smiles"):
        return None
    found = c.reference(i)
    assert found is not None
    end = found[1]
    while c.has(end, "groups", "scaffold"):
        end += 1
    if _CONTAIN.search(c.text[: c.items[i].start].lower()) or end > found[1]:
        c.found.statements.append(Statement("motif", c.phrase(i, end), name=found[0].name, ref=found[0]))
        return end
    c.found.references.append(found[0])
    before = c.text[: c.items[i].start].lower()
    if _BETTER.search(before) or (_CHANGE.search(before) and end < len(c.items) and not c.has(end, "sep")):
        c.found.statements.append(Statement("similarity", c.phrase(i, end), ref=found[0]))
        return end
    c.unchecked(i, end, "a structure is named, but not what it is for; say 'similar to', 'containing', 'without' or 'keep'")
    return end
