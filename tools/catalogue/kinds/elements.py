"""The only elements that may occur: 'only the elements C, H, O'."""

from __future__ import annotations

from collections.abc import Mapping

from rdkit import Chem

from core.candidate import PropertyValue, RequirementResult
from core.errors import SpecError
from core.spec import ElementsRequirement
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds.base import MISSED_MOTIF, Context, StructuralKind, Terms
from tools.catalogue.kinds.limits import AllowedElements, Limits, phrase_of
from tools.catalogue.kinds.validation import require_elements
from tools.groups.matching import foreign_elements


class ElementsKind(StructuralKind[ElementsRequirement, list[str]]):
    """Hydrogen is always allowed."""

    model = ElementsRequirement

    def words(self, requirement: ElementsRequirement, terms: Terms) -> str:
        """'only the elements C, H, O'."""
        return "only the elements " + ", ".join(requirement.allowed)

    def compact(self, requirement: ElementsRequirement, terms: Terms) -> str:
        """'C,H,O', sorted, hydrogen with them."""
        return ",".join(sorted({"H", *requirement.allowed}))

    def parse(self, text: str, terms: Terms) -> ElementsRequirement:
        """Reads 'C,H,O'."""
        allowed = sorted({"H", *(e.strip() for e in text.split(","))})
        require_elements(allowed, self.name)
        return ElementsRequirement(id="", text="", allowed=allowed)

    def validate(self, requirement: ElementsRequirement, terms: Terms, what: str) -> ElementsRequirement:
        """At least one symbol, each that of an element."""
        if not requirement.allowed:
            raise SpecError(f"{what}: no element is allowed")
        require_elements(requirement.allowed, what)
        return requirement

    def structures(self, requirement: ElementsRequirement) -> tuple[str, ...]:
        """None."""
        return ()

    def limit(self, requirement: ElementsRequirement, limits: Limits) -> None:
        """The elements that are allowed."""
        limits.allowed.append(AllowedElements(tuple(requirement.allowed), phrase_of(requirement)))

    def find(self, requirement: ElementsRequirement, mol: Chem.Mol, context: Context) -> list[str]:
        """The elements that are not allowed."""
        return foreign_elements(mol, requirement.allowed)

    def accepts(self, requirement: ElementsRequirement, found: list[str]) -> bool:
        """Whether there are none."""
        return not found

    def report(self, requirement: ElementsRequirement, found: list[str]) -> tuple[str | None, str]:
        """The elements that are not allowed; no value where there are none."""
        return ", ".join(found) or None, f"contains {', '.join(found)}"

    def cost(self, requirement: ElementsRequirement, context: Context) -> float:
        """That of a walk over the atoms."""
        return 10.0

    def satisfaction(
        self, requirement: ElementsRequirement, result: RequirementResult, values: Mapping[str, PropertyValue], catalogue: Catalogue
    ) -> float:
        """1 or, however it is missed, the same; there is no value where it is met."""
        return 1.0 if result.met else MISSED_MOTIF
