"""Which building blocks can take part in which reaction, and where.

For the shipped blocks the answers ship too, in ``partners.tsv``: to find them takes some 360,000 substructure searches, seconds of every
process that proposes. The file carries a hash of what it was made from; where that no longer holds (another table, other blocks, another
RDKit), it is not used and the answers are computed. ``python -m tools.synthesis.reactions.partners`` writes it again.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from rdkit import Chem, rdBase

from core import data
from tools.synthesis.blocks import Block, BlockLibrary, building_blocks, shipped
from tools.synthesis.reactions.run import fits
from tools.synthesis.reactions.table import Reaction, reactions

_FILE = "partners.tsv"
_Answers = dict[tuple[str, int], frozenset[str]]


def partners(name: str, position: int, library: BlockLibrary | None = None) -> tuple[Block, ...]:
    """The blocks of ``library`` (the shipped one if None) that can be the reactant at ``position`` of reaction ``name``, in their order."""
    return _partners(name, position, library or shipped())


@lru_cache(maxsize=1024)
def _partners(name: str, position: int, library: BlockLibrary) -> tuple[Block, ...]:
    reaction, known = reactions()[name], _known().get((name, position))
    if known is None:
        return tuple(b for b in library.blocks if fits(reaction, position, b.mol))
    asked = _asked()
    return tuple(b for b in library.blocks if (b.smiles in known if b.smiles in asked else fits(reaction, position, b.mol)))


@lru_cache(maxsize=1)
def _asked() -> frozenset[str]:
    return frozenset(b.smiles for b in building_blocks())


@lru_cache(maxsize=1)
def _known() -> _Answers:
    """SMILES of the shipped blocks that fit, by reaction and position; {} where the file was made from something else."""
    made_from, *rows = data.text("tools.synthesis.reactions", _FILE).splitlines()
    if made_from != _source():
        return {}
    smiles = [b.smiles for b in building_blocks()]
    found: _Answers = {}
    for row in rows:
        name, position, coded = row.split("\t")
        bits = int.from_bytes(base64.b64decode(coded), "little")
        found[name, int(position)] = frozenset(s for i, s in enumerate(smiles) if bits >> i & 1)
    return found


def _source() -> str:
    """Hash of all that the answers depend on."""
    parts = [
        data.text("tools.synthesis.reactions", "reactions.toml"),
        data.text("tools.synthesis", "building_blocks.tsv"),
        rdBase.rdkitVersion,
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def table_text() -> str:
    """The text of the file, computed: the hash, then a line for each reaction and position with the bits of the blocks that fit."""
    lines = [_source()]
    for reaction in reactions().values():
        for position in range(reaction.reactants):
            coded = base64.b64encode(_bits(reaction, position)).decode()
            lines.append(f"{reaction.name}\t{position}\t{coded}")
    return "\n".join(lines) + "\n"


def _bits(reaction: Reaction, position: int) -> bytes:
    bits = sum(1 << i for i, block in enumerate(building_blocks()) if fits(reaction, position, Chem.Mol(block.mol)))
    return bits.to_bytes(-(-len(building_blocks()) // 8), "little")


if __name__ == "__main__":
    Path(__file__).with_name(_FILE).write_text(table_text(), encoding="utf-8")
