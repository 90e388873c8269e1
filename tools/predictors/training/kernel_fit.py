"""Training of the Gaussian process: Student-t noise, so that single wrong labels do not pull it.

The weights of the noise come from leave-one-out residuals, which a Gaussian process gives without refitting (Rasmussen and Williams 2006,
equation 5.12); each weight is the expectation step of a Student-t likelihood with three degrees of freedom.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tools.predictors.features.assemble import feature_names
from tools.predictors.kernel import Coding, KernelModel, Shape, soften
from tools.predictors.specs import FeatureKind
from tools.predictors.training.device import PROCESSOR, Device

FloatArray = NDArray[np.float64]

#: Chosen on two random folds of the Tg, flash point and solubility sets and on the families of the Tg set (docs/predictors.md).
SHAPE = Shape(linear=1.0, smooth=5.0, smooth_length=4.0, rough=0.5, rough_length=2.0)
NOISE = 0.03
_FREEDOM = 3.0
_SMALLEST_WEIGHT = 0.02
#: Fits: the first with equal weights, each of the others with the weights from the one before.
_STEPS = 3
#: Larger sets are thinned: time grows with the third power, memory with the second.
MAX_ANCHORS = 9000
_SUPPORT = 8


@dataclass(frozen=True)
class FittedKernel:
    """The model, and each training row's weight between 0.02 and 1.33: small where neighbours contradict its label."""

    model: KernelModel
    weight: FloatArray


def coding_of(kind: FeatureKind, x: NDArray[np.float32]) -> Coding:
    """The coding of descriptors (not of fingerprint counts) that vary in the feature matrix ``x``, shape (n, features).

    Without columns where nothing varies.
    """
    descriptors = np.array([i for i, name in enumerate(feature_names(kind)) if not name.startswith("morgan_")])
    soft = soften(x[:, descriptors])
    used = ((soft != 0).sum(axis=0) >= min(_SUPPORT, len(x) // 4)) & (soft.std(axis=0) > 1e-6)
    soft = soft[:, used]
    return Coding(descriptors[used], soft.mean(axis=0), soft.std(axis=0))


def fit_kernel(
    kind: FeatureKind, x: NDArray[np.float32], y: FloatArray, seed: int, device: Device = PROCESSOR, most: int = MAX_ANCHORS
) -> FittedKernel:
    """The trained process. Deterministic for a seed and device.

    Raises ValueError where the kernel matrix is not positive definite, and what ``device`` does.

    ``x`` is the feature matrix, shape (n, all columns of ``kind``), ``y`` the values, (n,), in whose unit it predicts. ``most``: rows that it is made of at
    most; of a larger set they are drawn.
    """
    solve = _solve if device.is_processor else partial(_solve_on, device)
    coding = coding_of(kind, x)
    codes = coding.codes(x)
    rows = np.arange(len(y))
    if len(y) > most:
        rows = np.sort(np.random.default_rng(seed).permutation(len(y))[:most])
    anchors, values = codes[rows], y[rows]
    near = SHAPE(anchors.astype(np.float32), anchors.astype(np.float32))
    weight = np.ones(len(rows))
    diagonal = np.diag_indices(len(rows))
    for step in range(_STEPS):
        noise = NOISE / weight
        matrix = near.astype(np.float64)
        matrix[diagonal] += noise
        offset = float(np.average(values, weights=weight))
        last = step == _STEPS - 1
        coefficients, precision = solve(matrix, values - offset, not last)
        if not last:
            residual = coefficients / precision
            spread = float(np.median(np.abs(residual))) / 0.6745 or 1.0
            weight = np.maximum((_FREEDOM + 1.0) / (_FREEDOM + (residual / spread) ** 2), _SMALLEST_WEIGHT)
    every = np.ones(len(y))
    every[rows] = weight
    return FittedKernel(KernelModel(coding, anchors, coefficients, offset, SHAPE), every)


def _solve(matrix: FloatArray, values: FloatArray, diagonal: bool) -> tuple[FloatArray, FloatArray]:
    """The inverse of ``matrix`` (which is overwritten) times ``values``, and the inverse's diagonal if asked for. Raises ValueError."""
    from scipy.linalg import cho_solve, lapack

    factor, failed = lapack.dpotrf(matrix, lower=1, overwrite_a=1)
    if failed:
        raise ValueError("the kernel matrix is not positive definite")
    solved = cho_solve((factor, True), values)
    if not diagonal:
        return solved, np.empty(0)
    inverse = np.tril(lapack.dtrtri(factor, lower=1)[0])
    return solved, np.einsum("ij,ij->j", inverse, inverse)


def _solve_on(device: Device, matrix: FloatArray, values: FloatArray, diagonal: bool) -> tuple[FloatArray, FloatArray]:
    """The same on ``device``, which has no triangular inverse: the inverse itself."""
    linalg, placed = device.xp.linalg, device.place(matrix)
    if not diagonal:
        return device.fetch(linalg.solve(placed, device.place(values))), np.empty(0)
    inverse = linalg.inv(placed)
    precision = device.fetch(linalg.diagonal(inverse))
    if not (precision > 0).all():
        raise ValueError("the kernel matrix is not positive definite")
    return device.fetch(inverse @ device.place(values)), precision
