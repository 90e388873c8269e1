"""A list in brackets that only says again, element by element, what stands before it: 'CHON only (C, H, O, N)'."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from agent.reading.clause import Clause
from agent.reading.clauses import Reader

#: Why such a list does not count.
AGAIN = "the list in brackets does not say what the words before it say"


def explained(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses, with such a list as words that say nothing, or unread where it names other elements than are allowed."""
    found = list(clauses)
    for n, (before, clause) in enumerate(pairwise(clauses), 1):
        if not _bracketed(reader, before, clause):
            continue
        if before.content in ("motif", "head") and _spelt(reader, before, clause):
            found[n - 1], found[n] = _unread(before), _unread(clause)
        elif before.content == "elements" and (listed := _listed(clause)) is not None:
            allowed = {x for s in before.statements for x in s.elements}
            said_again = before.role == "read" and listed <= allowed
            found[n] = replace(clause, role="filler", statements=()) if said_again else _unread(clause)
    return found


def _unread(clause: Clause) -> Clause:
    return replace(clause, role="unread", reason=AGAIN, suggested=clause.statements, statements=())


def _listed(clause: Clause) -> set[str] | None:
    """The elements that a clause lists and neither counts nor denies; None for a clause that says anything else."""
    if (
        not clause.statements
        or clause.content == "count"
        or clause.denied
        or any(s.kind not in ("count", "elements") for s in clause.statements)
    ):
        return None
    names = _counted(clause)
    if len(names) not in (0, len(clause.statements)):
        return None
    return names or {x for s in clause.statements for x in s.elements}


def _counted(clause: Clause) -> set[str]:
    """The elements of which its statements say a number."""
    return {s.name for s in clause.statements if s.kind == "count" and s.what == "element"}


def _bracketed(reader: Reader, before: Clause, clause: Clause) -> bool:
    between = [reader.lattice.lower(k) for k in range(before.j, max(before.j, clause.start or clause.i))]
    return clause.role == "read" and bool({"(", "["} & set(between))


def _spelt(reader: Reader, before: Clause, clause: Clause) -> bool:
    """Whether capitals before a bracket are those of the elements in it, so that they are no group: 'strictly CHO (C, H, O)'."""
    word = reader.lattice.text(before.j - 1, before.j)
    names = _counted(clause)
    return word.isupper() and len(word) > 1 and len(names) == len(clause.statements) > 1 and set(word) == set("".join(names))
