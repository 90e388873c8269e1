"""Similarity of structures: Tanimoto of Morgan fingerprints."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

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
