"""The report of the predictors, the baselines and the breakdown of errors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import NotFoundError, UsageError
from tools.predictors.predict import CORRELATION_FILE
from tools.predictors.release.report import TARGETS
from tools.predictors.release.rerun import data_file, rerun
from tools.predictors.specs import predictor_spec
from tools.predictors.training.baselines import BASELINES_FILE, write_baselines
from tools.predictors.training.calibration import conformal_quantile, crepes_quantile
from tools.predictors.training.card import RANDOM, SCAFFOLD
from tools.predictors.training.data import read_table
from tools.predictors.training.limits import LIMITS_FILE, errors_by, write_limits
from tools.predictors.training.plots import QUANTITIES, reliability
from tools.predictors.weights import WeightsFolder, digest, npz_bytes


@pytest.fixture
def alcohols(tmp_path: Path) -> Path:
    """A hundred and twenty made-up solubilities that fall with the chain's length; every third row is of group B."""
    path = tmp_path / "aqueous_solubility.csv"
    rows = [f"{head}{'C' * n}{tail},{-0.5 * n + 0.1 * len(tail)},{'B' if n % 3 == 0 else 'A'}"
            for head in ("O", "N", "Cl", "F") for n in range(1, 16) for tail in ("", "C#N")]  # fmt: skip
    path.write_text("\n".join(["smiles,log_s,reliability_group", *rows]) + "\n", encoding="utf-8")
    return path


def test_data_files_are_found_in_a_folder_of_their_name_or_beside(tmp_path: Path) -> None:
    (tmp_path / "flash_point").mkdir()
    (tmp_path / "flash_point" / "flash_point.csv").write_text("", encoding="utf-8")
    (tmp_path / "polymer_tg.csv").write_text("", encoding="utf-8")
    assert data_file(tmp_path, "flash_point").parent.name == "flash_point"
    assert data_file(tmp_path, "polymer_tg").parent == tmp_path


def test_rerun_says_what_is_missing_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no log_p\.csv"):
        rerun(tmp_path, tmp_path / "weights")
    with pytest.raises(UsageError, match="no predictor 'viscosity'"):
        rerun(tmp_path, tmp_path / "weights", only=["viscosity"])
    with pytest.raises(UsageError, match="one worker"):
        rerun(tmp_path, tmp_path / "weights", workers=0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.training
def test_rerun_trains_compares_and_asks_for_the_known(alcohols: Path, tmp_path: Path) -> None:
    weights, results = tmp_path / "weights", tmp_path / "results"
    rerun(alcohols.parent, weights, workers=2, only=["aqueous_solubility"], device="cpu", results=results)
    card = WeightsFolder("aqueous_solubility", weights).card
    rerun(alcohols.parent, tmp_path / "alone", only=["aqueous_solubility"], device="cpu", results=tmp_path / "alone")
    assert WeightsFolder("aqueous_solubility", tmp_path / "alone").card == card
    assert set(card["metrics"]) == {RANDOM, SCAFFOLD}
    baselines = json.loads((weights / BASELINES_FILE).read_text(encoding="utf-8"))["aqueous_solubility"]
    assert baselines["data_sha256"] == card["data"]["sha256"] == digest(alcohols.read_bytes())
    limits = json.loads((weights / LIMITS_FILE).read_text(encoding="utf-8"))["aqueous_solubility"]
    assert limits["all"]["n"] == card["data"]["rows_used"]
    assert limits["column"] == "reliability_group"
    known = json.loads((results / "aqueous_solubility.json").read_text(encoding="utf-8"))
    assert known["rows_removed"] > 0
    assert known["data_sha256"] == card["data"]["sha256"]
    assert not (weights / CORRELATION_FILE).exists()


@pytest.mark.slow
def test_a_failure_in_a_worker_ends_the_rerun(alcohols: Path, tmp_path: Path) -> None:
    alcohols.write_text("smiles,log_s,reliability_group\nCCO,0.1,A\n", encoding="utf-8")
    with pytest.raises(UsageError, match="rows"):
        rerun(alcohols.parent, tmp_path / "weights", workers=2, only=["aqueous_solubility"], results=tmp_path / "results")


def test_targets_name_what_cards_have() -> None:
    for name, split, figure, reach, _ in TARGETS:
        m = WeightsFolder(name).card["metrics"][split if split in (RANDOM, SCAFFOLD) else RANDOM]
        assert figure in m
        assert reach > 0


def test_reliability_rises_and_is_near_the_level_at_90() -> None:
    for name in QUANTITIES:
        points = reliability(name)
        assert [share for _, share in points] == sorted(share for _, share in points)
        assert abs(points[-2][1] - 0.90) < (0.02 if WeightsFolder(name).card["data"]["rows_used"] > 1500 else 0.04)


def test_our_quantile_is_that_of_crepes() -> None:
    rng = np.random.default_rng(0)
    for n in (10, 57, 400, 5000):
        error, scale = np.abs(rng.standard_t(3, n)), rng.uniform(0.5, 2.0, n)
        assert crepes_quantile(error, scale) == pytest.approx(conformal_quantile(error / scale), rel=1e-9)


def test_baselines_are_kept_beside_the_weights(alcohols: Path, tmp_path: Path) -> None:
    found = write_baselines(alcohols, predictor_spec("aqueous_solubility"), tmp_path, 0, lambda text: None)
    kept = json.loads((tmp_path / BASELINES_FILE).read_text(encoding="utf-8"))["aqueous_solubility"]
    assert kept["splits"] == found
    assert set(found) == {RANDOM, SCAFFOLD}
    assert found[RANDOM]["LightGBM"]["rmse"] < 2.0
    assert kept["seed"] == 0


def test_errors_by_column_and_worst_rows(alcohols: Path, tmp_path: Path) -> None:
    spec = predictor_spec("aqueous_solubility")
    table = read_table(alcohols, spec)
    off = np.where(np.arange(len(table)) % 60 == 5, 4.0, 0.1)
    oof = tmp_path / "oof.npz"
    oof.write_bytes(npz_bytes({"key": np.array(table.keys), "predicted": table.y + off}))
    found = write_limits(alcohols, spec, oof, "reliability_group", tmp_path, lambda text: None)
    assert found["groups"]["A"]["n"] + found["groups"]["B"]["n"] == found["all"]["n"] == len(table)
    assert found["without_worst"]["2%"]["rmse"] == pytest.approx(0.1)
    assert found["worst"]["predicted_too_high"] == found["worst"]["n"] == 1
    assert json.loads((tmp_path / LIMITS_FILE).read_text(encoding="utf-8"))["aqueous_solubility"] == found
    with pytest.raises(UsageError, match="nothing"):
        errors_by(alcohols, spec, oof, "nothing", tmp_path, lambda text: None)
    with pytest.raises(NotFoundError):
        errors_by(alcohols, spec, tmp_path / "none.npz", "source", tmp_path, lambda text: None)
    oof.write_bytes(npz_bytes({"key": np.array(["x"]), "predicted": np.zeros(1)}))
    with pytest.raises(UsageError, match="does not belong"):
        errors_by(alcohols, spec, oof, "reliability_group", tmp_path, lambda text: None)
