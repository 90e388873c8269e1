"""Structures looked for among many: those that contain a part, or that resemble one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, DataStructs, rdBase

from core.errors import UsageError
from tools.structures.columns import part_print
from tools.structures.similarity import morgan_fingerprint

How = Literal["substructure", "similarity"]
#: Longest text of a query and most atoms of one: a search has to end.
LONGEST, MOST_ATOMS = 1000, 100


@dataclass(frozen=True)
class StructureQuery:
    """A part to be contained, or a structure to resemble at least so much (Tanimoto, Morgan radius 2). Made by :func:`structure_query`.

    ``whole``: the part asks for what only a structure perceived anew has.
    """

    how: How
    mol: Chem.Mol
    least: float
    print: DataStructs.ExplicitBitVect | None = None
    whole: bool = False

    @cached_property
    def part(self) -> NDArray[np.uint64]:
        """What a structure that contains the part has among the bits of its pattern fingerprint."""
        return part_print(self.mol)

    def contained(self, smiles: str) -> bool:
        """Whether a structure that RDKit wrote as ``smiles`` contains the part; False where it cannot be read.

        What RDKit wrote is not perceived anew, which takes most of the time; where the part asks for a hybridisation (``whole``) it is.
        """
        with rdBase.BlockLogs():
            if self.whole:
                mol = Chem.MolFromSmiles(smiles)
            elif (mol := Chem.MolFromSmiles(smiles, sanitize=False)) is not None:
                mol.UpdatePropertyCache(False)
                Chem.GetSymmSSSR(mol)
        return mol is not None and bool(mol.HasSubstructMatch(self.mol))

    def fits(self, smiles: str) -> float | None:
        """How similar the structure is, 0 to 1 (1 for one that contains the part); None if it does not fit or cannot be read."""
        prints = _prints(smiles)
        if prints is None:
            return None
        parts, alike = prints
        if self.print is None:
            may = bool(((parts & self.part) == self.part).all())
            mol = _read(smiles) if may else None
            return 1.0 if mol is not None and mol.HasSubstructMatch(self.mol) else None
        similarity = float(DataStructs.TanimotoSimilarity(self.print, alike))
        return similarity if similarity >= self.least else None


@lru_cache(maxsize=8192)
def _prints(smiles: str) -> tuple[NDArray[np.uint64], DataStructs.ExplicitBitVect] | None:
    """The pattern and the Morgan fingerprint of a structure; None where it cannot be read. The same few hundred are asked for again and again while
    their run goes on."""
    mol = _read(smiles)
    return (part_print(mol), morgan_fingerprint(mol)) if mol is not None and mol.GetNumAtoms() else None


def _read(smiles: str) -> Chem.Mol | None:
    with rdBase.BlockLogs():
        return Chem.MolFromSmiles(smiles)


def structure_query(text: str, how: How, least: float = 0.5) -> StructureQuery:
    """The query that ``text`` is: SMILES, or for a part also SMARTS. UsageError for what is neither, too large, or a least outside 0 to 1."""
    if len(text) > LONGEST:
        raise UsageError(f"a structure to look for has at most {LONGEST} characters")
    if not 0 <= least <= 1:
        raise UsageError("a similarity lies between 0 and 1")
    mol = _from_smiles(text, ("~", "[#", "*") if how == "substructure" else ("~", "[#"))
    if mol is None and how == "substructure":
        with rdBase.BlockLogs():
            mol = Chem.MolFromSmarts(text)
    if mol is None or not mol.GetNumAtoms():
        kinds = "SMILES nor SMARTS" if how == "substructure" else "SMILES"
        raise UsageError(f"{text[:80]!r} is {'neither ' if how == 'substructure' else 'not '}{kinds}")
    if mol.GetNumAtoms() > MOST_ATOMS:
        raise UsageError(f"a structure to look for has at most {MOST_ATOMS} atoms")
    return StructureQuery(how, mol, least, morgan_fingerprint(mol) if how == "similarity" else None, whole="^" in text)


def _from_smiles(text: str, foreign: tuple[str, ...]) -> Chem.Mol | None:
    """The molecule that ``text`` names; None for what is no SMILES, or what RDKit reads as one although it can only be meant as SMARTS.

    ``foreign``: what no SMILES has here. An attachment point of a repeat unit stands for any atom where a part is looked for.
    """
    if any(sign in text for sign in foreign):
        return None
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(text)
    meant = mol is not None and not any(atom.GetNumRadicalElectrons() for atom in mol.GetAtoms())
    return mol if meant else None
