"""Trees as number arrays predict what LightGBM predicts, and refuse what they cannot."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tables import each_row
from tools.predictors.neighbours import NeighbourIndex
from tools.predictors.specs import PREDICTORS
from tools.predictors.training.boosting import train_booster
from tools.predictors.training.fit import tree_bytes
from tools.predictors.trees import Trees, TreesError, trees_of_text
from tools.predictors.weights import WeightsFolder

_LEARNER = {"objective": "huber", "num_leaves": 31, "learning_rate": 0.05, "min_data_in_leaf": 5}


def _trained() -> tuple[lightgbm.Booster, NDArray[np.float32]]:
    rng = np.random.default_rng(3)
    x = (rng.random((300, 12)) * (rng.random((300, 12)) < 0.4)).astype(np.float32)
    y = 3.0 * x[:, 0] - x[:, 1] * x[:, 2] + rng.normal(0, 0.1, 300)
    return train_booster(x, y, _LEARNER, 450, 0), x


def test_the_trees_predict_what_lightgbm_does_bit_by_bit() -> None:
    booster, x = _trained()
    trees = Trees(trees_of_text(booster.model_to_string()))
    expected = np.asarray(booster.predict(x, num_threads=1, raw_score=True))
    np.testing.assert_array_equal(trees.predict(x), expected)
    np.testing.assert_array_equal(trees.predict(x.astype(np.float64)), expected)
    np.testing.assert_array_equal([float(trees.predict(x[i : i + 1])[0]) for i in range(40)], expected[:40])
    few = Trees(trees_of_text(booster.model_to_string()))
    np.testing.assert_array_equal([float(few.predict(x[i : i + 1])[0]) for i in range(40)], expected[:40])  # without tables, and then with
    assert trees.predict(x[:0]).shape == (0,)
    assert np.isnan(trees.predict(np.full((1, 12), np.nan, dtype=np.float32))).all()


def test_thresholds_are_met_by_what_equals_them() -> None:
    booster, _ = _trained()
    arrays = trees_of_text(booster.model_to_string())
    thresholds = arrays["threshold_digits"] / 10.0 ** arrays["threshold_decimals"]
    rng = np.random.default_rng(0)
    x = np.zeros((200, 12))
    for column in range(12):
        own = thresholds[(arrays["column"] == column) & (np.abs(thresholds) > 1e-30)]  # LightGBM takes what is nearer to zero for zero
        x[:, column] = rng.choice(np.concatenate([own, np.nextafter(own, 9.0), np.nextafter(own, -9.0)]), 200)
    np.testing.assert_array_equal(Trees(arrays).predict(x), np.asarray(booster.predict(x, num_threads=1, raw_score=True)))


def test_a_tree_may_be_a_single_leaf() -> None:
    x = np.zeros((50, 2), dtype=np.float32)
    booster = train_booster(x, np.full(50, 4.5), {"objective": "regression"}, 3, 0)
    np.testing.assert_array_equal(Trees(trees_of_text(booster.model_to_string())).predict(x[:3]), booster.predict(x[:3]))


def test_trees_refuse_what_they_cannot_predict() -> None:
    booster, x = _trained()
    text = booster.model_to_string()
    for wrong in ("not a model", text.replace("objective=huber", "objective=poisson"), text.replace("num_cat=0", "num_cat=1", 1)):
        with pytest.raises(TreesError):
            trees_of_text(wrong)
    arrays = trees_of_text(text)
    trees = Trees(arrays)
    with pytest.raises(TreesError, match="12 columns"):
        trees.predict(x[:, :5])
    with pytest.raises(TreesError):
        Trees({**arrays, "value_digits": arrays["value_digits"][:-1]})
    with pytest.raises(TreesError):
        Trees({**arrays, "test": arrays["test"] + np.uint16(len(arrays["column"]))})


def test_equal_trees_give_equal_bytes() -> None:
    booster, _ = _trained()
    assert tree_bytes(booster) == tree_bytes(booster)


@each_row("name", sorted(PREDICTORS))
def test_shipped_trees_are_whole(name: str) -> None:
    files = WeightsFolder(name)
    for file in (*files.card["learners"], *(() if PREDICTORS[name].outcomes else ("scale.npz",))):
        arrays = files.arrays(file)
        width = int(arrays["width"][0])
        zeros = Trees(arrays).predict(np.zeros((17, width), dtype=np.float32))
        assert np.isfinite(zeros).all()
        assert (zeros == zeros[0]).all()


def test_few_and_many_queries_find_the_same_neighbours() -> None:
    rng = np.random.default_rng(5)
    sets = [np.unique(rng.integers(0, 2048, size)).astype(np.uint16) for size in rng.integers(0, 60, 400)]
    once, often = NeighbourIndex.of(sets), NeighbourIndex.of(sets)
    often.query(sets[:50])
    for bits in sets[:8]:
        a, b = once.query([bits]), often.query([bits])
        np.testing.assert_array_equal(a.position, b.position)
        np.testing.assert_array_equal(a.similarity, b.similarity)
