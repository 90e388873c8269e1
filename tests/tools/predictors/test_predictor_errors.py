"""The table of errors: it finds shapes that were put in, says them of values, and the shipped ones keep their word."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr

from core.candidate import PropertyValue
from core.errors import NotFoundError, UsageError
from core.spec import Condition, EstimationConditions
from tools.catalogue.kinds.property import property_probability
from tools.catalogue.probability import END, SYMMETRIC, ErrorShape, effective_sigma, error_cdf, interval_probability, shape_of
from tools.catalogue.scores import errors_of, normal_scores
from tools.predictors.errors import LEVELS, ErrorTable, shapes, stated_sigma
from tools.predictors.predict import calibration, predict
from tools.predictors.specs import PREDICTORS, predictor_spec
from tools.predictors.training.chance import alike, off_by_chance
from tools.predictors.training.plots import QUANTITIES
from tools.predictors.training.splits import each_fold
from tools.predictors.training.stage import make_stage
from tools.predictors.training.tails import RELIABILITY_FILE, Stated, Unstated, bins_of, cross_fitted, fit_errors, told_by_values
from tools.predictors.weights import WEIGHTS, WeightsFolder, npz_bytes

_SHAPE = ErrorShape(0.6, 1.4, 0.5, 0.9)


def _skewed(count: int = 6000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Predictions whose truth mostly lies below them where they are low, and above where they are high."""
    rng = np.random.default_rng(3)
    prediction = rng.uniform(0.0, 100.0, count)
    error = rng.exponential(10.0, count) - 2.0
    return prediction, np.full(count, 12.0), prediction + np.where(prediction < 50, -error, error)


def test_the_table_finds_the_side_on_which_the_truth_lies() -> None:
    prediction, sigma, y = _skewed()
    near = np.linspace(0.3, 1.0, len(y))
    table = fit_errors(Unstated(np.arange(len(y)) % 5, prediction, sigma, y, near))
    low, high = table.values(np.array([20.0, 80.0]), np.array([12.0, 12.0]), np.array([0.6, 0.6]))
    assert (np.diff(low) > 0).all()
    assert (np.diff(high) > 0).all()
    assert low[2] == pytest.approx(20 - (10 * np.log(2) - 2), abs=1.0)
    assert high[2] == pytest.approx(80 + (10 * np.log(2) - 2), abs=1.0)
    assert low[2] - low[0] > 2 * (low[4] - low[2])
    again = ErrorTable.from_arrays(dict(table.arrays()))
    np.testing.assert_allclose(again.values(prediction, sigma, near), table.values(prediction, sigma, near), rtol=1e-5)


def test_probabilities_hold_that_did_not() -> None:
    prediction, sigma, y = _skewed()
    y = np.where(prediction < 50, y, 2 * prediction - y)  # to one side everywhere
    fold = np.arange(len(y)) % 5
    after = Stated.of(cross_fitted(Unstated(fold, prediction, sigma, y, np.linspace(0.3, 1.0, len(y)))))
    everything = np.ones(len(y), dtype=bool)
    gaps = [
        max(abs(b["said"] - b["true"]) for b in bins_of(y, stated, everything)) for stated in (Stated(prediction, sigma), after)
    ]  # fmt: skip
    assert gaps[0] > 0.12
    assert gaps[1] < 0.10


def test_arms_are_longer_where_the_errors_are_though_sigma_does_not_say_so() -> None:
    rng = np.random.default_rng(5)
    near, prediction, sigma = rng.uniform(0.2, 1.0, 5000), rng.uniform(0, 10, 5000), np.ones(5000)
    y = prediction + rng.normal(size=5000) * np.where(near < 0.3, 2.0, 1.0)
    fold = np.arange(5000) % 5
    quantiles = cross_fitted(Unstated(fold, prediction, sigma, y, near))
    far = near < 0.28
    assert np.mean((y >= quantiles[:, 0]) & (y <= quantiles[:, 4])) == pytest.approx(0.9, abs=0.015)
    assert np.mean(((y >= quantiles[:, 0]) & (y <= quantiles[:, 4]))[far]) == pytest.approx(0.9, abs=0.04)


def test_a_shape_goes_through_its_quartiles_and_ends() -> None:
    value = PropertyValue(value=50.0, sigma=20 / (2 * END), lower=44.0, upper=64.0, quartiles=(48.5, 53.0), method="m", method_version="1")
    shape, sigma = shape_of(value), effective_sigma(value)
    assert sigma is not None
    for bound, share in zip((44.0, 48.5, 50.0, 53.0, 64.0), LEVELS, strict=True):
        assert error_cdf((bound - 50.0) / sigma, shape) == pytest.approx(share, abs=2e-4)
        assert property_probability(50.0, sigma, Condition(comparison="<", value=bound), shape) == pytest.approx(share, abs=2e-4)
    assert interval_probability(50.0, sigma, 44.0, 64.0, shape) == pytest.approx(0.9, abs=4e-4)
    assert interval_probability(50.0, sigma, 90.0, np.inf, shape) > 0
    assert shape_of(value.model_copy(update={"quartiles": None})) is SYMMETRIC
    row = np.array([[44.0, 48.5, 50.0, 53.0, 64.0]])
    assert shapes(row)[0] == pytest.approx([shape.below, shape.above, shape.bend_below, shape.bend_above], abs=1e-6)
    assert stated_sigma(row)[0] == pytest.approx(sigma)


