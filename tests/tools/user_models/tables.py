"""Small tables of measurements for the tests: a property that follows from the structure, so that a model can learn it."""

from __future__ import annotations

import csv
from pathlib import Path

from rdkit import Chem
from rdkit.Chem import Crippen, rdMolDescriptors

CHAINS = ["C" * n for n in range(2, 9)]
ENDS = ["", "O", "N", "C(=O)O", "C#N", "Cl", "c1ccccc1", "C(C)(C)O"]


def molecules() -> list[str]:
    """Some fifty distinct small molecules."""
    return list(dict.fromkeys(Chem.CanonSmiles(chain + end) for chain in CHAINS for end in ENDS))


def viscosity(smiles: str) -> float:
    """A made-up viscosity in cP that grows with molar refractivity and with hydrogen bonds."""
    mol = Chem.MolFromSmiles(smiles)
    return round(float(10 ** (0.02 * Crippen.MolMR(mol) + 0.4 * rdMolDescriptors.CalcNumHBD(mol) - 0.5)), 4)


def polymers() -> list[tuple[str, float]]:
    """Thirty polymer repeat units with a made-up refractive index."""
    units = ["*CC(*)" + "C" * n for n in range(6)] + ["*O" + "C" * n + "*" for n in range(2, 8)]
    units += ["*OC(=O)" + "C" * n + "*" for n in range(2, 8)] + ["*NC(=O)" + "C" * n + "*" for n in range(2, 8)]
    units += ["*CC(*)c1ccc(" + "C" * n + ")cc1" for n in range(1, 7)]
    found = []
    for unit in units:
        mol = Chem.MolFromSmiles(unit)
        found.append((unit, round(1.4 + 0.05 * mol.GetNumHeavyAtoms() ** 0.5 + 0.1 * rdMolDescriptors.CalcNumAromaticRings(mol), 4)))
    return found


def write(path: Path, header: list[str], rows: list[list[object]], delimiter: str = ",") -> Path:
    """Write a table and return its path."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, delimiter=delimiter).writerows([header, *rows])
    return path


def lab_table(path: Path) -> Path:
    """The molecules with their viscosity, and four rows that cannot be used at its end."""
    rows: list[list[object]] = [[smiles, viscosity(smiles)] for smiles in molecules()]
    rows += [["C1CC", 3], ["CCCCCO", "<5"], ["CCCCCO", -2], ["", 4]]
    return write(path, ["smiles", "viscosity_cP"], rows)
