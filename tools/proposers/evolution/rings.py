"""Operators on rings: close, open, fuse, and change a ring between saturated and aromatic."""

from __future__ import annotations

import random

from rdkit import Chem

from tools.proposers.evolution.graph import ORDERS, distances_from, open_atoms, order_between

_CLOSURE_WEIGHT = {2: 0.05, 3: 0.08, 4: 1.0, 5: 1.6, 6: 0.25}  # by the distance of the ends: rings of 3, 4, 5, 6, 7
_FUSED = (
    ("C", "C", "C", "C"),
    ("C", "C", "C", "N"),
    ("C", "N", "C", "C"),
    ("C", "N", "C"),
    ("N", "C", "N"),
    ("C", "C", "N"),
    ("O", "C", "O"),
)


def close_ring(work: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Bond two atoms that both carry hydrogen so that a ring of five or six (rarely three, four or seven) members forms."""
    sites = open_atoms(work)
    if not sites:
        return None
    first = rng.choice(sites)
    allowed = set(sites)
    distance = distances_from(work, first, 6)
    ends = [(i, _CLOSURE_WEIGHT[d]) for i, d in distance.items() if d in _CLOSURE_WEIGHT and i in allowed]
    if not ends:
        return None
    second = rng.choices([i for i, _ in ends], [w for _, w in ends])[0]
    work.AddBond(first, second, Chem.BondType.SINGLE)
    return work


def open_ring(work: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Remove a bond of a ring."""
    bonds = [b for b in work.GetBonds() if b.IsInRing()]
    if not bonds:
        return None
    bond = rng.choice(bonds)
    work.RemoveBond(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
    return work


def fuse_ring(work: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Build a five- or six-membered ring onto a ring bond whose two atoms both carry hydrogen."""
    bonds = [b for b in work.GetBonds() if b.IsInRing() and b.GetBeginAtom().GetTotalNumHs() and b.GetEndAtom().GetTotalNumHs()]
    if not bonds:
        return None
    bond = rng.choice(bonds)
    chain = rng.choice(_FUSED)
    double_here = bond.GetBondType() == Chem.BondType.DOUBLE
    previous = bond.GetBeginAtomIdx()
    end = bond.GetEndAtomIdx()
    new = []
    for element in chain:
        atom = work.AddAtom(Chem.Atom({"C": 6, "N": 7, "O": 8}[element]))
        work.AddBond(previous, atom, Chem.BondType.SINGLE)
        new.append(atom)
        previous = atom
    work.AddBond(previous, end, Chem.BondType.SINGLE)
    if len(new) == 4 and double_here:
        work.GetBondBetweenAtoms(new[0], new[1]).SetBondType(Chem.BondType.DOUBLE)
        work.GetBondBetweenAtoms(new[2], new[3]).SetBondType(Chem.BondType.DOUBLE)
    elif len(new) == 3 and double_here and "O" not in chain:
        work.GetBondBetweenAtoms(new[0], new[1]).SetBondType(Chem.BondType.DOUBLE)
    return work


def toggle_aromatic(work: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Make a saturated six-membered ring aromatic, or saturate an aromatic one."""
    rings = [r for r in work.GetRingInfo().AtomRings() if len(r) in (5, 6)]
    if not rings:
        return None
    ring = list(rng.choice(rings))
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    doubles = [p for p in pairs if order_between(work, *p) == 2]
    if doubles:
        for first, second in doubles:
            work.GetBondBetweenAtoms(first, second).SetBondType(Chem.BondType.SINGLE)
        return work
    offset = rng.randrange(len(ring))
    turned = pairs[offset:] + pairs[:offset]
    used: set[int] = set()
    for first, second in turned:
        ends = (work.GetAtomWithIdx(first), work.GetAtomWithIdx(second))
        if used.isdisjoint((first, second)) and all(a.GetTotalNumHs() for a in ends):
            work.GetBondBetweenAtoms(first, second).SetBondType(ORDERS[2])
            used.update((first, second))
    return work if used else None
