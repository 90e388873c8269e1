"""Crossover: a part of one molecule joined to a part of another, cut at acyclic single bonds or through a ring."""

from __future__ import annotations

import random

from rdkit import Chem

from tools.proposers.evolution.graph import ORDERS, cuttable_bonds, order_between, remove_atoms, side


def crossover(first: Chem.RWMol, second: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """A child of two working forms: mostly by acyclic cuts, sometimes by cuts through a ring; None where neither works."""
    if rng.random() < 0.25:
        return ring_crossover(first, second, rng) or chain_crossover(first, second, rng)
    return chain_crossover(first, second, rng) or ring_crossover(first, second, rng)


def chain_crossover(first: Chem.RWMol, second: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Join one side of an acyclic single bond of ``first`` to one side of one of ``second``."""
    cuts, others = cuttable_bonds(first), cuttable_bonds(second)
    if not cuts or not others:
        return None
    kept, dropped = _either(rng.choice(cuts), rng)
    taken, left = _either(rng.choice(others), rng)
    keep = side(first, kept, dropped)
    take = side(second, taken, left)
    child = Chem.RWMol(first)
    offset = child.GetNumAtoms()
    child.InsertMol(second)
    child.AddBond(kept, offset + taken, Chem.BondType.SINGLE)
    _keep_only(child, keep, take, offset)
    return child


def _either(pair: tuple[int, int], rng: random.Random) -> tuple[int, int]:
    return pair if rng.random() < 0.5 else (pair[1], pair[0])


def _keep_only(child: Chem.RWMol, keep: set[int], take: set[int], offset: int) -> None:
    total = child.GetNumAtoms()
    wanted = keep | {offset + i for i in take}
    remove_atoms(child, {i for i in range(total) if i not in wanted})


def _ring_cut(work: Chem.RWMol, rng: random.Random) -> tuple[list[tuple[int, int]], set[int]] | None:
    """Two bonds of a five- or six-membered ring that cut the molecule in two: [(kept, dropped), ...] and the kept atoms."""
    rings = [r for r in work.GetRingInfo().AtomRings() if len(r) in (5, 6)]
    if not rings:
        return None
    ring = list(rng.choice(rings))
    size = len(ring)
    start = rng.randrange(size)
    length = rng.randrange(2, size - 1)
    arc = {ring[(start + k) % size] for k in range(length)}
    ends = [
        (ring[start], ring[start - 1]),
        (ring[(start + length - 1) % size], ring[(start + length) % size]),
    ]
    reached = set(arc)
    todo = list(arc)
    blocked = {frozenset(e) for e in ends}
    while todo:
        index = todo.pop()
        for neighbour in work.GetAtomWithIdx(index).GetNeighbors():
            other = neighbour.GetIdx()
            if other not in reached and frozenset((index, other)) not in blocked:
                reached.add(other)
                todo.append(other)
    if any(dropped in reached for _, dropped in ends):
        return None
    return ends, reached


def ring_crossover(first: Chem.RWMol, second: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Cut a ring of each parent in two and close a new ring from one part of each; the bond orders must fit."""
    one, two = _ring_cut(first, rng), _ring_cut(second, rng)
    if one is None or two is None:
        return None
    (ends, keep), (others, take) = one, two
    orders = [order_between(first, *e) for e in ends]
    other_orders = [order_between(second, *e) for e in others]
    if orders != other_orders:
        others.reverse()
        other_orders.reverse()
        if orders != other_orders:
            return None
    child = Chem.RWMol(first)
    offset = child.GetNumAtoms()
    child.InsertMol(second)
    for (kept, _), (taken, _), order in zip(ends, others, orders, strict=True):
        if child.GetBondBetweenAtoms(kept, offset + taken) is not None:
            return None
        child.AddBond(kept, offset + taken, ORDERS[order])
    _keep_only(child, keep, take, offset)
    return child
