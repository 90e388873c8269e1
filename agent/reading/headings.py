"""What a heading or words before a colon leave open of what follows: 'Musk project, next round: ...', 'our resist wants a base quencher: ...'."""

from __future__ import annotations

from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.doubt_words import TURNING

#: Words that leave open what follows a colon behind them.
PREPOSITIONS = frozenset(["with", "to", "by", "of", "from", "than", "against", "on", "towards"])


#: Nouns that end a heading which says for what occasion the wishes are, and turns none of them: 'Musk project, next round: ...'.
_HEADINGS = frozenset(
    ["project", "round", "batch", "request", "ticket", "order", "task", "brief", "job", "spec", "specs", "requirements", "wishlist", "criteria", "profile", "entry", "series", "campaign", "programme", "program",
     "update", "question", "query", "idea", "iteration", "cycle", "proposal", "call", "target", "targets", "goal", "goals", "wishes", "needs", "summary"]
)  # fmt: skip


def introduces(reader: Reader, before: Clause) -> bool:
    """Whether unread words end with a noun for the thing designed and a colon, and deny nothing: 'our resist wants a base quencher:'."""
    lattice, end = reader.lattice, before.j
    named = [m for k in range(before.i, end) for m in lattice.of(k, "fam", "role") if m.j == end]
    if lattice.lower(end) != ":":
        return False
    turning = (*TURNING, "condition", "than", "cmp")
    if lattice.lower(end - 1) in _HEADINGS:
        return not any(lattice.has(k, *turning) for k in range(before.i, end))
    return (
        bool(named)
        and any(lattice.lower(k) in ("a", "an") for k in range(max(before.i, end - 4), end))
        and not any(lattice.has(k, *turning) for k in range(before.i, end))
    )
