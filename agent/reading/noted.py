"""Words inside a clause that was read which say more than is checked: adjectives before a part, where in the thing it stands, the use behind 'X-free'."""

from __future__ import annotations

from collections.abc import Iterator

from agent.reading.clause import Clause
from agent.reading.locants import POSITION
from agent.reading.mentions import Lattice
from agent.reading.modifiers import UNKNOWN

#: Why such an adjective asks for nothing: one that is not known, one that is.
MORE = "not understood; what stands behind it is asked for whatever this says of it"
KNOWN = "nothing checks this; what stands behind it is asked for whatever this says of it"
#: Why one before other words asks for nothing.
ALONE = "nothing checks this"
#: Why a noun of use behind '-free' asks for nothing.
USE = "what it is used for cannot be computed"
#: Why a part in whose place another is asked for is not excluded.
HELD = "what is asked for in its place has its pattern, so that it is not excluded"
#: Why a remark in brackets asks for nothing.
REMARK = "a remark in brackets, which nothing checks"
#: Adjectives that say no more than the number before them.
_COUNTING = frozenset(["individual", "separate", "distinct"])


def noted(lattice: Lattice, clause: Clause) -> Iterator[tuple[int, int, str]]:
    """(first piece, piece behind the last, reason) of each such phrase."""
    if clause.role != "read" or not (clause.parts or clause.content == "name"):
        return
    if spurned := _spurned(lattice, clause):
        yield spurned, clause.j, HELD
    if clause.adjectival and (used := _used(lattice, clause)):
        yield used, clause.j, USE
    for k in range(clause.i, clause.j):
        for m in lattice.of(k, "aside"):
            if clause.content == "count" and lattice.has(k + 1, "num", "times"):
                continue  # 'nitro groups (two of them) must be there'
            yield m.i + 1, m.j - 1, REMARK
    end = clause.i
    for k in range(clause.i, clause.j):
        for m in lattice.of(k, "intersective", "standing"):
            if k < end or m.j > clause.j or (m.kind == "standing" and lattice.has(k, "unit_of_count", "placed_after")):
                continue
            if m.kind == "intersective" and m.value != UNKNOWN and (clause.denied or _says_nothing(lattice, clause, k, m.j)):
                continue
            end = m.j
            yield m.i, m.j, POSITION if m.kind == "standing" else MORE if m.value == UNKNOWN else KNOWN


def _says_nothing(lattice: Lattice, clause: Clause, k: int, j: int) -> bool:
    """Whether a known adjective is part of the name of what is asked for or of a word with a hyphen ('terminal alkyne', 'PFAS-free'), or says no more than the number before it."""
    names = {s.name for s in clause.statements}
    inside = any(
        m.kind in ("grp", "derived", "vague", "prop") and m.j >= j and m.i <= k and m.value in names
        for n in range(clause.i, k + 1)
        for m in lattice.at[n]
    )
    return inside or lattice.lower(k) in _COUNTING or lattice.hyphen(k - 1)


def _used(lattice: Lattice, clause: Clause) -> int:
    """The piece at which a noun of use behind '-free' begins: 'PFAS-free | cathode material'; 0 where none does."""
    for k in range(clause.j - 1, clause.i, -1):
        if lattice.has(k, "free"):
            j = next(m.j for m in lattice.of(k, "free"))
            named = j < clause.j and any(m.j == clause.j for n in range(j, clause.j) for m in lattice.of(n, "role"))
            return j if named else 0
    return 0


def _spurned(lattice: Lattice, clause: Clause) -> int:
    """The piece at which a part begins that is not excluded, since what is asked for in its place has it: 'BODIPY core | not cyanine'; 0 where none does."""
    if clause.content != "contrast" or len(clause.statements) != 1:
        return 0
    return next((k for k in range(clause.i, clause.j) if lattice.lower(k) in ("not", "rather", "instead", "but")), 0)
