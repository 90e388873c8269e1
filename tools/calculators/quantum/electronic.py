"""What tight binding says of the electrons of a molecule: orbitals, the energies of losing and taking up an electron, dipole, lowest triplet.

GFN2-xTB for all but the ionisation energy, which is that of IPEA1-xTB, the parametrisation made for it (Ásgeirsson et al., Chem. Sci. 2017, 8, 4879,
10.1039/c7sc00601b), at the GFN2-xTB geometry: its error after calibration is a quarter smaller.
"""

from __future__ import annotations

from dataclasses import dataclass

from tools.calculators.quantum.geometry import geometry
from tools.calculators.quantum.tight_binding import EV_PER_HARTREE, IPEA1, Density, dipole_moment, frontier


@dataclass(frozen=True)
class Electronic:
    """Raw values of the method, as it says them, at its own geometry.

    Attributes:
        homo: energy of the highest occupied orbital in eV; ``lumo``: of the lowest unoccupied one.
        ionisation: energy of the cation less that of the molecule at the same geometry (vertical) in eV, by IPEA1-xTB.
        affinity: energy of the molecule less that of the anion at the same geometry in eV.
        dipole: in debye.
    """

    homo: float
    lumo: float
    ionisation: float
    affinity: float
    dipole: float


def electronic(smiles: str) -> Electronic:
    """The electrons of a closed-shell, uncharged molecule. Raises NoGeometry or NotConverged where the method has no answer."""
    _, frame, energy = geometry(smiles)
    result = Density(frame).solve()
    homo, lumo = frontier(result)
    return Electronic(
        homo=homo,
        lumo=lumo,
        ionisation=(Density(frame, charge=1, unpaired=1, method=IPEA1).energy() - Density(frame, method=IPEA1).energy()) * EV_PER_HARTREE,
        affinity=(energy - Density(frame, charge=-1, unpaired=1).energy()) * EV_PER_HARTREE,
        dipole=dipole_moment(result),
    )


def triplet_gap(smiles: str) -> float:
    """Energy of the lowest triplet less that of the singlet (unit: eV), at the geometry of the singlet (vertical), by spGFN2-xTB. Raises NoGeometry, NotConverged."""
    _, frame, _ = geometry(smiles)
    return (Density(frame, unpaired=2, spin=True).energy() - Density(frame, spin=True).energy()) * EV_PER_HARTREE
