"""What is searched for in many structures at once, as columns of numbers: fingerprints, values, texts, each packed in bytes.

A finished run is stored so beside its candidates (:mod:`memory.sql.columns`); a question then reads the columns that it needs, and no candidate
but those that it shows. Row by row the columns follow the order in which the run stored its candidates.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, DataStructs, rdBase

from core.candidate import Candidate
from tools.structures.similarity import BITS, morgan_fingerprint

#: Bits of the fingerprint that says which parts a structure cannot contain.
PART_BITS = 512
#: Names of the columns; another form of one of them gets another name, and runs without it are made anew.
KEPT, SMILES, PART, ALIKE, VALUE = "kept/1", "smiles/1", "part/1", "alike/1", "value/1:"


@dataclass(frozen=True)
class Columns:
    """The columns of a run, of which some were read: each property raises KeyError where its column was not.

    Structures that RDKit cannot read have no bits: they contain nothing and resemble nothing.
    """

    packed: Mapping[str, bytes]

    def __len__(self) -> int:
        return len(self.packed[KEPT])

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Whether each structure met every requirement."""
        return np.frombuffer(self.packed[KEPT], dtype=np.bool_)

    @cached_property
    def smiles(self) -> list[str]:
        """The structures as RDKit writes them; '' for one that cannot be read."""
        return zlib.decompress(self.packed[SMILES]).decode().split("\n")

    @property
    def part(self) -> NDArray[np.uint64]:
        """Pattern fingerprints, 512 bits a row."""
        return np.frombuffer(self.packed[PART], dtype="<u8").reshape(-1, PART_BITS // 64)

    @cached_property
    def alike(self) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
        """Morgan fingerprints (radius 2, 2048 bits): how many bits each structure has, and which, one structure after the other."""
        whole = np.frombuffer(self.packed[ALIKE], dtype="<u2")
        return whole[: len(self)].astype(np.int64), whole[len(self) :]

    def values(self, name: str) -> NDArray[np.float64]:
        """The numbers of a property, in its unit; NaN where there is none."""
        raw = self.packed.get(VALUE + name)
        return np.full(len(self), np.nan) if raw is None else np.frombuffer(raw, dtype="<f8")

    def similarities(self, print_: DataStructs.ExplicitBitVect) -> NDArray[np.float64]:
        """Tanimoto similarity of each structure to the one with this Morgan fingerprint, 0 to 1; NaN for one that cannot be read."""
        counts, bits = self.alike
        wanted = np.zeros(BITS, dtype=np.uint8)
        wanted[list(print_.GetOnBits())] = 1
        flags = np.append(np.take(wanted, bits), np.uint8(0))  # a structure without bits may be the last
        common = np.where(counts > 0, np.add.reduceat(flags, np.cumsum(counts) - counts, dtype=np.int64), 0)
        found: NDArray[np.float64] = np.where(counts > 0, common / np.maximum(counts + print_.GetNumOnBits() - common, 1), np.nan)
        return found

    def may_contain(self, print_: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Whether each structure may contain the part with this pattern fingerprint; none that contains it is left out."""
        found: NDArray[np.bool_] = ((self.part & print_) == print_).all(axis=1)
        return found


def columns_of(candidates: Iterable[Candidate]) -> dict[str, bytes]:
    """The columns of ``candidates``, which are in the order of their run. Nothing is raised for a structure that cannot be read."""
    kept, smiles, parts, counts, bits = [], [], [], [], []
    values: dict[str, dict[int, float]] = {}
    for row, candidate in enumerate(candidates):
        with rdBase.BlockLogs():
            mol = Chem.MolFromSmiles(candidate.smiles)
        alike = list(morgan_fingerprint(mol).GetOnBits()) if mol is not None else []
        kept.append(candidate.status == "kept")
        smiles.append(Chem.MolToSmiles(mol) if mol is not None else "")  # as RDKit writes it: what cannot be read holds anything
        parts.append(part_print(mol) if mol is not None else np.zeros(PART_BITS // 64, dtype="<u8"))
        counts.append(len(alike))
        bits += alike
        for name, value in candidate.properties.items():
            if value.number is not None:
                values.setdefault(name, {})[row] = value.number
    found = {
        KEPT: np.array(kept, dtype=np.bool_).tobytes(),
        SMILES: zlib.compress("\n".join(smiles).encode()),
        PART: np.array(parts, dtype="<u8").tobytes(),
        ALIKE: np.array([*counts, *bits], dtype="<u2").tobytes(),
    }
    for name, numbers in values.items():
        column = np.full(len(kept), np.nan, dtype="<f8")
        column[list(numbers)] = list(numbers.values())
        found[VALUE + name] = column.tobytes()
    return found


def taken(columns: Columns, rows: NDArray[np.int64]) -> dict[str, bytes]:
    """The columns with these rows alone, in this order."""
    counts, bits = columns.alike
    starts = np.cumsum(counts) - counts
    smiles = columns.smiles
    chosen = [bits[starts[row] : starts[row] + counts[row]] for row in rows]
    found = {
        KEPT: columns.kept[rows].tobytes(),
        SMILES: zlib.compress("\n".join(smiles[row] for row in rows).encode()),
        PART: columns.part[rows].tobytes(),
        ALIKE: np.concatenate([counts[rows].astype("<u2"), *chosen]).tobytes(),
    }
    names = [name.removeprefix(VALUE) for name in columns.packed if name.startswith(VALUE)]
    return found | {VALUE + name: columns.values(name)[rows].tobytes() for name in names}


def part_print(mol: Chem.Mol) -> NDArray[np.uint64]:
    """The pattern fingerprint of a structure or of a part, also one with the conditions of SMARTS."""
    found = Chem.PatternFingerprint(mol, fpSize=PART_BITS)
    return np.frombuffer(DataStructs.BitVectToBinaryText(found), dtype="<u8")
