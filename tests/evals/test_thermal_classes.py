"""The table of compounds of published thermal behaviour."""

import json

import pytest

from evals.benchmarks.thermal_classes import main, read, summary


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
