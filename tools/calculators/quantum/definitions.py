"""The properties of quantum chemistry, and their words where the program that computes them is not installed. Imports no chemistry."""

from __future__ import annotations

from functools import cache

from core import data
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.property import Property
from tools.catalogue.shipped import property_of

#: What installs the program.
INSTALL = "pip install 'molwright[quantum]'"
#: The properties, by the names of their files, by what computes them together.
ELECTRONIC = ("homo", "lumo", "orbital_gap", "ionisation_energy", "electron_affinity", "dipole_moment")
HYDRATION, SOLVATION, TRIPLET, BOND = ("hydration_free_energy",), ("solvation_free_energy",), ("triplet_energy",), ("weakest_bond",)


@cache
def defined(*names: str) -> tuple[Property, ...]:
    """The definitions of the properties ``names``, as their files in ``properties/`` state them. KeyError for a name that has none."""
    return tuple(_defined()[name] for name in names)


@cache
def _defined() -> dict[str, Property]:
    return {name: property_of(name, table) for name, table in data.tables("tools.calculators.quantum", "properties").items()}


def absent_words(catalogue: Catalogue) -> dict[str, str]:
    """What goals call these properties, where ``catalogue`` has them not, each with the reason that says how it gets them; {} where it has them."""
    missing = [p for p in defined(*ELECTRONIC, *HYDRATION, *SOLVATION, *TRIPLET, *BOND) if p.name not in catalogue]
    return {
        word: f"{p.label[0].lower() if p.label[1:2].islower() else p.label[0]}{p.label[1:]}: computed where quantum chemistry is installed ({INSTALL})"
        for p in missing
        for word in (p.label.lower(), *p.synonyms, *p.goal_words)
    }
