"""The shipped building blocks: common laboratory compounds by functional class. No prices and no suppliers are known or claimed."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rdkit import Chem


@dataclass(frozen=True)
class Block:
    """A building block: name, canonical SMILES, functional class, and the molecule."""

    name: str
    smiles: str
    functional_class: str
    mol: Chem.Mol


def flat_smiles(mol: Chem.Mol) -> str:
    """Canonical SMILES without stereochemistry."""
    return str(Chem.MolToSmiles(mol, isomericSmiles=False))


@lru_cache(maxsize=1)
def building_blocks() -> tuple[Block, ...]:
    """Every building block in the order of its file. Raises ValueError for a structure that cannot be read."""
    text = files("tools.generators").joinpath("data/building_blocks.tsv").read_text(encoding="utf-8")
    blocks = []
    for row in csv.DictReader(text.splitlines(), delimiter="\t"):
        mol = Chem.MolFromSmiles(row["smiles"])
        if mol is None:
            raise ValueError(f"building block {row['name']}: unreadable SMILES {row['smiles']}")
        blocks.append(Block(row["name"], Chem.MolToSmiles(mol), row["class"], mol))
    return tuple(blocks)


@lru_cache(maxsize=1)
def block_index() -> dict[str, Block]:
    """Building blocks by canonical SMILES without stereochemistry."""
    return {flat_smiles(b.mol): b for b in building_blocks()}


def find_block(mol: Chem.Mol) -> Block | None:
    """The building block with the constitution of ``mol`` (stereochemistry ignored), or None."""
    return block_index().get(flat_smiles(mol))


@lru_cache(maxsize=1)
def class_smarts() -> dict[str, tuple[str, ...]]:
    """The SMARTS of which a block of each functional class must match at least one."""
    table = tomllib.loads(files("tools.generators").joinpath("data/building_block_classes.toml").read_text(encoding="utf-8"))
    return {name: tuple(smarts) for name, smarts in table["classes"].items()}
