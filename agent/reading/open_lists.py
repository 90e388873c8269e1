"""Lists of what is excluded that no 'or' closes, with a negation of its own behind them: 'free of ethers, piperidiniums, no fluorine'.

That a negation stands again before a later item says that the first one may have ended before it. The items between are neither excluded nor asked for.
"""

from __future__ import annotations

from dataclasses import replace

from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.grammar import Node
from agent.reading.part_builders import each, joints_of
from agent.reading.said_of import signs
from agent.reading.statements import Statement

#: Why such items are unread.
OPEN = "it is not said whether what is excluded before it goes on to it"
#: Words that close a list for all of its items.
_SUMS = ("either", "both", "all")


def open_lists(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses, with the items between two negations as clauses of their own that are unread."""
    found: list[Clause] = []
    for n, clause in enumerate(clauses):
        first = _first_items(reader, clause) if _negated_again(reader, clauses, n) else None
        if first is None:
            found.append(clause)
            continue
        kept, end = first
        phrase = reader.phrase(clause.i, end)
        found.append(replace(clause, j=end, statements=tuple(replace(s, phrase=phrase) for s in kept)))
        found.append(Clause(end + 1, clause.j, "unread", reason=OPEN, content="motif", understood=True))
    return found


def _negated_again(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether clause ``n`` excludes parts by words at its beginning, and what follows it in the sentence denies by words of its own."""
    clause = clauses[n]
    if clause.role != "read" or not (clause.denied and clause.opened and clause.content == "motif") or clause.closing:
        return False
    after = next((c for c in clauses[n + 1 :] if c.role != "filler"), None)
    if after is None or signs(reader, clause.j, after.i) == "." or any(reader.lattice.lower(k) in _SUMS for k in range(clause.i, clause.j)):
        return False
    begins = reader.lattice.has(after.i, "negation") and reader.lattice.lower(after.i) != "nor"
    return begins or (after.role == "read" and after.denied)


def _all_plain(reader: Reader, clause: Clause, items: list[Node], end: int) -> bool:
    """Whether 'no' stands before bare plurals alone, and again behind them: a plural by itself asks for nothing, so the first 'no' goes on to all of them."""
    lattice = reader.lattice
    again = next((k for k in range(end, min(end + 3, reader.end)) if lattice.lower(k) not in (",", "and")), end)
    plain = all(not item.mentions("groups", "atoms", "ions", "elem", "cmpd", "derived", "standing", "intersective") for item in items)
    plurals = all(lattice.lower(item.j - 1).endswith("s") and not lattice.lower(item.j - 1).endswith("ss") for item in items)
    return lattice.lower(clause.i) == "no" and lattice.lower(again) == "no" and plain and plurals


def _first_items(reader: Reader, clause: Clause) -> tuple[list[Statement], int] | None:
    """What the items state that certainly are excluded, and where the last of them ends; None where all are."""
    if reader.lattice.lower(clause.start - 1) == ":" or any(reader.lattice.lower(k) == "none" for k in range(clause.i, clause.start)):
        return None  # 'none of: ethers, amides'
    for node in reader.matcher.contents_at(clause.start):
        lists = node.nodes("List") if node.name == "motif" and node.j <= clause.j else []
        items: list[Node] = lists[0].nodes("Item") if lists else []
        joints = joints_of(items, reader.lattice)
        if node.j != clause.j or not joints or joints[-1] != ",":
            continue
        while joints and joints[-1] == ",":
            joints.pop()
        certain = items[: len(joints) + 1]
        if _all_plain(reader, clause, items, node.j):
            return None  # 'no ethers, esters, no halogens'
        built = each(certain, denied=True, catalogue=reader.lattice.catalogue)
        return (built, certain[-1].j) if isinstance(built, list) else None
    return None
