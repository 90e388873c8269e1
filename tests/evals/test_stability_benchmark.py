"""Precision of the thermal stability rules on measured decomposition temperatures, and its doubtful labels."""

import csv
import json
from pathlib import Path

import pytest

from evals.benchmarks.stability import DOUBTFUL, doubtful, main, read

LABELS = list(csv.DictReader(DOUBTFUL.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    path = tmp_path / "measured.csv"
    plain = [f"*{'C' * n}OC(=O)c1ccc(C(*)=O)cc1,{300 + n},polyester" for n in range(2, 14)]
    path.write_text("\n".join(["psmiles,td_c,name", *plain, *(f"{row['psmiles']},{row['td_c']},x" for row in LABELS)]) + "\n")
    return path


def test_each_doubtful_label_says_why_and_where_it_was_read() -> None:
    assert len(LABELS) >= 2
    assert all(row["why"] and "http" in row["source"] for row in LABELS)


def test_doubtful_labels_are_found_by_structure_and_value(measured: Path) -> None:
    mols, values = read(measured, "td_c")
    assert {name for _, name in doubtful(mols, values)} == {row["name"] for row in LABELS}
    assert doubtful(mols, [value + 150 for value in values]) == []


def test_figures_are_given_with_and_without_doubtful_labels(measured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(measured), "--temperatures", "300", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["all"][0]["n"] - found["without doubtful labels"][0]["n"] == len(LABELS) == len(found["doubtful"])
    assert main(["--data", str(measured), "--temperatures", "300"]) == 0
    text = capsys.readouterr().out
    assert "without doubtful labels (polyethersulfone, polythiophene)" in text
