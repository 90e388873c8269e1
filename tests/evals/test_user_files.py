"""Files of the kinds that people bring give what the table says; the command that says so can fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.benchmarks.user_files import cases, judged, main
from tests.tables import each_row

FOLDER = Path(__file__).resolve().parents[1] / "data" / "user_files"
CASES = cases()


@each_row("case", CASES)
def test_a_file_gives_what_it_must(case: dict[str, Any]) -> None:
    assert judged(case, FOLDER).wrong == ()


def test_every_file_has_a_case() -> None:
    assert {c["file"] for c in CASES} == {path.name for path in FOLDER.iterdir()}


WRONG = """
[[case]]
file = "bom.smi"
batch = "x"
use = "screen"
got = { 1 = "ethanol CCO", 2 = "aniline Nc1ccccc1C", 3 = "more CC" }
left_out = { 4 = "broken" }
notes = ["a remark"]

[[case]]
file = "absent.smi"
batch = "x"
use = "screen"
got = {}

[[case]]
file = "bom.smi"
batch = "x"
use = "known"
error = "nothing can be read"
"""


def test_the_command_fails_where_something_else_comes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "cases.toml"
    table.write_text(WRONG, encoding="utf-8")
    assert main([str(FOLDER), "--cases", str(table)]) == 1
    shown = capsys.readouterr().out
    for words in ("line 2 gave 'aniline Nc1ccccc1'", "line 3 gave None", "line 4 left out for None", "not said that 'a remark'"):
        assert words in shown
    assert "no such file" in shown
    assert "did not stop with 'nothing can be read'" in shown
    assert shown.endswith("0 of 3 as they must\n")
    assert main([str(FOLDER), "--cases", str(table), "--batch", "none"]) == 1
