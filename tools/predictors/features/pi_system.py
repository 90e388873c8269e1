"""Conjugated systems: a Hückel calculation on every system of connected conjugated bonds.

Energies are in units of |β|, so they need no scale of their own: the models learn how the gap maps to wavelengths. The heteroatom
parameters are the usual Hückel ones (coulomb shift h, resonance k, electrons given to the π system), with k scaled by 1.1 for a
localised double bond, 1.0 for an aromatic one and 0.9 for a single one, so that bond alternation opens a gap in long polyenes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

FloatArray = NDArray[np.float32]

#: (atomic number, electrons) -> (h, k); the same symbols as in textbooks: N with one electron is a pyridine-type nitrogen.
_PARAMETERS: dict[tuple[int, int], tuple[float, float]] = {
    (5, 0): (-0.45, 0.73),
    (6, 0): (0.0, 1.0),
    (6, 1): (0.0, 1.0),
    (6, 2): (0.0, 1.0),
    (7, 1): (0.51, 1.02),
    (7, 2): (1.37, 0.89),
    (8, 1): (0.97, 1.06),
    (8, 2): (2.09, 0.66),
    (9, 2): (2.71, 0.52),
    (14, 1): (0.0, 0.75),
    (15, 1): (0.19, 0.77),
    (15, 2): (0.75, 0.76),
    (16, 1): (0.46, 0.81),
    (16, 2): (1.11, 0.69),
    (17, 2): (1.48, 0.62),
    (34, 1): (0.46, 0.75),
    (34, 2): (1.0, 0.6),
}
_DEFAULT = (0.5, 0.7)
#: A formal charge shifts h towards the nucleus (+) or away from it (-).
_CHARGE_SHIFT = 0.5
_MIN_ATOMS = 4

_NAMES = (
    "systems",
    "atoms_all_systems",
    "largest_system",
    "gap",
    "inverse_gap",
    "second_system_gap",
    "homo",
    "lumo",
    "gap_homo_to_next_lumo",
    "gap_next_homo_to_lumo",
    "system_atoms",
    "system_electrons",
    "system_fraction",
    "system_length",
    "system_charge",
    "system_rings",
    "system_rotors",
    "system_nitrogens",
    "system_oxygens",
    "system_sulfurs",
    "system_double_bonds",
    "charge_transfer",
    "overlap",
    "homo_on_hetero",
    "lumo_on_hetero",
    "homo_participation",
    "lumo_participation",
    "transfer_distance",
    "bond_order_change",
    "electron_rich_atoms",
    "substituents_donor",
    "substituents_acceptor",
)


def pi_names() -> tuple[str, ...]:
    """Names of the entries of :func:`pi_features`, in order."""
    return tuple(f"pi_{name}" for name in _NAMES)


@dataclass(frozen=True)
class _System:
    atoms: list[int]
    electrons: list[int]
    energies: NDArray[np.float64]
    orbitals: NDArray[np.float64]
    homo: int

    @property
    def gap(self) -> float:
        return float(self.energies[self.homo] - self.energies[self.homo + 1]) if self.homo + 1 < len(self.atoms) else 4.0


def pi_features(mol: Chem.Mol) -> FloatArray:
    """Features of the conjugated systems of ``mol``, shape (len(pi_names()),); zeros where there is none of four atoms or more."""
    kekule = Chem.Mol(mol)
    Chem.Kekulize(kekule, clearAromaticFlags=False)
    systems = [_solve(mol, kekule, atoms) for atoms in _components(mol) if len(atoms) >= _MIN_ATOMS]
    if not systems:
        return np.zeros(len(_NAMES), dtype=np.float32)
    systems.sort(key=lambda s: (round(s.gap, 6), -len(s.atoms), s.atoms))
    row = [
        len(systems),
        sum(len(s.atoms) for s in systems),
        max(len(s.atoms) for s in systems),
        *_levels(systems),
        *_composition(mol, systems[0]),
        *_transition(mol, systems[0]),
    ]
    return np.nan_to_num(np.array(row, dtype=np.float32))


def _components(mol: Chem.Mol) -> list[list[int]]:
    """Atoms connected by conjugated bonds, each list ascending."""
    parent: dict[int, int] = {}

    def root(index: int) -> int:
        while parent[index] != index:
            index = parent[index]
        return index

    for bond in map(mol.GetBondWithIdx, range(mol.GetNumBonds())):
        if bond.GetIsConjugated():
            a, b = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
            parent.setdefault(a, a)
            parent.setdefault(b, b)
            low, high = sorted((root(a), root(b)))
            parent[high] = low
    groups: dict[int, list[int]] = {}
    for index in sorted(parent):
        groups.setdefault(root(index), []).append(index)
    return list(groups.values())


def _electrons(atom: Chem.Atom) -> int:
    """Electrons that a kekulised atom gives to the π system: 1 from a multiple bond, 2 from a lone pair, 0 from an empty orbital."""
    if any(bond.GetBondTypeAsDouble() >= 1.9 for bond in atom.GetBonds()):
        return 1
    number, charge = atom.GetAtomicNum(), atom.GetFormalCharge()
    if number == 5 or (number == 6 and charge > 0):
        return 0
    return 2 if number in (7, 8, 9, 15, 16, 17, 34, 35, 53) or charge < 0 else 1


def _solve(mol: Chem.Mol, kekule: Chem.Mol, atoms: list[int]) -> _System:
    position = {index: i for i, index in enumerate(atoms)}
    matrix = np.zeros((len(atoms), len(atoms)))
    electrons, couplings = [], []
    for i, index in enumerate(atoms):
        atom = kekule.GetAtomWithIdx(index)
        given = _electrons(atom)
        h, k = _PARAMETERS.get((atom.GetAtomicNum(), given), _DEFAULT)
        electrons.append(given)
        couplings.append(k)
        matrix[i, i] = h + _CHARGE_SHIFT * atom.GetFormalCharge()
    for i, index in enumerate(atoms):
        for bond in kekule.GetAtomWithIdx(index).GetBonds():
            j = position.get(bond.GetOtherAtomIdx(index))
            if j is not None and j > i:
                order = bond.GetBondTypeAsDouble()
                scale = 1.0 if mol.GetBondWithIdx(bond.GetIdx()).GetIsAromatic() else 1.1 if order > 1.4 else 0.9
                matrix[i, j] = matrix[j, i] = couplings[i] * couplings[j] * scale
    energies, orbitals = np.linalg.eigh(matrix)
    homo = max(0, min(len(atoms) - 1, (sum(electrons) + 1) // 2 - 1))
    return _System(atoms, electrons, energies[::-1], orbitals[:, ::-1], homo)


def _levels(systems: list[_System]) -> list[float]:
    first = systems[0]
    homo, energy = first.homo, first.energies
    lumo = min(homo + 1, len(energy) - 1)
    after = min(homo + 2, len(energy) - 1)
    before = max(homo - 1, 0)
    second = systems[1].gap if len(systems) > 1 else 4.0
    gap = first.gap
    return [
        gap,
        1.0 / max(gap, 0.05),
        second,
        float(energy[homo]),
        float(energy[lumo]),
        float(energy[homo] - energy[after]),
        float(energy[before] - energy[lumo]),
    ]


def _composition(mol: Chem.Mol, system: _System) -> list[float]:
    inside = set(system.atoms)
    atoms = [mol.GetAtomWithIdx(i) for i in system.atoms]
    distance = Chem.GetDistanceMatrix(mol)
    bonds = [b for b in map(mol.GetBondWithIdx, range(mol.GetNumBonds())) if b.GetBeginAtomIdx() in inside and b.GetEndAtomIdx() in inside]
    numbers = [atom.GetAtomicNum() for atom in atoms]
    return [
        len(atoms),
        sum(system.electrons),
        len(atoms) / mol.GetNumAtoms(),
        float(distance[np.ix_(system.atoms, system.atoms)].max()),
        sum(atom.GetFormalCharge() for atom in atoms),
        sum(set(ring) <= inside for ring in mol.GetRingInfo().AtomRings()),
        sum(b.GetBondType() == Chem.BondType.SINGLE and not b.IsInRing() for b in bonds),
        numbers.count(7),
        numbers.count(8),
        numbers.count(16),
        sum(b.GetBondType() == Chem.BondType.DOUBLE for b in bonds),
    ]


def _transition(mol: Chem.Mol, system: _System) -> list[float]:
    """What the step from the highest occupied to the lowest empty orbital moves, and where to."""
    lumo_index = min(system.homo + 1, len(system.atoms) - 1)
    homo = system.orbitals[:, system.homo] ** 2
    lumo = system.orbitals[:, lumo_index] ** 2
    hetero = np.array([mol.GetAtomWithIdx(i).GetAtomicNum() != 6 for i in system.atoms])
    distance = Chem.GetDistanceMatrix(mol)[np.ix_(system.atoms, system.atoms)]
    gain = lumo - homo
    inside = set(system.atoms)
    donors = acceptors = 0
    for index in system.atoms:
        for neighbour in mol.GetAtomWithIdx(index).GetNeighbors():
            if neighbour.GetIdx() not in inside:
                donors += neighbour.GetAtomicNum() in (6, 14)
                acceptors += neighbour.GetAtomicNum() in (9, 17, 35, 53, 16)
    product = system.orbitals[:, system.homo] * system.orbitals[:, lumo_index]
    return [
        float(np.abs(gain).sum() / 2),
        float(np.minimum(homo, lumo).sum()),
        float(homo[hetero].sum()),
        float(lumo[hetero].sum()),
        float(1.0 / (homo**2).sum()),
        float(1.0 / (lumo**2).sum()),
        float((np.maximum(gain, 0)[:, None] * distance * np.maximum(-gain, 0)[None, :]).sum()),
        float(np.abs(product).sum()),
        sum(e == 2 for e in system.electrons),
        donors,
        acceptors,
    ]
