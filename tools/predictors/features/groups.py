"""Counts of functional groups, looking only for those whose atoms and bonds a structure has.

A substructure search costs much more than it takes to see that, say, a structure without a C=O bond has no ester. What a query needs is
read from the query itself: definite elements with their ring bonds, and bonds between definite elements. The screen never hides a match.
(``tools.structures.prescreen`` looks closer at a molecule; here it is read from a table that is at hand, and from one unit for a chain of many.)
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from tools.predictors.features.table import Table

FloatArray = NDArray[np.float32]

_ELEMENT = re.compile(r"#(\d+)|[A-Z][a-z]?|[a-z]")
_ORDER = {"=": 2.0, "#": 3.0}


class _Kind(NamedTuple):
    """An atom: atomic number (0: any), aromatic or not (None: either)."""

    number: int
    aromatic: bool | None

    def covers(self, number: int, aromatic: bool) -> bool:
        return self.number in (0, number) and self.aromatic in (None, aromatic)


class _AtomNeed(NamedTuple):
    """An atom of a kind with at least so many ring bonds."""

    kind: _Kind
    ring_bonds: int


class _BondNeed(NamedTuple):
    """A bond between two kinds of atoms; ``order`` 0 and ``ring`` None stand for any."""

    first: _Kind
    second: _Kind
    order: float
    ring: bool | None


class Inventory(NamedTuple):
    """What a structure consists of: atoms by (number, aromatic, ring bonds), bonds by (number, aromatic, twice; order; in a ring)."""

    atoms: Counter[tuple[int, bool, int]]
    bonds: Counter[tuple[int, bool, int, bool, float, bool]]


def inventory(table: Table) -> Inventory:
    """What ``table`` consists of."""
    aromatic, ring_bonds, numbers = table.aromatic, table.ring_bonds, table.numbers
    degree = Counter([a for a, _ in ring_bonds])
    flags = [i in aromatic for i in range(len(numbers))]
    atoms = Counter([(number, flags[i], degree.get(i, 0)) for i, number in enumerate(numbers)])
    bonds = Counter([(numbers[a], flags[a], numbers[b], flags[b], order, (a, b) in ring_bonds) for a, b, order, _ in table.bonds])
    return Inventory(atoms, bonds)


def _kind(atom: Chem.Atom) -> _Kind:
    """What the query atom surely is: read from its first primitive; alternatives, negations and recursions say nothing."""
    first = atom.GetSmarts().strip("[]").split(";")[0]
    found = _ELEMENT.match(first)
    if found is None or "," in first.split("$")[0]:
        return _Kind(0, None)
    if found[1]:
        return _Kind(int(found[1]), None)
    symbol = found[0]
    return _Kind(Chem.GetPeriodicTable().GetAtomicNumber(symbol.capitalize()), symbol.islower())


def _needs(query: Chem.Mol) -> Counter[_AtomNeed | _BondNeed]:
    """What a structure must have, how often, to match ``query``."""
    Chem.FastFindRings(query)
    kinds = [_kind(atom) for atom in query.GetAtoms()]
    found: Counter[_AtomNeed | _BondNeed] = Counter()
    for atom, kind in zip(query.GetAtoms(), kinds, strict=True):
        rings = sum(bond.IsInRing() for bond in atom.GetBonds())
        if kind.number or rings:
            found.update(_AtomNeed(kind, fewer) for fewer in (0, *range(2, rings + 1)))
    for bond in query.GetBonds():
        first, second = sorted((kinds[bond.GetBeginAtomIdx()], kinds[bond.GetEndAtomIdx()]), key=str)
        smarts = bond.GetSmarts()
        ring = True if bond.IsInRing() else False if smarts.startswith("!@") else None
        found[_BondNeed(first, second, _ORDER.get(smarts, 0.0), ring)] += 1
    return found


class Groups:
    """Queries of a table (columns ``name`` and ``smarts``) with their screen; ``limit``: most raw matches that are looked for."""

    def __init__(self, tables: dict[str, int]) -> None:
        """``tables``: file name -> limit of each query in it."""
        self.names: dict[str, tuple[str, ...]] = {}
        self._queries: list[tuple[Chem.Mol, int]] = []
        for table, limit in tables.items():
            text = files("tools.predictors.features").joinpath(table).read_text(encoding="utf-8")
            rows = [line.split("\t") for line in text.splitlines()[1:] if line.strip()]
            self.names[table] = tuple(name for name, _ in rows)
            self._queries += [(Chem.MolFromSmarts(smarts), limit) for _, smarts in rows]
        needs = [_needs(query) for query, _ in self._queries]
        self._tokens = sorted({need for wanted in needs for need in wanted}, key=str)
        position = {need: i for i, need in enumerate(self._tokens)}
        # A query without any need takes the last token, of which every structure has none more than needed.
        entries = [[(position[need], count) for need, count in wanted.items()] or [(len(self._tokens), 0)] for wanted in needs]
        self._which = np.array([token for entry in entries for token, _ in entry], dtype=np.intp)
        self._least = np.array([count for entry in entries for _, count in entry], dtype=np.int64)
        self._starts = np.concatenate([[0], np.cumsum([len(entry) for entry in entries])[:-1]]).astype(np.intp)
        self._serves: dict[tuple[int | bool | float, ...], NDArray[np.int64]] = {}

    def __len__(self) -> int:
        return len(self._queries)

    def possible(self, stock: Inventory) -> list[bool]:
        """For each query whether a structure that consists of ``stock`` can match it."""
        keys: list[tuple[int | bool | float, ...]] = [*stock.atoms, *stock.bonds]
        for key in keys:
            if key not in self._serves:
                self._serves[key] = self._serving(key)
        have = np.array([*stock.atoms.values(), *stock.bonds.values()]) @ np.array([self._serves[key] for key in keys])
        return np.logical_and.reduceat(have[self._which] >= self._least, self._starts).tolist()  # type: ignore[no-any-return]

    def _serving(self, key: tuple[int | bool | float, ...]) -> NDArray[np.int64]:
        """Which needs one atom (three entries) or bond (six) meets."""
        met = [_meets(key, need) for need in self._tokens]
        return np.array([*met, True], dtype=np.int64)

    def counts(self, mol: Chem.Mol, among: list[bool]) -> list[int]:
        """Number of unique matches of each query that is True in ``among``, 0 for the others."""
        return [
            len(mol.GetSubstructMatches(query, maxMatches=limit)) if look else 0
            for (query, limit), look in zip(self._queries, among, strict=True)
        ]


def _meets(key: tuple[int | bool | float, ...], need: _AtomNeed | _BondNeed) -> bool:
    if isinstance(need, _AtomNeed) and len(key) == 3:
        number, aromatic, rings = key
        return need.kind.covers(int(number), bool(aromatic)) and rings >= need.ring_bonds
    if isinstance(need, _BondNeed) and len(key) == 6:
        (a, a_aromatic), (b, b_aromatic) = (int(key[0]), bool(key[1])), (int(key[2]), bool(key[3]))
        one = need.first.covers(a, a_aromatic) and need.second.covers(b, b_aromatic)
        other = need.first.covers(b, b_aromatic) and need.second.covers(a, a_aromatic)
        return (one or other) and need.order in (0.0, key[4]) and need.ring in (None, key[5])
    return False


@lru_cache(maxsize=1)
def molecule_groups() -> Groups:
    """The groups of ``groups.tsv``; at most 50 matches are looked for."""
    return Groups({"groups.tsv": 50})


@lru_cache(maxsize=1)
def chain_groups() -> Groups:
    """The groups of ``groups.tsv`` and, chosen for what they do to a chain, those of ``polymer_groups.tsv`` (at most 100 matches)."""
    return Groups({"groups.tsv": 50, "polymer_groups.tsv": 100})


def group_names() -> tuple[str, ...]:
    """Names of the functional-group counts of a molecule, in order."""
    return tuple(f"group_{name}" for name in molecule_groups().names["groups.tsv"])


def group_counts(mol: Chem.Mol, table: Table | None = None) -> FloatArray:
    """Number of unique matches of each functional group of ``groups.tsv``; ``table`` is that of ``mol`` where there is one already."""
    groups = molecule_groups()
    return np.array(groups.counts(mol, groups.possible(inventory(table or Table(mol)))), dtype=np.float32)
