"""The page about the predictors is put together from what was kept, and the page in docs is the one it gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UsageError
from evals import predictors_report
from evals.benchmarks import predictor_speed, stability, thermal_bonds, thermal_classes
from evals.sections import read_sections
from tools.predictors.specs import PREDICTORS
from tools.predictors.weights import WeightsFolder


def test_the_page_has_every_predictor_and_plot_and_is_up_to_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "predictors.md"
    assert predictors_report.main(["--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    for name in PREDICTORS:
        card = WeightsFolder(name).card
        for split, m in card["metrics"].items():
            said = (
                f"{split} | {m['n']} | {m['auc']} |"
                if card.get("outcomes")
                else f"{card['unit']} | {split} | {m['n']} | {m['rmse']} | {m['mae']} |"
            )
            assert f"| {name} | {said}" in text
    for words in ("Aims and baselines", "Intervals and domain", "What was tried", "Known answers in order", "Speed", "Thermal stability"):
        assert f"\n## {words}\n" in text
    drawn = [Path(line) for line in capsys.readouterr().out.split()]
    assert drawn[0] == out
    for path in drawn[1:]:
        assert path.read_text(encoding="utf-8").startswith("<?xml")
        assert f"predictors/{path.name}" in text
    assert predictors_report.PAGE.read_text(encoding="utf-8") == text


def test_rerun_needs_its_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert predictors_report.main(["--rerun", "--out", str(tmp_path / "x.md")]) == 2
    assert "--data-folder" in capsys.readouterr().err
    assert predictors_report.main(["--rerun", "--data-folder", str(tmp_path), "--out", str(tmp_path / "x.md")]) != 0
    assert "no log_p.csv" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_thermal_section_is_what_the_rules_give() -> None:
    (kept,) = [section for section in read_sections("predictors") if section.order == 20]
    assert kept == thermal_classes.section(thermal_classes.read())


def test_the_section_on_the_weakest_bond_is_what_is_kept_of_it() -> None:
    (kept,) = [section for section in read_sections("predictors") if section.order == 22]
    rows = thermal_bonds.heated()
    assert kept == thermal_bonds.section(rows)
    found = thermal_bonds.figures(rows)["all"]
    assert (found["bond"] or 0.0) < (found["level"] or 0.0)
    assert thermal_bonds.homolysis_c(30.0) == pytest.approx(55, abs=10)  # azo initiators of 30 kcal/mol go at 50 to 65 °C
    assert all(r.bond is None for r in rows if "OO" in r.smiles)


def test_a_benchmark_that_fails_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(thermal_classes, "main", lambda arguments: 0)
    monkeypatch.setattr(thermal_bonds, "main", lambda arguments: 0)
    monkeypatch.setattr(predictor_speed, "main", lambda arguments: 2)
    with pytest.raises(UsageError, match="speed failed"):
        predictors_report.measure_beside(tmp_path)


def test_measured_decomposition_is_asked_for_where_it_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(stability, "main", lambda arguments: asked.append(arguments) or 0)
    assert predictors_report._stability(tmp_path) == 0
    assert not asked
    assert "left as it is" in capsys.readouterr().err
    file = tmp_path / "polymer_decomposition.csv"
    file.write_text("", encoding="utf-8")
    assert predictors_report._stability(tmp_path) == 0
    assert asked == [["--data", str(file), "--section"]]


def test_speeds_are_given_beside_their_floor() -> None:
    found = predictor_speed.measure(predictor_speed.structures(12, None), batch=6, single=2)
    section = predictor_speed.section(found)
    rows = {str(row[0]).split(" (")[0]: row[1] for row in section.tables[0].rows}
    assert rows["molecules"] == round(found["molecules_per_second"])
    assert rows["floor: descriptors alone"] == round(found["floor_molecules_per_second"])
