"""One booster of LightGBM, with fixed seeds and one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.weights import compact_booster_text

if TYPE_CHECKING:
    from lightgbm import Booster

FloatArray = NDArray[np.float64]

_COMMON: dict[str, Any] = {
    "objective": "regression",
    "learning_rate": 0.05,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 63,
    "num_threads": 1,
    "verbosity": -1,
    "deterministic": True,
    "force_col_wise": True,
    "zero_as_missing": False,
}


def train_booster(
    x: NDArray[Any],
    y: FloatArray,
    parameters: dict[str, Any],
    trees: int,
    seed: int,
    *,
    bend: float = 0.35,
    weight: FloatArray | None = None,
) -> Booster:
    """A trained booster, in the compact form in which it ships (so that measured and shipped predictions agree).

    ``x`` has the shape (n, columns), ``y`` (n,) is in the unit that is learnt; ``trees``: number of trees; ``bend``: the error at which a robust loss becomes linear, as a share of the standard deviation of ``y``; ``weight``: how much
    each row counts, (n,).
    Raises LightGBMError for data that it cannot use.
    """
    import lightgbm

    settings = {**_COMMON, **parameters, "seed": seed}
    if settings["objective"] == "huber":
        settings["alpha"] = float(bend * np.std(y))
    booster = lightgbm.train(settings, lightgbm.Dataset(x, y, weight=weight, free_raw_data=True), trees)
    return lightgbm.Booster(model_str=compact_booster_text(booster.model_to_string()))
