"""The weakest bond of a molecule: the single bonds that may be it by class, and what breaking each costs by GFN2-xTB."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from rdkit import Chem

from tools.calculators.quantum.geometry import NoGeometry, changed_bonds, geometry, relaxed
from tools.calculators.quantum.tight_binding import KCAL_PER_HARTREE, Frame

#: How many bonds are computed, the weakest classes first.
BONDS = 6
#: Rough strengths of single bonds in kcal/mol; 85 for others. Only their order matters, and only for which bonds are worth a calculation.
USUAL = {
    "C-C": 88, "C-H": 100, "C-N": 85, "C-O": 85, "C-S": 73, "C-F": 110, "C-Cl": 83, "C-Br": 70, "C-I": 56, "C-Si": 88, "H-N": 106,
    "H-O": 104, "H-S": 87, "H-Si": 92, "N-N": 60, "N-O": 50, "O-O": 40, "S-S": 65, "O-S": 65, "N-S": 60, "Br-N": 50, "Cl-N": 50,
    "Br-O": 45, "Cl-O": 50, "H-P": 82, "C-P": 70, "O-Si": 110, "I-N": 45, "Si-Si": 75, "O-P": 85,
}  # fmt: skip
#: By how much a radical centre is stabilised, in kcal/mol: beside a double or aromatic bond; by each carbon atom beyond the first; by N, O, S beside it.
BESIDE_PI, BRANCH, HETERO = 12, 2, 5
#: Bonds at an atom with a double, triple or aromatic bond are the stronger by this.
AT_PI = 12

_BREAKABLE = Chem.MolFromSmarts("[*]-;!@[*]")


@dataclass(frozen=True)
class Bond:
    """A bond that was broken.

    Attributes:
        pair: the two elements as :func:`pair_of` names them: 'C-O'.
        energy: of the two radicals, relaxed, less that of the molecule, in kcal/mol by spGFN2-xTB, without vibrations.
    """

    pair: str
    energy: float


def _guess(mol: Chem.Mol, i: int, j: int) -> float:
    atoms = [mol.GetAtomWithIdx(n) for n in (i, j)]
    energy = float(USUAL.get(pair_of(mol, i, j), 85))
    for atom, other in (atoms, atoms[::-1]):
        multiple = any(b.GetBondTypeAsDouble() > 1 for b in atom.GetBonds())
        around = [n for n in atom.GetNeighbors() if n.GetIdx() != other.GetIdx()]
        beside = any(b.GetBondTypeAsDouble() > 1 for n in around for b in n.GetBonds())
        if multiple:
            energy += AT_PI if atom.GetSymbol() == "C" else 0
        elif beside:
            energy -= BESIDE_PI
        if atom.GetSymbol() == "C" and not multiple:
            energy -= BRANCH * max(0, sum(n.GetSymbol() == "C" for n in around) - 1)
            energy -= HETERO * any(n.GetSymbol() in ("N", "O", "S") for n in around)
    return energy


def candidates(mol: Chem.Mol) -> list[tuple[int, int]]:
    """The single bonds outside rings that may be the weakest: of each kind by symmetry one, at most six, the weakest classes first.

    ``mol`` has its hydrogen atoms; index of either atom, [] for a molecule without any.
    """
    ranks = list(Chem.CanonicalRankAtoms(mol, breakTies=False))
    seen: dict[tuple[int, int], tuple[int, int]] = {}
    for i, j in mol.GetSubstructMatches(_BREAKABLE, maxMatches=10_000):
        if mol.GetBondBetweenAtoms(i, j).GetBondType() == Chem.BondType.SINGLE:
            kind = (min(ranks[i], ranks[j]), max(ranks[i], ranks[j]))
            seen.setdefault(kind, (min(i, j), max(i, j)))
    return sorted(seen.values(), key=lambda pair: (_guess(mol, *pair), pair))[:BONDS]


def breakable(smiles: str) -> list[str]:
    """The pairs of elements of the bonds that :func:`broken_bonds` breaks; [] for a molecule without any."""
    mol = Chem.AddHs(Chem.MolFromSmiles(smiles))
    return [pair_of(mol, i, j) for i, j in candidates(mol)]


def broken(mol: Chem.Mol, frame: Frame, energy: float, i: int, j: int) -> Bond:
    """The bond between two atoms (``i``, ``j``: index of each) of a molecule with hydrogen atoms, its ``frame`` and energy (unit: hartree).

    NotConverged, NoGeometry; the latter also where a radical falls apart, as acyloxy radicals do.
    """
    total = 0.0
    for side in _sides(mol, i, j):
        radical, one = relaxed(Frame(frame.numbers[side], frame.positions[side]), unpaired=1, spin=True)
        changed = changed_bonds(mol, radical.positions, side)
        if changed:
            raise NoGeometry(f"a radical does not last when the bond {pair_of(mol, i, j)} is broken: {changed}")
        total += one
    return Bond(pair_of(mol, i, j), (total - energy) * KCAL_PER_HARTREE)


def broken_bonds(smiles: str) -> list[Bond]:
    """Every bond that :func:`candidates` names, broken; [] for a molecule without any. Raises NoGeometry, NotConverged."""
    mol, frame, energy = geometry(smiles)
    return [broken(mol, frame, energy, i, j) for i, j in candidates(mol)]


def pair_of(mol: Chem.Mol, i: int, j: int) -> str:
    """The elements of two atoms (``i``, ``j``: index of each) in alphabetical order, carbon with a triple bond as 'C≡': 'C-O', 'C-C≡'; never empty."""
    return "-".join(sorted(_kind(mol.GetAtomWithIdx(n)) for n in (i, j)))


def _kind(atom: Chem.Atom) -> str:
    triple = atom.GetSymbol() == "C" and any(b.GetBondType() == Chem.BondType.TRIPLE for b in atom.GetBonds())
    return f"{atom.GetSymbol()}≡" if triple else str(atom.GetSymbol())


def _sides(mol: Chem.Mol, i: int, j: int) -> tuple[list[int], list[int]]:
    """The atoms on either side of a bond that is in no ring."""
    side, queue = {i}, deque([i])
    while queue:
        for neighbour in mol.GetAtomWithIdx(queue.popleft()).GetNeighbors():
            index = neighbour.GetIdx()
            if index not in side and index != j:
                side.add(index)
                queue.append(index)
    others = np.setdiff1d(np.arange(mol.GetNumAtoms()), list(side))
    return sorted(side), [int(n) for n in others]
