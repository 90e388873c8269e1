"""Correction for selection: the best of many predictions are too good to be true.

A prediction errs in two ways. Where the error lies about the truth (prediction = truth + error), picking the highest of thousands picks
high errors with high values: with prior mean mu and standard deviation tau, the expected truth is mu + r (prediction - mu), with
reliability r = tau^2 / (tau^2 + v), v the error's variance (empirical Bayes; Efron, Morris). Where it lies about the prediction (truth =
prediction + error), as for a regression judged on structures like those it was trained on, nothing needs correcting. The ``strength``
says which share of the stated sigma^2 is of the first kind; it depends on how new the structure is to the model.

What it was chosen from: (1) ``python -m tools.ranking.validation``: pools of measured structures (median similarity to the nearest other
training structure 0.63), predicted by models that had not seen them, need no correction; 0.5 makes the best ten look 0.1 worse than they
are. (2) ``python -m tools.ranking.model_disagreement``: the top ten of 100 to 6,000 ZINC structures (median similarity 0.3 to 0.35) by a model
trained on one half of a data set, judged by a model trained on the other half, need a median strength of 0.9 (solubility), 0.4 (melting
point) and 0.4 (flash point) of the held-out squared error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.calculators.collection import Calculators
from tools.calculators.costly.adapter import Costly

Array = NDArray[np.float64]

#: Strength for a structure that is new to the model, and the similarities to its nearest training structure between which it falls to 0.
STRENGTH, NEW, KNOWN = 0.6, 0.35, 0.60


def strength_of(similarity: Array) -> Array:
    """Strength of the correction by the Tanimoto similarity to the nearest training structure; full where that is NaN (unknown)."""
    share = np.clip((KNOWN - similarity) / (KNOWN - NEW), 0.0, 1.0)
    return np.asarray(STRENGTH * np.where(np.isnan(similarity), 1.0, share))


@dataclass(frozen=True)
class Prior:
    """What is known of a property before any prediction: mean and standard deviation of the measured values, in its unit."""

    mean: float
    sd: float


def corrected(prediction: Array, sigma: Array, prior: Prior, strength: Array | float) -> tuple[Array, Array]:
    """Mean and standard deviation of the true values given the predictions, each of the shape of ``prediction``.

    A sigma of 0 changes nothing, NaN stays NaN. With v = strength * sigma^2 the part of the error that lies about the truth, and the rest
    about the prediction, the variance is sigma^2 - v + r v.
    """
    if prior.sd <= 0:
        return prediction, sigma
    reliability = prior.sd**2 / (prior.sd**2 + strength * sigma**2)
    mean = prior.mean + reliability * (prediction - prior.mean)
    return np.asarray(mean), np.asarray(sigma * np.sqrt(1.0 - strength + strength * reliability))


def training_priors(names: Sequence[str], *, calculators: Calculators) -> dict[str, Prior]:
    """Mean and standard deviation of the measured training values of each predictor; a standard deviation of 0, which corrects nothing, for a
    costly calculator, whose values are what it says.

    Raises SpecError for a name that is no predictor and PredictorError where its calibration data are missing or damaged.
    """

    priors = {}
    for name in names:
        if isinstance(calculators.of(name), Costly):
            priors[name] = Prior(0.0, 0.0)
            continue
        priors[name] = Prior(*calculators.measured_moments(name))
    return priors


def error_correlation(names: Sequence[str]) -> Array:
    """Correlation of the prediction errors of ``names`` on one structure, shape (m, m). Raises PredictorError if it is missing."""
    if len(names) < 2:
        return np.eye(len(names))
    from tools.predictors.predict import residual_correlation

    return np.asarray(residual_correlation(list(names)), dtype=np.float64)


@dataclass(frozen=True)
class ErrorModel:
    """What ranking knows about the errors of the predictors.

    Attributes:
        priors: by property name.
        correlation: of the errors on one structure, (m, m), in the order of ``names``.
        names: the properties.
        strength: of the correction for selection; None: by similarity (:func:`strength_of`).
    """

    priors: Mapping[str, Prior]
    correlation: Array
    names: tuple[str, ...]
    strength: float | None = None


def error_model(names: Sequence[str], *, calculators: Calculators) -> ErrorModel:
    """The error model of the shipped predictors for ``names``, in that order. Raises PredictorError where data are missing."""
    return ErrorModel(training_priors(names, calculators=calculators), error_correlation(names), tuple(names))
