"""What 'to' behind a clause says of it: what a bound or parts are for."""

from __future__ import annotations

from agent.reading.clause import Clause
from agent.reading.clauses import Reader

#: Verbs behind 'to' that say what a bound is for, and change nothing of it.
_AIMS = frozenset(
    [
        "replace", "avoid", "prevent", "allow", "enable", "match", "meet", "fit", "ensure", "keep", "limit", "survive", "stay", "pass", "suit", "cut", "curb", "reduce", "minimise", "minimize",
        "lower", "improve", "increase", "raise", "boost", "suppress", "stop", "help", "guarantee", "secure", "resist", "withstand", "tolerate", "slow", "ease", "aid", "facilitate", "comply",
        "satisfy", "qualify", "preserve", "retain", "maintain", "protect", "control", "hinder", "inhibit", "limit", "restrict", "deter", "support", "assist", "promote", "lessen", "eliminate",
    ]
)  # fmt: skip


#: Those of them that say as well what parts are for: 'with two thiols | to protect aluminium', not 'with two thiols | to replace'.
_SERVED = frozenset(
    [
        "allow", "enable", "match", "fit", "ensure", "survive", "pass", "suit", "improve", "increase", "raise", "boost", "help", "guarantee", "secure", "resist", "withstand", "tolerate", "ease",
        "aid", "facilitate", "protect", "support", "assist", "promote", "inhibit", "preserve", "retain", "maintain",
    ]
)  # fmt: skip


def aims_at(reader: Reader, clause: Clause, after: Clause) -> bool:
    """Whether 'to' behind a bound says what the bound is for, with no number of its own: 'MW > 500 g/mol | to cut migration'."""
    numbers = any(reader.lattice.has(k, "num", "negation") for k in range(after.i, after.j))
    verb = reader.lattice.lower(after.i + 1)
    whole = clause.content in ("count", "motif") and clause.opened and not clause.denied and after.j - after.i > 2
    return not numbers and ((clause.content == "limit" and verb in _AIMS) or (whole and verb in _SERVED))
