"""The Gaussian process against scikit-learn's, its robustness, and its exactness in batches."""

from __future__ import annotations

import numpy as np
import pytest

from tools.predictors.features.assemble import feature_names
from tools.predictors.kernel import STEPS, KernelModel, Shape, soften
from tools.predictors.training import kernel_fit
from tools.predictors.training.kernel_fit import NOISE, SHAPE, coding_of, fit_kernel
from tools.predictors.training.splits import family_folds


def test_mean_is_that_of_scikit_learn(measured: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, Matern

    x, y = measured
    monkeypatch.setattr(kernel_fit, "_FREEDOM", 1e12)
    train, test = np.arange(len(y)) % 5 != 0, np.arange(len(y)) % 5 == 0
    fitted = fit_kernel("molecule", x[train], y[train], 0)
    np.testing.assert_allclose(fitted.weight, 1.0, atol=1e-6)
    coding = coding_of("molecule", x[train])
    codes = coding.codes(x) / (STEPS * np.sqrt(len(coding.columns)))
    kernel = (
        ConstantKernel(SHAPE.linear) * DotProduct(sigma_0=0.0, sigma_0_bounds="fixed")
        + ConstantKernel(SHAPE.smooth) * RBF(SHAPE.smooth_length)
        + ConstantKernel(SHAPE.rough) * Matern(SHAPE.rough_length, nu=0.5)
    )
    reference = GaussianProcessRegressor(kernel, alpha=NOISE, optimizer=None)
    offset = y[train].mean()
    reference.fit(codes[train], y[train] - offset)
    np.testing.assert_allclose(fitted.model.predict(x[test]), reference.predict(codes[test]) + offset, atol=2e-3)


def test_wrong_labels_count_less(measured: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = measured
    spoiled = y.copy()
    wrong = np.arange(7, len(y), 20)
    spoiled[wrong] += 6.0
    fitted = fit_kernel("molecule", x, spoiled, 0)
    assert fitted.weight[wrong].max() < 0.4 < np.median(fitted.weight)
    monkeypatch.setattr(kernel_fit, "_FREEDOM", 1e12)
    plain = fit_kernel("molecule", x, spoiled, 0)
    robust_error, plain_error = (np.abs(f.model.predict(x[wrong]) - y[wrong]).mean() for f in (fitted, plain))
    assert robust_error < 0.8 * plain_error


def test_one_by_one_equals_batch_and_arrays_keep_the_model(measured: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = measured
    model = fit_kernel("molecule", x, y, 0).model
    together = model.predict(x)
    np.testing.assert_allclose([model.predict(x[i : i + 1])[0] for i in range(0, len(x), 17)], together[::17], atol=1e-6)
    np.testing.assert_array_equal(KernelModel.from_arrays(model.arrays()).predict(x), together)
    assert model.arrays()["anchors"].dtype == np.int8


def test_large_sets_are_thinned(measured: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = measured
    fitted = fit_kernel("molecule", x, y, 0, most=60)
    assert len(fitted.model.arrays()["anchors"]) == 60
    assert len(fitted.weight) == len(y)


def test_kernel_and_coding() -> None:
    a = np.array([[0.0, 0.0], [STEPS, 0.0]], dtype=np.float32)
    half = 1 / np.sqrt(2)
    apart = 5.0 * np.exp(-0.5 * half**2 / 9.0) + 0.25 * np.exp(-half / 2.0)
    shape = Shape(linear=3.0, smooth=5.0, smooth_length=3.0, rough=0.25, rough_length=2.0)
    np.testing.assert_allclose(shape(a, a), [[5.25, apart], [apart, 5.25 + 3.0 * 0.5]], rtol=1e-6)
    np.testing.assert_allclose(soften(np.array([-1.0, 0.0, 3.0], dtype=np.float32)), [-np.log(2), 0.0, np.log(4)], rtol=1e-6)
    x = np.zeros((20, len(feature_names("molecule"))), dtype=np.float32)
    x[:, 0] = np.arange(20)
    x[:, 1] = 5.0
    coding = coding_of("molecule", x)
    assert coding.columns.tolist() == [0]
    assert abs(int(coding.codes(x)[:, 0].astype(int).sum())) <= 20


def test_families_are_clusters() -> None:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(5, 12)) * 20
    codes = np.vstack([centre + rng.normal(size=(40, 12)) for centre in centres]).astype(np.float32)
    fold = family_folds(codes, 0)
    assert sorted(np.bincount(fold).tolist()) == [40] * 5
    assert all(len(set(fold[i * 40 : (i + 1) * 40].tolist())) == 1 for i in range(5))
    np.testing.assert_array_equal(fold, family_folds(codes, 0))
