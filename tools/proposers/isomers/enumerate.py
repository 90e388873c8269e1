"""Enumerate every constitutional isomer of a formula.

Two stages, each complete by an argument that runs backwards. *Trees*: every tree of n atoms is one of n - 1 atoms with a leaf added, so adding
one atom of each element left, at every free valence, and keeping one of each isomorphism class gives all. *Unsaturation*: a molecule with
k rings and double bonds becomes one with k - 1 when a bond of a ring is taken out or a multiple bond is lowered, so adding a bond between any two
atoms with free valences, k times, gives all. Classes are told apart by RDKit's canonical SMILES of the drawn (Kekulé) bonds; the last list is
merged by the aromatic form, so that the two drawings of a benzene ring are one.

Atoms have one valence each: C and Si 4, N, P and B 3, O and S 2, H and halogens 1. Charged and hypervalent forms (nitro, sulfoxide) are
therefore not among the isomers, and stereoisomers are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem, rdBase

VALENCE = {"H": 1, "F": 1, "Cl": 1, "Br": 1, "I": 1, "O": 2, "S": 2, "N": 3, "P": 3, "B": 3, "C": 4, "Si": 4}
#: Structures made, repeated ones included, before an enumeration is given up as too long.
MOST_MADE = 400_000
#: Distinct structures at one stage before it is given up.
MOST_KEPT = 20_000
#: Structures of a stage with which an enumeration that is too long goes on, to give some isomers.
SAMPLE = 150

Composition = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Isomers:
    """What an enumeration gave.

    Attributes:
        formula: as asked for.
        smiles: canonical SMILES, sorted by length and text.
        complete: whether these are all; if not, there are at least as many.
        reason: why it is not complete, or what the formula lacks; '' otherwise.
    """

    formula: str
    smiles: tuple[str, ...]
    complete: bool
    reason: str = ""


def parse_formula(formula: str) -> dict[str, int]:
    """Atoms of each element in 'C4H10O'. Raises ValueError for something else."""
    if not re.fullmatch(r"(?:[A-Z][a-z]?\d*)+", formula):
        raise ValueError(f"{formula!r} is not a molecular formula")
    atoms: dict[str, int] = {}
    for symbol, number in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
        atoms[symbol] = atoms.get(symbol, 0) + int(number or 1)
    return atoms


@lru_cache(maxsize=16)
def isomers(formula: str) -> Isomers:
    """The constitutional isomers of ``formula`` (neutral, one piece). Raises ValueError for something that is no formula.

    A formula that no molecule of these valences has gives an empty complete list with the reason; one with an element without a
    fixed valence here, or with too many isomers, an incomplete one.
    """
    atoms = parse_formula(formula)
    unknown = sorted(set(atoms) - set(VALENCE))
    if unknown:
        return Isomers(formula, (), False, f"{', '.join(unknown)} has no fixed valence here")
    heavy = {s: n for s, n in atoms.items() if s != "H" and n}
    unsaturation = (2 + sum(n * (VALENCE[s] - 2) for s, n in atoms.items())) / 2
    if unsaturation < 0 or unsaturation != int(unsaturation) or not heavy:
        return Isomers(formula, (), True, "no closed-shell molecule has this formula")
    with rdBase.BlockLogs():
        try:
            return Isomers(formula, _merged(_enumerated(_Work(), heavy, int(unsaturation))), True)
        except _TooMany:
            some = _merged(_enumerated(_Work(sample=SAMPLE), heavy, int(unsaturation)))
            return Isomers(formula, some, False, "there are too many to list them all")


def _enumerated(work: _Work, heavy: dict[str, int], unsaturation: int) -> list[Chem.Mol]:
    stage = work.trees(heavy)
    for _ in range(unsaturation):
        stage = work.joined(stage)
    return list(stage.values())


class _TooMany(Exception):
    """The enumeration is longer than is allowed."""


class _Work:
    """Counts what is made and stops where it is too much. Structures are kept as molecules with drawn bonds.

    With ``sample``, each stage goes on with that many of the structures of the one before, evenly taken: some of the isomers.
    """

    def __init__(self, sample: int = 0) -> None:
        self.made = 0
        self.sample = sample

    def _taken(self, stage: dict[str, Chem.Mol]) -> list[Chem.Mol]:
        found = list(stage.values())
        step = max(1, len(found) // self.sample) if self.sample else 1
        return found[::step][: self.sample] if self.sample else found

    def trees(self, heavy: dict[str, int]) -> dict[str, Chem.Mol]:
        """All trees of the heavy atoms, by canonical SMILES."""
        level: dict[str, Chem.Mol] = {}
        for symbol in sorted(heavy):
            work = Chem.RWMol()
            work.AddAtom(Chem.Atom(symbol))
            self._keep(work, level)
        for _ in range(sum(heavy.values()) - 1):
            longer: dict[str, Chem.Mol] = {}
            for mol in self._taken(level):
                used: dict[str, int] = {}
                for atom in mol.GetAtoms():
                    used[atom.GetSymbol()] = used.get(atom.GetSymbol(), 0) + 1
                for symbol in sorted(heavy):
                    if used.get(symbol, 0) < heavy[symbol]:
                        self._grow(mol, symbol, longer)
            level = longer
        return level

    def _grow(self, mol: Chem.Mol, symbol: str, into: dict[str, Chem.Mol]) -> None:
        for rank_of_site in _representatives(mol):
            work = Chem.RWMol(mol)
            work.AddBond(rank_of_site, work.AddAtom(Chem.Atom(symbol)), Chem.BondType.SINGLE)
            self._keep(work, into)

    def joined(self, stage: dict[str, Chem.Mol]) -> dict[str, Chem.Mol]:
        """Every structure with one bond more between two atoms that bear hydrogen."""
        more: dict[str, Chem.Mol] = {}
        for mol in self._taken(stage):
            open_atoms = [a.GetIdx() for a in mol.GetAtoms() if a.GetTotalNumHs()]
            for i, a in enumerate(open_atoms):
                for b in open_atoms[i + 1 :]:
                    self._join(mol, a, b, more)
        return more

    def _join(self, mol: Chem.Mol, a: int, b: int, into: dict[str, Chem.Mol]) -> None:
        work = Chem.RWMol(mol)
        bond = work.GetBondBetweenAtoms(a, b)
        if bond is None:
            work.AddBond(a, b, Chem.BondType.SINGLE)
        elif bond.GetBondType() == Chem.BondType.SINGLE:
            bond.SetBondType(Chem.BondType.DOUBLE)
        elif bond.GetBondType() == Chem.BondType.DOUBLE:
            bond.SetBondType(Chem.BondType.TRIPLE)
        else:
            return
        self._keep(work, into)

    def _keep(self, work: Chem.RWMol, into: dict[str, Chem.Mol]) -> None:
        """Put a structure into ``into`` unless an isomorphic one is there."""
        self.made += 1
        for atom in work.GetAtoms():
            atom.SetNoImplicit(False)
        work.UpdatePropertyCache(strict=True)
        key = Chem.MolToSmiles(work, isomericSmiles=False)
        if key in into:
            return
        into[key] = work.GetMol()
        if not self.sample and (len(into) > MOST_KEPT or self.made > MOST_MADE):
            raise _TooMany


def _representatives(mol: Chem.Mol) -> Iterator[int]:
    """One atom that bears hydrogen of each symmetry class."""
    seen = set()
    for atom, rank in zip(mol.GetAtoms(), Chem.CanonicalRankAtoms(mol, breakTies=False), strict=True):
        if rank not in seen and atom.GetTotalNumHs():
            seen.add(rank)
            yield atom.GetIdx()


def _merged(mols: Iterable[Chem.Mol]) -> tuple[str, ...]:
    """Canonical SMILES of the aromatic forms, without repeats."""
    found = set()
    for mol in mols:
        read = Chem.MolFromSmiles(Chem.MolToSmiles(mol, isomericSmiles=False))
        if read is not None:
            found.add(Chem.MolToSmiles(read, isomericSmiles=False))
    return tuple(sorted(found, key=lambda s: (len(s), s)))
