"""Conjugated systems: a Hückel calculation on every system of connected conjugated bonds.

Energies are in units of |β|, so they need no scale of their own: the models learn how the gap maps to wavelengths. The heteroatom
parameters are the usual Hückel ones (coulomb shift h, resonance k, electrons given to the π system), with k scaled by 1.1 for a
localised double bond, 1.0 for an aromatic one and 0.9 for a single one, so that bond alternation opens a gap in long polyenes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from tools.predictors.features.table import MoleculeTable, finite, pieces

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
#: Elements that give a lone pair where they have no multiple bond.
_LONE_PAIRS = (7, 8, 9, 15, 16, 17, 34, 35, 53)
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
class System:
    """A solved conjugated system.

    Attributes:
        atoms: index of each of its atoms in the molecule, ascending.
        electrons: how many each gives.
        energies: of the orbitals in units of |β|, the most stable (largest) first.
        orbitals: coefficients, (atoms, orbitals).
        homo: index of the highest occupied orbital.
    """

    atoms: list[int]
    electrons: list[int]
    energies: NDArray[np.float64]
    orbitals: NDArray[np.float64]
    homo: int

    @property
    def gap(self) -> float:
        """Between the highest occupied and the lowest empty orbital, in units of |β|; 4 where none is empty, never unknown."""
        return float(self.energies[self.homo] - self.energies[self.homo + 1]) if self.homo + 1 < len(self.atoms) else 4.0

    @property
    def lumo(self) -> int:
        """Index of the lowest empty orbital, or of the last where none is empty."""
        return min(self.homo + 1, len(self.atoms) - 1)

    def density(self, orbital: int) -> NDArray[np.float64]:
        """What shares each atom has of an orbital, shape (atoms,), 0 to 1; they sum to 1 and are never empty."""
        return np.asarray(self.orbitals[:, orbital] ** 2)

    def net_charges(self, formal: Sequence[int]) -> NDArray[np.float64]:
        """Charge of each atom, shape (atoms,), in elementary charges, never unknown: what it gives and its ``formal`` charge, less what the occupied orbitals leave on it.

        An odd electron is shared as one half of a pair.
        """
        occupied = np.zeros(len(self.atoms))
        left = float(sum(self.electrons))
        for k in range(len(self.atoms)):
            occupied[k] = min(2.0, left)
            left -= occupied[k]
        return np.asarray(np.array(self.electrons) + np.array(formal) - (self.orbitals**2) @ occupied)


def conjugated_systems(table: MoleculeTable) -> list[System]:
    """The conjugated systems of four atoms or more, the one with the smallest gap first; empty where there is none."""
    components = [atoms for atoms in _components(table) if len(atoms) >= _MIN_ATOMS]
    if not components:
        return []
    orders, aromatic = _localised(table)
    electrons = _electrons(table, orders)
    systems = [_solve(table, orders, aromatic, electrons, atoms) for atoms in components]
    systems.sort(key=lambda s: (round(s.gap, 6), -len(s.atoms), s.atoms))
    return systems


def pi_features(mol: Chem.Mol, table: MoleculeTable | None = None, systems: Sequence[System] | None = None) -> FloatArray:
    """Features of the conjugated systems of ``mol``, shape (len(pi_names()),), never NaN; zeros where there is none of four atoms or more.

    ``table`` and ``systems`` are those of ``mol`` where they are at hand already.
    """
    table = table or MoleculeTable(mol)
    systems = conjugated_systems(table) if systems is None else list(systems)
    if not systems:
        return np.zeros(len(_NAMES), dtype=np.float32)
    first = systems[0]
    distance = table.distance[np.ix_(first.atoms, first.atoms)]
    row = [
        len(systems),
        sum(len(s.atoms) for s in systems),
        max(len(s.atoms) for s in systems),
        *_levels(systems),
        *_composition(table, first, float(distance.max())),
        *_transition(table, first, distance),
    ]
    return finite(np.array(row, dtype=np.float32))


def _components(table: MoleculeTable) -> list[list[int]]:
    """Atoms connected by conjugated bonds, each list ascending."""
    linked: dict[int, list[int]] = {}
    for a, b, _, conjugated in table.bonds:
        if conjugated:
            linked.setdefault(a, []).append(b)
            linked.setdefault(b, []).append(a)
    return [sorted(piece) for piece in pieces(set(linked), linked)]


def _localised(table: MoleculeTable) -> tuple[list[float], set[int]]:
    """Order of each bond in the Kekulé structure; positions of the aromatic bonds."""
    orders = [bond.order for bond in table.bonds]
    aromatic = {
        i
        for i, bond in enumerate(table.bonds)
        if bond.a in table.aromatic and bond.b in table.aromatic and table.mol.GetBondWithIdx(i).GetIsAromatic()
    }
    if aromatic:
        kekule = Chem.Mol(table.mol)
        Chem.Kekulize(kekule, clearAromaticFlags=False)
        for i in aromatic:
            orders[i] = kekule.GetBondWithIdx(i).GetBondTypeAsDouble()
    return orders, aromatic


def _electrons(table: MoleculeTable, orders: list[float]) -> list[int]:
    """Electrons that each atom gives to the π system: 1 from a multiple bond, 2 from a lone pair, 0 from an empty orbital."""
    multiple = {i for bond, order in zip(table.bonds, orders, strict=True) if order >= 1.9 for i in (bond.a, bond.b)}
    found = []
    for i, (number, charge) in enumerate(zip(table.numbers, table.charges, strict=True)):
        if i in multiple:
            found.append(1)
        elif number == 5 or (number == 6 and charge > 0):
            found.append(0)
        else:
            found.append(2 if number in _LONE_PAIRS or charge < 0 else 1)
    return found


def _solve(table: MoleculeTable, orders: list[float], aromatic: set[int], electrons: list[int], atoms: list[int]) -> System:
    position = {index: i for i, index in enumerate(atoms)}
    matrix = np.zeros((len(atoms), len(atoms)))
    given = [electrons[index] for index in atoms]
    parameters = [_PARAMETERS.get((table.numbers[index], electrons[index]), _DEFAULT) for index in atoms]
    np.fill_diagonal(matrix, [h + _CHARGE_SHIFT * table.charges[index] for (h, _), index in zip(parameters, atoms, strict=True)])
    for k, (a, b, _, _) in enumerate(table.bonds):
        if a in position and b in position:
            i, j = position[a], position[b]
            scale = 1.0 if k in aromatic else 1.1 if orders[k] > 1.4 else 0.9
            matrix[i, j] = matrix[j, i] = parameters[min(i, j)][1] * parameters[max(i, j)][1] * scale
    energies, orbitals = np.linalg.eigh(matrix)
    homo = max(0, min(len(atoms) - 1, (sum(given) + 1) // 2 - 1))
    return System(atoms, given, energies[::-1], orbitals[:, ::-1], homo)


def _levels(systems: list[System]) -> list[float]:
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


def _composition(table: MoleculeTable, system: System, length: float) -> list[float]:
    inside = set(system.atoms)
    bonds = [(i, bond) for i, bond in enumerate(table.bonds) if bond.a in inside and bond.b in inside]
    single = [i for i, (a, b, order, _) in bonds if order == 1.0 and (a, b) not in table.ring_bonds]
    numbers = [table.numbers[i] for i in system.atoms]
    return [
        len(inside),
        sum(system.electrons),
        len(inside) / len(table),
        length,
        sum(table.charges[i] for i in system.atoms),
        sum(inside.issuperset(ring) for ring in table.rings),
        sum(table.mol.GetBondWithIdx(i).GetBondType() == Chem.BondType.SINGLE for i in single),
        numbers.count(7),
        numbers.count(8),
        numbers.count(16),
        sum(bond.order == 2.0 for _, bond in bonds),
    ]


def _transition(table: MoleculeTable, system: System, distance: NDArray[np.float64]) -> list[float]:
    """What the step from the highest occupied to the lowest empty orbital moves, and where to."""
    lumo_index = min(system.homo + 1, len(system.atoms) - 1)
    homo = system.orbitals[:, system.homo] ** 2
    lumo = system.orbitals[:, lumo_index] ** 2
    hetero = np.array([table.numbers[i] != 6 for i in system.atoms])
    gain = lumo - homo
    inside = set(system.atoms)
    outside = [table.numbers[n] for i in system.atoms for n in table.neighbours[i] if n not in inside]
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
        sum(number in (6, 14) for number in outside),
        sum(number in (9, 17, 35, 53, 16) for number in outside),
    ]
