"""A substructure that must or must not be present: 'contains no nitro'."""

from __future__ import annotations

from rdkit import Chem

from core.candidate import RequirementResult
from core.spec import MotifRequirement
from tools.catalogue.kinds.base import MISSED_MOTIF, SMARTS_COST, Context, StructuralKind, Terms, Test
from tools.catalogue.kinds.limits import INF, Limits, Pattern, Quantity, phrase_of
from tools.catalogue.kinds.validation import require_group, require_smarts
from tools.groups.groups import GROUPS
from tools.groups.matching import finder, has_smarts


class MotifKind(StructuralKind[MotifRequirement, bool]):
    """Decided by a match of the SMARTS; in a repeat unit also across the joint of two units."""

    model = MotifRequirement

    def words(self, requirement: MotifRequirement, terms: Terms) -> str:
        """'contains nitro', 'contains no nitro'."""
        return f"contains {requirement.name}" if requirement.wanted else f"contains no {requirement.name}"

    def compact(self, requirement: MotifRequirement, terms: Terms) -> str:
        """'nitro present', 'nitro absent'."""
        return f"{requirement.name} {_state(requirement.wanted)}"

    def parse(self, text: str, terms: Terms) -> MotifRequirement | None:
        """Reads 'nitro absent' for registered groups."""
        name, _, state = text.rpartition(" ")
        if name not in GROUPS or state not in ("present", "absent"):
            return None
        return MotifRequirement(id="", text="", name=name, smarts=GROUPS[name].smarts, wanted=state == "present")

    def validate(self, requirement: MotifRequirement, terms: Terms, what: str) -> MotifRequirement:
        """A readable SMARTS; that of a registered group is filled in."""
        if requirement.smarts:
            require_smarts(requirement.smarts, what)
            return requirement
        group = require_group(requirement.name, what)
        return requirement.model_copy(update={"name": group.name, "smarts": group.smarts})

    def structures(self, requirement: MotifRequirement) -> tuple[str, ...]:
        """None: a regulated structure may be named in order to be avoided, and what is designed is screened by itself."""
        return ()

    def about(self, requirement: MotifRequirement) -> Quantity:
        """The group."""
        return ("group", requirement.name)

    def names(self, requirement: MotifRequirement) -> tuple[str, ...]:
        """The name and the pattern."""
        return (requirement.name, requirement.smarts)

    def limit(self, requirement: MotifRequirement, limits: Limits) -> None:
        """A count of at least one, or of none."""
        phrase = phrase_of(requirement)
        pattern = Pattern(requirement.name, requirement.smarts, phrase)
        if requirement.wanted:
            limits.narrow(("group", requirement.name), 1.0, INF, phrase)
            limits.needed.append(pattern)
        else:
            limits.narrow(("group", requirement.name), 0.0, 0.0, phrase)
            limits.excluded.append(pattern)

    def find(self, requirement: MotifRequirement, mol: Chem.Mol, context: Context) -> bool:
        """Whether the substructure occurs."""
        return has_smarts(mol, requirement.smarts)

    def accepts(self, requirement: MotifRequirement, found: bool) -> bool:
        """Whether that is wanted."""
        return found == requirement.wanted

    def report(self, requirement: MotifRequirement, found: bool) -> tuple[str, str]:
        """'present' or 'absent'."""
        return _state(found), f"{requirement.name} is {_state(found)}"

    def test(self, requirement: MotifRequirement, context: Context) -> Test:
        """A match, without the steps between."""
        has, wanted = finder(requirement.smarts), requirement.wanted
        return lambda mol, known: has(mol) == wanted

    def cost(self, requirement: MotifRequirement, context: Context) -> float:
        """That of a search for a pattern."""
        return SMARTS_COST

    def missed(self, requirement: MotifRequirement, result: RequirementResult) -> float:
        """The same however it is missed."""
        return MISSED_MOTIF


def _state(present: bool) -> str:
    return "present" if present else "absent"
