"""How many times an element, a functional group or a ring system occurs: 'at least 2 hydroxyl groups'."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rdkit import Chem

from core.candidate import RequirementResult
from core.errors import SpecError
from core.spec import Condition, CountRequirement
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds.base import (
    MISSED_SCAFFOLD,
    SMARTS_COST,
    Context,
    StructuralKind,
    Terms,
    Test,
    closest_number,
    missed_by,
)
from tools.catalogue.kinds.conditions import LIMIT_PATTERN, comparison, condition_text, distance, needs, parse_condition
from tools.catalogue.kinds.limits import Limits, Pattern, Quantity, phrase_of
from tools.catalogue.kinds.validation import finite_numbers, require_elements, require_group, require_smarts
from tools.groups.groups import GROUPS
from tools.groups.matching import count_element, count_smarts


class CountKind(StructuralKind[CountRequirement, int]):
    """Atoms of an element, or unique matches of a group; in a repeat unit, those per unit of an endless chain."""

    model = CountRequirement

    def words(self, requirement: CountRequirement, terms: Terms) -> str:
        """'at least 2 hydroxyl groups', 'no N atoms'."""
        noun = _counted(requirement)
        if requirement.condition.comparison == "==" and requirement.condition.value == 0:
            return f"no {noun}"
        return f"{comparison(requirement.condition)} {noun}"

    def compact(self, requirement: CountRequirement, terms: Terms) -> str:
        """'group:hydroxyl >= 2', 'element:N == 1'."""
        return f"{requirement.what}:{requirement.name} {condition_text(requirement.condition)}"

    def parse(self, text: str, terms: Terms) -> CountRequirement | None:
        """Reads 'group:hydroxyl >= 2' and 'element:N 1..3'; the SMARTS is that of the group."""
        match = re.fullmatch(rf"(element|group):(.+?) ({LIMIT_PATTERN})", text)
        if match is None or (match[1] == "group" and match[2] not in GROUPS):
            return None
        if match[1] == "element":
            require_elements([match[2]], self.name)
        smarts = "" if match[1] == "element" else GROUPS[match[2]].smarts
        fields = {"id": "", "text": "", "what": match[1], "name": match[2], "smarts": smarts, "condition": parse_condition(match[3])}
        return CountRequirement.model_validate(fields)

    def validate(self, requirement: CountRequirement, terms: Terms, what: str) -> CountRequirement:
        """Whole numbers from 0, of an element or of a group; the SMARTS of a registered group is filled in."""
        if any(n < 0 or n != int(n) for n in finite_numbers(requirement.condition)):
            raise SpecError(f"{what}: a count is a whole number from 0")
        if requirement.what == "element":
            require_elements([requirement.name], what)
            return requirement
        if requirement.smarts:
            require_smarts(requirement.smarts, what)
            return requirement
        group = require_group(requirement.name, what)
        return requirement.model_copy(update={"name": group.name, "smarts": group.smarts})

    def structures(self, requirement: CountRequirement) -> tuple[str, ...]:
        """None: a regulated structure may be named in order to be avoided, and what is designed is screened by itself."""
        return ()

    def about(self, requirement: CountRequirement) -> Quantity:
        """The element or the group."""
        return (requirement.what, requirement.name)

    def condition(self, requirement: CountRequirement) -> Condition:
        """Its condition."""
        return requirement.condition

    def names(self, requirement: CountRequirement) -> tuple[str, ...]:
        """The name and the pattern."""
        return (requirement.name, requirement.smarts)

    def limit(self, requirement: CountRequirement, limits: Limits) -> None:
        """The range of the count; what must occur at least once is needed."""
        phrase = phrase_of(requirement)
        least, most = requirement.condition.bounds()
        low = least + 1 if requirement.condition.comparison == ">" else least
        high = most - 1 if requirement.condition.comparison == "<" else most
        limits.narrow((requirement.what, requirement.name), low, high, phrase)
        if least >= 1 and requirement.what == "group":
            limits.needed.append(Pattern(requirement.name, requirement.smarts, phrase))
        elif least >= 1:
            limits.atoms.append((requirement.name, phrase))

    def find(self, requirement: CountRequirement, mol: Chem.Mol, context: Context) -> int:
        """The number of atoms or matches."""
        return count_element(mol, requirement.name) if requirement.what == "element" else count_smarts(mol, requirement.smarts)

    def accepts(self, requirement: CountRequirement, found: int) -> bool:
        """Whether the number meets the condition."""
        return requirement.condition.holds(found)

    def report(self, requirement: CountRequirement, found: int) -> tuple[float, str]:
        """The number; 'hydroxyl: found 1, needs at least 2'."""
        what = f"{requirement.name} atoms" if requirement.what == "element" else requirement.name
        return float(found), f"{what}: found {found}, needs {needs(requirement.condition)}"

    def test(self, requirement: CountRequirement, context: Context) -> Test:
        """A count, without the steps between."""
        name, smarts, holds = requirement.name, requirement.smarts, requirement.condition.holds
        if requirement.what == "element":
            return lambda mol, known: holds(count_element(mol, name))
        return lambda mol, known: holds(count_smarts(mol, smarts))

    def cost(self, requirement: CountRequirement, context: Context) -> float:
        """Atoms are counted faster than matches."""
        return 10.0 if requirement.what == "element" else SMARTS_COST

    def missed(self, requirement: CountRequirement, result: RequirementResult) -> float:
        """By the number that is missing or too many."""
        if not isinstance(result.value, (int, float)):
            return MISSED_SCAFFOLD
        return missed_by(max(distance(requirement.condition, float(result.value)), 0.5))

    def closest(self, requirement: CountRequirement, values: Sequence[float | str], catalogue: Catalogue) -> float | None:
        """The number nearest to the range."""
        return closest_number(requirement.condition, values)


def _counted(requirement: CountRequirement) -> str:
    """What is counted, singular for a limit of one: 'amine group', 'amine groups', 'N atoms'."""
    one = requirement.condition.comparison in ("==", ">=", "<=") and requirement.condition.value == 1
    noun = f"{requirement.name} atom" if requirement.what == "element" else f"{requirement.name.removesuffix(' group')} group"
    return noun if one else f"{noun}s"
