"""A core that must be kept, its rings unbroken: 'keeps the core c1ccc2[nH]ccc2c1'."""

from __future__ import annotations

from rdkit import Chem

from core.spec import ScaffoldRequirement
from tools.catalogue.kinds.base import SMARTS_COST, Context, StructuralKind, Terms
from tools.catalogue.kinds.validation import named_structure, require_smarts, require_structure
from tools.groups.matching import keeps_scaffold
from tools.groups.scaffold import scaffold_smarts


class ScaffoldKind(StructuralKind[ScaffoldRequirement, bool]):
    """Every ring of the core is a ring of the structure; substituents are free."""

    model = ScaffoldRequirement

    def words(self, requirement: ScaffoldRequirement, terms: Terms) -> str:
        """'keeps the core c1ccc2[nH]ccc2c1'."""
        return f"keeps the core {requirement.scaffold}"

    def compact(self, requirement: ScaffoldRequirement, terms: Terms) -> str:
        """The SMILES of the core."""
        return requirement.scaffold

    def parse(self, text: str, terms: Terms) -> ScaffoldRequirement | None:
        """Reads a SMILES, or the name of a common compound."""
        found = named_structure(text)
        return ScaffoldRequirement(id="", text="", scaffold=found[1], smarts=scaffold_smarts(found[1])) if found else None

    def validate(self, requirement: ScaffoldRequirement, terms: Terms, what: str) -> ScaffoldRequirement:
        """A readable core; its SMARTS is filled in."""
        require_structure(requirement.scaffold, what)
        if not requirement.smarts:
            return requirement.model_copy(update={"smarts": scaffold_smarts(requirement.scaffold)})
        require_smarts(requirement.smarts, what)
        return requirement

    def structures(self, requirement: ScaffoldRequirement) -> tuple[str, ...]:
        """The core."""
        return (requirement.scaffold,)

    def names(self, requirement: ScaffoldRequirement) -> tuple[str, ...]:
        """The core and its pattern."""
        return (requirement.scaffold, requirement.smarts)

    def find(self, requirement: ScaffoldRequirement, mol: Chem.Mol, context: Context) -> bool:
        """Whether the core occurs."""
        return keeps_scaffold(mol, requirement.smarts)

    def accepts(self, requirement: ScaffoldRequirement, found: bool) -> bool:
        """Whether the core occurs."""
        return found

    def report(self, requirement: ScaffoldRequirement, found: bool) -> tuple[str, str]:
        """'kept' or 'not kept'."""
        return "kept" if found else "not kept", "the core is not present with its rings unbroken"

    def cost(self, requirement: ScaffoldRequirement, context: Context) -> float:
        """That of a search for a pattern and of its rings."""
        return 2.0 * SMARTS_COST
