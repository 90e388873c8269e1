"""What the elements in a list may mean beside what they are listed with, and what a name asks for that is read by its parts."""

from __future__ import annotations

from agent.reading.grammar import Node
from agent.reading.mentions import Lattice, Mention
from agent.reading.registered import GROUPS
from agent.reading.stance import Stance
from agent.reading.statements import Limit, Statement

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


def named_by_parts(derived: Mention) -> list[Statement]:
    """What a name that is read by its parts asks for."""
    return [
        Statement("count", "", name=name, limit=Limit("==", low=float(number)))
        if number
        else Statement("motif", "", name=name, smarts=GROUPS[name].smarts)
        for name, number in derived.value
    ]
