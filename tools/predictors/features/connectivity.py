"""Connectivity and shape indices over paths of two to four bonds, summed from the adjacency matrix instead of path by path.

Definitions: L. H. Hall and L. B. Kier, Rev. Comput. Chem. 1991, 2, 367-422, as in RDKit. In rings of three or four atoms a path may meet
itself; RDKit's own functions are asked for such molecules.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from tools.predictors.features.table import MoleculeTable

#: Entries of :func:`connectivity`, in order.
CONNECTIVITY_NAMES = ("chi2v", "chi3v", "chi4v", "chi2n", "chi3n", "chi4n", "kappa2", "kappa3", "Phi")


@lru_cache(maxsize=1)
def _by_paths() -> rdMolDescriptors.Properties:
    return rdMolDescriptors.Properties(list(CONNECTIVITY_NAMES))


@lru_cache(maxsize=1)
def _electrons() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Outer electrons; inner electrons beyond the first shell (1 up to neon); by atomic number."""
    table = Chem.GetPeriodicTable()
    outer = np.array([float(table.GetNOuterElecs(n)) for n in range(119)])
    inner = np.array([n - outer[n] - 1 if n > 10 else 1.0 for n in range(119)])
    return outer, inner


def connectivity(table: MoleculeTable) -> list[float]:
    """The indices named in ``CONNECTIVITY_NAMES`` of a molecule, dimensionless; NaN where one is not defined, as in RDKit."""
    if 1 in table.numbers or 0 in table.numbers or any(len(ring) < 5 for ring in table.rings):
        return list(_by_paths().ComputeProperties(table.mol))
    atoms = len(table)
    adjacent = (table.distance == 1.0).astype(np.float64)
    outer, inner = _electrons()
    simple = outer[table.numbers] - table.hydrogens
    delta = np.array([simple / inner[table.numbers], simple])
    if delta.min() < 0:  # no real weight: not a number on every path through the atom
        return list(_by_paths().ComputeProperties(table.mol))
    weight = np.where(delta == 0, 0.0, 1.0 / np.sqrt(delta))
    near = weight @ adjacent
    # step[k, i, j]: over the paths of two atoms that end at i and do not come from j, a neighbour of i.
    step = (weight[:, :, None] * (near[:, :, None] - weight[:, None, :])) * adjacent
    second = (weight * (near**2 - weight**2 @ adjacent)).sum(axis=1) / 2
    third = (step * step.transpose(0, 2, 1)).sum(axis=(1, 2)) / 2
    fourth = (weight * (step.sum(axis=1) ** 2 - (step**2).sum(axis=1))).sum(axis=1) / 2
    degree = adjacent.sum(axis=1)
    alpha = rdMolDescriptors.CalcHallKierAlpha(table.mol)
    kappa2 = _kappa(atoms + alpha - 1, atoms + alpha - 2, float((degree * (degree - 1)).sum()) / 2, alpha)
    last = 1 if atoms % 2 else 2
    kappa3 = _kappa(atoms + alpha - last, atoms + alpha - 3, float((degree - 1) @ adjacent @ (degree - 1)) / 2, alpha)
    phi = rdMolDescriptors.CalcKappa1(table.mol) * kappa2 / atoms
    return [*(float(chi[k]) for k in (0, 1) for chi in (second, third, fourth)), kappa2, kappa3, phi]


def _kappa(one: float, two: float, paths: float, alpha: float) -> float:
    """``one`` times ``two`` squared over the number of paths squared, as RDKit evaluates it; 0 without paths."""
    below = (paths + alpha) * (paths + alpha)
    return one * (two * two) / below if below else 0.0
