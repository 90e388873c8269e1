"""The report of the predictors, the baselines and the breakdown of errors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import NotFoundError, UsageError
from tools.predictors.specs import PREDICTORS, spec_of
from tools.predictors.training import __main__ as command
from tools.predictors.training.baselines import BASELINES_FILE, write_baselines
from tools.predictors.training.card import RANDOM, SCAFFOLD
from tools.predictors.training.data import read_table
from tools.predictors.training.evaluate import conformal_quantile, crepes_quantile
from tools.predictors.training.limits import LIMITS_FILE, errors_by, write_limits
from tools.predictors.training.plots import reliability
from tools.predictors.training.report import TARGETS, data_file, rerun
from tools.predictors.weights import WeightsFolder, npz_bytes


@pytest.fixture
def alcohols(tmp_path: Path) -> Path:
    """A hundred and twenty made-up solubilities that fall with the chain's length; every third row is from source B."""
    path = tmp_path / "aqueous_solubility.csv"
    rows = [f"{head}{'C' * n}{tail},{-0.5 * n + 0.1 * len(tail)},{'B' if n % 3 == 0 else 'A'}"
            for head in ("O", "N", "Cl", "F") for n in range(1, 16) for tail in ("", "C#N")]  # fmt: skip
    path.write_text("\n".join(["smiles,log_s,source", *rows]) + "\n", encoding="utf-8")
    return path


def test_report_has_every_predictor_and_plot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "predictors.md"
    assert command.main(["report", "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    for name in PREDICTORS:
        card = WeightsFolder(name).card
        for split, m in card["metrics"].items():
            assert f"| {name} | {card['unit']} | {split} | {m['n']} | {m['rmse']} | {m['mae']} |" in text
    for words in ("## Aims and baselines", "## Intervals and domain", "## What was tried", "## Known answers in order"):
        assert words in text
    drawn = [Path(line) for line in capsys.readouterr().out.split()]
    assert drawn[0] == out
    for path in drawn[1:]:
        assert path.read_text(encoding="utf-8").startswith("<?xml")
        assert f"predictors/{path.name}" in text


def test_rerun_needs_its_data(tmp_path: Path) -> None:
    assert command.main(["report", "--rerun", "--out", str(tmp_path / "x.md")]) == 2
    with pytest.raises(NotFoundError, match=r"polymer_tg\.csv"):
        rerun(tmp_path, tmp_path, 0, lambda text: None)
    (tmp_path / "flash_point").mkdir()
    (tmp_path / "flash_point" / "flash_point.csv").write_text("", encoding="utf-8")
    assert data_file(tmp_path, "flash_point").parent.name == "flash_point"


def test_targets_name_what_cards_have() -> None:
    for name, split, figure, reach, _ in TARGETS:
        m = WeightsFolder(name).card["metrics"][split if split in (RANDOM, SCAFFOLD) else RANDOM]
        assert figure in m
        assert reach > 0


def test_reliability_rises_and_is_near_the_level_at_90() -> None:
    for name in PREDICTORS:
        points = reliability(name)
        assert [share for _, share in points] == sorted(share for _, share in points)
        assert abs(points[-2][1] - 0.90) < 0.02


def test_our_quantile_is_that_of_crepes() -> None:
    rng = np.random.default_rng(0)
    for n in (10, 57, 400, 5000):
        error, scale = np.abs(rng.standard_t(3, n)), rng.uniform(0.5, 2.0, n)
        assert crepes_quantile(error, scale) == pytest.approx(conformal_quantile(error / scale), rel=1e-9)


def test_baselines_are_kept_beside_the_weights(alcohols: Path, tmp_path: Path) -> None:
    found = write_baselines(alcohols, spec_of("aqueous_solubility"), tmp_path, 0, lambda text: None)
    kept = json.loads((tmp_path / BASELINES_FILE).read_text(encoding="utf-8"))["aqueous_solubility"]
    assert kept["splits"] == found
    assert set(found) == {RANDOM, SCAFFOLD}
    assert found[RANDOM]["LightGBM"]["rmse"] < 2.0
    assert kept["seed"] == 0


def test_errors_by_column_and_worst_rows(alcohols: Path, tmp_path: Path) -> None:
    spec = spec_of("aqueous_solubility")
    table = read_table(alcohols, spec)
    off = np.where(np.arange(len(table)) % 60 == 5, 4.0, 0.1)
    oof = tmp_path / "oof.npz"
    oof.write_bytes(npz_bytes({"key": np.array(table.keys), "predicted": table.y + off}))
    found = write_limits(alcohols, spec, oof, "source", tmp_path, lambda text: None)
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
        errors_by(alcohols, spec, oof, "source", tmp_path, lambda text: None)
