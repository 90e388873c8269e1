"""Atoms and bonds of a structure, read once into plain lists for all descriptions that need them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

#: Distances in RDKit's matrix above this stand for atoms that are not connected.
FAR = 1e6


class Bond(NamedTuple):
    """One bond: its two atoms, its order (1, 1.5, 2, 3), and whether it is conjugated."""

    a: int
    b: int
    order: float
    conjugated: bool


class MoleculeTable:
    """Atoms and bonds of one molecule; what not everyone needs is read when first asked for."""

    def __init__(self, mol: Chem.Mol) -> None:
        """``mol``: sanitised, at least one atom; kept, not changed."""
        self.mol = mol
        self.atoms: list[Chem.Atom] = [mol.GetAtomWithIdx(i) for i in range(mol.GetNumAtoms())]
        self.numbers: list[int] = [atom.GetAtomicNum() for atom in self.atoms]
        self.rings: tuple[tuple[int, ...], ...] = mol.GetRingInfo().AtomRings()
        self.in_ring: frozenset[int] = frozenset(i for ring in self.rings for i in ring)
        self.aromatic: frozenset[int] = frozenset(i for i, atom in enumerate(self.atoms) if atom.GetIsAromatic())

    def __len__(self) -> int:
        return len(self.atoms)

    @cached_property
    def hydrogens(self) -> list[int]:
        """Number of hydrogens on each atom, shape (atoms,), that are not atoms of the graph; 0 where there are none."""
        return [atom.GetTotalNumHs() for atom in self.atoms]

    @cached_property
    def charges(self) -> list[int]:
        """Formal charge of each atom in elementary charges, shape (atoms,); 0 for a neutral atom."""
        return [atom.GetFormalCharge() for atom in self.atoms]

    @cached_property
    def bonds(self) -> list[Bond]:
        """All bonds in RDKit's order."""
        found = [self.mol.GetBondWithIdx(i) for i in range(self.mol.GetNumBonds())]
        return [Bond(b.GetBeginAtomIdx(), b.GetEndAtomIdx(), b.GetBondTypeAsDouble(), b.GetIsConjugated()) for b in found]

    @cached_property
    def ring_bonds(self) -> set[tuple[int, int]]:
        """Index of the two atoms of each bond in a ring, in both orders; empty without rings."""
        pairs = {(ring[k - 1], i) for ring in self.rings for k, i in enumerate(ring)}
        return pairs | {(b, a) for a, b in pairs}

    @cached_property
    def neighbours(self) -> list[list[int]]:
        """Index of the atoms bonded to each atom, in the order of the bonds; empty for an atom without any."""
        found: list[list[int]] = [[] for _ in self.atoms]
        for a, b, _, _ in self.bonds:
            found[a].append(b)
            found[b].append(a)
        return found

    @cached_property
    def distance(self) -> NDArray[np.float64]:
        """Number of bonds on the shortest path between each two atoms, shape (atoms, atoms).

        0 for an atom and itself, above ``FAR`` where there is no path: nothing is infinite.
        """
        return np.asarray(Chem.GetDistanceMatrix(self.mol))

    @cached_property
    def connected(self) -> bool:
        """Whether there is one piece only."""
        return bool(self.distance.max() < FAR)


def ring_systems(rings: Iterable[Sequence[int]]) -> list[set[int]]:
    """Rings that share atoms, taken together: indices of the atoms of each system; empty without rings."""
    systems: list[set[int]] = []
    for ring in rings:
        merged = set(ring)
        rest = []
        for system in systems:
            if system.isdisjoint(merged):
                rest.append(system)
            else:
                merged |= system
        systems = [*rest, merged]
    return systems


def pieces(atoms: set[int], neighbours: Sequence[Sequence[int]] | Mapping[int, Sequence[int]]) -> list[list[int]]:
    """The connected pieces of ``atoms``, by their lowest atom: index of each atom; empty for no atoms."""
    left = set(atoms)
    found = []
    for start in sorted(atoms):
        if start not in left:
            continue
        left.remove(start)
        piece = [start]
        for index in piece:
            fresh = [i for i in neighbours[index] if i in left]
            left.difference_update(fresh)
            piece += fresh
        found.append(piece)
    return found


def finite(row: NDArray[np.float32]) -> NDArray[np.float32]:
    """``row`` itself, shape (n,), in which 0 now stands for what was NaN or infinite."""
    held = np.isfinite(row)
    if not held.all():
        row[~held] = 0.0
    return row
