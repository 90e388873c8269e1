"""Measured values that other measurements rule out, or that the model and every near neighbour contradict, are not shown as known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from rdkit import Chem

from core.candidate import PropertyValue
from core.errors import NotFoundError, UsageError
from core.spec import EstimationConditions
from tools.predictors.known.apply import with_known
from tools.predictors.known.index import DOUBTS, known_set
from tools.predictors.predict import predict
from tools.predictors.specs import PREDICTORS
from tools.predictors.training.data import TrainingTable
from tools.predictors.training.doubt import Unseen, build_doubts, doubted
from tools.predictors.training.known import SETS
from tools.structures.standardise import standardise

ALCOHOLS = ["CCCCCO", "CCCCCCO", "CCCCCCCO", "CCCCCCCCO", "CCCCCCCCCO", "CCCCCCCCCCO"]


def table(values: list[float], origins: list[str] | None = None) -> TrainingTable:
    mols = [Chem.MolFromSmiles(s) for s in ALCOHOLS]
    n = len(ALCOHOLS)
    return TrainingTable(ALCOHOLS, ALCOHOLS, mols, [""] * n, list(range(2, n + 2)), np.array(values), n, [], origins or [""] * n)


def unseen(expected: list[float], arm: float = 20.0) -> Unseen:
    middle = np.array(expected)
    return Unseen(middle, middle - arm, middle + arm)


FLASH = [49.0, 59.0, 77.0, 81.0, 98.0, 108.0]


@pytest.mark.parametrize(
    ("value", "expected", "doubtful"),
    [(-30.0, 81.0, True), (60.0, 81.0, False), (-30.0, -25.0, False), (160.0, 81.0, True)],
    ids=["far below model and neighbours", "within the interval", "as the model says", "far above"],
)
def test_a_value_that_the_model_and_all_neighbours_contradict_is_doubted(value: float, expected: float, doubtful: bool) -> None:
    measured, said = list(FLASH), list(FLASH)
    measured[3], said[3] = value, expected
    found = doubted(table(measured), PREDICTORS["flash_point"], unseen(said), [1] * 6, {})
    assert list(found) == ([3] if doubtful else [])
    assert all("similar substances were measured on that side" in why for why in found.values())


def test_one_neighbour_that_agrees_and_a_second_measurement_speak_for_a_value() -> None:
    measured = list(FLASH)
    measured[3] = measured[4] = -30.0
    spec = PREDICTORS["flash_point"]
    assert doubted(table(measured), spec, unseen(FLASH), [1] * 6, {}) == {}
    measured[4] = FLASH[4]
    assert doubted(table(measured), spec, unseen(FLASH), [1, 1, 1, 2, 1, 1], {}) == {}


def test_a_value_beyond_a_boiling_point_is_doubted_only_where_the_model_does_not_expect_it() -> None:
    measured = list(FLASH)
    measured[3] = 240.0
    boils = {ALCOHOLS[3]: 195.0}
    spec = PREDICTORS["melting_point"]
    assert "above the boiling point" in doubted(table(measured), spec, unseen(FLASH), [1] * 6, boils)[3]
    assert doubted(table(measured), spec, unseen(measured), [1] * 6, boils) == {}  # it is the boiling point that is wrong
    assert "above the boiling point" not in str(doubted(table(measured), PREDICTORS["aqueous_solubility"], unseen(FLASH), [1] * 6, boils))
    low = [*FLASH[:3], -40.0, *FLASH[4:]]
    assert "far too low for the boiling point" in doubted(table(low), PREDICTORS["flash_point"], unseen(FLASH), [1] * 6, boils)[3]


def test_rows_of_a_set_whose_values_are_not_shown_are_left_alone() -> None:
    measured = [*FLASH[:3], -30.0, *FLASH[4:]]
    assert doubted(table(measured, ["", "", "", "other", "", ""]), PREDICTORS["flash_point"], unseen(FLASH), [1] * 6, {}) == {}


def test_a_doubtful_value_stands_beside_the_prediction_and_says_why() -> None:
    smiles = "NCc1ccc(CN)cc1"  # 27 °C in the set; the meta isomer boils at 247 °C
    conditions = EstimationConditions()
    structure = standardise(smiles, "molecule")
    value = predict(["flash_point"], [smiles], "molecule", conditions)["flash_point"][0]
    found: PropertyValue = with_known({"flash_point": value}, structure.key, structure.smiles, "molecule", conditions)["flash_point"]
    assert (found.number, found.basis, found.nearest_value) == (value.number, "in the training set", None)
    assert found.known.startswith("in the training set with 27 °C, which is doubtful: ")
    assert "known, measured" not in found.known


def test_doubts_are_few_and_of_values_that_are_shown() -> None:
    about = json.loads((SETS / DOUBTS).read_text(encoding="utf-8"))["sets"]
    assert about
    for name, entries in about.items():
        held = known_set(name)
        assert held is not None
        assert 0 < len(entries) <= 0.02 * len(held)
        for key, why in entries.items():
            found = held.find(int(key))
            assert found is not None
            assert found.doubt == why


def test_out_of_fold_predictions_of_other_data_are_refused(tmp_path: Path) -> None:
    header = "smiles,{}\n"
    for name, column in (("melting_point", "mp_c"), ("boiling_point", "bp_c")):
        rows = [f"{'C' * (i + 3)}O,{20 + i * 7}" for i in range(60)]
        (tmp_path / f"{name}.csv").write_text(header.format(column) + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(NotFoundError, match="no such file"):
        build_doubts(tmp_path, tmp_path, tmp_path, only=["melting_point"])
    np.savez(tmp_path / "melting_point.npz", key=np.array(["C"]), quantiles=np.zeros((1, 5)))
    with pytest.raises(UsageError, match="does not belong"):
        build_doubts(tmp_path, tmp_path, tmp_path, only=["melting_point"])
