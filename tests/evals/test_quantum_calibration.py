"""The calibration of quantum chemistry: lines are fitted right, reference values have a source, the page shows what ships."""

from __future__ import annotations

import json

import numpy as np
import pytest
from rdkit import Chem

from core.errors import UsageError
from evals.quantum_calibration import TABLES, fit, marked, table, written
from evals.quantum_report import MEASURED, PAGE, SECONDS, bond_table, calibration_table, seconds_table, with_tables
from tools.calculators.quantum.bonds import pair_of
from tools.calculators.quantum.calculators import unfit
from tools.calculators.quantum.calibration import FILE, lines


def test_a_line_is_the_least_squares_line_and_its_error_that_of_values_left_out() -> None:
    raw = np.linspace(0, 9, 10)
    wanted = 2 * raw + 1
    wanted[5] += 1.0
    line = fit(list(zip(raw.tolist(), wanted.tolist(), strict=True)), "counting")
    slope, intercept = np.polyfit(raw, wanted, 1)
    assert (line.slope, line.intercept) == (pytest.approx(slope), pytest.approx(intercept))
    without = np.polyfit(np.delete(raw, 5), np.delete(wanted, 5), 1)
    left_out = [wanted[n] - np.polyval(np.polyfit(np.delete(raw, n), np.delete(wanted, n), 1), raw[n]) for n in range(len(raw))]
    assert line.rmse == pytest.approx(float(np.sqrt(np.mean(np.square(left_out)))))
    assert wanted[5] - np.polyval(without, raw[5]) == pytest.approx(1.0)


def test_a_line_with_a_knee_is_two_lines_that_meet() -> None:
    raw = np.linspace(-10, 0, 21)
    wanted = np.where(raw < -5, raw, -5 + 0.2 * (raw + 5))
    line = fit(list(zip(raw.tolist(), wanted.tolist(), strict=True)), "counting", knee=-5.0)
    assert [line(x)[0] for x in (-8.0, -5.0, 0.0)] == [pytest.approx(v) for v in (-8.0, -5.0, -4.0)]
    with pytest.raises(ValueError, match="two reference values"):
        fit([(1.0, 1.0)], "counting")


def test_what_is_written_is_what_ships() -> None:
    shipped = (TABLES.parent.parent.parent / "tools" / "calculators" / "quantum" / FILE).read_text(encoding="utf-8")
    assert written(lines()) == shipped


@pytest.mark.parametrize("name", ["ionisation_energy", "electron_affinity", "triplet_energy", "conjugated_orbitals"])
def test_every_reference_value_is_of_a_structure_with_an_answer_and_has_a_source(name: str) -> None:
    rows = table(name)
    smiles = [Chem.CanonSmiles(row["smiles"]) for row in rows]
    assert len(set(smiles)) == len(smiles)
    for row in rows:
        assert unfit(Chem.MolFromSmiles(row["smiles"]), "molecule") == "", row
        assert row["source"].strip(), row
        assert float(row.get("value") or row["homo"]) == float(row.get("value") or row["homo"])


def test_every_bond_of_the_table_is_single_and_marked() -> None:
    for row in table("bond_energy"):
        mol, i, j = marked(row["smiles"])
        assert mol.GetBondBetweenAtoms(i, j).GetBondType() == Chem.BondType.SINGLE, row
        assert pair_of(mol, i, j)
        assert 0 < float(row["value"]) < 170
        assert row["source"]


def test_the_page_shows_the_calibration_that_ships() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert calibration_table() in page
    assert bond_table() in page
    assert seconds_table(json.loads(SECONDS.read_text(encoding="utf-8"))) in page
    with pytest.raises(UsageError, match="no place for the table 'nothing'"):
        with_tables(page, {"nothing": ""})


def test_the_molecules_whose_seconds_are_told_are_computed() -> None:
    assert [unfit(Chem.MolFromSmiles(s), "molecule") for s in MEASURED.values()] == [""] * len(MEASURED)
