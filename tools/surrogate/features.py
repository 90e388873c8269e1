"""What the surrogate sees of a molecule: three count fingerprints as sets of bits, and a few plain descriptors.

A count fingerprint is written as a set of bits, one for every (feature, level up to its count), folded by a fixed multiplicative hash. The
Tanimoto similarity of two such sets is the min-max similarity of the counts, so a matrix product gives all of them at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from rdkit import Chem
from rdkit.Chem import Crippen, rdFingerprintGenerator, rdMolDescriptors

Bits = npt.NDArray[np.uint16]
Floats = npt.NDArray[np.float32]

FINGERPRINTS = ("atom environments", "feature environments", "atom pairs")
WIDTHS = (2048, 2048, 4096)
_LEVELS = 24
_ELEMENTS = (6, 7, 8, 9, 15, 16, 17, 35)


@lru_cache(maxsize=1)
def _generators() -> tuple[Any, ...]:
    rd = rdFingerprintGenerator
    return (
        rd.GetMorganGenerator(radius=2, fpSize=WIDTHS[0]),
        rd.GetMorganGenerator(radius=2, fpSize=WIDTHS[1], atomInvariantsGenerator=rd.GetMorganFeatureAtomInvGen()),
        rd.GetAtomPairGenerator(maxDistance=10, fpSize=WIDTHS[2]),
    )


_STARTS = np.zeros(_LEVELS, dtype=np.int64)
_STARTS[1:] = np.arange(1, _LEVELS) * 2654435761


def _bits(counts: npt.NDArray[Any]) -> Bits:
    """Folded bits of a count vector: one for each feature and level."""
    where = np.flatnonzero(counts)
    times = np.minimum(counts[where], _LEVELS).astype(np.int64)
    repeated = np.repeat(where, times)
    level = np.arange(len(repeated)) - np.repeat(np.cumsum(times) - times, times)
    return np.unique((repeated + _STARTS[level]) % len(counts)).astype(np.uint16)


@dataclass(frozen=True)
class Features:
    """Features of one molecule: set bits of each fingerprint of :data:`FINGERPRINTS`, and the descriptors (see :func:`descriptors`)."""

    bits: tuple[Bits, ...]
    plain: Floats


def descriptors(mol: Chem.Mol) -> Floats:
    """Atom counts of eight elements and hydrogen, rings, aromatic rings, donors, logP (Crippen), TPSA in tens of square ångström."""
    counts: dict[int, int] = {}
    for atom in mol.GetAtoms():
        number = atom.GetAtomicNum()
        counts[number] = counts.get(number, 0) + 1
    values = [float(counts.get(e, 0)) for e in _ELEMENTS]
    values.append(float(mol.GetNumAtoms(onlyExplicit=False) - mol.GetNumAtoms()))
    values += [
        float(rdMolDescriptors.CalcNumRings(mol)),
        float(rdMolDescriptors.CalcNumAromaticRings(mol)),
        float(rdMolDescriptors.CalcNumHBD(mol)),
        Crippen.MolLogP(mol),
        rdMolDescriptors.CalcTPSA(mol) / 10,
    ]
    return np.array(values, dtype=np.float32)


def features(mol: Chem.Mol) -> Features:
    """All features of a sanitised molecule."""
    return Features(tuple(_bits(g.GetCountFingerprintAsNumPy(mol)) for g in _generators()), descriptors(mol))


@dataclass(frozen=True)
class Block:
    """Features of many molecules as arrays: for each fingerprint a 0/1 matrix (molecules x its width) and its row sums; descriptors."""

    bits: tuple[npt.NDArray[np.uint8], ...]
    sizes: tuple[Floats, ...]
    plain: Floats

    def __len__(self) -> int:
        return len(self.plain)

    def take(self, rows: npt.NDArray[np.int64]) -> Block:
        """The block of the given rows."""
        return Block(tuple(b[rows] for b in self.bits), tuple(s[rows] for s in self.sizes), self.plain[rows])


def block(found: Sequence[Features]) -> Block:
    """Stack the features of many molecules."""
    bits, sizes = [], []
    for kind in range(len(FINGERPRINTS)):
        matrix = np.zeros((len(found), WIDTHS[kind]), dtype=np.uint8)
        for row, item in enumerate(found):
            matrix[row, item.bits[kind]] = 1
        bits.append(matrix)
        sizes.append(np.array([len(f.bits[kind]) for f in found], dtype=np.float32))
    return Block(tuple(bits), tuple(sizes), np.array([f.plain for f in found], dtype=np.float32).reshape(len(found), -1))


def tanimoto(one: Block, two: Block, kind: int) -> Floats:
    """Similarities 0..1 (rows of ``one`` x rows of ``two``) by the fingerprint number ``kind``."""
    first = one.bits[kind].astype(np.float32)
    shared = first @ (first if one is two else two.bits[kind].astype(np.float32)).T  # whole numbers: exact however they are added
    union = one.sizes[kind][:, None] + two.sizes[kind][None, :]
    union -= shared
    np.maximum(union, 1, out=union)
    shared /= union
    return np.asarray(shared)
