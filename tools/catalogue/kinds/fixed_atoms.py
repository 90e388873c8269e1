"""Atoms of a compound that stay as they are: 'keeps the core of paracetamol: 6 atoms unchanged, ...'."""

from __future__ import annotations

from rdkit import Chem

from core.errors import SpecError, StructureError
from core.spec import FixedAtomsRequirement
from tools.catalogue.kinds.base import SMARTS_COST, Context, StructuralKind, Terms
from tools.catalogue.kinds.validation import require_elements
from tools.structures.fixed_atoms import compiled, fault, kept_of


class FixedAtomsKind(StructuralKind[FixedAtomsRequirement, str]):
    """What is found is what has changed; '' where nothing has."""

    model = FixedAtomsRequirement

    def words(self, requirement: FixedAtomsRequirement, terms: Terms) -> str:
        """'keeps the core of paracetamol: 6 atoms unchanged, something else at 6 of them at most'."""
        of = "" if requirement.part.endswith(requirement.reference) else f" of {requirement.reference_name or requirement.reference}"
        extra = ", or rings built onto them" if requirement.new_rings else ""
        if requirement.largest_substituent is not None:
            extra += f", of at most {requirement.largest_substituent} heavy atoms"
        number, total = len(requirement.open), len(requirement.fixed)
        here = "one of them" if number == 1 else f"{number} of them"
        unchanged = f"{total} atom{'s' if total != 1 else ''} unchanged"
        return f"keeps {requirement.part or 'the marked atoms'}{of}: {unchanged}, something else at {here} at most{extra}"

    def compact(self, requirement: FixedAtomsRequirement, terms: Terms) -> str:
        """'CC(=O)Nc1ccc(O)cc1 fixed 4,5,6 open 4'; then 'as 5=C/N', 'rings' and 'size 4' where these are asked for."""
        parts = [requirement.reference, "fixed", _numbers(requirement.fixed), "open", _numbers(requirement.open)]
        if requirement.choices:
            parts += ["as", ",".join(f"{c.atom}={'/'.join(c.elements)}" for c in requirement.choices)]
        parts += ["rings"] if requirement.new_rings else []
        parts += ["size", str(requirement.largest_substituent)] if requirement.largest_substituent is not None else []
        return " ".join(parts)

    def parse(self, text: str, terms: Terms) -> FixedAtomsRequirement | None:
        """The reverse of :meth:`compact`."""
        words = text.split()
        if len(words) < 5 or words[1] != "fixed" or words[3] != "open":
            return None
        data: dict[str, object] = {"id": "", "text": "", "reference": words[0]}
        rest = words[5:]
        try:
            data |= {"fixed": _listed(words[2]), "open": _listed(words[4])}
            while rest:
                word = rest.pop(0)
                if word == "rings":
                    data["new_rings"] = True
                elif word == "size" and rest:
                    data["largest_substituent"] = int(rest.pop(0))
                elif word == "as" and rest:
                    pairs = (choice.split("=") for choice in rest.pop(0).split(","))
                    data["choices"] = [{"atom": int(atom), "elements": elements.split("/")} for atom, elements in pairs]
                else:
                    return None
            return FixedAtomsRequirement.model_validate(data)
        except ValueError:
            return None

    def validate(self, requirement: FixedAtomsRequirement, terms: Terms, what: str) -> FixedAtomsRequirement:
        """A readable reference that has these atoms; closed ones carry nothing that may change; known elements."""
        for choice in requirement.choices:
            require_elements(choice.elements, what)
            if choice.atom not in requirement.fixed:
                raise SpecError(f"{what}: atom {choice.atom} may be another element, but is none of the atoms that stay")
        try:
            compiled(kept_of(requirement))
        except StructureError as error:
            raise SpecError(f"{what}: {error}") from error
        return requirement

    def structures(self, requirement: FixedAtomsRequirement) -> tuple[str, ...]:
        """The compound; of a core its SMILES with '*', which the guard reads as a fragment, is left out."""
        return (requirement.reference,) if requirement.reference.count("*") in (0, 2) else ()

    def names(self, requirement: FixedAtomsRequirement) -> tuple[str, ...]:
        """The compound and what is kept of it."""
        return (requirement.reference, requirement.reference_name, requirement.part)

    def find(self, requirement: FixedAtomsRequirement, mol: Chem.Mol, context: Context) -> str:
        """What has changed, in words; '' where the atoms are kept."""
        return fault(compiled(kept_of(requirement)), mol)

    def accepts(self, requirement: FixedAtomsRequirement, found: str) -> bool:
        """Whether nothing has changed."""
        return not found

    def report(self, requirement: FixedAtomsRequirement, found: str) -> tuple[str, str]:
        """'kept' or 'changed', and what."""
        return "changed" if found else "kept", found

    def cost(self, requirement: FixedAtomsRequirement, context: Context) -> float:
        """That of a search for a pattern and of its rings."""
        return 3.0 * SMARTS_COST


def _numbers(atoms: list[int]) -> str:
    return ",".join(map(str, atoms)) or "-"


def _listed(text: str) -> list[int]:
    return [] if text == "-" else [int(part) for part in text.split(",")]
