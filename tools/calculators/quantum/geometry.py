"""Atoms in space: a conformer by RDKit, and its geometry where GFN2-xTB has its minimum."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.rdBase import BlockLogs

from tools.calculators.quantum.tight_binding import BOHR_PER_ANGSTROM, Density, Frame

#: Conformers that are embedded, the lowest of which by MMFF94 is taken; the seed of their embedding.
CONFORMERS, SEED = 8, 61453
#: A geometry has converged where no component of the gradient is larger (hartree a bohr), and is used up to ``ROUGH`` where no step goes down.
FINE, ROUGH = 5e-4, 2e-3
#: Steps after which a geometry counts as not converged.
STEPS = 600
#: A bond is there up to this multiple of the sum of the covalent radii; two atoms without a bond have made one below the second.
STRETCHED, CLOSE = 1.35, 1.12


class NoGeometry(Exception):
    """There is no geometry; the text says why, in words for a chemist."""


def embedded(mol: Chem.Mol) -> Chem.Mol:
    """A molecule that has its hydrogen atoms with one conformer: of eight by ETKDG, seeded, the lowest by MMFF94 (UFF where that has no types).

    NoGeometry where there is none.
    """
    from rdkit.Chem import rdDistGeom, rdForceFieldHelpers  # a structure whose cheap properties are asked for needs neither

    settings = rdDistGeom.ETKDGv3()
    settings.randomSeed = SEED
    with BlockLogs():
        kept = list(rdDistGeom.EmbedMultipleConfs(mol, CONFORMERS, settings))
        if not kept:
            settings.useRandomCoords = True
            kept = list(rdDistGeom.EmbedMultipleConfs(mol, CONFORMERS, settings))
        if not kept:
            raise NoGeometry("no conformer could be made")
        by_mmff = rdForceFieldHelpers.MMFFHasAllMoleculeParams(mol)
        if by_mmff or rdForceFieldHelpers.UFFHasAllMoleculeParams(mol):
            run = rdForceFieldHelpers.MMFFOptimizeMoleculeConfs if by_mmff else rdForceFieldHelpers.UFFOptimizeMoleculeConfs
            energies = [energy for _, energy in run(mol, numThreads=1, maxIters=2000)]
            best = kept[int(np.argmin(np.round(energies, 4)))]
        else:
            best = kept[0]
    return Chem.Mol(mol, confId=best)


def frame_of(mol: Chem.Mol) -> Frame:
    """The atoms of a molecule with one conformer."""
    numbers = np.array([atom.GetAtomicNum() for atom in mol.GetAtoms()], dtype=np.int64)
    return Frame(numbers, np.array(mol.GetConformer().GetPositions(), dtype=np.float64) * BOHR_PER_ANGSTROM)


def relaxed(frame: Frame, unpaired: int = 0, spin: bool = False) -> tuple[Frame, float]:
    """The nearest minimum of the GFN2-xTB energy, and that energy (unit: hartree), by L-BFGS. Raises NoGeometry, NotConverged where there is none."""
    from scipy.optimize import minimize

    if len(frame.numbers) == 1:
        return frame, Density(frame, unpaired=unpaired, spin=spin).energy()
    density = Density(frame, unpaired=unpaired, spin=spin)
    found = minimize(
        lambda positions: density.at(positions).slope(),
        frame.positions.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxcor": 30, "maxiter": STEPS, "maxfun": 2 * STEPS, "gtol": FINE, "ftol": 0.0},
    )
    if float(np.abs(found.jac).max()) > ROUGH:
        raise NoGeometry(f"the geometry did not converge in {STEPS} steps")
    return Frame(frame.numbers, found.x.reshape(-1, 3)), float(found.fun)


def changed_bonds(mol: Chem.Mol, positions: NDArray[np.float64], atoms: Sequence[int] | None = None) -> str:
    """What is another than ``mol`` says of ``atoms`` (indices; None: all) at ``positions`` (unit: bohr; one row for each of them).

    'the bond C3-O4 broke', 'H12 and N2 came together'; '' if nothing.
    """
    kept = list(range(mol.GetNumAtoms())) if atoms is None else list(atoms)
    table = Chem.GetPeriodicTable()
    radii = np.array([table.GetRcovalent(mol.GetAtomWithIdx(n).GetAtomicNum()) for n in kept]) * BOHR_PER_ANGSTROM
    distances = np.linalg.norm(positions[:, None] - positions[None], axis=2) / (radii[:, None] + radii[None])
    bonded = Chem.GetAdjacencyMatrix(mol).astype(bool)[np.ix_(kept, kept)]

    def named(place: int) -> str:
        return f"{mol.GetAtomWithIdx(kept[place]).GetSymbol()}{kept[place] + 1}"

    for i, j in np.argwhere(np.triu(bonded & (distances > STRETCHED), 1)):
        return f"the bond {named(int(i))}-{named(int(j))} broke"
    for i, j in np.argwhere(np.triu(~bonded & (distances < CLOSE), 1)):
        return f"{named(int(i))} and {named(int(j))} came together"
    return ""


@lru_cache(maxsize=8)
def geometry(smiles: str) -> tuple[Chem.Mol, Frame, float]:
    """The molecule with hydrogen atoms, its relaxed atoms, and their energy (unit: hartree).

    Raises NoGeometry or NotConverged where there is none, or where another molecule came out of it.
    """
    mol = embedded(Chem.AddHs(Chem.MolFromSmiles(smiles)))
    frame, energy = relaxed(frame_of(mol))
    changed = changed_bonds(mol, frame.positions)
    if changed:
        raise NoGeometry(f"the structure does not last in the gas phase: {changed}")
    return mol, frame, energy
