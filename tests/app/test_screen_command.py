"""``molwright screen``: its options, its files, and what it says."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from rdkit import Chem
from typer.testing import CliRunner

from app.cli import app
from core.errors import NotFoundError, RefusedError, UsageError

GOAL = "logP between 1 and 3, MW below 200 and a hydroxyl group"
NAMED = {"phenol": "Oc1ccccc1", "decane": "CCCCCCCCCC", "benzyl alcohol": "OCc1ccccc1", "cresol": "Cc1ccc(O)cc1", "ethanol": "CCO"}
HITS = {"phenol", "benzyl alcohol", "cresol"}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MOLWRIGHT_WORKERS__PROCESSES", "1")


def _screen(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["screen", *map(str, arguments)])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _written(folder: Path, name: str) -> Path:
    """The named structures and one that cannot be read, in the format that ``name`` says."""
    path = folder / name
    if ".sdf" in name:
        blocks = [f"{n}\n{Chem.MolToMolBlock(Chem.MolFromSmiles(s)).split(chr(10), 1)[1]}$$$$\n" for n, s in NAMED.items()]
        text = "".join([*blocks[:2], "bad\n\n\n  1  0\n$$$$\n", *blocks[2:]])
    elif ".csv" in name:
        rows = [f'{n},"{s}"' for n, s in NAMED.items()]
        text = "\n".join(["id,own structures", *rows[:2], "bad,nonsense", *rows[2:]]) + "\n"
    else:
        rows = [f"{s} {n}" for n, s in NAMED.items()]
        text = "\n".join([*rows[:2], "nonsense bad", *rows[2:]]) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("name", ["library.smi", "library.smi.gz", "library.csv", "library.csv.gz", "library.sdf", "library.sdf.gz"])
def test_every_format_gives_the_same_hits_and_lists_what_cannot_be_read(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    column = ["--smiles-column", "own structures"] if ".csv" in name else []
    result = _screen(_written(tmp_path, name), "--goal", GOAL, "--out", out, *column)
    assert result.exit_code == 0, result.output
    assert {r["name"] for r in _rows(out / "hits.csv")} == HITS
    assert all(0.3 < float(r["logp_sigma"]) < 2 for r in _rows(out / "hits.csv") if "logp" in r)
    (fault,) = _rows(out / "unreadable.csv")
    assert fault["name"] == "bad"
    assert fault["reason"]
    assert "not read" in result.stderr


def test_a_limit_stops_and_the_same_call_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.screening.run.CHUNK", 2)
    library, out = _written(tmp_path, "library.smi"), tmp_path / "out"
    first = _screen(library, "--goal", GOAL, "--out", out, "--limit", 2)
    assert first.exit_code == 0, first.output
    assert {r["name"] for r in _rows(out / "hits.csv")} == {"phenol"}
    second = _screen(library, "--goal", GOAL, "--out", out)
    assert "2 of 6 records had been read by an earlier call" in second.stderr
    assert {r["name"] for r in _rows(out / "hits.csv")} == HITS
    again = _screen(library, "--goal", GOAL, "--out", out, "--restart")
    assert "earlier call" not in again.stderr
    other = _screen(library, "--goal", "MW below 100", "--out", out)
    assert isinstance(other.exception, UsageError)
    assert "journal of another screen" in str(other.exception)


def test_json_top_and_spec_file(tmp_path: Path) -> None:
    library = _written(tmp_path, "library.smi")
    result = _screen(library, "--goal", GOAL, "--top", 2, "--json", "-", "--out", tmp_path / "out")
    report = json.loads(result.stdout)
    assert len(report["candidates"]) == 2
    assert {c["name"] for c in report["candidates"]} <= HITS
    assert report["evaluated"] == 6
    given = tmp_path / "spec.json"
    given.write_text(json.dumps(report["spec"]))
    by_spec = _screen(library, "--spec", given, "--out", tmp_path / "by-spec", "--json", tmp_path / "report.json")
    assert by_spec.exit_code == 0, by_spec.output
    assert {r["name"] for r in _rows(tmp_path / "by-spec" / "hits.csv")} == HITS
    assert len(json.loads((tmp_path / "report.json").read_text())["candidates"]) == 3


def test_nothing_found_and_faults_have_their_exit_codes(tmp_path: Path) -> None:
    library = _written(tmp_path, "library.smi")
    assert _screen(library, "--goal", "logP above 9", "--out", tmp_path / "none").exit_code == 4
    faults: list[tuple[type[Exception], list[object]]] = [
        (UsageError, [library]),
        (UsageError, [library, "--goal", GOAL, "--spec", library]),
        (NotFoundError, [tmp_path / "missing.smi", "--goal", GOAL]),
        (UsageError, [_written(tmp_path, "other.csv"), "--goal", GOAL, "--smiles-column", "nowhere"]),
        (RefusedError, [library, "--goal", "a molecule similar to CC(C)OP(C)(=O)F with MW below 200"]),
    ]
    for kind, arguments in faults:
        result = _screen(*arguments)
        assert isinstance(result.exception, kind), (arguments, result.output, result.exception)
