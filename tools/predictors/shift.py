"""How far the solvent moves a dye's absorption: learnt from pairs of measurements of one dye in two solvents, and added to what the other members say.

A model that learns wavelengths spends itself on what tells dyes apart, and moves a band between solvents by a fifth of what is measured. So the members learn the
wavelength in :data:`REFERENCE`, and the trees here the shift from there alone, as an energy: a solvent changes the energy of a state, whatever the wavelength.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.features.assemble import feature_names
from tools.predictors.features.solvation import SMALLEST_GAP, Scales, dye_names, interactions, scale_names, scales_of
from tools.predictors.trees import Trees

FloatArray = NDArray[np.float64]
Rows = NDArray[np.float32]

#: Wavenumber, cm⁻¹, times wavelength, nm.
WAVES = 1e7
#: Wavenumbers stay above this, cm⁻¹ (5 µm), so that no shift turns one around.
_LEAST = 2000.0
#: Shifts are from this solvent, dichloromethane, in which most of the training data were measured.
REFERENCE = "ClCCl"
#: Descriptors of the dye that the shift may depend on, beside those of its conjugated system, its dipoles and its functional groups.
_MORE = ("NumHeavyAtoms", "CrippenClogP", "tpsa", "lipinskiHBD", "lipinskiHBA", "formal_charge", "NumRings", "ring_atom_fraction")


@lru_cache(maxsize=1)
def _columns() -> tuple[list[int], list[int], dict[str, int]]:
    """Columns of the feature matrix of a dye: what does not depend on the solvent, the solvent's scales; and all by name."""
    at = {name: i for i, name in enumerate(feature_names("dye"))}
    fixed = [i for name, i in at.items() if name.startswith(("pi_", "group_")) or name in (*dye_names(), *_MORE)]
    return fixed, [at[name] for name in scale_names()], at


def dissolved(x: Rows) -> NDArray[np.bool_]:
    """Which rows of the features ``x`` (n, all columns) are of a solution, (n,), empty for none: neither of a film nor of a gas."""
    at = _columns()[2]
    return np.asarray((x[:, at["solvent_is_film"]] == 0) & (x[:, at["solvent_is_gas"]] == 0))


def in_solvent(x: Rows) -> tuple[Rows, Rows]:
    """(the solvent's scales, the dye's interactions with it) of the rows ``x`` (n, all columns), (n, scales) and (n, interactions)."""
    return _dissolved_in(x, x[:, _columns()[1]])


def in_reference(x: Rows) -> tuple[Rows, Rows]:
    """The same as if every dye of ``x`` were in :data:`REFERENCE`."""
    scales = np.array(scales_of(REFERENCE)[: len(scale_names())], dtype=np.float32)
    return _dissolved_in(x, np.tile(scales, (len(x), 1)))


def _dissolved_in(x: Rows, scales: Rows) -> tuple[Rows, Rows]:
    """``scales`` (n, scales) and the interactions with them, computed in one way for all solvents: equal ones have equal inputs, to the last bit."""
    at = _columns()[2]
    dye: dict[str, Any] = {name.removeprefix("solvation_"): x[:, at[name]].astype(np.float64) for name in dye_names()}
    dye["stretch"] = 1.0 / np.maximum(x[:, at["pi_gap"]].astype(np.float64), SMALLEST_GAP) ** 2
    dye["atoms"] = np.maximum(x[:, at["NumHeavyAtoms"]].astype(np.float64), 1.0)
    both = interactions(dye, Scales(*scales.astype(np.float64).T, estimated=0.0))  # type: ignore[misc]
    return scales, np.column_stack(both).astype(np.float32)


def inputs(x: Rows, here: tuple[Rows, Rows], there: tuple[Rows, Rows]) -> Rows:
    """What the shift of the dyes of ``x`` on going from one solvent (``there``) to another (``here``) is learnt from, (n, columns)."""
    fixed = x[:, _columns()[0]]
    return np.hstack([fixed, here[0], here[0] - there[0], here[1] - there[1]])


class ShiftModel:
    """The trained shift: exactly 0 in the reference solvent, and of films and gases."""

    def __init__(self, trees: Any) -> None:
        """``trees``: LightGBM's booster or :class:`~tools.predictors.trees.Trees`, of :func:`inputs`, in cm⁻¹."""
        self.trees = trees

    def predict(self, x: Rows) -> FloatArray:
        """Shift of the wavenumber from the reference solvent for the features ``x`` (n, all columns), (n,), in cm⁻¹; empty for no rows.

        The mean of what is said of the way there and back.
        """
        if not len(x):
            return np.zeros(0)
        here, there = in_solvent(x), in_reference(x)
        forth = np.asarray(self.trees.predict(inputs(x, here, there), num_threads=1))
        back = np.asarray(self.trees.predict(inputs(x, there, here), num_threads=1))
        return np.where(dissolved(x), (forth - back) / 2.0, 0.0)

    def there(self, value: FloatArray, x: Rows) -> FloatArray:
        """Wavelengths ``value`` (n,) in the solvents of ``x`` (n, all columns), nm, as they would be in the reference solvent; never infinite."""
        return WAVES / np.maximum(WAVES / value - self.predict(x), _LEAST)

    def here(self, value: FloatArray, x: Rows) -> FloatArray:
        """Wavelengths ``value`` (n,) in the reference solvent, nm, as they are in the solvents of ``x`` (n, all columns); never infinite."""
        return WAVES / np.maximum(WAVES / value + self.predict(x), _LEAST)

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> ShiftModel:
        """The model of trees as they ship, of shifts in units of cm⁻¹. Raises TreesError or KeyError for other arrays."""
        return cls(Trees(arrays))
