"""Training of the shift between solvents, on dyes that were measured in several.

Each dye has a wavelength of its own that is not learnt here: only differences from the mean of its measurements count. Their noise is taken as equal in nm. Single
wrong labels (of another band, of the protonated dye) pull less than they would by squares: the solution is found again with less weight for what it misses by far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tools.predictors.kernel import Coding, soften
from tools.predictors.shift import WAVES, Dyes, ShiftModel, Solvents, dissolved, dye_columns, fingerprints, in_solvent

FloatArray = NDArray[np.float64]
Places = NDArray[np.int64]

#: Solvents, the most measured, to which others are compared.
LANDMARKS = 24
#: The noise's variance in the unit of the kernels, at this wavelength, nm.
_NOISE, _USUAL = 1.0, 450.0
#: A squared distance of dyes at which they are alike to 1/e, as a share of the usual one; and how much a functional group counts among the descriptors.
_NEAR, _GROUP = 0.5, 0.4
#: Measurements that are missed by more than this, cm⁻¹, count less; and how often that is found again.
_FAR, _STEPS = 800.0, 1
#: How much further than by the process a band is moved: its mean lies nearer to 0 than the measured shifts (docs/predictors.md, 'Solvent shift').
STRETCH = 1.15


def several(keys: Sequence[str], x: NDArray[np.float32]) -> tuple[Places, Places]:
    """(rows, number of the dye of each) of the dyes that were measured in two solvents or more, equally long, dye by dye; empty where there are none.

    ``keys``: the substance of each row; ``x``: its features, (n, all columns). Films and gases are left out.
    """
    held, scales = dissolved(x), in_solvent(x)
    rows: dict[str, list[int]] = {}
    for i in np.flatnonzero(held).tolist():
        rows.setdefault(keys[i], []).append(i)
    found = [members for _, members in sorted(rows.items()) if (scales[members] != scales[members[0]]).any()]
    places = np.array([i for members in found for i in members], dtype=np.int64)
    return places, np.repeat(np.arange(len(found)), [len(members) for members in found])


def fit_shift(x: NDArray[np.float32], y: FloatArray, keys: Sequence[str]) -> ShiftModel:
    """The shift learnt from the features ``x`` (n, all columns), the wavelengths ``y`` (n,), nm, and the substance of each row.

    Needs twelve bytes for every pair of rows of :func:`several`. Raises ValueError where no dye was measured in two solvents.
    """
    rows, dye = several(keys, x)
    if not len(rows):
        raise ValueError("no dye was measured in two solvents")
    firsts = x[rows[np.flatnonzero(np.diff(dye, prepend=-1))]]
    solvents, dyes = _solvents(in_solvent(x[rows])), _dyes(firsts)
    alike = dyes.alike(firsts)
    moved = _from_mean(solvents.properties(in_solvent(x[rows])), dye)
    wanted = _from_mean((WAVES / y[rows])[:, None], dye)[:, 0]
    usual = (np.bincount(dye, y[rows]) / np.bincount(dye) / _USUAL) ** 2
    solution = _solve(alike.astype(np.float32)[np.ix_(dye, dye)] * (moved @ moved.T).astype(np.float32), wanted, usual[dye])
    responses = np.zeros((len(alike), moved.shape[1]))
    np.add.at(responses, dye, solution[:, None] * moved)
    return ShiftModel(solvents, dyes, STRETCH * responses)


def _solvents(scales: FloatArray) -> Solvents:
    """Of measurements in solvents with these ``scales`` (n, scales)."""
    most = [np.array(scale) for scale, _ in Counter(map(tuple, scales.tolist())).most_common(LANDMARKS)]
    return Solvents.of(np.maximum(scales.std(axis=0), 1e-3), np.array(most))


def _dyes(x: NDArray[np.float32]) -> Dyes:
    """The dyes ``x``, one row each."""
    columns, group = dye_columns()
    soft = soften(x[:, columns])
    used = soft.std(axis=0) > 1e-6
    used[0] = True  # never none
    scale = np.maximum(soft.std(axis=0), 1e-6) / np.where(group, _GROUP, 1.0)
    coding = Coding(columns[used], soft[:, used].mean(axis=0), scale[used].astype(np.float32))
    bits = fingerprints(x)
    found = Dyes(coding, coding.codes(x), np.concatenate(bits), np.array([len(b) for b in bits], dtype=np.uint16), 1.0)
    found.length = max(_NEAR * float(np.median(found.distances(x))), 1e-3)
    return found


def _from_mean(values: FloatArray, dye: Places) -> FloatArray:
    """``values`` (n, m) without the mean over the rows of each dye."""
    sums = np.zeros((dye[-1] + 1, values.shape[1]))
    np.add.at(sums, dye, values)
    return np.asarray(values - (sums / np.bincount(dye)[:, None])[dye])


def _solve(kernel: NDArray[np.float32], wanted: FloatArray, usual: FloatArray) -> FloatArray:
    """Coefficient of each row, (n,): ``kernel`` (n, n) with noise on its diagonal, solved for what is ``wanted`` (n,), in cm⁻¹. ``usual``: the weight of each row."""
    from scipy.linalg import cho_factor, cho_solve

    weight, diagonal, solution = usual, np.diag_indices(len(wanted)), np.zeros(len(wanted))
    for step in range(_STEPS + 1):
        matrix = kernel.copy() if step < _STEPS else kernel
        matrix[diagonal] += (_NOISE / weight).astype(np.float32)
        factor = cho_factor(matrix, lower=True, overwrite_a=True, check_finite=False)
        solution = np.asarray(cho_solve(factor, wanted.astype(np.float32)), dtype=np.float64)
        missed = np.abs(_NOISE / weight * solution) * np.sqrt(usual)
        weight = usual * np.minimum(1.0, _FAR / np.maximum(missed, 1e-9))
    return solution
