"""What the kinds of requirement take from the calculators: computed properties, rule sets, what a risk level is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rdkit import Chem

from tools.calculators.collection import Calculators
from tools.calculators.rule_sets import violations
from tools.calculators.thermal_rules import LEVEL_PROBABILITY

#: Microseconds of a computed property whose cost is not measured. Only the order matters.
_DEFAULT_COST = 50.0


@dataclass(frozen=True)
class ExactCalculations:
    """The calculators of a workspace behind ``tools.catalogue.kinds.Calculations``."""

    calculators: Calculators

    def descriptor(self, name: str) -> Callable[[Chem.Mol], float]:
        """Computes the property of a molecule, in its unit; SpecError for one that is not computed from the structure."""
        return self.calculators.exact_function(name)

    def descriptor_cost(self, name: str) -> float:
        """Microseconds for a molecule of ordinary size. Raises SpecError for an unknown property; 50 where the cost was not measured."""
        cost = self.calculators.catalogue[name].microseconds
        return _DEFAULT_COST if cost is None else float(cost)

    def violations(self, mol: Chem.Mol, rule_set: str) -> list[str]:
        """See :func:`tools.calculators.rule_sets.violations`."""
        return violations(mol, rule_set)

    def level_probability(self, level: str) -> float:
        """The probability, 0 to 1, that a structure of a level of thermal risk survives. Raises KeyError for an unknown level."""
        return LEVEL_PROBABILITY[level]
