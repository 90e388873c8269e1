"""Rules for changes to a given structure: 'add a hydroxyl group to toluene', 'replace the chlorine of X by fluorine'; and for isomers."""

from __future__ import annotations

from agent.interpreter.cursor import Cursor
from agent.interpreter.statements import Ref, Statement
from tools.groups.edits import HALOGENS, known

_ADD = (
    "add",
    "adding",
    "introduce",
    "introducing",
    "attach",
    "attaching",
    "append",
    "appending",
    "install",
    "installing",
    "put",
    "insert",
    "inserting",
)
_REMOVE = ("remove", "removing", "delete", "deleting", "drop", "dropping", "eliminate", "eliminating", "strip", "stripping", "take", "cut")
_REPLACE = (
    "replace",
    "replacing",
    "swap",
    "swapping",
    "exchange",
    "exchanging",
    "substitute",
    "substituting",
    "convert",
    "converting",
    "change",
    "changing",
)
_OPERATIONS = {**dict.fromkeys(_ADD, "add"), **dict.fromkeys(_REMOVE, "remove"), **dict.fromkeys(_REPLACE, "replace")}
_PLACES = (
    "to", "onto", "on", "from", "of", "in", "at", "into", "within", "off", "out of", "atoms of", "in the molecule", "within the molecule",
    "in the structure", "in its structure",
)  # fmt: skip
_BY = ("by", "with", "for", "into", "to", "against", "through")
_FRAMES = (
    "in the molecule",
    "within the molecule",
    "in the structure",
    "modify",
    "modifying",
    "edit",
    "editing",
    "take",
    "taking",
    "starting",
    "start",
    "given",
    "consider",
    "transform",
    "change",
    "changing",
    "in",
    "from",
    "for",
    "with",
)
_ALL = ("all", "every", "each")


def edit(c: Cursor, i: int) -> int | None:
    """One group added to, removed from or replaced in a structure that the goal names, before or after the operation."""
    first = _frame(c, i)
    j = first[1] if first is not None else i
    operation = _OPERATIONS.get(c.text_of(j))
    if operation is None:
        return None
    every, k = _past_articles(c, j + 1)
    group, k = _group(c, k)
    if not group:
        return None
    reference = first[0] if first is not None else None
    replacement = ""
    if reference is None and operation == "replace":
        reference, k = _place(c, k)
    if operation == "replace":
        k = _past(c, k, ("atom", "atoms"))
        if c.text_of(k) not in _BY:
            return None
        _, k = _past_articles(c, k + 1)
        replacement, k = _group(c, k)
        if not replacement:
            return None
    if reference is None:
        reference, k = _place(c, k)
    elif c.text_of(k) in _PLACES and c.has(c.skip(k + 1, 3), "reference"):
        k = c.skip(k + 1, 3) + 1
    if reference is None:
        return None
    statement = Statement("edit", c.phrase(i, k), name=group, shape=operation, replacement=replacement, every=every, ref=reference)
    c.found.statements.append(statement)
    c.found.references.append(reference)
    c.found.exhaustive = c.found.exhaustive or statement.phrase
    return k


def _frame(c: Cursor, i: int) -> tuple[Ref, int] | None:
    """'modify CCO by', 'in toluene,', 'take aspirin and': the structure comes first, the operation after it."""
    if c.text_of(i) not in _FRAMES:
        return None
    j = _past_nouns(c, i + 1)
    found = c.reference(j)
    if found is None or not found[0].smiles:
        return None
    k = found[1]
    while c.text_of(k) in (",", ":", ";", "by", "and", "then", "so", "that", "through", "please", "to", "molecule", "compound") or c.filler(
        k
    ):
        if k > found[1] + 5:
            return None
        k += 1
    return (found[0], k) if c.text_of(k) in _OPERATIONS else None


def _past_articles(c: Cursor, j: int) -> tuple[bool, int]:
    """(whether all occurrences are meant, index after 'a', 'the', 'one', 'all the' and the like)."""
    every = False
    while c.text_of(j) in ("a", "an", "the", "one", "another", "single", "additional", "more", "extra", "new", "away", "its", *_ALL) or (
        c.filler(j) and not c.has(j, "grp", "elem", "cmpd", "smiles")
    ):
        every = every or c.text_of(j) in _ALL
        j += 1
    return every, j


def _group(c: Cursor, j: int) -> tuple[str, int]:
    """(group or element at ``j``, index after it and its nouns); ('', j) if there is none that an edit understands."""
    name = ""
    if c.has(j, "elem") and str(c.get(j, "elem")) in HALOGENS:
        name = str(c.get(j, "elem"))
    elif c.has(j, "grp"):
        name = str(c.get(j, "grp"))
    elif c.has(j, "elem"):
        name = str(c.get(j, "elem"))
    if not name or not known(name):
        return "", j
    return name, _past(c, c.skip_nouns(j + 1), ("atom", "atoms", "group", "groups", "ring", "rings", "substituent", "substituents"))


def _past(c: Cursor, j: int, words: tuple[str, ...]) -> int:
    while c.text_of(j) in words:
        j += 1
    return j


def _past_nouns(c: Cursor, j: int) -> int:
    """Index after articles and nouns for a structure: 'the molecule', 'compound', 'this structure'."""
    while j < len(c.items) and (
        (c.filler(j) and not c.has(j, "smiles", "cmpd"))
        or (c.has(j, "fam") and not c.has(j, "cmpd") and not c.items[j].m["fam"].name)
        or (c.has(j, "sep") and c.text_of(j) == ":")
        or c.text_of(j) in ("away", "molecule", "compound", "structure", "smiles")
    ):
        j += 1
    return j


def _place(c: Cursor, k: int) -> tuple[Ref | None, int]:
    """The structure after 'to', 'from', 'of' or 'in', with the index after it; (None, k) if there is none."""
    if c.text_of(k) not in _PLACES and not (c.filler(k) and c.text_of(k + 1) in _PLACES):
        return None, k
    j = k + 1 if c.text_of(k) in _PLACES else k + 2
    found = c.reference(_past_nouns(c, j))
    if found is None or not found[0].smiles:
        return None, k
    return found


_ISOMERS = ("isomer", "isomers", "isomer of", "isomers of")
_COMPLETE = ("all", "every", "each", "enumerate", "list", "complete")
_KINDS = ("constitutional", "structural")


def isomers(c: Cursor, i: int) -> int | None:
    """'all isomers of C7H16', 'the constitutional isomers of C5H10', 'every structural isomer with the formula C4H10O'."""
    j, complete = i, False
    while c.text_of(j) in (*_COMPLETE, *_KINDS, "the", "possible", "of", "distinct", "different"):
        complete = complete or c.text_of(j) in (*_COMPLETE[:4], *_KINDS, "complete")
        j += 1
    if not complete or c.text_of(j) not in _ISOMERS:
        return None
    k = j + 1
    while k < len(c.items) and not c.has(k, "formula") and c.filler(k):
        k += 1
    if not c.has(k, "formula"):
        return None
    c.found.statements.append(Statement("formula", c.phrase(i, k + 1), name=str(c.get(k, "formula"))))
    c.found.exhaustive = c.phrase(i, k + 1)
    return k + 1
