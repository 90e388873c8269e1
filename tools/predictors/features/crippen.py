"""Crippen's log P and molar refractivity with the surface areas by both, all from one assignment of the atom types.

RDKit assigns the types twice: with explicit hydrogens for the totals and without for the areas. The heavy atoms' types are the same, and
every hydrogen on carbon has one type (S. A. Wildman and G. M. Crippen, J. Chem. Inf. Comput. Sci. 1999, 39, 868-873), so that only the
other hydrogens need to be atoms. The sums run in RDKit's order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

FloatArray = NDArray[np.float64]

#: Upper bounds of the bins of SlogP_VSA and SMR_VSA (P. Labute, J. Mol. Graph. Model. 2000, 18, 464-477), as in RDKit.
_LOGP_BINS = np.array([-0.4, -0.2, 0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6])
_REFRACTIVITY_BINS = np.array([1.29, 1.82, 2.24, 2.45, 2.75, 3.05, 3.63, 3.8, 4.0])
#: Contributions of a hydrogen on carbon to log P and molar refractivity (type H1).
_ON_CARBON = (0.1230, 1.057)


class Crippen(NamedTuple):
    """log P, molar refractivity (cm³/mol), SlogP_VSA (12 bins, Å²) and SMR_VSA (10 bins, Å²) of a molecule."""

    logp: float
    refractivity: float
    logp_areas: FloatArray
    refractivity_areas: FloatArray

    @classmethod
    def of(cls, mol: Chem.Mol, numbers: Sequence[int], hydrogens: Sequence[int], area: FloatArray) -> Crippen:
        """Those of ``mol``, whose atoms have these atomic ``numbers``, implicit ``hydrogens`` and Labute surface areas ``area``.

        ``area`` is in Å²; log P is dimensionless. Bins without an atom are 0.
        """
        polar = [i for i, count in enumerate(hydrogens) if count and numbers[i] != 6]
        typed = Chem.AddHs(mol, onlyOnAtoms=polar) if polar else mol
        contributions = rdMolDescriptors._CalcCrippenContribs(typed)
        heavy, added = contributions[: len(numbers)], iter(contributions[len(numbers) :])
        logp = refractivity = 0.0
        for one, other in heavy:
            logp += one
            refractivity += other
        for number, count in zip(numbers, hydrogens, strict=True):
            for _ in range(count):
                one, other = _ON_CARBON if number == 6 else next(added)
                logp += one
                refractivity += other
        by_logp = np.searchsorted(_LOGP_BINS, [one for one, _ in heavy], side="right")
        by_refractivity = np.searchsorted(_REFRACTIVITY_BINS, [other for _, other in heavy], side="right")
        return cls(
            logp,
            refractivity,
            _sums(by_logp, area, len(_LOGP_BINS) + 1),
            _sums(by_refractivity, area, len(_REFRACTIVITY_BINS) + 1),
        )


def _sums(which: NDArray[np.intp], area: FloatArray, bins: int) -> FloatArray:
    """``area`` summed by bin."""
    return np.asarray(np.bincount(which, weights=area, minlength=bins), dtype=np.float64)
