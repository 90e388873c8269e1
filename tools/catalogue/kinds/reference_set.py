"""Tanimoto similarity to a set of references: 'Tanimoto similarity to the nearest of the 12 structures of leads.smi at least 0.4'."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rdkit import Chem

from core.candidate import RequirementResult
from core.errors import SpecError
from core.spec import Condition, ReferenceSetRequirement
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds.base import MISSED_SCAFFOLD, Context, StructuralKind, Terms, closest_number, missed_by
from tools.catalogue.kinds.conditions import LIMIT_PATTERN, comparison, condition_text, distance, needs, parse_condition
from tools.catalogue.kinds.validation import finite_numbers, require_structure
from tools.structures.similarity import reference_set

_COMPACT = re.compile(rf"(?P<measure>max|mean) (?P<references>\S+) (?P<limit>{LIMIT_PATTERN})")


class ReferenceSetKind(StructuralKind[ReferenceSetRequirement, float]):
    """To the nearest reference, or on average over them; Morgan fingerprints of radius 2, 2048 bits."""

    model = ReferenceSetRequirement
    fraction = True

    def words(self, requirement: ReferenceSetRequirement, terms: Terms) -> str:
        """'Tanimoto similarity to the nearest of the 12 structures of leads.smi at least 0.4'."""
        return f"{set_words(requirement.references, requirement.measure, requirement.name)} {comparison(requirement.condition)}"

    def compact(self, requirement: ReferenceSetRequirement, terms: Terms) -> str:
        """'max CCO;CCN >= 0.4'."""
        return f"{requirement.measure} {';'.join(requirement.references)} {condition_text(requirement.condition)}"

    def parse(self, text: str, terms: Terms) -> ReferenceSetRequirement | None:
        """The reverse of :meth:`compact`."""
        match = _COMPACT.fullmatch(text)
        if match is None:
            return None
        measure = "max" if match["measure"] == "max" else "mean"
        references, condition = match["references"].split(";"), parse_condition(match["limit"])
        return ReferenceSetRequirement(id="", text="", references=references, measure=measure, condition=condition)

    def validate(self, requirement: ReferenceSetRequirement, terms: Terms, what: str) -> ReferenceSetRequirement:
        """Readable references, and numbers between 0 and 1."""
        for smiles in requirement.references:
            require_structure(smiles, what)
        if any(not 0 <= n <= 1 for n in finite_numbers(requirement.condition)):
            raise SpecError(f"{what}: a similarity lies between 0 and 1")
        return requirement

    def structures(self, requirement: ReferenceSetRequirement) -> tuple[str, ...]:
        """The references where they are to be resembled; those to be avoided may be anything."""
        return tuple(requirement.references) if requirement.condition.bounds()[0] > 0 else ()

    def condition(self, requirement: ReferenceSetRequirement) -> Condition:
        """Its condition."""
        return requirement.condition

    def names(self, requirement: ReferenceSetRequirement) -> tuple[str, ...]:
        """What the set is called."""
        return (requirement.name,)

    def find(self, requirement: ReferenceSetRequirement, mol: Chem.Mol, context: Context) -> float:
        """The similarity, 0 to 1."""
        return reference_set(tuple(requirement.references), requirement.measure).similarity(mol)

    def accepts(self, requirement: ReferenceSetRequirement, found: float) -> bool:
        """Whether it meets the condition."""
        return requirement.condition.holds(found)

    def report(self, requirement: ReferenceSetRequirement, found: float) -> tuple[float, str]:
        """The similarity; 'similarity to the set is 0.312, needs at least 0.4'."""
        return found, f"similarity to the set is {found:.3f}, needs {needs(requirement.condition)}"

    def cost(self, requirement: ReferenceSetRequirement, context: Context) -> float:
        """That of a fingerprint."""
        return 40.0

    def missed(self, requirement: ReferenceSetRequirement, result: RequirementResult) -> float:
        """By the distance in tenths."""
        if not isinstance(result.value, (int, float)):
            return MISSED_SCAFFOLD
        return missed_by(max(distance(requirement.condition, float(result.value)), 0.01) / 0.1)

    def closest(self, requirement: ReferenceSetRequirement, values: Sequence[float | str], catalogue: Catalogue) -> float | None:
        """The similarity nearest to the range."""
        return closest_number(requirement.condition, values)


def set_words(references: list[str], measure: str, name: str = "") -> str:
    """'Tanimoto similarity to the nearest of the 12 structures of leads.smi', 'mean Tanimoto similarity to the 12 structures'."""
    of = f" of {name}" if name and len(references) > 1 else ""
    if len(references) == 1:
        return f"Tanimoto similarity to {name or references[0]}"
    if measure == "max":
        return f"Tanimoto similarity to the nearest of the {len(references)} structures{of}"
    return f"mean Tanimoto similarity to the {len(references)} structures{of}"
