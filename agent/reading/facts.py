"""What a goal says of its compound as it is: 'my compound CCO has logP 1' states a fact and asks for nothing."""

from __future__ import annotations

import re

from agent.reading.clause import Clause
from agent.reading.clauses import Reader

#: Why a fact asks for nothing.
FACT = "it seems to say what the compound is, not what is wanted; say 'should' or 'must' if it is wanted"
_VERB = r"(?:has|have|is|shows?|absorbs|melts|boils|weighs|dissolves|contains|bears|carries|exhibits|possesses|features|includes|withstands|survives)\b"
_SAYS = re.compile(
    rf"^\W*(?:(?:and|but|as|since|because|which|that|it|this|the|my|our|compound|molecule|dye|lead|hit)\s+)*(?:currently\s+|already\s+|now\s+)?{_VERB}"
    r"|^\W*(?:(?:and|but)\s+)?(?:its|whose)\s[^,;.]*\bis\b"
)


def states_fact(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether clause ``n`` of a goal about 'my compound' is a statement about that compound: a plain verb, or a bare number right behind it."""
    clause, lattice = clauses[n], reader.lattice
    if not any(s.kind == "own" for c in clauses for s in c.statements) or any(s.kind in ("own", "kept") for s in clause.statements):
        return False
    asking = [m for k in range(clause.i, clause.j) for m in lattice.of(k, "necessity", "request", "soft")]
    if any(lattice.text(m.i, m.j).lower() != "which" for m in asking):
        return False
    since = clauses[n - 1].j if n else 0
    if _SAYS.match(lattice.text(since, clause.j).lower()):
        return True
    exact = any(s.limit is not None and s.limit.operator in ("bare", "~", "==") for s in clause.statements)
    return exact and n > 0 and clauses[n - 1].content == "own" and since == clause.i and not lattice.has(clauses[n - 1].i, "improved")
