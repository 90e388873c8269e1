"""Reading a chemist's measurements: bad rows with line and reason, warnings about odd data."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import NotFoundError, UsageError
from tests.tools.user_models.tables import lab_table, molecules, polymers, viscosity, write
from tools.predictors.user_models.table import read_measurements


def test_bad_rows_have_line_and_reason(tmp_path: Path) -> None:
    table = read_measurements(lab_table(tmp_path / "lab.csv"), log=True, unit="cP")
    n = len(molecules())
    assert len(table) == n
    assert table.rows_read == n + 4
    assert [bad.line for bad in table.bad] == [n + 2, n + 3, n + 4, n + 5]
    reasons = [bad.reason for bad in table.bad]
    assert "is a limit, not a measurement" in reasons[1]
    assert "has no logarithm" in reasons[2]
    assert reasons[3] == "no structure"
    assert table.y[0] == pytest.approx(np.log10(viscosity(molecules()[0])))
    assert any("only" in warning for warning in table.warnings) == (n < 100)


def test_polymers_are_recognised_and_frames_are_one_substance(tmp_path: Path) -> None:
    rows: list[list[object]] = [[s, v] for s, v in polymers()]
    table = read_measurements(write(tmp_path / "p.csv", ["psmiles", "n"], [*rows, ["*CO*", 1.5], ["*OC*", 1.5]]))
    assert table.kind == "polymer"
    assert len(table) == len(rows) + 1


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    rows: list[list[object]] = [[s, f"{viscosity(s):.3f}".replace(".", ",")] for s in molecules()]
    table = read_measurements(write(tmp_path / "d.csv", ["SMILES", "value"], rows, ";"))
    assert len(table) == len(rows)
    assert table.y[0] == pytest.approx(viscosity(molecules()[0]), abs=1e-3)


def test_duplicates_that_disagree_are_named(tmp_path: Path) -> None:
    rows: list[list[object]] = [[s, viscosity(s)] for s in molecules()]
    rows += [["OCC", 900.0], ["CCCO", viscosity("CCCO")]]
    table = read_measurements(write(tmp_path / "d.csv", ["smiles", "v"], rows), log=True)
    [warning] = [w for w in table.warnings if "measured more than once" in w]
    assert f"and {len(molecules()) + 2}" in warning
    assert warning.startswith("1 of 2")


def test_mixed_units_and_kelvin_are_suspected(tmp_path: Path) -> None:
    rows: list[list[object]] = [[s, viscosity(s) * (1 if i % 2 else 1e5)] for i, s in enumerate(molecules())]
    mixed = read_measurements(write(tmp_path / "m.csv", ["smiles", "v"], rows), log=True)
    assert any("are the units mixed?" in w for w in mixed.warnings)
    kelvin = [[s, 300 + i] for i, s in enumerate(molecules())]
    found = read_measurements(write(tmp_path / "k.csv", ["smiles", "v"], kelvin), unit="°C")
    assert any("are these kelvin?" in w for w in found.warnings)
    cold = [[s, 20 + i] for i, s in enumerate(molecules())]
    found = read_measurements(write(tmp_path / "c.csv", ["smiles", "v"], cold), unit="K")
    assert any("are these °C?" in w for w in found.warnings)


def test_several_decades_and_far_values_are_said(tmp_path: Path) -> None:
    rows: list[list[object]] = [[s, 10.0 ** (i / 10)] for i, s in enumerate(molecules())]
    assert any("--log is advised" in w for w in read_measurements(write(tmp_path / "w.csv", ["smiles", "v"], rows)).warnings)
    near: list[list[object]] = [[s, 10 + i % 7] for i, s in enumerate(molecules())]
    near[5][1] = 500
    assert any("line 7 (500)" in w for w in read_measurements(write(tmp_path / "f.csv", ["smiles", "v"], near)).warnings)
    same: list[list[object]] = [[s, 1.0] for s in molecules()]
    assert any("nothing to learn" in w for w in read_measurements(write(tmp_path / "s.csv", ["smiles", "v"], same)).warnings)


def test_tables_that_cannot_be_used_say_why(tmp_path: Path) -> None:
    path = lab_table(tmp_path / "lab.csv")
    with pytest.raises(NotFoundError, match="no such file"):
        read_measurements(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="has the columns: smiles, viscosity_cP"):
        read_measurements(path, smiles="structure")
    with pytest.raises(UsageError, match="--target"):
        read_measurements(write(tmp_path / "two.csv", ["smiles", "a", "b"], [["CCO", 1, 2]]))
    with pytest.raises(UsageError, match=r"at least 20 are needed.*line 2"):
        read_measurements(write(tmp_path / "few.csv", ["smiles", "v"], [["CC(", 1], *([s, 1] for s in molecules()[:10])]))
    (tmp_path / "bytes.csv").write_bytes(b"smiles,v\n\xff\xfe,1\n")
    with pytest.raises(UsageError, match=r"at least 20 are needed \(line 2: .*ÿþ"):
        read_measurements(tmp_path / "bytes.csv")
