"""Building blocks: the shipped library of common laboratory compounds, and libraries that hold a user's own inventory.

No prices and no suppliers of the shipped blocks are known or claimed; prices are only those that a user's list gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rdkit import Chem

from core import data
from core.candidate import Stock


@dataclass(frozen=True)
class Block:
    """A building block: name, canonical SMILES, functional class, the molecule, and what the user's inventory says of it (None: not in it)."""

    name: str
    smiles: str
    functional_class: str
    mol: Chem.Mol
    stock: Stock | None = None


def flat_smiles(mol: Chem.Mol) -> str:
    """Canonical SMILES without stereochemistry."""
    return str(Chem.MolToSmiles(mol, isomericSmiles=False))


def _atoms(mol: Chem.Mol) -> tuple[int, ...]:
    """The number of bonds, and then the atomic numbers of ``mol`` in ascending order."""
    return mol.GetNumBonds(), *sorted([mol.GetAtomWithIdx(i).GetAtomicNum() for i in range(mol.GetNumAtoms())])


class BlockLibrary:
    """A set of building blocks. Compared by identity: two libraries of the same blocks are two libraries.

    Attributes:
        blocks: the blocks in a fixed order.
        name: what it is called in messages: 'shipped', or the file of the inventory.
        replaces: whether it takes the place of what ships instead of adding to it.
    """

    def __init__(self, blocks: Iterable[Block], name: str, *, replaces: bool = False) -> None:
        self.blocks = tuple(blocks)
        self.name = name
        self.replaces = replaces

    @cached_property
    def index(self) -> dict[str, Block]:
        """Blocks by canonical SMILES without stereochemistry; of two with the same constitution the first."""
        found: dict[str, Block] = {}
        for block in self.blocks:
            found.setdefault(flat_smiles(block.mol), block)
        return found

    @cached_property
    def stocked(self) -> bool:
        """Whether it says of any block that it is in the user's inventory."""
        return any(block.stock is not None for block in self.blocks)

    def find(self, mol: Chem.Mol) -> Block | None:
        """The block with the constitution of ``mol`` (stereochemistry ignored), or None."""
        return self.index.get(flat_smiles(mol))

    def may_hold(self, mol: Chem.Mol) -> bool:
        """Whether a block has the atoms of ``mol``, which need not be sanitised, and as many bonds: what :meth:`find` takes longer to deny."""
        atoms = _atoms(mol)
        return atoms in self._compositions or 1 in atoms[1:]

    @cached_property
    def _compositions(self) -> frozenset[tuple[int, ...]]:
        return frozenset(_atoms(block.mol) for block in self.blocks)

    @cached_property
    def flat(self) -> dict[str, str]:
        """Canonical SMILES without stereochemistry of every block, by its canonical SMILES."""
        return {block.smiles: flat_smiles(block.mol) for block in self.blocks}


@lru_cache(maxsize=1)
def building_blocks() -> tuple[Block, ...]:
    """Every shipped building block in the order of its file. Raises ValueError for a structure that cannot be read."""
    blocks = []
    for row in data.rows("tools.synthesis", "building_blocks.tsv"):
        mol = Chem.MolFromSmiles(row["smiles"])
        if mol is None:
            raise ValueError(f"building block {row['name']}: unreadable SMILES {row['smiles']}")
        blocks.append(Block(row["name"], Chem.MolToSmiles(mol), row["class"], mol))
    return tuple(blocks)


@lru_cache(maxsize=1)
def shipped() -> BlockLibrary:
    """The shipped library."""
    return BlockLibrary(building_blocks(), "shipped")
