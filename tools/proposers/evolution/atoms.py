"""Operators on single atoms and bonds: append, insert, delete, change, swap, change a bond order."""

from __future__ import annotations

import random

from rdkit import Chem

from tools.proposers.evolution.graph import NORMAL_VALENCE, ORDERS, SYMBOL, cuttable_bonds, open_atoms, order_between, pick, side

_APPENDED = {"C": 10.0, "N": 3.0, "O": 4.0, "F": 2.0, "S": 0.6, "Cl": 1.2, "Br": 0.3}
_INSERTED = {"C": 8.0, "N": 3.0, "O": 3.0, "S": 0.7}
_CHANGED = {"C": 8.0, "N": 5.0, "O": 4.0, "S": 1.0, "F": 1.5, "Cl": 1.0, "Br": 0.3}


def append_atom(work: Chem.RWMol, rng: random.Random, element: str | None = None) -> Chem.RWMol | None:
    """Put a new atom on an atom that carries hydrogen; sometimes by a double or triple bond."""
    sites = open_atoms(work)
    if not sites:
        return None
    site = work.GetAtomWithIdx(rng.choice(sites))
    number = SYMBOL[element or pick(rng, _APPENDED)]
    room = min(site.GetTotalNumHs(), NORMAL_VALENCE[number])
    order = 1
    if room >= 2 and rng.random() < 0.25:
        order = 3 if room >= 3 and rng.random() < 0.2 else 2
    work.AddBond(site.GetIdx(), work.AddAtom(Chem.Atom(number)), ORDERS[order])
    return work


def insert_atom(work: Chem.RWMol, rng: random.Random, element: str | None = None) -> Chem.RWMol | None:
    """Put a new atom into a single bond, in a chain or a ring."""
    bonds = [
        b
        for b in work.GetBonds()
        if b.GetBondType() == Chem.BondType.SINGLE and not (b.GetBeginAtom().GetFormalCharge() and b.GetEndAtom().GetFormalCharge())
    ]
    number = SYMBOL[element or pick(rng, _INSERTED)]
    if not bonds or NORMAL_VALENCE[number] < 2:
        return None
    bond = rng.choice(bonds)
    first, second = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
    work.RemoveBond(first, second)
    new = work.AddAtom(Chem.Atom(number))
    work.AddBond(first, new, Chem.BondType.SINGLE)
    work.AddBond(new, second, Chem.BondType.SINGLE)
    return work


def delete_atom(work: Chem.RWMol, rng: random.Random, element: str | None = None) -> Chem.RWMol | None:
    """Remove an end atom, or take an atom with two neighbours out of its chain or ring and join the neighbours."""
    wanted = SYMBOL[element] if element else 0
    choices = [a.GetIdx() for a in work.GetAtoms() if a.GetDegree() <= 2 and a.GetFormalCharge() == 0 and wanted in (0, a.GetAtomicNum())]
    if not choices or work.GetNumAtoms() < 2:
        return None
    atom = work.GetAtomWithIdx(rng.choice(choices))
    neighbours = [n.GetIdx() for n in atom.GetNeighbors()]
    if len(neighbours) == 2:
        first, second = neighbours
        if order_between(work, first, second):
            return None
        order = min(order_between(work, atom.GetIdx(), n) for n in neighbours)
        work.AddBond(first, second, ORDERS[order])
    work.RemoveAtom(atom.GetIdx())
    return work


def change_atom(work: Chem.RWMol, rng: random.Random, element: str | None = None, target: str | None = None) -> Chem.RWMol | None:
    """Turn an atom (of ``element``, if given) into another element (``target``, if given) that can hold its bonds."""
    wanted = SYMBOL[element] if element else 0
    number = SYMBOL[target or pick(rng, _CHANGED)]
    choices = []
    for atom in work.GetAtoms():
        if atom.GetFormalCharge() or atom.GetAtomicNum() == number or wanted not in (0, atom.GetAtomicNum()):
            continue
        used = sum(int(b.GetBondTypeAsDouble()) for b in atom.GetBonds())
        if used <= NORMAL_VALENCE[number]:
            choices.append(atom.GetIdx())
    if not choices:
        return None
    work.GetAtomWithIdx(rng.choice(choices)).SetAtomicNum(number)
    return work


def swap_atoms(work: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Exchange the elements of two atoms, so that a hetero atom moves to another place."""
    hetero = [
        a for a in work.GetAtoms() if a.GetAtomicNum() != 6 and a.GetFormalCharge() == 0 and NORMAL_VALENCE.get(a.GetAtomicNum(), 0) >= 2
    ]
    if not hetero:
        return None
    first = rng.choice(hetero)
    valence = NORMAL_VALENCE[first.GetAtomicNum()]
    others = []
    for atom in work.GetAtoms():
        if atom.GetAtomicNum() == first.GetAtomicNum() or atom.GetFormalCharge():
            continue
        bonds = sum(int(b.GetBondTypeAsDouble()) for b in atom.GetBonds())
        back = sum(int(b.GetBondTypeAsDouble()) for b in first.GetBonds())
        if bonds <= valence and back <= NORMAL_VALENCE.get(atom.GetAtomicNum(), 0):
            others.append(atom)
    if not others:
        return None
    second = rng.choice(others)
    number = first.GetAtomicNum()
    first.SetAtomicNum(second.GetAtomicNum())
    second.SetAtomicNum(number)
    return work


def change_bond(work: Chem.RWMol, rng: random.Random, step: int | None = None) -> Chem.RWMol | None:
    """Raise or lower the order of a bond by one (``step`` +1 or -1 to force it)."""
    bonds = list(work.GetBonds())
    if not bonds:
        return None
    ups = [b for b in bonds if b.GetBondTypeAsDouble() < 3 and b.GetBeginAtom().GetTotalNumHs() and b.GetEndAtom().GetTotalNumHs()]
    downs = [
        b for b in bonds if b.GetBondTypeAsDouble() > 1 and not b.GetBeginAtom().GetFormalCharge() and not b.GetEndAtom().GetFormalCharge()
    ]
    if step is None:
        step = 1 if ups and (not downs or rng.random() < 0.5) else -1
    choices = ups if step > 0 else downs
    if not choices:
        return None
    bond = rng.choice(choices)
    bond.SetBondType(ORDERS[int(bond.GetBondTypeAsDouble()) + step])
    return work


def move_branch(work: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Take a substituent off its atom and put it on another atom that carries hydrogen."""
    cuts = cuttable_bonds(work)
    if not cuts:
        return None
    stays, moves = rng.choice(cuts)
    if rng.random() < 0.5:
        stays, moves = moves, stays
    branch = side(work, moves, stays)
    sites = [i for i in open_atoms(work) if i not in branch and i != stays]
    if not sites:
        return None
    near = [n.GetIdx() for n in work.GetAtomWithIdx(stays).GetNeighbors() if n.GetIdx() in sites]
    site = rng.choice(near) if near and rng.random() < 0.5 else rng.choice(sites)
    work.RemoveBond(stays, moves)
    work.AddBond(site, moves, Chem.BondType.SINGLE)
    return work
