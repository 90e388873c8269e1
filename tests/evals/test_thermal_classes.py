"""The table of compounds of published thermal behaviour."""

import json
from pathlib import Path

import pytest

from evals.benchmarks.thermal_classes import count_levels, main, read, summary
from tools.calculators import thermal_rules
from tools.calculators.thermal_rules import level_counts


def test_every_case_has_a_source_and_no_decomposing_compound_is_called_low() -> None:
    cases = read()
    assert len(cases) >= 60
    assert all("http" in case.source or "doi:" in case.source or ", " in case.source for case in cases)
    assert len({case.name for case in cases}) == len(cases)
    found = summary(cases)
    assert found["low and decomposes"] == 0
    assert found["missed"] == 0
    assert found["accuracy"] >= 0.7


def test_the_command_prints_matrix_and_caveat(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    text = capsys.readouterr().out
    assert "no independent test" in text
    assert "stated" in text
    assert main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out)["summary"]["all"]["n"] >= 60


def test_the_shipped_level_counts_are_those_of_the_tables(capsys: pytest.CaptureFixture[str]) -> None:
    assert count_levels() == level_counts()
    assert main(["--levels"]) == 0
    shipped = Path(thermal_rules.__file__).with_name("thermal_levels.tsv").read_text(encoding="utf-8")
    assert capsys.readouterr().out == shipped


def test_the_kinds_of_source_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--sources"]) == 0
    counts = [int(line.split()[0]) for line in capsys.readouterr().out.splitlines()]
    assert sum(counts) == len(thermal_rules.thermal_rules())
