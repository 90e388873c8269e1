"""GFN2-xTB (and its IPEA parametrisation) for one structure, by tblite: energies, gradients, orbitals.

Sources: GFN2-xTB, Bannwarth et al., J. Chem. Theory Comput. 2019, 15, 1652 (10.1021/acs.jctc.8b01176); ALPB, Ehlert et al., J. Chem. Theory
Comput. 2021, 17, 4250. Lengths are in bohr, energies in hartree. The program is imported when the first energy is
asked for, so that nothing needs it where it is not installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

BOHR_PER_ANGSTROM = 1.8897261246257702
EV_PER_HARTREE = 27.211386245988
KCAL_PER_HARTREE = 627.5094740631
DEBYE_PER_AU = 2.541746473

#: The Hamiltonian of geometries, orbitals, dipoles and most energies; that of ionisation energies.
GFN2, IPEA1 = "GFN2-xTB", "IPEA1-xTB"
#: Cycles after which a calculation of the density counts as not converged.
CYCLES = 250


class NotConverged(Exception):
    """The density of a structure did not become self-consistent; the text says what of."""


@cache
def installed() -> bool:
    """Whether tblite, the extra 'quantum', is installed."""
    return find_spec("tblite") is not None


@cache
def program() -> str:
    """'tblite 0.8.0'; 'tblite' where it is not installed."""
    try:
        return f"tblite {version('tblite')}"
    except PackageNotFoundError:
        return "tblite"


@dataclass(frozen=True)
class Frame:
    """Atoms in space.

    Attributes:
        numbers: atomic numbers, one an atom.
        positions: in bohr, shape (atoms, 3).
    """

    numbers: NDArray[np.int64]
    positions: NDArray[np.float64]


class Density:
    """The self-consistent calculation of one set of atoms in one state; positions may be moved, and the next density starts from the last.

    Args:
        frame: the atoms.
        charge: net charge.
        unpaired: how many electrons more have one spin than the other.
        solvent: name of an ALPB solvent; '' for the gas phase.
        spin: whether electrons of different spin feel different fields (spGFN2-xTB); for states with lone electrons.
        method: 'GFN2-xTB' or 'IPEA1-xTB'.
    """

    def __init__(self, frame: Frame, charge: int = 0, unpaired: int = 0, solvent: str = "", spin: bool = False, method: str = GFN2) -> None:
        from tblite.interface import Calculator

        self._calculator: Any = Calculator(method, frame.numbers, frame.positions, charge=float(charge), uhf=unpaired)
        self._calculator.set("verbosity", 0)
        self._calculator.set("max-iter", CYCLES)
        if solvent:
            self._calculator.add("alpb-solvation", solvent)
        if spin:
            self._calculator.add("spin-polarization", 1.0)
        self._last: Any = None

    def at(self, positions: NDArray[np.float64]) -> Density:
        """The same atoms at other ``positions`` (unit: bohr, shape (atoms, 3) or flat); itself, never None."""
        self._calculator.update(positions.reshape(-1, 3))
        return self

    def solve(self) -> Any:
        """tblite's result. NotConverged, with its words, where there is none."""
        from tblite.exceptions import TBLiteRuntimeError

        try:
            self._last = self._calculator.singlepoint(self._last)
        except TBLiteRuntimeError as error:
            self._last = None
            raise NotConverged("the electron density did not become self-consistent") from error
        return self._last

    def energy(self) -> float:
        """Total energy (unit: hartree). Raises NotConverged."""
        return float(self.solve()["energy"])

    def slope(self) -> tuple[float, NDArray[np.float64]]:
        """Total energy (unit: hartree) and its gradient (unit: hartree a bohr), flat. Raises NotConverged."""
        result = self.solve()
        return float(result["energy"]), np.array(result["gradient"], dtype=np.float64).ravel()


def frontier(result: Any) -> tuple[float, float]:
    """Energies (unit: eV) of the highest occupied and the lowest unoccupied orbital of a closed-shell result of :meth:`Density.solve`; never NaN."""
    energies, occupations = np.asarray(result["orbital-energies"]).ravel(), np.asarray(result["orbital-occupations"]).ravel()
    pairs = round(float(occupations.sum()) / 2)
    return float(energies[pairs - 1]) * EV_PER_HARTREE, float(energies[pairs]) * EV_PER_HARTREE


def dipole_moment(result: Any) -> float:
    """The size of the dipole moment (unit: debye) of an uncharged structure; never None."""
    return float(np.linalg.norm(np.asarray(result["dipole"]))) * DEBYE_PER_AU
