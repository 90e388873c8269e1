"""Parts that a word like 'too' puts under what was said before them: 'cinnamates are ruled out, coumarins too'."""

from __future__ import annotations

from dataclasses import replace

from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.said_of import signs
from agent.reading.statements import Limit, Statement

#: Words that say of one part what was said of another.
_TOO = frozenset(["too", "also", "likewise", "ditto"])
#: Kinds that say something else than that a thing is excluded.
_OTHERWISE = ("negation", "permission", "permission_after", "exception", "condition", "soft")


def likewise(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses, with bare parts and 'too' denied where what stands before them is excluded."""
    found = list(clauses)
    for n, clause in enumerate(clauses):
        before = found[n - 1] if n else None
        if before is None or not _adds(reader, clause) or signs(reader, before.j, clause.i) == ".":
            continue
        if before.role == "read" and before.denied and before.closing and (before.parts or before.content == "denied_kind"):
            excluded = True
        else:
            excluded = before.role == "unread" and _excludes(reader, before)
        if excluded:
            statements = tuple(_denied(s) for s in clause.statements)
            found[n] = replace(clause, statements=statements, denied=True, closing=True, listed=False, plural=False, bare=False)
    return found


def _adds(reader: Reader, clause: Clause) -> bool:
    lattice = reader.lattice
    words = [lattice.lower(k) for k in range(clause.i, clause.j)]
    said = bool(_TOO & set(words)) or words[-2:] == ["as", "well"]
    parts = all(s.kind in ("motif", "count") and s.wanted for s in clause.statements)
    return said and clause.role == "read" and clause.content == "motif" and not clause.opened and not clause.closing and parts


def _excludes(reader: Reader, before: Clause) -> bool:
    """Whether unread words end with an exclusion, and say nothing else that could turn it: 'minty odour unwanted'."""
    lattice = reader.lattice
    ends = any(m.j == before.j for k in range(before.i, before.j) for m in lattice.of(k, "negation_after"))
    return ends and not any(lattice.has(k, *_OTHERWISE) for k in range(before.i, before.j))


def _denied(statement: Statement) -> Statement:
    if statement.kind == "count":
        return replace(statement, limit=Limit("==", low=0.0))
    return replace(statement, wanted=False)
