"""A named rule set such as Lipinski's, with the number of violations that it allows."""

from __future__ import annotations

from collections.abc import Sequence

from rdkit import Chem

from core.candidate import RequirementResult
from core.errors import SpecError
from core.spec import RuleSetRequirement
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds.base import MISSED_SCAFFOLD, Context, StructuralKind, Terms, Test, missed_by, numbers_of
from tools.catalogue.kinds.limits import INF, Limits, Quantity, phrase_of
from tools.catalogue.rule_sets import RULE_SETS


class RuleSetKind(StructuralKind[RuleSetRequirement, list[str]]):
    """Decided by how many of its rules are broken."""

    model = RuleSetRequirement

    def words(self, requirement: RuleSetRequirement, terms: Terms) -> str:
        """The label with its limits and how many may be broken."""
        rules = RULE_SETS[requirement.rule_set]
        limits = "; ".join(rule.text for rule in rules.rules)
        allowed = requirement.allowed_violations
        return f"{rules.label} ({limits}; {'none may be broken' if allowed == 0 else f'{allowed} may be broken'})"

    def compact(self, requirement: RuleSetRequirement, terms: Terms) -> str:
        """'lipinski'."""
        return requirement.rule_set

    def parse(self, text: str, terms: Terms) -> RuleSetRequirement | None:
        """Reads the name of a set; as many rules may be broken as the set itself allows."""
        if text not in RULE_SETS:
            return None
        return RuleSetRequirement(id="", text="", rule_set=text, allowed_violations=RULE_SETS[text].allowed_violations)

    def validate(self, requirement: RuleSetRequirement, terms: Terms, what: str) -> RuleSetRequirement:
        """The set must exist."""
        if requirement.rule_set not in RULE_SETS:
            raise SpecError(f"{what}: unknown rule set {requirement.rule_set!r}; known: {', '.join(RULE_SETS)}")
        return requirement

    def structures(self, requirement: RuleSetRequirement) -> tuple[str, ...]:
        """None."""
        return ()

    def about(self, requirement: RuleSetRequirement) -> Quantity:
        """The rule set."""
        return ("rule set", requirement.rule_set)

    def limit(self, requirement: RuleSetRequirement, limits: Limits) -> None:
        """The limits on registered properties, where no rule may be broken."""
        rules = RULE_SETS.get(requirement.rule_set)
        if rules is None or requirement.allowed_violations:
            return
        for rule in rules.rules:
            if rule.metric in limits.catalogue:
                low, high = (-INF, rule.limit) if rule.comparison == "<=" else (rule.limit, INF)
                limits.narrow(("property", rule.metric), low, high, phrase_of(requirement) or rules.label)

    def find(self, requirement: RuleSetRequirement, mol: Chem.Mol, context: Context) -> list[str]:
        """The rules that are broken, in words. SpecError for a set that does not exist."""
        return context.calculations.violations(mol, requirement.rule_set)

    def accepts(self, requirement: RuleSetRequirement, found: list[str]) -> bool:
        """Whether there are no more of them than allowed."""
        return len(found) <= requirement.allowed_violations

    def report(self, requirement: RuleSetRequirement, found: list[str]) -> tuple[float, str]:
        """How many rules are broken, and which."""
        return float(len(found)), "; ".join(found)

    def test(self, requirement: RuleSetRequirement, context: Context) -> Test:
        """The number of violations, without the steps between."""
        violations, name, allowed = context.calculations.violations, requirement.rule_set, requirement.allowed_violations
        return lambda mol, known: len(violations(mol, name)) <= allowed

    def cost(self, requirement: RuleSetRequirement, context: Context) -> float:
        """That of several computed properties."""
        return 260.0

    def missed(self, requirement: RuleSetRequirement, result: RequirementResult) -> float:
        """By the number of violations too many."""
        if not isinstance(result.value, (int, float)):
            return MISSED_SCAFFOLD
        return missed_by(max(float(result.value) - requirement.allowed_violations, 0.5))

    def closest(self, requirement: RuleSetRequirement, values: Sequence[float | str], catalogue: Catalogue) -> float | None:
        """The smallest number of violations."""
        return min(numbers_of(values), default=None)
