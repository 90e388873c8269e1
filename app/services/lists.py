"""What a user brings along to a run or a route beside the goal: building blocks, known structures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tools.ranking.novelty import KnownSet
    from tools.structures.reference_sets import References
    from tools.synthesis.inventory import Inventory

BlocksMode = Literal["extend", "replace"]


class ListService:
    """Reads users' files. Faulty entries are part of what comes back; UsageError if a file cannot be used at all."""

    def blocks(self, path: Path, mode: BlocksMode) -> Inventory:
        """A list of building blocks, to be added to the shipped ones or to take their place."""
        from tools.synthesis.inventory import read_inventory

        return read_inventory(path, mode)

    def known(self, path: Path) -> KnownSet:
        """Structures that the user knows already."""
        from tools.ranking.novelty import read_known

        return read_known(path)

    def references(self, text: str) -> References:
        """A set of structures to resemble or not: a file, a name or a SMILES."""
        from tools.structures.reference_sets import read_references

        return read_references(text)
