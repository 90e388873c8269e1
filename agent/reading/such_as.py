"""What is excluded by examples: 'no metals such as copper or zinc', 'no reactive groups such as epoxides, aziridines or acyl halides'."""

from __future__ import annotations

from rdkit import Chem

from agent.reading.grammar import Node
from agent.reading.mentions import Lattice
from agent.reading.part_builders import each
from agent.reading.registered import GROUPS
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
    kinds = [GROUPS[m.value].smarts for m in node.nodes("List")[0].mentions("grp")] if len(node.nodes("List")) > 1 else []
    items = [item for item in items if not _of_a_kind(item, kinds)]
    return each(items, denied=True, catalogue=lattice.catalogue)


def _of_a_kind(item: Node, kinds: list[str]) -> bool:
    """Whether an example is a compound that bears one of the kinds, and so is excluded with it: 'no amides like capsaicin'."""
    compound = item.first("cmpd")
    mol = Chem.MolFromSmiles(compound.value[1]) if compound is not None and item.first("grp") is None else None
    return mol is not None and any(mol.HasSubstructMatch(Chem.MolFromSmarts(smarts)) for smarts in kinds)
