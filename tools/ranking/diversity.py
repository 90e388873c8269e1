"""Choosing a shortlist without near duplicates."""

from __future__ import annotations

from collections.abc import Sequence

from rdkit import DataStructs

from core.candidate import Candidate
from tools.checks.structure import candidate_mol, is_polymer
from tools.properties.repeat_units import joined_units
from tools.structures.similarity import morgan_fingerprint

#: Largest Tanimoto similarity within the shortlist; relaxed step by step where too few candidates are left.
STEPS = (0.7, 0.85, 0.95, 1.0)


def fingerprint(candidate: Candidate) -> DataStructs.ExplicitBitVect:
    """Morgan fingerprint; of joined units for a polymer, so that the frame of the unit matters little. Raises StructureError."""
    mol = candidate_mol(candidate)
    return morgan_fingerprint(joined_units(mol) if is_polymer(mol) else mol)


def diverse(ordered: Sequence[Candidate], count: int) -> list[int]:
    """Positions of up to ``count`` of ``ordered`` (best first), in increasing position.

    Greedy: the best that is not too similar to those already chosen, at most 0.7; where that leaves places, the limit is relaxed to
    0.85, then 0.95, and then dropped. Structures with the same duplicate key are never listed twice.
    """
    chosen: list[int] = []
    prints: dict[int, DataStructs.ExplicitBitVect] = {}
    keys: set[str] = set()
    for limit in STEPS:
        for position, candidate in enumerate(ordered):
            if len(chosen) >= count:
                return sorted(chosen)
            if position in prints and position in chosen:
                continue
            key = candidate.dedup_key or candidate.key
            if key in keys:
                continue
            if position not in prints:
                prints[position] = fingerprint(candidate)
            if limit < 1.0:
                others = [prints[i] for i in chosen]
                if others and max(DataStructs.BulkTanimotoSimilarity(prints[position], others)) > limit:
                    continue
            chosen.append(position)
            keys.add(key)
    return sorted(chosen)
