"""The editable form of a molecule that the operators work on, and the way back.

Operators edit a *working form*: Kekulé bonds, no stereochemistry, implicit hydrogens everywhere. :func:`working_form` makes it,
:func:`finish` turns the edited graph into a sanitised molecule again, or None where the edit makes no sense.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from rdkit import Chem

Operator = Callable[[Chem.RWMol, random.Random], "Chem.RWMol | None"]

ORDERS = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}
ORDER_OF = {Chem.BondType.SINGLE: 1, Chem.BondType.DOUBLE: 2, Chem.BondType.TRIPLE: 3}
NORMAL_VALENCE = {5: 3, 6: 4, 7: 3, 8: 2, 9: 1, 14: 4, 15: 3, 16: 2, 17: 1, 35: 1, 53: 1}
SYMBOL = {"B": 5, "C": 6, "N": 7, "O": 8, "F": 9, "Si": 14, "P": 15, "S": 16, "Cl": 17, "Br": 35, "I": 53}


def working_form(mol: Chem.Mol) -> Chem.RWMol | None:
    """An editable Kekulé copy of ``mol`` without stereochemistry, isotopes and atom maps; None if it has no Kekulé form."""
    work = Chem.RWMol(mol)
    Chem.RemoveStereochemistry(work)
    try:
        Chem.Kekulize(work, clearAromaticFlags=True)
    except Chem.KekulizeException:
        return None
    for atom in work.GetAtoms():
        atom.SetNoImplicit(False)
        atom.SetNumExplicitHs(0)
        atom.SetIsotope(0)
        atom.SetAtomMapNum(0)
    work.UpdatePropertyCache(strict=False)
    return work


_CUTTABLE = Chem.MolFromSmarts("*-!@*")
_CHARGED = Chem.MolFromSmarts("[!+0]-[!+0]")
_OPEN = {1: Chem.MolFromSmarts("[!H0]"), 2: Chem.MolFromSmarts("[!H0;!H1]")}
_PINNED = Chem.MolFromSmarts("[n,p;!H0]")


def reworked(mol: Chem.Mol) -> Chem.RWMol | None:
    """As :func:`working_form`, faster, for a molecule that :func:`finish` made: only its aromatic N-H hydrogens are written out."""
    work = Chem.RWMol(mol)
    pinned = work.GetSubstructMatches(_PINNED)
    try:
        Chem.Kekulize(work, clearAromaticFlags=True)
    except Chem.KekulizeException:
        return None
    for (index,) in pinned:
        atom = work.GetAtomWithIdx(index)
        atom.SetNoImplicit(False)
        atom.SetNumExplicitHs(0)
    work.UpdatePropertyCache(strict=False)
    return work


def finish(work: Chem.RWMol) -> Chem.Mol | None:
    """The sanitised molecule of an edited working form; None if a valence is broken or it fell into pieces."""
    if work.GetNumAtoms() == 0:
        return None
    if Chem.SanitizeMol(work, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE:
        return None
    if len(Chem.GetMolFrags(work)) != 1:
        return None
    return work.GetMol()


def open_atoms(work: Chem.RWMol, hydrogens: int = 1) -> list[int]:
    """Indices of the atoms that carry at least ``hydrogens`` (1 or 2) hydrogens."""
    return [match[0] for match in work.GetSubstructMatches(_OPEN[hydrogens])]


def cuttable_bonds(work: Chem.RWMol) -> list[tuple[int, int]]:
    """End atoms of the acyclic single bonds that may be cut; bonds between charges (in a nitro group) may not."""
    charged = set(work.GetSubstructMatches(_CHARGED))
    return [pair for pair in work.GetSubstructMatches(_CUTTABLE, maxMatches=2000) if pair not in charged and pair[::-1] not in charged]


def side(work: Chem.RWMol, start: int, without: int) -> set[int]:
    """Atoms reachable from ``start`` without passing through ``without``."""
    seen = {start}
    todo = [start]
    while todo:
        for neighbour in work.GetAtomWithIdx(todo.pop()).GetNeighbors():
            index = neighbour.GetIdx()
            if index != without and index not in seen:
                seen.add(index)
                todo.append(index)
    return seen


def remove_atoms(work: Chem.RWMol, indices: set[int]) -> None:
    """Delete the atoms ``indices`` in place."""
    work.BeginBatchEdit()
    for index in sorted(indices):
        work.RemoveAtom(index)
    work.CommitBatchEdit()


def order_between(work: Chem.RWMol, first: int, second: int) -> int:
    """Kekulé order of the bond between two atoms, 0 if there is none."""
    bond = work.GetBondBetweenAtoms(first, second)
    return 0 if bond is None else ORDER_OF.get(bond.GetBondType(), 1)


def distances_from(work: Chem.RWMol, start: int, limit: int) -> dict[int, int]:
    """Topological distance of every atom within ``limit`` bonds of ``start``."""
    distance = {start: 0}
    frontier = [start]
    for step in range(1, limit + 1):
        reached = []
        for index in frontier:
            for neighbour in work.GetAtomWithIdx(index).GetNeighbors():
                other = neighbour.GetIdx()
                if other not in distance:
                    distance[other] = step
                    reached.append(other)
        frontier = reached
    return distance


def pick(rng: random.Random, weighted: dict[str, float]) -> str:
    """A key of ``weighted``, drawn in proportion to its weight, in the order of the dict."""
    shot = rng.random() * sum(weighted.values())
    for key, weight in weighted.items():
        shot -= weight
        if shot < 0:
            return key
    return next(reversed(weighted))
