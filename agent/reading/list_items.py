"""What the elements in a list may mean beside what they are listed with, and what a name asks for that is read by its parts."""

from __future__ import annotations

from itertools import pairwise

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


#: Nouns for parts with which a list may end.
_PART_NOUNS = frozenset(["groups", "group", "rings", "ring", "units", "unit", "linkages", "bonds", "moieties", "chains"])
#: What says of a part for what it is, or where it stands: it is asked for.
_WANTED = frozenset(["for", "on", "at", "to", "per"])


def named_apart(items: list[Node], end: int, lattice: Lattice) -> bool:
    """Whether the noun for parts at the end of a list of what is denied is that of its last item alone, which may be asked for: 'no bromine, phosphate groups'."""
    noun = lattice.lower(items[-1].j - 1) in _PART_NOUNS
    alone = any(item.mentions("elem", "halide", "smiles", "prop") or lattice.has(item.mentions()[0].i, "cmpd") for item in items[:-1])
    return (noun and alone and not items[-1].mentions("elem")) or lattice.lower(end) in _WANTED


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


def bound_to_ions(node: Node) -> bool:
    """Whether an ion or a salt is named after a group that bears no charge."""
    ions = {m.i for m in node.mentions("ions")}
    return any(m.j in ions and "+" not in GROUPS[m.value].example and "-]" not in GROUPS[m.value].example for m in node.mentions("grp"))


def of_halogens(node: Node) -> bool:
    """Whether each halide of a list begins it or follows a halide or an element: a 'bromide' behind a group may be one of that group."""
    items = [item for part in node.nodes("List") for item in part.nodes("Item")]
    return all(not right.mentions("halide") or left.mentions("halide", "elem") for left, right in pairwise(items))
