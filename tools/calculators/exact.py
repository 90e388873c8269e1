"""What the kinds of requirement take from the calculators: computed properties, rule sets, what a risk level is worth."""

from __future__ import annotations

from rdkit import Chem

from tools.calculators.descriptors import compute_descriptor
from tools.calculators.rule_sets import violations
from tools.calculators.thermal_rules import LEVEL_PROBABILITY

#: Microseconds that a computed property takes for a molecule of ordinary size; the default for the rest. Only the order matters.
_COST = {
    "molecular_weight": 2, "exact_mass": 1, "tpsa": 6, "hbd": 6, "hba": 25, "ring_count": 1, "aromatic_rings": 4, "aliphatic_rings": 4,
    "saturated_rings": 4, "heterocycles": 2, "aromatic_heterocycles": 5, "fraction_csp3": 2, "heteroatoms": 5, "formal_charge": 1,
    "stereocentres": 1, "spiro_atoms": 2, "bridgehead_atoms": 2, "amide_bonds": 5, "labute_asa": 5, "heavy_atoms": 25, "rotatable_bonds": 50,
    "logp": 175, "molar_refractivity": 175, "bertz_complexity": 180, "sa_score": 120, "qed": 720, "cns_mpo": 230,
}  # fmt: skip
_DEFAULT_COST = 50


class ExactCalculations:
    """The shipped calculators behind ``tools.catalogue.kinds.Calculations``."""

    def descriptor(self, name: str, mol: Chem.Mol) -> float:
        """See :func:`tools.calculators.descriptors.compute_descriptor`."""
        return compute_descriptor(name, mol)

    def descriptor_cost(self, name: str) -> float:
        """Microseconds for a molecule of ordinary size."""
        return float(_COST.get(name, _DEFAULT_COST))

    def violations(self, mol: Chem.Mol, rule_set: str) -> list[str]:
        """See :func:`tools.calculators.rule_sets.violations`."""
        return violations(mol, rule_set)

    def level_probability(self, level: str) -> float:
        """The probability, 0 to 1, that a structure of a level of thermal risk survives."""
        return LEVEL_PROBABILITY[level]
