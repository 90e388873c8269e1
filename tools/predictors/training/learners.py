"""The boosters of an ensemble and how they are trained: LightGBM, one thread, fixed seeds, deterministic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.model import scale_constraints
from tools.predictors.specs import FeatureKind
from tools.predictors.weights import compact_booster_text

if TYPE_CHECKING:
    from lightgbm import Booster

FloatArray = NDArray[np.float64]

#: A feature is used when at least this many rows have it.
FEATURE_SUPPORT = 8
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


@dataclass(frozen=True)
class Learner:
    """One member of the ensemble: its name, its LightGBM parameters and its number of trees."""

    name: str
    parameters: dict[str, Any]
    trees: int


#: Chosen on one fold of the melting point and solubility sets: three different views of the error (squares, a robust loss, random
#: thresholds) beat any single one, and more members gained less than 0.2 %.
LEARNERS: tuple[Learner, ...] = (
    Learner("squares", {"learning_rate": 0.03, "num_leaves": 63, "feature_fraction": 0.1, "min_data_in_leaf": 6, "lambda_l2": 1.0}, 800),
    Learner("robust", {"objective": "huber", "num_leaves": 31, "feature_fraction": 0.2, "min_data_in_leaf": 10, "lambda_l2": 1.0}, 800),
    Learner(
        "random_thresholds",
        {"extra_trees": True, "num_leaves": 95, "feature_fraction": 0.6, "min_data_in_leaf": 5, "lambda_l2": 4.0},
        700,
    ),
)
_SCALE = {"num_leaves": 15, "learning_rate": 0.04, "feature_fraction": 0.7, "min_data_in_leaf": 40, "lambda_l2": 5.0}
_SCALE_TREES = 150


def used_columns(x: NDArray[np.float32]) -> NDArray[np.int64]:
    """Columns that are not zero in at least ``FEATURE_SUPPORT`` rows and not constant."""
    return np.flatnonzero(((x != 0).sum(axis=0) >= FEATURE_SUPPORT) & (x.max(axis=0) > x.min(axis=0)))


def train_booster(x: NDArray[Any], y: FloatArray, parameters: dict[str, Any], trees: int, seed: int) -> Booster:
    """A trained booster, in the compact form in which it ships (so that measured and shipped predictions agree)."""
    import lightgbm

    settings = {**_COMMON, **parameters, "seed": seed}
    if settings["objective"] == "huber":
        # Errors beyond a third of the spread of the values count linearly.
        settings["alpha"] = float(0.35 * np.std(y))
    booster = lightgbm.train(settings, lightgbm.Dataset(x, y, free_raw_data=True), trees)
    return lightgbm.Booster(model_str=compact_booster_text(booster.model_to_string()))


def train_ensemble(x: NDArray[np.float32], y: FloatArray, seed: int) -> list[Booster]:
    """The ensemble's boosters for features ``x`` (used columns only) and values ``y``."""
    return [train_booster(x, y, learner.parameters, learner.trees, seed * 100 + i) for i, learner in enumerate(LEARNERS)]


def ensemble_values(boosters: Sequence[Booster], x: NDArray[np.float32]) -> tuple[FloatArray, FloatArray]:
    """(mean, standard deviation over the boosters)."""
    each = np.array([np.asarray(b.predict(x, num_threads=1)) for b in boosters])
    return each.mean(axis=0), each.std(axis=0)


def train_scale(kind: FeatureKind, inputs: FloatArray, error: FloatArray, seed: int) -> Booster:
    """A booster for the logarithm of the absolute error to expect; it rises with the spread and falls with similarity."""
    floor = 0.1 * float(np.median(error))
    parameters = {**_SCALE, "monotone_constraints": scale_constraints(kind)}
    return train_booster(inputs, np.log(error + floor), parameters, _SCALE_TREES, seed)
