"""Promise against truth after selection: on simulated errors whose answer is known, and on the shipped predictors' measured pools."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import PredictorError
from tools.ranking import validation
from tools.ranking.validation import GOALS, TOLERANCE, PoolGoal, pick_and_compare, validate

ABOVE = PoolGoal("aqueous_solubility", 1.5, math.inf, 1)


def simulated(noise_about_truth: bool, count: int = 40_000) -> dict[str, NDArray[np.float64]]:
    """Predictions that are truth plus noise (the best are too good to be true), or truth that is prediction plus noise (they are not)."""
    numbers = np.random.default_rng(7)
    first, noise = numbers.normal(0, 1, count), numbers.normal(0, 0.8, count)
    prediction = first + noise if noise_about_truth else first
    truth = first if noise_about_truth else first + noise
    return {"oof_pred": prediction, "oof_sigma": np.full(count, 0.8), "oof_residual": truth - prediction}


@pytest.mark.parametrize("size", [100, 1000, 5000])
def test_selection_from_noise_about_the_truth_is_corrected(size: int) -> None:
    naive = pick_and_compare(ABOVE, simulated(True), size, draws=40, strength=0.0)
    shrunk = pick_and_compare(ABOVE, simulated(True), size, draws=40, strength=1.0)
    assert naive is not None
    assert shrunk is not None
    assert naive.gap > 0.05
    assert abs(shrunk.gap) < 0.06


def test_nothing_to_correct_where_the_truth_scatters_about_the_prediction() -> None:
    result = pick_and_compare(ABOVE, simulated(False), 1000, draws=40, strength=0.0)
    assert result is not None
    assert abs(result.gap) <= 0.06
    assert result.base < result.true


def test_small_sets_and_hopeless_goals_give_no_result() -> None:
    arrays = simulated(False, 200)
    assert pick_and_compare(ABOVE, arrays, 1000, strength=0.0) is None
    assert pick_and_compare(PoolGoal("aqueous_solubility", 50, math.inf), arrays, 100, draws=5, strength=0.0) is None


def test_results_are_reproducible() -> None:
    arrays = simulated(True)
    assert pick_and_compare(ABOVE, arrays, 100, draws=10, strength=0.5) == pick_and_compare(ABOVE, arrays, 100, draws=10, strength=0.5)


def shipped_goals() -> list[PoolGoal]:
    from tools.predictors.predict import calibration

    found = []
    for goal in GOALS:
        try:
            calibration(goal.name)
        except PredictorError:
            continue
        found.append(goal)
    return found


def test_shipped_predictors_keep_their_word_on_measured_pools(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    goals = shipped_goals()
    if not goals:
        pytest.skip("no predictor weights are present")
    monkeypatch.setattr(validation, "GOALS", goals)
    results = validate(goals, draws=100)
    assert len(results) >= 2 * len(goals)
    assert [r for r in results if abs(r.gap) > TOLERANCE] == []
    monkeypatch.setattr(validation, "validate", lambda: results)
    assert validation.main() == 0
    printed = capsys.readouterr().out
    assert printed.count("\n") == len(results) + 1
