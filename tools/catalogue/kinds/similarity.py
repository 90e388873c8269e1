"""Tanimoto similarity to a reference structure: 'Tanimoto similarity to aspirin at least 0.4'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rdkit import Chem, DataStructs

from core.candidate import RequirementResult
from core.errors import SpecError
from core.spec import Condition, SimilarityRequirement
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds.base import MISSED_SCAFFOLD, Context, StructuralKind, Terms, Test, closest_number, missed_by
from tools.catalogue.kinds.conditions import LIMIT_PATTERN, comparison, condition_text, distance, needs, parse_condition
from tools.catalogue.kinds.validation import finite_numbers, named_structure, require_structure
from tools.groups.matching import reference_mol
from tools.structures.similarity import morgan_fingerprint


class SimilarityKind(StructuralKind[SimilarityRequirement, float]):
    """Morgan fingerprints of radius 2, 2048 bits."""

    model = SimilarityRequirement
    fraction = True

    def words(self, requirement: SimilarityRequirement, terms: Terms) -> str:
        """'Tanimoto similarity to aspirin at least 0.4'."""
        return f"Tanimoto similarity to {requirement.reference_name or requirement.reference} {comparison(requirement.condition)}"

    def compact(self, requirement: SimilarityRequirement, terms: Terms) -> str:
        """'aspirin >= 0.4'."""
        return f"{requirement.reference_name or requirement.reference} {condition_text(requirement.condition)}"

    def parse(self, text: str, terms: Terms) -> SimilarityRequirement | None:
        """Reads 'aspirin >= 0.4' and 'CCO 0.3..0.6'."""
        match = re.fullmatch(rf"(.+?) ({LIMIT_PATTERN})", text)
        found = named_structure(match[1]) if match else None
        if match is None or found is None:
            return None
        name, smiles = found
        return SimilarityRequirement(id="", text="", reference=smiles, reference_name=name, condition=parse_condition(match[2]))

    def validate(self, requirement: SimilarityRequirement, terms: Terms, what: str) -> SimilarityRequirement:
        """A readable reference, and numbers between 0 and 1."""
        require_structure(requirement.reference, what)
        if any(not 0 <= n <= 1 for n in finite_numbers(requirement.condition)):
            raise SpecError(f"{what}: a similarity lies between 0 and 1")
        return requirement

    def structures(self, requirement: SimilarityRequirement) -> tuple[str, ...]:
        """The reference."""
        return (requirement.reference,)

    def condition(self, requirement: SimilarityRequirement) -> Condition:
        """Its condition."""
        return requirement.condition

    def names(self, requirement: SimilarityRequirement) -> tuple[str, ...]:
        """The reference."""
        return (requirement.reference, requirement.reference_name)

    def find(self, requirement: SimilarityRequirement, mol: Chem.Mol, context: Context) -> float:
        """The similarity, 0 to 1."""
        return float(DataStructs.TanimotoSimilarity(morgan_fingerprint(mol), _reference_print(requirement.reference)))

    def accepts(self, requirement: SimilarityRequirement, found: float) -> bool:
        """Whether it meets the condition."""
        return requirement.condition.holds(found)

    def report(self, requirement: SimilarityRequirement, found: float) -> tuple[float, str]:
        """The similarity; 'similarity is 0.312, needs at least 0.4'."""
        return found, f"similarity is {found:.3f}, needs {needs(requirement.condition)}"

    def test(self, requirement: SimilarityRequirement, context: Context) -> Test:
        """A fingerprint against that of the reference, which is made once."""
        reference, holds = _reference_print(requirement.reference), requirement.condition.holds
        return lambda mol, known: holds(DataStructs.TanimotoSimilarity(morgan_fingerprint(mol), reference))

    def cost(self, requirement: SimilarityRequirement, context: Context) -> float:
        """That of a fingerprint."""
        return 40.0

    def missed(self, requirement: SimilarityRequirement, result: RequirementResult) -> float:
        """By the distance in tenths."""
        if not isinstance(result.value, (int, float)):
            return MISSED_SCAFFOLD
        return missed_by(max(distance(requirement.condition, float(result.value)), 0.01) / 0.1)

    def closest(self, requirement: SimilarityRequirement, values: Sequence[float | str], catalogue: Catalogue) -> float | None:
        """The similarity nearest to the range."""
        return closest_number(requirement.condition, values)


@lru_cache(maxsize=64)
def _reference_print(smiles: str) -> DataStructs.ExplicitBitVect:
    return morgan_fingerprint(reference_mol(smiles))
