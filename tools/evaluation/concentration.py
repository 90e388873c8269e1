"""Solubilities that are asked for by mass: the condition and the value of each candidate, through its molar mass."""

from __future__ import annotations

from functools import lru_cache

from rdkit.Chem.Descriptors import MolWt

from core.candidate import Candidate
from core.spec import Condition, PropertyRequirement
from tools.structures.parse import parse_smiles


@lru_cache(maxsize=65536)
def molar_mass(smiles: str) -> float:
    """Average molar mass in g/mol. Raises StructureError for a SMILES that cannot be read."""
    return float(MolWt(parse_smiles(smiles)))


def condition_for(requirement: PropertyRequirement, candidate: Candidate) -> Condition:
    """The condition in the registered unit of the property, as it stands for ``candidate``."""
    if requirement.basis == "registered":
        return requirement.condition
    return requirement.condition_for(molar_mass(candidate.smiles))


def shown(requirement: PropertyRequirement, candidate: Candidate, number: float) -> tuple[float, str]:
    """(a value of the property, its unit) as the requirement states it: log mol/L become mg/L where the mass was asked for."""
    if requirement.basis == "registered":
        return number, requirement.unit
    return 10.0**number * 1000.0 * molar_mass(candidate.smiles), requirement.unit
