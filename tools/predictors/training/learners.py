"""The members of an ensemble and how they are trained: LightGBM boosters and a Gaussian process, fixed seeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.kernel import KernelModel
from tools.predictors.model import Part, combine, scale_constraints
from tools.predictors.network import NetworkModel
from tools.predictors.shift import ShiftModel
from tools.predictors.specs import PREDICTORS, FeatureKind, PredictorSpec
from tools.predictors.training.boosting import train_booster
from tools.predictors.training.device import PROCESSOR, Device, one_blas_thread
from tools.predictors.training.kernel_fit import MAX_ANCHORS, fit_kernel
from tools.predictors.training.network_fit import NETWORKS, fit_network
from tools.predictors.training.shift_fit import fit_shift

if TYPE_CHECKING:
    from lightgbm import Booster

FloatArray = NDArray[np.float64]

#: A feature is used when at least this many rows have it.
FEATURE_SUPPORT = 8


@dataclass(frozen=True)
class Learner:
    """One booster: its name, its LightGBM parameters, its number of trees, and of a robust loss where it becomes linear.

    ``bend`` is that error as a share of the standard deviation of the measured values.
    """

    name: str
    parameters: dict[str, Any]
    trees: int
    bend: float = 0.35


_RANDOM = {"extra_trees": True, "num_leaves": 95, "feature_fraction": 0.6, "min_data_in_leaf": 5, "lambda_l2": 4.0}
SQUARES = Learner(
    "squares", {"learning_rate": 0.03, "num_leaves": 63, "feature_fraction": 0.1, "min_data_in_leaf": 6, "lambda_l2": 1.0}, 800
)
ROBUST = Learner("robust", {"objective": "huber", "num_leaves": 31, "feature_fraction": 0.2, "min_data_in_leaf": 10, "lambda_l2": 1.0}, 800)
RANDOM_THRESHOLDS = Learner("random_thresholds", _RANDOM, 700)
RANDOM_ROBUST = Learner("random_thresholds_robust", {**_RANDOM, "objective": "huber"}, 700, bend=0.17)
#: The same with fewer features a tree: twice as fast, as good but for dyes.
_FEWER = {**_RANDOM, "feature_fraction": 0.25}
RANDOM_FEWER = Learner("random_thresholds", _FEWER, 700)
ROBUST_FEWER = Learner("random_thresholds_robust", {**_FEWER, "objective": "huber"}, 700, bend=0.17)

#: Chosen on one fold of the melting point and solubility sets: three different views of the error (squares, a robust loss, random
#: thresholds) beat any single one, and more members gained less than 0.2 %.
LEARNERS: tuple[Learner, ...] = (SQUARES, ROBUST, RANDOM_THRESHOLDS)


@dataclass(frozen=True)
class Recipe:
    """How a predictor is trained.

    Attributes:
        learners: its boosters.
        kernel_share: the share of the Gaussian process; 0: none.
        network_share: the share of the neural networks; 0: none.
        network_bend: the error at which their loss becomes linear, as a share of the standard deviation of the measured values.
        shift: whether what the solvent does to a wavelength is learnt apart, from pairs of measurements of one dye.
        anchors: rows that the process is made of at most.
        networks: how many networks are averaged.
        by_substance: whether the rows of a substance together count less than as many substances would; see :func:`row_weights`.
        release: raised by hand when features, learners or data of the shipped weights change.
    """

    learners: tuple[Learner, ...]
    kernel_share: float = 0.0
    network_share: float = 0.0
    network_bend: float = 0.3
    by_substance: bool = False
    shift: bool = False
    anchors: int = MAX_ANCHORS
    networks: int = NETWORKS
    release: str = "1"


#: Larger trees down to three rows: two of them, trained from two seeds, where many labels are good to a few per cent.
RANDOM_DEEP = Learner("random_thresholds_deep", {**_FEWER, "num_leaves": 191, "min_data_in_leaf": 3, "learning_rate": 0.04}, 800)
#: Half the trees in larger steps: half the time and the size, for sets of a few thousand rows within 1 % as good.
LIGHT_SQUARES = Learner("squares_light", {**SQUARES.parameters, "learning_rate": 0.06}, 400)
LIGHT_RANDOM = Learner("random_thresholds_light", {**_FEWER, "num_leaves": 63, "learning_rate": 0.08}, 400)
_BY_WORD = {
    "light_squares": LIGHT_SQUARES,
    "light_random": LIGHT_RANDOM,
    "squares": SQUARES,
    "random": RANDOM_THRESHOLDS,
    "random_robust": RANDOM_ROBUST,
    "fewer": RANDOM_FEWER,
    "fewer_robust": ROBUST_FEWER,
    "deep": RANDOM_DEEP,
}
#: From the files in ``predicted/``; what each choice was worth is in docs/predictors.md. Others have the plain ensemble.
RECIPES: dict[str, Recipe] = {
    name: Recipe(**{**spec.recipe, "learners": tuple(_BY_WORD[word] for word in spec.recipe["learners"])})
    for name, spec in PREDICTORS.items()
    if spec.recipe
}


def recipe_of(name: str) -> Recipe:
    """The recipe of predictor ``name``."""
    return RECIPES.get(name, Recipe(LEARNERS))


_SCALE = {"num_leaves": 15, "learning_rate": 0.04, "feature_fraction": 0.7, "min_data_in_leaf": 40, "lambda_l2": 5.0}
_SCALE_TREES = 150


def used_columns(x: NDArray[np.float32]) -> NDArray[np.int64]:
    """Index of each column of ``x``, shape (n, features), that is not zero in at least ``FEATURE_SUPPORT`` rows and not constant; empty where there is none.

    Empty where there is none.
    """
    return np.flatnonzero(((x != 0).sum(axis=0) >= FEATURE_SUPPORT) & (x.max(axis=0) > x.min(axis=0)))


@dataclass(frozen=True)
class Ensemble:
    """The trained members: boosters on the used ``columns``; a Gaussian process and neural networks with their shares, or None.

    ``learnt_as``: what of the value they learn, as the predictor's specification says it. ``shift``: what the solvent adds to it, or None.
    """

    boosters: list[Booster]
    columns: NDArray[np.int64]
    recipe: Recipe
    kernel: KernelModel | None = None
    network: NetworkModel | None = None
    learnt_as: str = ""
    shift: ShiftModel | None = None

    def values(self, x: NDArray[np.float32]) -> tuple[FloatArray, FloatArray]:
        """(value, standard deviation over the members) for all columns of the features ``x``, shape (n,) each, in the predictor's unit.

        Empty for no rows.
        """
        parts = ((self.recipe.kernel_share, self.kernel), (self.recipe.network_share, self.network))
        return combine(
            self.boosters, self.columns, [Part(share, model) for share, model in parts if model is not None], x, self.learnt_as, self.shift
        )


@dataclass(frozen=True)
class Sample:
    """What is known of the rows that are trained on, beside features and values: the substance of each, and whether it is of a set beside the first."""

    keys: Sequence[str]
    beside: Sequence[bool]


def row_weights(sample: Sample, spec: PredictorSpec) -> FloatArray | None:
    """How much each row counts in the boosters of ``spec``, (n,), 1 on average; None where all count the same.

    Rows of a further set count as ``spec`` says; where the recipe weights by substance, each of the n rows of one counts 1 over the square root of n.
    """
    by_substance = recipe_of(spec.name).by_substance
    if not by_substance and (spec.beside_weight == 1.0 or not any(sample.beside)):
        return None
    weight = np.where(sample.beside, spec.beside_weight, 1.0)
    if by_substance:
        count = Counter(sample.keys)
        weight = weight * np.array([count[key] ** -0.5 for key in sample.keys])
    return np.asarray(weight / weight.mean())


def train_ensemble(
    spec: PredictorSpec,
    x: NDArray[np.float32],
    columns: NDArray[np.int64],
    y: FloatArray,
    seed: int,
    device: Device = PROCESSOR,
    sample: Sample | None = None,
) -> Ensemble:
    """The trained ensemble of ``spec``; the boosters see ``columns``. ``sample``: see there; None: all rows count the same.

    ``device`` computes the process and the networks. Raises PredictorError where it was insisted on and fails.

    ``x``: features, shape (n, all columns); ``y``: values, (n,), in whose unit it predicts.
    """
    recipe, weight = recipe_of(spec.name), row_weights(sample, spec) if sample else None
    y = np.log10(y) if spec.learnt_as == "logarithm" else y
    with one_blas_thread():
        shift = fit_shift(x, y, sample.keys) if recipe.shift and sample else None
    y = y if shift is None else shift.there(y, x)
    with one_blas_thread():
        kernel = device.run(lambda d: fit_kernel(spec.kind, x, y, seed, d, recipe.anchors)) if recipe.kernel_share else None
        network = (
            device.run(lambda d: fit_network(spec.kind, x, y, seed, bend=recipe.network_bend, device=d, networks=recipe.networks))
            if recipe.network_share
            else None
        )
    used = np.ascontiguousarray(x[:, columns])
    boosters = [
        train_booster(used, y, learner.parameters, learner.trees, seed * 100 + i, bend=learner.bend, weight=weight)
        for i, learner in enumerate(recipe.learners)
    ]
    return Ensemble(boosters, columns, recipe, kernel.model if kernel else None, network, spec.learnt_as, shift)


def train_scale(kind: FeatureKind, inputs: FloatArray, error: FloatArray, seed: int) -> Booster:
    """A booster for the logarithm of the absolute error to expect; it rises with the spread and falls with similarity.

    ``inputs``: (n, columns) of :func:`scale_matrix`; ``error``: absolute errors (n,) in the unit of the values. Raises LightGBMError for
    data that it cannot use.
    """
    floor = 0.1 * float(np.median(error))
    parameters = {**_SCALE, "monotone_constraints": scale_constraints(kind)}
    return train_booster(inputs, np.log(error + floor), parameters, _SCALE_TREES, seed)
