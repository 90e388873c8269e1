"""Where the correction gets its numbers from."""

import csv
import sys
import types
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import UsageError
from tools.evaluation.selection import Prior, error_model
from tools.ranking.model_disagreement import describe, implied_strength, main
from tools.workspace import builtin


@pytest.fixture
def fake_predictors(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("tools.predictors.predict")

    def calibration(name: str) -> dict[str, object]:
        return {"oof_pred": np.array([1.0, 3.0], dtype=np.float32), "oof_sigma": np.ones(2), "oof_residual": np.array([1.0, -1.0])}

    def residual_correlation(names: Sequence[str]) -> object:
        return np.array([[1.0, 0.4], [0.4, 1.0]])

    module.calibration = calibration  # type: ignore[attr-defined]
    module.residual_correlation = residual_correlation  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tools.predictors.predict", module)


def test_priors_are_those_of_the_measured_values(fake_predictors: None) -> None:
    calculators = replace(builtin().calculators)  # one that remembers nothing yet, and is not asked again
    model = error_model(["melting_point", "flash_point"], calculators=calculators)
    assert model.priors["melting_point"] == Prior(2.0, 0.0)
    assert model.correlation[0, 1] == 0.4
    assert error_model(["melting_point"], calculators=calculators).correlation.tolist() == [[1.0]]
    assert error_model([], calculators=calculators).correlation.shape == (0, 0)


def test_implied_strength() -> None:
    # mu 0, variance 4, error 1: strength 1 shrinks 5 to 4.
    assert implied_strength(5.0, 4.0, 0.0, 4.0, 1.0) == pytest.approx(1.0)
    assert implied_strength(5.0, 5.0, 0.0, 4.0, 1.0) == 0.0
    assert implied_strength(5.0, -1.0, 0.0, 4.0, 1.0) is None
    assert implied_strength(0.0, 1.0, 0.0, 4.0, 1.0) is None


def test_structures_that_cannot_be_used_are_left_out() -> None:
    x, kept = describe(["CCO", "C1CC", "[Na+].[Cl-]", "C", "c1ccccc1"])
    assert kept == [0, 4]
    assert x.shape == (2, 1024 + 9)
    assert describe(["C"])[0].shape == (0, 1024 + 9)


def test_the_command_prints_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    smiles = [f"{'C' * a}{tail}" for a in range(1, 21) for tail in ("O", "N", "Cl", "C(=O)O", "c1ccccc1", "C#N", "OC", "S", "Br", "F")]
    with (tmp_path / "data.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["smiles", "y"])
        writer.writerows([s, len(s) + (0.5 if "O" in s else 0.0)] for s in smiles)
    (tmp_path / "pool.smi").write_text("\n".join(f"{s}C(C)C" if s.endswith("C") else f"CC(C){s}" for s in smiles))
    arguments = ["--data", str(tmp_path / "data.csv"), "--target", "y", "--pool", str(tmp_path / "pool.smi")]
    assert main(arguments) == 0
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 13
    assert "strength" in printed[-1]
    with pytest.raises(UsageError):
        main([*arguments, "--rows", "3"])
