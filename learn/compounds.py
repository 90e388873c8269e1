"""The structures that tasks are about: named compounds that the guard allows, divided once and for all between training and test."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem

from core import data
from learn.example import Split, part_of
from tools.safety.guard import goal_verdict, structure_verdict
from tools.structures.names import TABLES

#: Names that would be read as words of a sentence, or are longer than anybody types.
_LONGEST_NAME, _LONGEST_SMILES = 28, 60


@dataclass(frozen=True)
class Compound:
    """A compound by name and SMILES."""

    name: str
    smiles: str


@lru_cache(maxsize=2)
def compounds(split: Split) -> tuple[Compound, ...]:
    """Every named compound of a split that somebody would type, in the order of the shipped tables, whatever the guard says of it."""
    found = []
    for row in (row for table in TABLES for row in data.rows("tools.structures", table)):
        name, smiles = row["name"], row["smiles"]
        fits = len(name) <= _LONGEST_NAME and len(smiles) <= _LONGEST_SMILES and "." not in smiles and "*" not in smiles and "," not in name
        if fits and part_of(smiles) == split:
            found.append(Compound(name, smiles))
    return tuple(found)


def drawn(split: Split, rng: random.Random, number: int, *, holds: Callable[[Chem.Mol], bool] = lambda mol: True) -> list[Compound]:
    """``number`` different compounds of which ``holds`` is true, none that the guard warns of or blocks by structure or by name; fewer where there are not so many."""
    found: list[Compound] = []
    for compound in rng.sample(compounds(split), len(compounds(split))):
        if len(found) == number:
            break
        if holds(_mol(compound.smiles)) and allowed(compound):
            found.append(compound)
    return found


@lru_cache(maxsize=4096)
def allowed(compound: Compound) -> bool:
    """Whether the guard says nothing against a compound, neither its structure nor its name."""
    structure = structure_verdict(compound.smiles, "molecule").verdict == "allow"
    return structure and goal_verdict(f"What is the TPSA of {compound.name}?").verdict == "allow"


@lru_cache(maxsize=4096)
def _mol(smiles: str) -> Chem.Mol:
    return Chem.MolFromSmiles(smiles)
