"""The neural networks: their gradients, what they learn, and that they predict the same one by one and after storage."""

from __future__ import annotations

import numpy as np
import pytest

from tools.predictors.network import NetworkModel
from tools.predictors.training import network_fit
from tools.predictors.training.network_fit import fit_network


@pytest.fixture(scope="module")
def model(measured: tuple[np.ndarray, np.ndarray]) -> NetworkModel:
    x, y = measured
    train = np.arange(len(y)) % 5 != 0
    return fit_network("molecule", x[train], y[train], 0, bend=0.5, epochs=60)


def test_gradients_are_those_of_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_fit, "_INPUT_DROPOUT", 0.0)
    monkeypatch.setattr(network_fit, "_DROPOUT", 0.0)
    monkeypatch.setattr(network_fit, "_UNITS", 5)
    rng = np.random.default_rng(0)
    values = [rng.normal(size=shape) for shape in ((7, 5), (5,), (5, 5), (5,), (5,), (1,))]
    batch, target, bend = rng.normal(size=(9, 7)), rng.normal(size=9) * 3, 0.8

    def loss() -> float:
        one = np.maximum(batch @ values[0] + values[1], 0)
        error = np.maximum(one @ values[2] + values[3], 0) @ values[4] + values[5] - target
        small = np.minimum(np.abs(error), bend)
        return float((small * (np.abs(error) - small / 2)).mean())

    found = network_fit._gradients(values, batch, target, rng, bend)
    for value, gradient in zip(values, found, strict=True):
        assert gradient.shape == value.shape
        for place in list(np.ndindex(value.shape))[:6]:
            kept = value[place]
            ends = []
            for shift in (1e-6, -1e-6):
                value[place] = kept + shift
                ends.append(loss())
            value[place] = kept
            assert gradient[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-6)


def test_learns_what_it_has_not_seen(measured: tuple[np.ndarray, np.ndarray], model: NetworkModel) -> None:
    x, y = measured
    test = np.arange(len(y)) % 5 == 0
    error = model.predict(x[test]) - y[test]
    assert np.sqrt((error**2).mean()) < 0.35 * y[test].std()


def test_one_by_one_equals_batch_and_arrays_keep_the_model(measured: tuple[np.ndarray, np.ndarray], model: NetworkModel) -> None:
    x, _ = measured
    together = model.predict(x)
    np.testing.assert_array_equal([model.predict(x[i : i + 1])[0] for i in range(0, len(x), 17)], together[::17])
    stored = model.arrays()
    assert stored["first_0"].dtype == np.float16
    np.testing.assert_array_equal(NetworkModel.from_arrays(stored).predict(x), together)


def test_equal_seeds_give_equal_networks(measured: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = measured
    one, two, other = (fit_network("molecule", x, y, seed, bend=0.5, epochs=2).arrays()["first_0"] for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


def test_arrays_of_other_columns_are_refused(model: NetworkModel) -> None:
    arrays = model.arrays()
    with pytest.raises(ValueError, match="no network for these columns"):
        NetworkModel.from_arrays({**arrays, "counts": arrays["counts"][1:]})


def test_learning_rate_rises_and_falls() -> None:
    rates = [network_fit._rate(part) for part in (0.0, 0.15, 0.3, 0.6, 1.0)]
    assert rates[0] < rates[1] < rates[2] == pytest.approx(1e-3)
    assert rates[2] > rates[3] > rates[4]
