"""Which substructure queries a structure can match at all, seen from its atoms and bonds before any search.

A substructure search costs much more than it takes to see that, say, a structure without a C=O bond has no ester. What a query asks of
each of its atoms and bonds is read from the query itself; what is not understood (recursions, valences, ring sizes, most negations) is
not asked. The screen never hides a match: in a match each atom and bond of the query lies on an atom and a bond of the structure that
meet it, and ring bonds lie on ring bonds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from threading import Lock
from typing import TypeVar

from rdkit import Chem

from tools.structures.atoms import atoms

#: An atom: atomic number, aromatic, charge, neighbours, neighbours with hydrogens, ring bonds.
AtomKey = tuple[int, bool, int, int, int, int]
#: A bond: the numbers of the kinds of its atoms, its order (1.5: aromatic), whether it is in a ring.
BondKey = tuple[int, int, float, bool]
#: What an atom can be, as the queries write it, and the number of its ring bonds.
Kind = tuple[frozenset[str], int]
Key = TypeVar("Key")
#: Kinds of atoms and bonds whose answer is remembered.
REMEMBERED = 50_000
#: Structures for which it is not worth while to read what some hundred queries need.
FEW = 4

_ELEMENT = re.compile(r"#(\d+)|(Cl|Br|Si|Se|As|[BCNOPSFI]|se|as|[bcnops])")
_NUMBER = re.compile(r"([DXH])(\d*)")
_CHARGE = re.compile(r"(\+|-)(\d*)|(\++|-+)")
_ORDERS = {"-": 1.0, "=": 2.0, "#": 3.0, ":": 1.5}


class _Needs:
    """What a list of queries needs, each need a bit, and the kinds of atoms and bonds that were looked at with the bits they meet."""

    def __init__(self) -> None:
        self.atoms: dict[tuple[str, int], int] = {}
        self.bonds: dict[tuple[str, str, str, bool, int, int], int] = {}

    def mask(self, query: Chem.Mol) -> int:
        """The bits of everything that ``query`` needs."""
        rings = Chem.Mol(query)
        Chem.FastFindRings(rings)
        texts = [_without_recursion(atom.GetSmarts()) for atom in atoms(rings)]
        least = [sum(bond.IsInRing() for bond in atom.GetBonds()) for atom in atoms(rings)]
        mask = 0
        for need in zip(texts, least, strict=True):
            mask |= self.atoms.setdefault(need, 1 << len(self.atoms) + len(self.bonds))
        for bond in rings.GetBonds():
            first, second = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
            wanted = (texts[first], texts[second], bond.GetSmarts(), bond.IsInRing(), least[first], least[second])
            mask |= self.bonds.setdefault(wanted, 1 << len(self.atoms) + len(self.bonds))
        return mask

    def of_atom(self, key: AtomKey) -> tuple[frozenset[str], int]:
        """What a kind of atom can be, as the queries write it, and the bits of what it meets."""
        can_be = frozenset(text for text, _ in self.atoms if _holds(text, key, _atom_holds))
        return can_be, sum(bit for (text, least), bit in self.atoms.items() if text in can_be and key[5] >= least)

    def of_bond(self, one: Kind, other: Kind, order: float, ring: bool) -> int:
        """Bits of what a bond between two kinds of atoms meets."""
        met = 0
        for (text, partner, bond, in_ring, least, fewest), bit in self.bonds.items():
            if (ring or not in_ring) and _bond_can_be(bond, order, ring):
                for (can_be, rings), (can_other, other_rings) in ((one, other), (other, one)):
                    if text in can_be and partner in can_other and rings >= least and other_rings >= fewest:
                        met |= bit
        return met


class _Memo:
    """The kinds of atoms and bonds met so far with the bits that they meet; used by several threads."""

    def __init__(self, needs: _Needs) -> None:
        self._needs = needs
        self._lock = Lock()
        self._atoms: dict[AtomKey, tuple[int, int]] = {}
        self._bonds: dict[BondKey, int] = {}
        self._kinds: list[Kind] = []

    def __len__(self) -> int:
        return len(self._atoms) + len(self._bonds)

    def atom(self, key: AtomKey) -> tuple[int, int]:
        """(number of this kind of atom, bits of what it meets)."""
        found = self._atoms.get(key)
        if found is None:
            with self._lock:
                found = self._atoms.get(key)
                if found is None:
                    can_be, met = self._needs.of_atom(key)
                    found = (len(self._kinds), met)
                    self._kinds.append((can_be, key[5]))
                    self._atoms[key] = found
        return found

    def bond(self, key: BondKey) -> int:
        """Bits of what a bond meets."""
        found = self._bonds.get(key)
        if found is None:
            found = self._bonds[key] = self._needs.of_bond(self._kinds[key[0]], self._kinds[key[1]], key[2], key[3])
        return found


class Prescreen:
    """The screen of a list of queries, which are molecules made from SMARTS."""

    def __init__(self, queries: Sequence[Chem.Mol], *, few: int = 0) -> None:
        """``few``: first structures of which nothing is ruled out, for a program that asks about one or two: reading what the queries need takes
        longer than searching these for all of them.
        """
        self._queries = tuple(queries)
        self._left = few
        self._memo: _Memo | None = None

    @cached_property
    def _needed(self) -> tuple[_Needs, list[int]]:
        """What the queries need, and the bits of each."""
        needs = _Needs()
        masks = [needs.mask(query) for query in self._queries]
        return needs, masks

    def possible(self, mol: Chem.Mol, *, chained: tuple[int, int, float] | None = None) -> list[bool]:
        """For each query whether ``mol``, sanitised, can match it; False only where it surely does not.

        ``chained``: an atom of one copy of ``mol``, an atom of the next, and the order of the bond between them, where a chain of copies
        is asked about (its open ends as in ``mol``). True for all where hydrogens are atoms of their own, and for the first ``few`` structures.
        """
        if self._left > 0:
            self._left -= 1
            return [True] * len(self._queries)
        needs, masks = self._needed
        memo = self._memo
        if memo is None or len(memo) > REMEMBERED:
            memo = self._memo = _Memo(needs)
        ring_bonds = [0] * mol.GetNumAtoms()
        ends = []
        for index in range(mol.GetNumBonds()):
            bond = mol.GetBondWithIdx(index)
            first, second, ring = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx(), bond.IsInRing()
            ends.append((first, second, bond.GetBondTypeAsDouble(), ring))
            if ring:
                ring_bonds[first] += 1
                ring_bonds[second] += 1
        if chained:
            ends.append((*chained, False))
        has, kinds = 0, []
        for atom, rings in zip(atoms(mol), ring_bonds, strict=True):
            number = atom.GetAtomicNum()
            if number == 1:
                return [True] * len(masks)
            key = (number, atom.GetIsAromatic(), atom.GetFormalCharge(), atom.GetDegree(), atom.GetTotalDegree(), rings)
            kind, met = memo.atom(key)
            kinds.append(kind)
            has |= met
        for first, second, order, ring in ends:
            has |= memo.bond((kinds[first], kinds[second], order, ring))
        return [mask & has == mask for mask in masks]


def needed_elements(query: Chem.Mol) -> frozenset[str]:
    """Symbols of elements without which no structure matches ``query``, hydrogen apart; of a query of alternatives perhaps none."""
    table = Chem.GetPeriodicTable()
    words = {
        word
        for atom in atoms(query)
        for part in _without_recursion(atom.GetSmarts()).split(";")
        for word in part.split("&")
        if "," not in part
    }
    found = [element for word in words if (element := _ELEMENT.fullmatch(word))]
    return frozenset(table.GetElementSymbol(int(one[1])) if one[1] else one[2].capitalize() for one in found) - {"H", "*"}


def _without_recursion(smarts: str) -> str:
    """What stands in the brackets of an atom of a query, with the inner of its recursions cut out."""
    depth, kept = 0, []
    for character in smarts:
        depth += character == "("
        if depth == 0:
            kept.append(character)
        depth -= character == ")"
    text = "".join(kept)
    return text[1:-1] if text.startswith("[") else text


def _holds(text: str, key: Key, primitive: Callable[[str, Key], bool]) -> bool:
    """Whether ``key`` can be what ``text`` says: parts (;) of alternatives (,) of primitives (&) that must all hold."""
    return all(any(all(primitive(word, key) for word in one.split("&")) for one in part.split(",")) for part in text.split(";"))


def _atom_holds(word: str, key: AtomKey) -> bool:
    """Whether an atom can be what one primitive says; True for a primitive that is not understood."""
    found = _ELEMENT.fullmatch(word)
    if found is not None:
        if found[1]:
            return key[0] == int(found[1])
        return key[0] == Chem.GetPeriodicTable().GetAtomicNumber(word.capitalize()) and key[1] == word.islower()
    if number := _NUMBER.fullmatch(word):
        return int(number[2] or 1) == {"D": key[3], "X": key[4], "H": key[4] - key[3]}[number[1]]
    if charge := _CHARGE.fullmatch(word):
        size = len(charge[3]) if charge[3] else int(charge[2] or 1)
        return key[2] == (size if word[0] == "+" else -size)
    if word in ("R0", "!R"):
        return key[5] == 0
    return key[5] > 0 if word == "R" else key[1] == (word == "a") if word in ("a", "A") else True


@lru_cache(maxsize=4096)
def _bond_can_be(text: str, order: float, ring: bool) -> bool:
    """Whether a bond can be what ``text`` says."""
    return _holds(text, (order, ring), _bond_holds)


def _bond_holds(word: str, key: tuple[float, bool]) -> bool:
    """Whether a bond (order, in a ring) can be what one primitive says; no primitive at all means single or aromatic."""
    if word == "":
        return key[0] in (1.0, 1.5)
    if word in _ORDERS:
        return key[0] == _ORDERS[word]
    return key[1] if word == "@" else not key[1] if word == "!@" else True
