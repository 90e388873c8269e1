"""One change to a given structure, everything else as it was: 'toluene with one hydroxyl added'."""

from __future__ import annotations

import re

from rdkit import Chem

from core.errors import SpecError
from core.spec import EditRequirement
from tools.catalogue.kinds.base import Context, StructuralKind, Terms
from tools.catalogue.kinds.validation import named_structure, require_structure
from tools.groups.edits import edited, known


class EditKind(StructuralKind[EditRequirement, bool]):
    """Met by the structures that the edit gives, whatever their stereo marks."""

    model = EditRequirement

    def words(self, requirement: EditRequirement, terms: Terms) -> str:
        """'toluene with one hydroxyl added', 'aspirin with one ester replaced by amide'."""
        done = {"add": "added", "remove": "removed", "replace": f"replaced by {requirement.replacement}"}[requirement.operation]
        number = "every" if requirement.every else "one"
        return f"{requirement.reference_name or requirement.reference} with {number} {requirement.group} {done}"

    def compact(self, requirement: EditRequirement, terms: Terms) -> str:
        """'toluene add hydroxyl', 'aspirin replace ester->amide', 'CCCl remove every Cl'."""
        change = f"{requirement.group}->{requirement.replacement}" if requirement.replacement else requirement.group
        every = " every" if requirement.every else ""
        return f"{requirement.reference_name or requirement.reference} {requirement.operation}{every} {change}"

    def parse(self, text: str, terms: Terms) -> EditRequirement | None:
        """Reads what :meth:`compact` writes."""
        match = re.fullmatch(r"(.+) (add|remove|replace)( every)? (.+?)(?:->(.+))?", text)
        found = named_structure(match[1]) if match else None
        if match is None or found is None:
            return None
        name, smiles = found
        change = {"operation": match[2], "every": bool(match[3]), "group": match[4], "replacement": match[5] or ""}
        return EditRequirement.model_validate({"id": "", "text": "", "reference": smiles, "reference_name": name, **change})

    def validate(self, requirement: EditRequirement, terms: Terms, what: str) -> EditRequirement:
        """A readable structure, groups that an edit understands, and a change that is possible."""
        require_structure(requirement.reference, what)
        for name in (requirement.group, requirement.replacement):
            if name and not known(name):
                raise SpecError(f"{what}: {name!r} is no registered group and no element that an edit understands")
        if not _results(requirement):
            raise SpecError(f"{what}: this change of {requirement.reference} is not possible")
        return requirement

    def structures(self, requirement: EditRequirement) -> tuple[str, ...]:
        """The structure that is changed."""
        return (requirement.reference,)

    def names(self, requirement: EditRequirement) -> tuple[str, ...]:
        """The structure that is changed."""
        return (requirement.reference, requirement.reference_name)

    def find(self, requirement: EditRequirement, mol: Chem.Mol, context: Context) -> bool:
        """Whether the structure is one that the edit gives."""
        return Chem.MolToSmiles(mol, isomericSmiles=False) in _results(requirement)

    def accepts(self, requirement: EditRequirement, found: bool) -> bool:
        """Whether it is."""
        return found

    def report(self, requirement: EditRequirement, found: bool) -> tuple[str, str]:
        """'done' or 'not done'."""
        return "done" if found else "not done", "the structure is not the given one with this change alone"


def _results(requirement: EditRequirement) -> tuple[str, ...]:
    """Every structure that the edit gives, as canonical SMILES without stereo marks."""
    return edited(requirement.reference, requirement.operation, requirement.group, requirement.replacement, requirement.every)
