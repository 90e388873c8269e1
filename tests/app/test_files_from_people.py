"""What the commands say and return for files as people bring them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from core.errors import UsageError

FOLDER = Path(__file__).resolve().parents[1] / "data" / "user_files"
GOAL = "a molecule with MW below 400"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MOLWRIGHT_WORKERS__PROCESSES", "1")


def _run(*arguments: object, stdin: bytes = b"") -> Any:
    return CliRunner().invoke(app, list(map(str, arguments)), input=stdin)


def test_every_hit_carries_its_identifier(tmp_path: Path) -> None:
    result = _run("screen", FOLDER / "chembl_export.csv", "--goal", GOAL, "--out", tmp_path / "out", "--json", tmp_path / "r.json")
    assert result.exit_code == 0, result.output
    with (tmp_path / "out" / "hits.csv").open(encoding="utf-8", newline="") as file:
        named = {row["id"]: row["name"] for row in csv.DictReader(file)}
    assert named == {"CHEMBL25": "ASPIRIN", "CHEMBL6328": "CHEMBL6328", "CHEMBL267864": "CHEMBL267864", "CHEMBL1201": "SODIUM SALT"}
    assert "ASPIRIN (CHEMBL25)" in (tmp_path / "r.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(("text", "words"), [("nonsense\n[\n", "no record of"), ("", "is empty"), ("# nothing\n", "is empty")])
def test_a_screen_of_which_nothing_can_be_read_ends_with_two(text: str, words: str, tmp_path: Path) -> None:
    library = tmp_path / "broken.smi"
    library.write_text(text, encoding="utf-8")
    result = _run("screen", library, "--goal", GOAL, "--out", tmp_path / "out")
    assert isinstance(result.exception, UsageError)
    assert words in str(result.exception)
    assert result.exception.exit_code == 2


def test_a_first_line_that_is_no_structure_costs_no_other_record(tmp_path: Path) -> None:
    library = tmp_path / "few.smi"
    library.write_text("broken\nC1CC\nCCO ethanol\n", encoding="utf-8")
    screened = _run("screen", library, "--goal", GOAL, "--out", tmp_path / "out")
    assert screened.exit_code == 0, screened.output
    said = " ".join(screened.output.split())
    assert "3 records of few.smi were read; 1 structure meets every requirement" in said
    assert "not read: line 1" in said
    properties = _run("properties", library, "--json")
    assert '"name": "ethanol"' in properties.stdout
    routed = _run("route", "CCOC(C)=O", "--blocks", library, "--blocks-mode", "replace")
    assert "line 1" in routed.output
    assert "line 3" not in routed.output


def test_how_a_file_was_read_is_said(tmp_path: Path) -> None:
    result = _run("screen", FOLDER / "latin_names.smi", "--goal", GOAL, "--out", tmp_path / "out")
    assert "note: 2 lines are not UTF-8 and read as Windows-1252 (Latin-1)" in " ".join(result.stderr.split())
    routed = _run("route", "O=C(Nc1ccccc1)c1ccccc1", "--blocks", FOLDER / "inv_packs.csv", "--blocks-mode", "replace")
    said = " ".join(routed.stderr.split())
    assert "note: line 5: the price 'POA' is not a number: taken as not known" in said
    assert "line 8 left out: the same structure as line 5" in said


@pytest.mark.parametrize(("smiles", "said"), [("CCO", "safety: allow"), ("CN=[N+]=[N-]", "safety block: energetic.azide: Organic azide")])
def test_properties_shows_the_verdict_of_the_guard(smiles: str, said: str) -> None:
    assert said in " ".join(_run("properties", smiles).output.split())


def test_properties_reads_lines_and_files() -> None:
    lines = _run("properties", "-", "--json", stdin="SMILES Name\nCCO \xc9thanol\nc1ccnc1 pyrrole\n".encode("latin-1"))
    assert lines.exit_code == 2
    assert '"name": "Éthanol"' in lines.stdout
    assert "not read: line 3 (pyrrole): an aromatic ring" in " ".join(lines.stderr.split())
    assert "note: 1 line is not UTF-8" in " ".join(lines.stderr.split())
    block = _run("properties", FOLDER / "racemic_v3000.sdf")
    assert block.exit_code == 0
    assert "1 stereocentre racemic (&): both mirror images are there" in " ".join(block.stderr.split())
