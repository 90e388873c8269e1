"""Words of depth, which compare the negative energies of levels and nothing else: 'HOMO deeper than -5.6 eV', not 'deeper than 600 nm'."""

from __future__ import annotations

from agent.reading.grammar import Node
from agent.reading.mentions import Lattice
from agent.reading.statements import Limit

_DEEP = ("deeper", "shallower")
_LEVELS = ("homo", "lumo")


def fits_depth(node: Node, found: list[tuple[str, Limit]], lattice: Lattice) -> bool:
    """Whether no word of depth stands in the comparison ``node``, or only before the negative energy of a level."""
    if not any(lattice.lower(k) in _DEEP for m in node.mentions("cmp") for k in range(m.i, m.j)):
        return True
    return all(name in _LEVELS and limit.low is not None and limit.low < 0 for name, limit in found)
