"""How much of the mass of a structure is one element, in per cent; exact, from standard atomic weights."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from rdkit import Chem

from tools.catalogue.element_shares import ELEMENT_OF

_HYDROGEN = Chem.GetPeriodicTable().GetAtomicWeight(1)


def mass_share(symbol: str, mol: Chem.Mol) -> float:
    """The mass of the atoms of ``symbol`` in wt% of all atoms, hydrogens with them; 0 where it does not occur.

    Labelled atoms weigh what their isotope does; attachment points '*' of a repeat unit weigh nothing. ValueError for a structure without
    an atom that weighs anything.
    """
    total = own = 0.0
    for atom in mol.GetAtoms():
        hydrogens = atom.GetTotalNumHs() * _HYDROGEN
        weight = atom.GetMass() if atom.GetAtomicNum() else 0.0
        total += weight + hydrogens
        own += (weight if atom.GetSymbol() == symbol else 0.0) + (hydrogens if symbol == "H" else 0.0)
    if not total:
        raise ValueError("nothing in the structure has a mass")
    return 100.0 * own / total


def __getattr__(name: str) -> Callable[[Chem.Mol], Any]:
    """The function of a property of :data:`ELEMENT_OF`; AttributeError for any other name."""
    if name in ELEMENT_OF:
        return partial(mass_share, ELEMENT_OF[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
