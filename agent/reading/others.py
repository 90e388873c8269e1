"""'No other halogens' behind those that a goal asks for: the rest is excluded."""

from __future__ import annotations

from dataclasses import replace

from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.registered import GROUPS
from agent.reading.statements import Limit, Statement

_HALOGENS = ("F", "Cl", "Br", "I")
#: What denies the rest, its determiners and its noun.
_NONE = frozenset(["no", "without", "zero", "nor"])
_OTHER = frozenset(["other", "others", "further", "additional", "any", "more"])
_NOUNS = frozenset(["halogen", "halogens", "halogen atom", "halogen atoms", "halogen substituents"])


def others_denied(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses, with 'no other halogens' as what it excludes beside the halogens that the clauses before it ask for; unread where they ask for none."""
    found = list(clauses)
    for n, clause in enumerate(clauses):
        if clause.role != "unread" or not _rest(reader, clause):
            continue
        asked = {symbol for c in found[:n] if c.role in ("read", "head") for s in c.statements for symbol in _asked(s)}
        if asked and not any(s.name == "halogen" and s.wanted for c in found[:n] for s in c.statements):
            phrase = reader.phrase(clause.i, clause.j)
            denied = tuple(
                Statement("count", phrase, name=symbol, what="element", limit=Limit("==", low=0.0))
                for symbol in _HALOGENS
                if symbol not in asked
            )
            found[n] = replace(clause, role="read", statements=denied, content="denied_item", start=clause.i, denied=True)
    return found


def _rest(reader: Reader, clause: Clause) -> bool:
    """Whether a clause says 'no other halogens' and nothing more."""
    words = [reader.lattice.lower(k) for k in range(clause.i, clause.j)]
    while words and words[0] in ("and", "but", "with", "has", "contains"):
        words = words[1:]
    rest = [w for w in words[1:] if w not in _OTHER]
    return bool(words) and words[0] in _NONE and len(rest) < len(words) - 1 and " ".join(rest) in _NOUNS


def _asked(statement: Statement) -> set[str]:
    """The halogens that a statement asks for."""
    none = statement.limit is not None and statement.limit.low == 0 and statement.limit.operator in ("==", "bare", "<=")
    if none or not statement.wanted:
        return set()
    if statement.kind == "count" and statement.what == "element":
        return {statement.name} & set(_HALOGENS)
    if statement.kind in ("motif", "count") and statement.name in GROUPS:
        example = GROUPS[statement.name].example
        held = {symbol for symbol in ("Cl", "Br") if symbol in example}
        return held | {symbol for symbol in ("F", "I") if symbol in example.replace("Fe", "").replace("In", "")}
    return set()
