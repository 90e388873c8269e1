"""Small changes to a structure, listed one after the other: the neighbours that the search looks at."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem

#: Bonds that an uncharged atom of an element makes in what is built here.
VALENCE = {"C": 4, "N": 3, "O": 2, "S": 2, "P": 3, "B": 3, "Si": 4, "Se": 2, "F": 1, "Cl": 1, "Br": 1, "I": 1}
#: Rings that can be hung onto a structure.
RINGS = (
    "*c1ccccc1", "*c1ccncc1", "*c1cccnc1", "*c1ccccn1", "*c1ccsc1", "*c1ccoc1", "*n1cccc1", "*n1ccnc1", "*c1ncccn1", "*C1CCCCC1", "*C1CCCC1",
    "*C1CC1", "*N1CCCCC1", "*N1CCCC1", "*N1CCOCC1", "*N1CCNCC1", "*C1CCNCC1", "*C1CCOCC1", "*c1cccc2ccccc12", "*c1c[nH]c2ccccc12",
    "*c1ccc2ncccc2c1", "*c1cc2ccccc2o1", "*c1nc2ccccc2s1",
)  # fmt: skip

Move = Callable[[], "Chem.Mol | None"]


@dataclass(frozen=True)
class Palette:
    """What changes may use: element symbols, and groups as SMILES with one '*'."""

    elements: tuple[str, ...]
    groups: tuple[str, ...] = ()
    rings: tuple[str, ...] = RINGS


@lru_cache(maxsize=1024)
def _part(smiles: str) -> tuple[Chem.Mol, int, int]:
    """A fragment, the index of its '*' and of the atom next to it."""
    mol = Chem.MolFromSmiles(smiles)
    end = next(a.GetIdx() for a in mol.GetAtoms() if a.GetAtomicNum() == 0)
    return mol, end, mol.GetAtomWithIdx(end).GetNeighbors()[0].GetIdx()


def finished(work: Chem.RWMol) -> Chem.Mol | None:
    """``work`` as a sanitised molecule in one piece, or None."""
    try:
        if Chem.SanitizeMol(work, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE:
            return None
    except RuntimeError:
        return None
    mol = work.GetMol()
    return mol if len(Chem.GetMolFrags(mol)) == 1 else None


def attach(mol: Chem.Mol, at: int, fragment: str) -> Chem.Mol | None:
    """``mol`` with ``fragment`` (SMILES, one '*') in the place of a hydrogen of atom ``at``."""
    part, end, first = _part(fragment)
    size = mol.GetNumAtoms()
    work = Chem.RWMol(Chem.CombineMols(mol, part))
    _take_hydrogen(work.GetAtomWithIdx(at), 1)
    work.AddBond(at, size + first, Chem.BondType.SINGLE)
    work.RemoveAtom(size + end)
    return finished(work)


def _take_hydrogen(atom: Chem.Atom, number: int) -> None:
    if atom.GetNumExplicitHs():
        atom.SetNumExplicitHs(max(0, atom.GetNumExplicitHs() - number))


def _new(symbol: str) -> Chem.Atom:
    return Chem.Atom(symbol)


def append(mol: Chem.Mol, at: int, symbol: str) -> Chem.Mol | None:
    """``mol`` with an atom in the place of a hydrogen of atom ``at``."""
    work = Chem.RWMol(mol)
    _take_hydrogen(work.GetAtomWithIdx(at), 1)
    work.AddBond(at, work.AddAtom(_new(symbol)), Chem.BondType.SINGLE)
    return finished(work)


def _insert(mol: Chem.Mol, bond: int, symbol: str) -> Chem.Mol | None:
    work = Chem.RWMol(mol)
    old = work.GetBondWithIdx(bond)
    a, b = old.GetBeginAtomIdx(), old.GetEndAtomIdx()
    work.RemoveBond(a, b)
    new = work.AddAtom(_new(symbol))
    work.AddBond(a, new, Chem.BondType.SINGLE)
    work.AddBond(new, b, Chem.BondType.SINGLE)
    return finished(work)


def _delete(mol: Chem.Mol, at: int) -> Chem.Mol | None:
    """``mol`` without an end atom, or without a chain atom whose neighbours are then joined."""
    work = Chem.RWMol(mol)
    atom = work.GetAtomWithIdx(at)
    neighbours = [n.GetIdx() for n in atom.GetNeighbors()]
    order = int(sum(b.GetBondTypeAsDouble() for b in atom.GetBonds()))
    if len(neighbours) == 2:
        if work.GetBondBetweenAtoms(*neighbours) is not None:
            return None
        work.AddBond(*neighbours, Chem.BondType.SINGLE)
    else:
        anchor = work.GetAtomWithIdx(neighbours[0])
        if anchor.GetNoImplicit() or (anchor.GetIsAromatic() and anchor.GetAtomicNum() != 6):
            anchor.SetNumExplicitHs(anchor.GetNumExplicitHs() + order)
    work.RemoveAtom(at)
    return finished(work)


def _mutate(mol: Chem.Mol, at: int, symbol: str) -> Chem.Mol | None:
    work = Chem.RWMol(mol)
    atom = work.GetAtomWithIdx(at)
    atom.SetAtomicNum(Chem.GetPeriodicTable().GetAtomicNumber(symbol))
    atom.SetNumExplicitHs(0)
    atom.SetNoImplicit(False)
    return finished(work)


def _order(mol: Chem.Mol, bond: int, step: int) -> Chem.Mol | None:
    work = Chem.RWMol(mol)
    old = work.GetBondWithIdx(bond)
    kinds = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}
    new = int(old.GetBondTypeAsDouble()) + step
    if new not in kinds:
        return None
    for atom in (old.GetBeginAtom(), old.GetEndAtom()):
        if step > 0:
            _take_hydrogen(atom, step)
        elif atom.GetNoImplicit():
            atom.SetNumExplicitHs(atom.GetNumExplicitHs() - step)
    old.SetBondType(kinds[new])
    return finished(work)


def _close(mol: Chem.Mol, a: int, b: int) -> Chem.Mol | None:
    work = Chem.RWMol(mol)
    for index in (a, b):
        _take_hydrogen(work.GetAtomWithIdx(index), 1)
    work.AddBond(a, b, Chem.BondType.SINGLE)
    return finished(work)


def _open(mol: Chem.Mol, bond: int) -> Chem.Mol | None:
    work = Chem.RWMol(mol)
    old = work.GetBondWithIdx(bond)
    work.RemoveBond(old.GetBeginAtomIdx(), old.GetEndAtomIdx())
    return finished(work)


def _branch(mol: Chem.Mol, keep: int, drop: int) -> tuple[set[int], bool]:
    """(atoms on the side of ``drop`` when its bond to ``keep`` is cut, whether ``keep`` is not among them)."""
    seen, queue = {drop}, [drop]
    while queue:
        for other in mol.GetAtomWithIdx(queue.pop()).GetNeighbors():
            index = other.GetIdx()
            if index != keep and index not in seen:
                seen.add(index)
                queue.append(index)
    return seen, keep not in seen


def _prune(mol: Chem.Mol, keep: int, drop: int) -> Chem.Mol | None:
    gone, apart = _branch(mol, keep, drop)
    if not apart or len(gone) > mol.GetNumAtoms() // 2 + 1:
        return None
    work = Chem.RWMol(mol)
    anchor = work.GetAtomWithIdx(keep)
    if anchor.GetNoImplicit() or (anchor.GetIsAromatic() and anchor.GetAtomicNum() != 6):
        anchor.SetNumExplicitHs(anchor.GetNumExplicitHs() + 1)
    for index in sorted(gone, reverse=True):
        work.RemoveAtom(index)
    return finished(work)


def _regraft(mol: Chem.Mol, keep: int, drop: int, target: int) -> Chem.Mol | None:
    """The branch at ``drop`` moved from ``keep`` to ``target``."""
    gone, apart = _branch(mol, keep, drop)
    if not apart or target in gone or target == keep or len(gone) > mol.GetNumAtoms() // 2 + 1:
        return None
    work = Chem.RWMol(mol)
    work.RemoveBond(keep, drop)
    anchor = work.GetAtomWithIdx(keep)
    if anchor.GetNoImplicit() or (anchor.GetIsAromatic() and anchor.GetAtomicNum() != 6):
        anchor.SetNumExplicitHs(anchor.GetNumExplicitHs() + 1)
    _take_hydrogen(work.GetAtomWithIdx(target), 1)
    work.AddBond(target, drop, Chem.BondType.SINGLE)
    return finished(work)


def neighbours(mol: Chem.Mol, palette: Palette, rng: random.Random, most: int) -> Iterator[Chem.Mol]:
    """Up to ``most`` structures one change away from ``mol``: groups and rings first half, the rest drawn from all other changes."""
    open_sites = [a.GetIdx() for a in mol.GetAtoms() if a.GetTotalNumHs()]
    special: list[Move] = [(lambda at=at, f=f: attach(mol, at, f)) for f in palette.groups for at in open_sites]  # type: ignore[misc]
    rings: list[Move] = [(lambda at=at, f=f: attach(mol, at, f)) for f in palette.rings for at in open_sites]  # type: ignore[misc]
    common = list(_atom_moves(mol, palette, open_sites)) + list(_bond_moves(mol, palette, open_sites))
    for pool in (special, rings, common):
        rng.shuffle(pool)
    chosen = special[: most // 3] + rings[: most // 8]
    chosen += common[: most - len(chosen)]
    for move in chosen:
        child = move()
        if child is not None:
            yield child


def _atom_moves(mol: Chem.Mol, palette: Palette, open_sites: list[int]) -> Iterator[Move]:
    for symbol in palette.elements:
        for at in open_sites:
            yield lambda at=at, s=symbol: append(mol, at, s)  # type: ignore[misc]
    for atom in mol.GetAtoms():
        index, used = atom.GetIdx(), int(sum(b.GetBondTypeAsDouble() for b in atom.GetBonds()) + 0.5)
        if atom.GetFormalCharge():
            continue
        for symbol in palette.elements:
            if symbol != atom.GetSymbol() and VALENCE.get(symbol, 0) >= used:
                yield lambda at=index, s=symbol: _mutate(mol, at, s)  # type: ignore[misc]
        if mol.GetNumAtoms() > 1 and (atom.GetDegree() == 1 or (atom.GetDegree() == 2 and not atom.GetIsAromatic())):
            yield lambda at=index: _delete(mol, at)  # type: ignore[misc]


def _bond_moves(mol: Chem.Mol, palette: Palette, open_sites: list[int]) -> Iterator[Move]:
    distances = Chem.GetDistanceMatrix(mol)
    for bond in mol.GetBonds():
        index = bond.GetIdx()
        if bond.GetIsAromatic():
            continue
        for step in (1, -1):
            yield lambda b=index, s=step: _order(mol, b, s)  # type: ignore[misc]
        if bond.GetBondType() != Chem.BondType.SINGLE:
            continue
        for symbol in palette.elements:
            if VALENCE.get(symbol, 0) >= 2:
                yield lambda b=index, s=symbol: _insert(mol, b, s)  # type: ignore[misc]
        if bond.IsInRing():
            yield lambda b=index: _open(mol, b)  # type: ignore[misc]
            continue
        for keep, drop in ((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()), (bond.GetEndAtomIdx(), bond.GetBeginAtomIdx())):
            yield lambda k=keep, d=drop: _prune(mol, k, d)  # type: ignore[misc]
            for target in open_sites:
                yield lambda k=keep, d=drop, t=target: _regraft(mol, k, d, t)  # type: ignore[misc]
    for i, a in enumerate(open_sites):
        for b in open_sites[i + 1 :]:
            if distances[a][b] in (4, 5):
                yield lambda a=a, b=b: _close(mol, a, b)  # type: ignore[misc]
