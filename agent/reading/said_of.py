"""What a number, a verb or a word may be said of beside its own clause: a whole list, every such thing, the property behind it."""

from __future__ import annotations

from agent.reading.boundaries import STOPS
from agent.reading.clause import Clause
from agent.reading.clauses import Reader


def signs(reader: Reader, i: int, j: int) -> str:
    """What stands between two clauses: '' (nothing, or joining words only), ',' or '.'."""
    found = [reader.lattice.lower(k) for k in range(i, j) if reader.sign(k)]
    if any(s in STOPS for s in found):
        return "."
    return "," if found else ""


def articled(reader: Reader, clause: Clause) -> bool:
    """Whether the clause speaks of one thing: 'a nitro group', 'never an ester'."""
    return any(reader.lattice.lower(k) in ("a", "an") for k in range(clause.i, min(clause.i + 4, clause.j)))


def offered(reader: Reader, head: Clause) -> bool:
    """Whether an unknown noun stands behind a word that opens a clause, and so belongs to the property behind it: 'give a cured | Tg'."""
    k = head.i - 1
    while k > 0 and reader.lattice.has(k, "skip"):
        k -= 1
    return reader.lattice.has(k, "open", "open_weak")


#: Nouns that end a list of groups or atoms.
_NOUNS = frozenset(["atoms", "groups", "rings", "units", "moieties"])


def goes_on(reader: Reader, before: Clause, clause: Clause, sign: str) -> bool:
    """Whether a list of which the first part is counted goes on to its noun: 'at most 4 N, | O atoms'."""
    last, noun = reader.lattice.lower(before.j - 1), reader.lattice.lower(clause.j - 1)
    counted = before.content == "count" and last not in _NOUNS and not last.endswith("s")
    several = not all(s.limit is not None and s.limit.low == 1.0 for s in before.statements)
    if counted and several and not sign and before.j < clause.i and clause.listed and not articled(reader, clause):
        return True  # 'at most 4 ester and | amide groups'
    return sign == "," and counted and clause.content == "motif" and clause.bare and not articled(reader, clause) and noun in _NOUNS


#: Verbs behind the noun of the thing designed that say something of every such thing.
_COPULAS = frozenset(
    ["is", "are", "must", "should", "shall", "will", "would", "may", "can", "cannot", "ought", "have", "has", "do", "does"]
)


def thing_excluded(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether unread words behind the noun that a word describes may deny it: 'sulfur-bearing candidates | are excluded'."""
    if clauses[n].role != "read":
        return False
    head = next((m for m in range(n, len(clauses)) if clauses[m].content == "head"), len(clauses) - 1)
    if reader.lattice.lower(0) in ("which", "what") and not any(
        reader.lattice.has(k, "negation_after", "negation") for c in clauses[head + 1 : head + 2] for k in range(c.i, c.j)
    ):
        return False  # 'Which phosphate flame retardant would suit ...?'
    end, copula = clauses[head].j, reader.lattice.lower(clauses[head].j) in _COPULAS
    for after in clauses[head + 1 :]:
        if after.role not in ("unread", "filler") or signs(reader, end, after.i):
            return False
        inside = range(after.i, after.j)
        denies = any(reader.lattice.has(k, "negation_after") for k in inside) and not reader.lattice.has(after.i, "open", "negation")
        if after.role == "unread" and (copula or denies):
            return True
        end = after.j
    return False


def counted_together(reader: Reader, before: Clause, clause: Clause, sign: str) -> bool:
    """Whether a number behind a list may count all of it: 'N and O atoms at most 4', 'N + O at most 4'; not 'an ester and amides at most 2'."""
    if clause.content != "count" or clause.opened or not reader.lattice.has(clause.start, "grp", "elem"):
        return False
    if any(reader.lattice.lower(k) in ("on", "at") and reader.lattice.has(k, "times") for k in range(clause.start, clause.j)):
        return False  # 'imidazolium, mesityl on both nitrogens'
    listed = before.content in ("motif", "count") and before.role in ("read", "unread") and (not before.denied)
    if before.content == "count" and sign == ",":
        return False  # 'cyclohexane rings two, benzene ring one'
    return listed and sign in ("", ",") and not before.closing and not articled(reader, before)
