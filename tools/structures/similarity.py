"""Similarity of structures: Tanimoto of Morgan fingerprints."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rdkit import Chem, DataStructs, rdBase
from rdkit.Chem import rdFingerprintGenerator

from core.errors import StructureError

RADIUS = 2
BITS = 2048


@lru_cache(maxsize=1)
def _generator() -> rdFingerprintGenerator.FingerprintGenerator64:
    return rdFingerprintGenerator.GetMorganGenerator(radius=RADIUS, fpSize=BITS, includeChirality=False)


def morgan_fingerprint(mol: Chem.Mol) -> DataStructs.ExplicitBitVect:
    """Morgan fingerprint of radius 2 folded to 2048 bits, without chirality."""
    fingerprint: DataStructs.ExplicitBitVect = _generator().GetFingerprint(mol)
    return fingerprint


def tanimoto(mol_a: Chem.Mol, mol_b: Chem.Mol) -> float:
    """Tanimoto similarity of two molecules, 0 (nothing in common) to 1 (equal fingerprints)."""
    return float(DataStructs.TanimotoSimilarity(morgan_fingerprint(mol_a), morgan_fingerprint(mol_b)))


@dataclass(frozen=True)
class ReferenceSet:
    """Fingerprints of a set of references, and how the similarity to the set is meant: to the nearest of them, or on average."""

    prints: tuple[DataStructs.ExplicitBitVect, ...]
    measure: Literal["max", "mean"]

    def similarity(self, mol: Chem.Mol) -> float:
        """Tanimoto similarity of ``mol`` to the set, 0 to 1."""
        found: list[float] = DataStructs.BulkTanimotoSimilarity(morgan_fingerprint(mol), list(self.prints))
        return float(max(found) if self.measure == "max" else sum(found) / len(found))


@lru_cache(maxsize=16)
def reference_set(references: tuple[str, ...], measure: Literal["max", "mean"]) -> ReferenceSet:
    """The set of ``references`` (SMILES, at least one). Raises StructureError for one that cannot be read."""
    prints = []
    with rdBase.BlockLogs():
        for smiles in references:
            mol = Chem.MolFromSmiles(smiles)
            if mol is None or mol.GetNumAtoms() == 0:
                raise StructureError("a reference of a set cannot be read", smiles=smiles)
            prints.append(morgan_fingerprint(mol))
    return ReferenceSet(tuple(prints), measure)
