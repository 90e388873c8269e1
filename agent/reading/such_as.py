"""What is excluded by examples: 'no metals such as copper or zinc', 'no reactive groups such as epoxides, aziridines or acyl halides'."""

from __future__ import annotations

from agent.reading.grammar import Node
from agent.reading.mentions import Lattice
from agent.reading.part_builders import each
from agent.reading.stance import Built, Stance


def such_as(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """The examples are excluded, and the kind that they are of where it has a name; asked for, examples ask for nothing."""
    items = [item for part in node.nodes("List") for item in part.nodes("Item")]
    if (
        not stance.denied
        or stance.late
        or stance.free
        or (node.mentions("derived", "blame", "standing", "intersective") and node.nodes("List")[:-1])
    ):
        return None
    return each(items, denied=True, catalogue=lattice.catalogue)
