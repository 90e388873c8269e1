"""Counts, substructures, elements and cores in a structure, molecule or repeat unit."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rdkit import Chem
from rdkit.rdBase import BlockLogs

from tools.groups.groups import compile_smarts
from tools.structures.parse import parse_smiles
from tools.structures.repeat_units import joined_units

#: Most matches that are counted in one structure.
MAX_MATCHES = 1000


@lru_cache(maxsize=64)
def reference_mol(smiles: str) -> Chem.Mol:
    """A reference structure of a spec, molecule or repeat unit. Raises StructureError if it cannot be read."""
    return parse_smiles(smiles, allow_dummies=True)


_ATTACHMENT = Chem.MolFromSmarts("[#0]")


def is_polymer(mol: Chem.Mol) -> bool:
    """Whether ``mol`` has attachment points."""
    return mol.GetNumAtoms() != mol.GetNumHeavyAtoms() and bool(mol.HasSubstructMatch(_ATTACHMENT))  # no atom but heavy ones: none


def _matches(mol: Chem.Mol, query: Chem.Mol) -> list[tuple[int, ...]]:
    """Unique matches (sets of atoms) that hold no attachment point."""
    with BlockLogs():
        found = mol.GetSubstructMatches(query, uniquify=True, maxMatches=MAX_MATCHES)
    return [match for match in found if all(mol.GetAtomWithIdx(index).GetAtomicNum() for index in match)]


def count_smarts(mol: Chem.Mol, smarts: str) -> int:
    """Unique matches of ``smarts``; for a repeat unit, matches per unit within an endless chain.

    The latter is what a third unit adds to a chain of two, so that a group across the joint counts and one is not counted twice.
    Raises StructureError for a SMARTS that cannot be read.
    """
    query = compile_smarts(smarts)
    if not is_polymer(mol):
        return len(_matches(mol, query))
    two, three = joined_units(mol, 2), joined_units(mol, 3)
    if two is mol or three is mol:
        return len(_matches(mol, query))
    return len(_matches(three, query)) - len(_matches(two, query))


def has_smarts(mol: Chem.Mol, smarts: str) -> bool:
    """Whether ``smarts`` occurs, in a repeat unit also across the joint of two units. Raises StructureError for a bad SMARTS."""
    return finder(smarts)(mol)


@lru_cache(maxsize=512)
def finder(smarts: str) -> Callable[[Chem.Mol], bool]:
    """:func:`has_smarts` for many structures. Raises StructureError for a bad SMARTS."""
    query = compile_smarts(smarts)

    def has(mol: Chem.Mol) -> bool:
        if is_polymer(mol):
            return bool(_matches(joined_units(mol), query))
        return bool(mol.HasSubstructMatch(query))

    return has


def count_element(mol: Chem.Mol, symbol: str) -> int:
    """Atoms of an element, implicit hydrogens included for 'H'; attachment points count for nothing."""
    explicit = sum(atom.GetSymbol() == symbol and atom.GetAtomicNum() > 0 for atom in mol.GetAtoms())
    return int(explicit + (sum(atom.GetTotalNumHs() for atom in mol.GetAtoms()) if symbol == "H" else 0))


def foreign_elements(mol: Chem.Mol, allowed: list[str]) -> list[str]:
    """Elements other than hydrogen that are not allowed, sorted."""
    found = {atom.GetSymbol() for atom in mol.GetAtoms() if atom.GetAtomicNum() > 0}
    return sorted(found - set(allowed) - {"H"})


def keeps_scaffold(mol: Chem.Mol, smarts: str) -> bool:
    """Whether the core occurs with its rings unbroken: every ring of the core is a ring of the structure.

    Raises StructureError for a SMARTS that cannot be read.
    """
    query = Chem.Mol(compile_smarts(smarts))
    subject = joined_units(mol) if is_polymer(mol) else mol
    Chem.GetSSSR(query)  # FastFindRings may give the envelope of a fused pair instead of its rings
    rings = {frozenset(ring) for ring in subject.GetRingInfo().AtomRings()}
    core = [tuple(ring) for ring in query.GetRingInfo().AtomRings()]
    return any(all(frozenset(match[i] for i in ring) in rings for ring in core) for match in _matches(subject, query))
