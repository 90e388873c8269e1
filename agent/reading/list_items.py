"""What the elements in a list may mean beside what they are listed with."""

from __future__ import annotations

from agent.reading.grammar import Node
from agent.reading.mentions import Lattice
from agent.reading.stance import Stance

#: Elements of which organic groups are made: what carries one of them has it.
_OWN = frozenset(["C", "N", "S", "P", "F", "Cl", "Br", "I", "Si", "B", "Se"])


def taken_up(node: Node, items: list[Node], stance: Stance, lattice: Lattice) -> bool:
    """Whether an element, with no noun that says that it is a part, may be what the thing takes up: 'carry hydrogen', 'coordinating zinc'."""
    foreign = any((m := item.first("elem")) is not None and m.value not in _OWN for item in items)
    if not foreign or any(node.mentions(kind) for kind in ("atoms", "groups")):
        return False
    binding = any(lattice.lower(m.j - 1).endswith("ing") for m in node.mentions("intersective"))
    return stance.transporting or stance.removing or binding


def class_of_the_other(items: list[Node]) -> bool:
    """Whether a list names a metal and metals as such."""
    groups = any("metal" in str(m.value) for item in items for m in item.mentions("grp"))
    return groups and any(m.value not in _OWN for item in items for m in item.mentions("elem"))
