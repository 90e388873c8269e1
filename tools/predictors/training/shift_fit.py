"""Training of the shift between solvents, on pairs of measurements of one dye.

The loss is that of squares: with one that makes little of large errors the large shifts, which are rare, are taken for wrong labels and not learnt.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tools.predictors.shift import WAVES, ShiftModel, dissolved, in_solvent, inputs
from tools.predictors.training.boosting import train_booster

FloatArray = NDArray[np.float64]

#: Pairs that are drawn of a dye at most; each counts as one over the square root of their number.
PAIRS = 60
_PARAMETERS = {
    "extra_trees": True,
    "learning_rate": 0.1,
    "num_leaves": 31,
    "feature_fraction": 0.4,
    "min_data_in_leaf": 20,
    "lambda_l2": 5.0,
}
_TREES = 400


def pairs(keys: Sequence[str], x: NDArray[np.float32], seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray]:
    """(row, other row, weight) of pairs of measurements of one dye in two solvents, three arrays of one length; empty where no dye has two.

    ``keys``: the substance of each row; ``x``: its features, (n, all columns). Films and gases are left out.
    """
    rng, held, (scales, _) = np.random.default_rng(seed), dissolved(x), in_solvent(x)
    rows: dict[str, list[int]] = {}
    for i, key in enumerate(keys):
        if held[i]:
            rows.setdefault(key, []).append(i)
    first, second, weight = [], [], []
    for members in rows.values():
        found = [(i, j) for i in members for j in members if i != j and (scales[i] != scales[j]).any()]
        if not found:
            continue
        drawn = [found[k] for k in rng.permutation(len(found))[:PAIRS]] if len(found) > PAIRS else found
        first += [i for i, _ in drawn]
        second += [j for _, j in drawn]
        weight += [len(drawn) ** -0.5] * len(drawn)
    return np.array(first, dtype=np.int64), np.array(second, dtype=np.int64), np.array(weight)


def fit_shift(x: NDArray[np.float32], y: FloatArray, keys: Sequence[str], seed: int) -> ShiftModel:
    """The shift learnt from the features ``x`` (n, all columns), the wavelengths ``y`` (n,), nm, and the substance of each row.

    Raises LightGBMError where no dye was measured in two solvents.
    """
    i, j, weight = pairs(keys, x, seed)
    here, there = in_solvent(x[i]), in_solvent(x[j])
    booster = train_booster(inputs(x[i], here, there), WAVES / y[i] - WAVES / y[j], _PARAMETERS, _TREES, seed, weight=weight)
    return ShiftModel(booster)
