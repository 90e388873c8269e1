"""How far the solvent moves a dye's absorption: how dyes answer to solvents, from those that were measured in several, added to what the other members say.

A model that learns wavelengths spends itself on what tells dyes apart, and moves a band between solvents by a fifth of what is measured. So the members learn the
wavelength in :data:`REFERENCE`, and this one the shift from there alone, as an energy: a solvent changes the energy of a state, whatever the wavelength.

The shift of a dye is a sum over properties of the solvent (its scales, and its likeness to the solvents in which most is measured), each times a response of
the dye. The responses of an unseen dye come from a Gaussian process: from those of all dyes, the more alike in fingerprint, conjugated system and dipoles the
more. A mean over unlike dyes is near 0, so a dye that resembles none is hardly moved.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.features.assemble import feature_names
from tools.predictors.features.molecule import bits_of
from tools.predictors.features.solvation import dye_names, scale_names, scales_of
from tools.predictors.kernel import STEPS, Coding, squares
from tools.predictors.neighbours import NeighbourIndex

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
#: Kernel of the dyes: share of the fingerprints, and the power of their similarity.
_ALIKE, _POWER = 0.5, 1.5
#: Kernel of the solvents beside their scales: how much it counts, and its squared length in standard deviations of a scale.
_LIKENESS, _SQUARED_LENGTH = 1.5, 4.0
#: Dyes compared with all others at once.
_BATCH = 64


@lru_cache(maxsize=1)
def _columns() -> tuple[list[int], list[int], list[int], dict[str, int]]:
    """Columns of the feature matrix of a dye: what does not depend on the solvent, the solvent's scales, the fingerprint; and all by name."""
    names = feature_names("dye")
    at = {name: i for i, name in enumerate(names)}
    fixed = [i for i, name in enumerate(names) if name.startswith(("pi_", "group_")) or name in (*dye_names(), *_MORE)]
    return fixed, [at[name] for name in scale_names()], [i for i, name in enumerate(names) if name.startswith("morgan_")], at


def dye_columns() -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Columns of the feature matrix that dyes are compared by beside their fingerprints, and which of them count a functional group; shape (columns,) each, never empty."""
    names, fixed = feature_names("dye"), _columns()[0]
    return np.array(fixed), np.array([names[i].startswith("group_") for i in fixed])


def fingerprints(x: Rows) -> list[NDArray[np.uint16]]:
    """Set bits of the fingerprint of each row of ``x`` (n, all columns), ascending; empty for no rows."""
    return [bits_of(row) for row in x[:, _columns()[2]]]


def dissolved(x: Rows) -> NDArray[np.bool_]:
    """Which rows of the features ``x`` (n, all columns) are of a solution, (n,), empty for none: neither of a film nor of a gas."""
    at = _columns()[3]
    return np.asarray((x[:, at["solvent_is_film"]] == 0) & (x[:, at["solvent_is_gas"]] == 0))


def in_solvent(x: Rows) -> FloatArray:
    """The solvent's scales of the rows ``x`` (n, all columns), shape (n, scales), dimensionless; empty for no rows."""
    return x[:, _columns()[1]].astype(np.float64)


def in_reference() -> FloatArray:
    """The scales of :data:`REFERENCE`, shape (scales,), dimensionless, as a feature matrix has them; never empty."""
    return np.array(scales_of(REFERENCE)[: len(scale_names())], dtype=np.float32).astype(np.float64)


class Solvents:
    """What of a solvent the responses of the dyes are multiplied by: its scales, and its likeness to ``landmarks``."""

    def __init__(self, spread: FloatArray, landmarks: FloatArray, whitening: FloatArray) -> None:
        """``spread``: a standard deviation of each scale, (scales,); ``landmarks``: scales of solvents over it, (k, scales); ``whitening``: (k, k)."""
        self.spread, self.landmarks, self.whitening = spread, landmarks, whitening
        self._known: dict[bytes, FloatArray] = {}

    @classmethod
    def of(cls, spread: FloatArray, landmarks: FloatArray) -> Solvents:
        """With the ``whitening`` that makes products of likenesses those of the kernel. ``landmarks``: scales of different solvents, shape (k, scales), never empty."""
        places = landmarks / spread
        near = np.exp(-((places[:, None] - places[None]) ** 2).sum(axis=2) / _SQUARED_LENGTH)
        values, vectors = np.linalg.eigh(near + 1e-4 * np.eye(len(places)))
        return cls(spread, places, _LIKENESS * vectors / np.sqrt(values))

    def properties(self, scales: FloatArray) -> FloatArray:
        """Of the solvents with these ``scales`` (n, scales): shape (n, scales + k), dimensionless, empty for none. Equal solvents have equal ones, to the last bit."""
        return np.array([self._of_one(row) for row in scales]).reshape(len(scales), len(self.spread) + len(self.landmarks))

    def _of_one(self, scales: FloatArray) -> FloatArray:
        key = scales.tobytes()
        if key not in self._known:
            place = scales / self.spread
            near = np.exp(-((self.landmarks - place) ** 2).sum(axis=1) / _SQUARED_LENGTH)
            self._known[key] = np.concatenate([place, near @ self.whitening])
        return self._known[key]


