"""Choosing a shortlist without near duplicates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from rdkit import DataStructs

from core.candidate import Candidate
from core.spec import DesignSpec
from tools.evaluation.structure import candidate_mol
from tools.groups.matching import is_polymer
from tools.structures.repeat_units import joined_units
from tools.structures.similarity import morgan_fingerprint

#: Largest Tanimoto similarity within a shortlist unless the spec says otherwise.
LIMIT = 0.7
#: For lists that are shown for information: the limit is relaxed step by step where too few are left.
STEPS = (LIMIT, 0.85, 0.95, 1.0)


def similarity_limit(spec: DesignSpec) -> float:
    """The largest similarity that two listed candidates may have: what the spec says, 1 where all that meet it are wanted, else 0.7."""
    if spec.max_similarity is not None:
        return spec.max_similarity
    return 1.0 if spec.exhaustive else LIMIT


def fingerprint(candidate: Candidate) -> DataStructs.ExplicitBitVect:
    """Morgan fingerprint; of joined units for a polymer, so that the frame of the unit matters little. Raises StructureError."""
    mol = candidate_mol(candidate)
    return morgan_fingerprint(joined_units(mol) if is_polymer(mol) else mol)


@dataclass
class Picker:
    """A shortlist in the making: takes what is neither the same as nor too similar to what it holds."""

    chosen: list[int] = field(default_factory=list)
    too_similar: set[int] = field(default_factory=set)
    _prints: dict[int, DataStructs.ExplicitBitVect] = field(default_factory=dict)
    _keys: set[str] = field(default_factory=set)

    def take(
        self,
        ordered: Sequence[Candidate],
        positions: Sequence[int],
        count: int,
        limit: float,
        capped: Collection[int] = (),
        most: int = 0,
    ) -> None:
        """Go through ``positions`` of ``ordered`` (best first) and take what is at most ``limit`` similar to every one taken before, until
        ``count`` are chosen; of those that are ``capped``, no more than ``most``. Structures with the same duplicate key are never taken twice."""
        taken = sum(position in capped for position in self.chosen)
        for position in positions:
            if len(self.chosen) >= count:
                return
            if position in capped and taken >= most:
                continue
            key = ordered[position].dedup_key or ordered[position].key
            if key in self._keys:
                continue
            if limit < 1.0 and self._similar(ordered, position, limit):
                self.too_similar.add(position)
                continue
            self.too_similar.discard(position)
            self.chosen.append(position)
            self._keys.add(key)
            taken += position in capped

    def _similar(self, ordered: Sequence[Candidate], position: int, limit: float) -> bool:
        for i in (position, *self.chosen):
            if i not in self._prints:
                self._prints[i] = fingerprint(ordered[i])
        others = [self._prints[i] for i in self.chosen]
        return bool(others) and max(DataStructs.BulkTanimotoSimilarity(self._prints[position], others)) > limit


def diverse(ordered: Sequence[Candidate], count: int) -> list[int]:
    """Positions of up to ``count`` of ``ordered`` (best first), in increasing position, for a list that is shown for information.

    Greedy: the best that is not too similar to those already chosen, at most 0.7; where that leaves places, the limit is relaxed to
    0.85, then 0.95, and then dropped. Structures with the same duplicate key are never listed twice.
    """
    picker = Picker()
    for limit in STEPS:
        picker.take(ordered, range(len(ordered)), count, limit)
    return sorted(picker.chosen)
