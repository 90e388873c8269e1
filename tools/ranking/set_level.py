"""Conditions on a list as a whole: how many, how diverse, how new, what mean.

Diversity is 1 less the mean pairwise Tanimoto similarity of the list; novelty of a member is 1 less its largest similarity to the reference
set (Morgan fingerprints, radius 2, 2048 bits). LIDDiA (arXiv:2502.13959) asks for both of its sets of molecules; its code may average differently.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from pydantic import Field
from rdkit import DataStructs

from core.candidate import Candidate
from core.model import Model
from core.spec import DesignSpec, SetRequirement
from tools.groups.matching import reference_mol
from tools.ranking.diversity import Picker, fingerprint
from tools.structures.similarity import morgan_fingerprint

#: Largest similarities of two listed structures that are tried, until the list is diverse enough.
LIMITS = (0.7, 0.6, 0.5, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1)


class SetResult(Model):
    """How a condition on the list stands."""

    id: str = Field(description="Requirement id.")
    text: str = Field(description="The requirement in words.")
    met: bool = Field(description="Whether the list meets it.")
    value: float | None = Field(description="What was found; None for an empty list.")


def diversity(prints: Sequence[DataStructs.ExplicitBitVect]) -> float | None:
    """1 less the mean pairwise Tanimoto similarity; None for fewer than two."""
    total, pairs = 0.0, 0
    for i in range(1, len(prints)):
        total += sum(DataStructs.BulkTanimotoSimilarity(prints[i], list(prints[:i])))
        pairs += i
    return 1.0 - total / pairs if pairs else None


def novelty(prints: Sequence[DataStructs.ExplicitBitVect], references: Sequence[str]) -> float | None:
    """The smallest novelty, 0 to 1, of a member against the reference SMILES; None for an empty list or no references."""
    return _novelty(prints, [morgan_fingerprint(reference_mol(s)) for s in references])


def _novelty(prints: Sequence[DataStructs.ExplicitBitVect], known: Sequence[DataStructs.ExplicitBitVect]) -> float | None:
    if not prints or not known:
        return None
    return 1.0 - max(float(max(DataStructs.BulkTanimotoSimilarity(p, list(known)))) for p in prints)


@lru_cache(maxsize=1)
def _shipped() -> tuple[DataStructs.ExplicitBitVect, ...]:
    """Fingerprints of the shipped known compounds."""
    from tools.proposers.library.known import known_compounds

    return tuple(morgan_fingerprint(k.mol) for k in known_compounds())


def judge(candidates: Sequence[Candidate], spec: DesignSpec) -> list[SetResult]:
    """How ``candidates`` as a list stand on every set requirement of ``spec``."""
    if not spec.set_requirements:
        return []
    prints = [fingerprint(c) for c in candidates]
    results = []
    for requirement in spec.set_requirements:
        value = _value(requirement, candidates, prints)
        met = value is not None and requirement.condition.holds(value)
        results.append(SetResult(id=requirement.id, text=requirement.text, met=met, value=value))
    return results


def _value(r: SetRequirement, candidates: Sequence[Candidate], prints: Sequence[DataStructs.ExplicitBitVect]) -> float | None:
    if r.measure == "count":
        return float(len(candidates))
    if r.measure == "diversity":
        return diversity(prints)
    if r.measure == "novelty":
        return novelty(prints, r.references) if r.references else _novelty(prints, _shipped())
    numbers = [c.properties[r.property].number for c in candidates if r.property in c.properties]
    known = [n for n in numbers if n is not None]
    return sum(known) / len(known) if known and len(known) == len(candidates) else None


def diverse_enough(
    ordered: Sequence[Candidate], positions: Sequence[int], spec: DesignSpec, capped: Collection[int] = (), most: int = 0
) -> list[int] | None:
    """Positions of up to ``spec.candidates`` of ``ordered`` (best first) that are as diverse as the spec asks; None if it does not ask.

    The limit on pairwise similarity is tightened until the diversity holds. A list too short for a 'count' requirement is given up for
    the longest that is diverse enough, or else the most diverse one. Of those that are ``capped`` there are at most ``most`` in it.
    """
    wanted = next((r for r in spec.set_requirements if r.measure == "diversity"), None)
    if wanted is None:
        return None
    best: list[int] = []
    for limit in LIMITS:
        picker = Picker()
        picker.take(ordered, positions, spec.candidates, limit, capped, most)
        chosen = sorted(picker.chosen)
        value = diversity([fingerprint(ordered[i]) for i in chosen])
        if value is not None and wanted.condition.holds(value):
            return chosen
        best = chosen or best
    return best
