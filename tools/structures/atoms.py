"""The atoms of a molecule, for loops that every structure goes through."""

from __future__ import annotations

from rdkit import Chem


def atoms(mol: Chem.Mol) -> list[Chem.Atom]:
    """The atoms of ``mol`` in their order: as ``mol.GetAtoms()``, whose iterator is several times slower."""
    return [mol.GetAtomWithIdx(index) for index in range(mol.GetNumAtoms())]