def test_scores_of_a_shape_keep_the_probability_and_reverse() -> None:
    z = np.array([-8.0, -1.5, -0.4, 0.0, 0.3, 1.2, 2.0, 9.0])
    shape = np.tile([_SHAPE.below, _SHAPE.above, _SHAPE.bend_below, _SHAPE.bend_above], (len(z), 1))
    scores = normal_scores(z, shape)
    assert ndtr(scores) == pytest.approx([error_cdf(float(v), _SHAPE) for v in z], abs=1e-9)
    assert errors_of(scores, shape) == pytest.approx(z, abs=1e-9)
    assert (np.diff(scores) > 0).all()
    assert normal_scores(np.array([-np.inf, np.inf]), shape[:2]).tolist() == [-np.inf, np.inf]
    assert error_cdf(-np.inf, _SHAPE) == 0.0
    assert error_cdf(np.inf, _SHAPE) == 1.0


def test_values_are_the_middle_of_unequal_arms() -> None:
    found = predict(["melting_point"], ["CCO", "c1ccccc1C(=O)O", "CCCCCCCCCCCCCCCC"], "molecule", EstimationConditions())["melting_point"]
    for value in found:
        assert value.quartiles is not None
        assert value.lower is not None
        assert value.upper is not None
        assert value.number is not None
        assert value.lower < value.quartiles[0] < value.number < value.quartiles[1] < value.upper
    assert "quartiles" not in PropertyValue(value=1.0, method="m", method_version="1").model_dump()


def test_every_quantity_ships_its_table_and_keeps_its_word() -> None:
    kept = json.loads((WEIGHTS / RELIABILITY_FILE).read_text(encoding="utf-8"))
    assert set(kept) == set(QUANTITIES)
    for name in QUANTITIES:
        arrays = calibration(name)
        y = arrays["oof_pred"].astype(np.float64) + arrays["oof_residual"]
        scores = normal_scores(
            arrays["oof_residual"].astype(np.float64) / arrays["oof_sigma"], arrays["oof_shape"].astype(np.float64)
        )  # fmt: skip
        assert np.mean(np.abs(scores) <= END) == pytest.approx(0.9, abs=0.02 if len(y) > 1500 else 0.04)
        assert np.mean(scores < 0) == pytest.approx(0.5, abs=0.03)
        assert len(y) == WeightsFolder(name).card["data"]["rows_used"]
    for name, found in kept.items():
        for rows in ("all", "far"):
            assert found[rows]["after"]["off"] <= max(1, found[rows]["chance"]["most"]), (name, rows)
            assert found[rows]["after"]["largest"] < 0.16


def test_values_in_heaps_at_their_bounds_are_told_by_their_own_quantiles() -> None:
    rng = np.random.default_rng(7)
    prediction = rng.uniform(0.02, 0.98, 6000)
    y = rng.beta(2.0 * prediction, 2.0 * (1.0 - prediction))
    rows = Unstated(np.arange(6000) % 5, prediction, np.full(6000, 0.4), y, np.linspace(0.3, 1.0, 6000))
    assert told_by_values(rows)
    table = fit_errors(rows)
    again = ErrorTable.from_arrays(dict(table.arrays()))
    assert again.of_values
    values = again.values(prediction, rows.sigma, rows.near)
    assert (np.diff(values, axis=1) > 0).all()
    assert values.min() > -0.1
    assert values.max() < 1.1
    everything = np.ones(6000, dtype=bool)
    gaps = {of_values: _largest_gap(rows, of_values, everything) for of_values in (False, True)}
    assert gaps[True] < gaps[False] - 0.05
    assert not told_by_values(rows.part(np.arange(500)))
    plain = Unstated(rows.fold, prediction, rows.sigma, prediction + rng.normal(size=6000) * 0.1, rows.near)
    assert not told_by_values(plain)


def _largest_gap(rows: Unstated, of_values: bool, which: np.ndarray) -> float:
    quantiles = np.zeros((len(rows.y), len(LEVELS)))
    for _, others, held in each_fold(rows.fold):
        quantiles[held] = fit_errors(rows.part(others), of_values).values(rows.prediction[held], rows.sigma[held], rows.near[held])
    return max(abs(b["said"] - b["true"]) for b in bins_of(rows.y, Stated.of(quantiles), which))


def test_chance_leaves_more_off_where_the_rows_of_a_substance_go_together() -> None:
    rng = np.random.default_rng(11)
    substance = np.repeat(np.arange(60), 40)
    stated = Stated(np.zeros(2400), np.ones(2400))
    alone, together = rng.normal(size=2400), rng.normal(size=60)[substance]
    rows = {"all": np.ones(2400, dtype=bool)}
    assert alike(alone, substance) < 0.05
    assert alike(together, substance) > 0.95
    assert alike(alone, np.arange(2400)) == 0.0
    few = off_by_chance(errors_of(alone), stated, substance.astype(str), rows)["all"]
    many = off_by_chance(errors_of(together), stated, substance.astype(str), rows)["all"]
    assert few["most"] == 0
    assert many["mean"] > 1
    assert many == off_by_chance(errors_of(together), stated, substance.astype(str), rows)["all"]


def test_a_stage_is_made_only_of_its_own_predictions(tmp_path: Path) -> None:
    spec = predictor_spec("surface_tension")
    with pytest.raises(NotFoundError):
        make_stage(spec, tmp_path / "none.npz", WEIGHTS)
    with pytest.raises(UsageError, match="outcome"):
        make_stage(next(s for s in PREDICTORS.values() if s.outcomes), tmp_path / "none.npz", WEIGHTS)
    other = tmp_path / "other.npz"
    rows = {"predicted": np.zeros(3), "sigma": np.ones(3), "measured": np.zeros(3), "similarity": np.ones(3), "fold": np.arange(3)}
    other.write_bytes(npz_bytes(rows))
    with pytest.raises(UsageError, match="does not belong"):
        make_stage(spec, other, WEIGHTS)
