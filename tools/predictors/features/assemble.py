"""Feature matrices for the predictors, computed once for all predictors of a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.rdBase import BlockLogs

from tools.predictors.features.molecule import MORGAN_BITS, bits_of, descriptor_names, descriptors, morgan_counts
from tools.predictors.features.pi_system import conjugated_systems, pi_features, pi_names
from tools.predictors.features.polymer import RepeatUnit, polymer_features, polymer_names
from tools.predictors.features.solvation import dye_features, solvation_features, solvation_names
from tools.predictors.features.solvent import solvent_features, solvent_names
from tools.predictors.features.table import MoleculeTable
from tools.predictors.specs import FeatureKind

FloatArray = NDArray[np.float32]

_MORGAN_NAMES = tuple(f"morgan_{i}" for i in range(MORGAN_BITS))


@lru_cache(maxsize=3)
def feature_names(kind: FeatureKind) -> tuple[str, ...]:
    """Names of the columns of a feature matrix of ``kind``, in order."""
    if kind == "polymer":
        return (*polymer_names(), *_MORGAN_NAMES)
    common = (*descriptor_names(), *_MORGAN_NAMES)
    return common if kind == "molecule" else (*common, *pi_names(), *solvent_names(), *solvation_names())


def feature_widths(kind: FeatureKind) -> tuple[int, ...]:
    """Number of columns, one or more, never none, that weights may have been trained with: new ones are added behind the others, so that older weights go on with theirs."""
    whole = len(feature_names(kind))
    return (whole, whole - len(solvation_names())) if kind == "dye" else (whole,)


@dataclass
class Describer:
    """Describes structures and remembers what it computed, by canonical SMILES; one object lives for one call of ``predict``."""

    _molecules: dict[str, FloatArray] = field(default_factory=dict)
    _pi: dict[str, tuple[FloatArray, NDArray[np.float64]]] = field(default_factory=dict)
    _polymers: dict[str, FloatArray] = field(default_factory=dict)
    _bits: dict[tuple[bool, str], NDArray[np.uint16]] = field(default_factory=dict)
    _matrices: dict[FeatureKind, tuple[tuple[list[str], list[str]], FloatArray]] = field(default_factory=dict)
    _last: tuple[str, MoleculeTable] | None = None

    def matrix(self, kind: FeatureKind, keys: Sequence[str], mols: Sequence[Chem.Mol], solvents: Sequence[str] | None = None) -> FloatArray:
        """Features of ``mols`` (their canonical SMILES in ``keys``), shape (structures, len(feature_names(kind))).

        Never NaN or infinite: a descriptor that cannot be computed is 0. Not to be written to: the last matrix of each kind is kept.

        ``solvents`` holds one canonical solvent a structure and is needed for dyes only.
        """
        asked = list(keys), list(solvents or ())
        if kind in self._matrices and self._matrices[kind][0] == asked:
            return self._matrices[kind][1]
        width = len(feature_names(kind))
        rows = np.zeros((len(mols), width), dtype=np.float32)
        with BlockLogs():
            for i, (key, mol) in enumerate(zip(keys, mols, strict=True)):
                if kind == "polymer":
                    rows[i] = self._polymer(key, mol)
                    continue
                common = self._molecule(key, mol)
                rows[i, : len(common)] = common
                if kind == "dye":
                    assert solvents is not None
                    pi, dipoles = self._conjugated(key, mol)
                    beside = solvent_features(solvents[i]), solvation_features(dipoles, solvents[i])
                    rows[i, len(common) :] = np.concatenate([pi, *beside])
        rows.flags.writeable = False  # the next model that asks about these structures gets the same rows
        self._matrices[kind] = asked, rows
        return rows

    def fingerprints(self, kind: FeatureKind, keys: Sequence[str], mols: Sequence[Chem.Mol]) -> list[NDArray[np.uint16]]:
        """Positions of the set bits of each structure's Morgan fingerprint, shape (bits,) each, ascending, empty where none is set; of the ring form for polymers.

        Empty for a structure without bits.
        """
        with BlockLogs():
            for key, mol in zip(keys, mols, strict=True):
                if (kind == "polymer", key) not in self._bits:
                    row = self._polymer(key, mol) if kind == "polymer" else self._molecule(key, mol)
                    self._bits[kind == "polymer", key] = bits_of(row[-MORGAN_BITS:])
        return [self._bits[kind == "polymer", key] for key in keys]

    def _table(self, key: str, mol: Chem.Mol) -> MoleculeTable:
        """Atoms and bonds of ``mol``; only the last table is kept, many small objects would slow everything down."""
        if self._last is None or self._last[0] != key:
            self._last = (key, MoleculeTable(mol))
        return self._last[1]

    def _molecule(self, key: str, mol: Chem.Mol) -> FloatArray:
        if key not in self._molecules:
            self._molecules[key] = np.concatenate([descriptors(mol, self._table(key, mol)), morgan_counts(mol)])
        return self._molecules[key]

    def _conjugated(self, key: str, mol: Chem.Mol) -> tuple[FloatArray, NDArray[np.float64]]:
        """Features of the conjugated systems, and what of the solvent's effect depends on the dye."""
        if key not in self._pi:
            table = self._table(key, mol)
            systems = conjugated_systems(table)
            self._pi[key] = pi_features(mol, table, systems), dye_features(table, systems[0] if systems else None)
        return self._pi[key]

    def _polymer(self, key: str, mol: Chem.Mol) -> FloatArray:
        if key not in self._polymers:
            self._polymers[key] = np.concatenate(polymer_features(RepeatUnit(mol)))
        return self._polymers[key]