class Dyes:
    """The dyes that were measured in several solvents, and how alike others are to them."""

    def __init__(self, coding: Coding, codes: NDArray[np.int8], bits: NDArray[np.uint16], sizes: NDArray[np.uint16], length: float) -> None:
        """``codes``: their descriptors in ``coding``; ``bits`` of their fingerprints one after the other, ``sizes`` of them each; ``length``: a squared distance."""
        self.coding, self.codes, self.bits, self.sizes, self.length = coding, codes, bits, sizes, length
        self._anchors = codes.astype(np.float32)
        self._index = NeighbourIndex(bits, sizes)

    def distances(self, x: Rows) -> NDArray[np.float32]:
        """Mean squared difference of the descriptors of ``x`` (n, all columns) from those of every dye, in units of a squared standard deviation, shape (n, dyes); empty for no rows."""
        codes = self.coding.codes(x).astype(np.float32)
        apart = squares(codes)[:, None] + squares(self._anchors)[None, :] - 2.0 * (codes @ self._anchors.T)
        return np.asarray(np.maximum(apart, 0.0) / np.float32(STEPS * STEPS * self.codes.shape[1]))

    def alike(self, x: Rows) -> FloatArray:
        """The kernel of the dyes ``x`` (n, all columns) with every dye, (n, dyes), 0 to 1; empty for no rows."""
        smooth = np.exp(self.distances(x) * np.float32(-1.0 / self.length)).astype(np.float64)
        shared = np.array([self._index.similarities(bits) for bits in fingerprints(x)], dtype=np.float64).reshape(smooth.shape)
        return np.asarray(_ALIKE * shared**_POWER + (1.0 - _ALIKE) * smooth)


class ShiftModel:
    """The trained shift: exactly 0 in the reference solvent, and of films and gases."""

    def __init__(self, solvents: Solvents, dyes: Dyes, responses: FloatArray) -> None:
        """``responses``: of each dye to each property of a solvent, as far as the process has it from there, (dyes, properties), in cm⁻¹."""
        self._solvents, self._dyes, self._responses = solvents, dyes, responses.astype(np.float32).astype(np.float64)

    def predict(self, x: Rows) -> FloatArray:
        """Shift of the wavenumber from the reference solvent for the features ``x`` (n, all columns), (n,), in cm⁻¹; empty for no rows."""
        found = np.zeros(len(x))
        moved = self._solvents.properties(in_solvent(x)) - self._solvents.properties(in_reference()[None])
        asked = np.flatnonzero(dissolved(x) & moved.any(axis=1))
        for start in range(0, len(asked), _BATCH):
            rows = asked[start : start + _BATCH]
            for row, alike in zip(rows, self._dyes.alike(x[rows]), strict=True):
                found[row] = float(np.dot(alike @ self._responses, moved[row]))
        return found

    def there(self, value: FloatArray, x: Rows) -> FloatArray:
        """Wavelengths ``value`` (n,) in the solvents of ``x`` (n, all columns), nm, as they would be in the reference solvent; never infinite."""
        return WAVES / np.maximum(WAVES / value - self.predict(x), _LEAST)

    def here(self, value: FloatArray, x: Rows) -> FloatArray:
        """Wavelengths ``value`` (n,) in the reference solvent, nm, as they are in the solvents of ``x`` (n, all columns); never infinite."""
        return WAVES / np.maximum(WAVES / value + self.predict(x), _LEAST)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What :meth:`from_arrays` reads, never empty: numbers only, in the shape that each name needs, responses in cm⁻¹; nothing pickled."""
        solvents, dyes = self._solvents, self._dyes
        held = {
            "columns": dyes.coding.columns.astype(np.uint16),
            "centre": dyes.coding.centre,
            "scale": dyes.coding.scale,
            "codes": dyes.codes,
            "bits": dyes.bits,
            "sizes": dyes.sizes,
            "length": np.array([dyes.length]),
            "spread": solvents.spread,
            "landmarks": solvents.landmarks,
            "whitening": solvents.whitening,
            "responses": self._responses.astype(np.float32),
        }
        return {name: np.ascontiguousarray(array) for name, array in held.items()}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> ShiftModel:
        """The model of :meth:`arrays`, of shifts in units of cm⁻¹. Raises KeyError for other arrays."""
        coding = Coding(arrays["columns"].astype(np.int64), arrays["centre"], arrays["scale"])
        dyes = Dyes(coding, arrays["codes"], arrays["bits"], arrays["sizes"], float(arrays["length"][0]))
        return cls(Solvents(arrays["spread"], arrays["landmarks"], arrays["whitening"]), dyes, arrays["responses"].astype(np.float64))
