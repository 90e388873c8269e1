"""A list in brackets that only says again, element by element, what stands before it: 'CHON only (C, H, O, N)'."""

from __future__ import annotations

from dataclasses import replace

from agent.reading.clause import Clause
from agent.reading.clauses import Reader

#: Why such a list does not count.
AGAIN = "the list in brackets does not say what the words before it say"


def explained(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses, with such a list as words that say nothing, or unread where it names other elements than are allowed."""
    found = list(clauses)
    for n, clause in enumerate(clauses):
        before = clauses[n - 1] if n else None
        if (
            before is not None
            and before.content in ("motif", "head")
            and _bracketed(reader, before, clause)
            and _spelt(reader, before, clause)
        ):
            found[n - 1] = replace(before, role="unread", reason=AGAIN, suggested=before.statements, statements=())
            found[n] = replace(clause, role="unread", reason=AGAIN, suggested=clause.statements, statements=())
            continue
        if before is None or before.content != "elements" or not _bracketed(reader, before, clause):
            continue
        names = {s.name for s in clause.statements if s.kind == "count" and s.what == "element"}
        listed = names or {x for s in clause.statements for x in s.elements}
        if (
            not clause.statements
            or len(names) not in (0, len(clause.statements))
            or any(s.kind not in ("count", "elements") for s in clause.statements)
        ):
            continue
        counted = clause.content == "count" or clause.denied
        if counted:
            continue
        allowed = {x for s in before.statements for x in s.elements}
        if before.role == "read" and listed <= allowed:
            found[n] = replace(clause, role="filler", statements=())
        else:
            found[n] = replace(clause, role="unread", reason=AGAIN, suggested=clause.statements, statements=())
    return found


def _bracketed(reader: Reader, before: Clause, clause: Clause) -> bool:
    between = [reader.lattice.lower(k) for k in range(before.j, max(before.j, clause.start or clause.i))]
    return clause.role == "read" and bool({"(", "["} & set(between))


def _spelt(reader: Reader, before: Clause, clause: Clause) -> bool:
    """Whether capitals before a bracket are those of the elements in it, so that they are no group: 'strictly CHO (C, H, O)'."""
    word = reader.lattice.text(before.j - 1, before.j)
    names = {s.name for s in clause.statements if s.kind == "count" and s.what == "element"}
    return word.isupper() and len(word) > 1 and len(names) == len(clause.statements) > 1 and set(word) == set("".join(names))
