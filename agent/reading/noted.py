"""Words inside a clause that was read which say more of a part than is checked: unknown adjectives before it, where in the thing it stands."""

from __future__ import annotations

from collections.abc import Iterator

from agent.reading.clause import Clause
from agent.reading.locants import POSITION
from agent.reading.mentions import Lattice
from agent.reading.modifiers import UNKNOWN

#: Why such an adjective asks for nothing.
MORE = "not understood; what stands behind it is asked for whatever this says of it"


def noted(lattice: Lattice, clause: Clause) -> Iterator[tuple[int, int, str]]:
    """(first piece, piece behind the last, reason) of each such phrase."""
    if clause.role != "read" or not (clause.parts or clause.content == "name"):
        return
    for k in range(clause.i, clause.j):
        for m in lattice.of(k, "intersective", "standing"):
            if m.j > clause.j or (m.kind == "intersective" and m.value != UNKNOWN):
                continue
            if m.kind == "standing" and lattice.has(k, "unit_of_count", "placed_after"):
                continue
            yield m.i, m.j, MORE if m.kind == "intersective" else POSITION
