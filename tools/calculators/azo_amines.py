"""Azo dyes that can release the aromatic amines of REACH Annex XVII, entry 43."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem, rdBase

from core import data
from tools.structures.azo import cleavage_products
from tools.structures.standardise import inchikey

#: The list: where it is kept, and how many amines it has.
LIST, COUNT = ("tools.safety", "tables/aromatic_amines.tsv"), 22


@lru_cache(maxsize=1)
def listed_amines() -> dict[str, str]:
    """First block of the InChIKey to the name of each listed amine."""
    return {row["inchikey"].split("-")[0]: row["name"] for row in data.rows(*LIST)}


def released(mol: Chem.Mol) -> list[str]:
    """Names of the listed amines that reductive cleavage of the azo groups of a sanitised molecule can release, in alphabetical order; [] for none."""
    if sum(atom.GetAtomicNum() == 7 for atom in mol.GetAtoms()) < 2:
        return []
    with rdBase.BlockLogs():
        blocks = {inchikey(piece).split("-")[0] for piece in cleavage_products(mol)}
    if not blocks:
        return []
    return sorted({listed_amines()[block] for block in blocks & listed_amines().keys()})


def restricted_azo_amines(mol: Chem.Mol) -> float:
    """The number of listed amines that a sanitised molecule can release by reductive cleavage of its azo groups, without a unit; 0 for none."""
    return float(len(released(mol)))
