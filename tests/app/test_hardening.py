"""Bad input of every size: a clear error, a non-zero exit, nothing lost."""

from __future__ import annotations

import json
import random
import sqlite3
from pathlib import Path

import pytest

from tests.app.conftest import Run


def short(text: str) -> bool:
    """Whether a message is readable: no traceback, not a megabyte."""
    return "Traceback" not in text and len(text) < 5000


def test_a_goal_of_one_megabyte_is_refused_clearly(molwright: Run, tmp_path: Path) -> None:
    spec = {"goal": "g" * 1_000_000, "candidate_class": "molecule"}
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(spec))
    done = molwright("design", "--spec", str(path), "--yes")
    assert done.returncode == 2
    assert short(done.stderr)


def test_a_structure_of_one_megabyte_is_refused_clearly(molwright: Run) -> None:
    done = molwright("properties", "-", stdin="C" * 1_000_000 + "\nCCO\n", COLUMNS="100", fresh=True)
    assert done.returncode == 2
    assert short(done.stderr)
    assert "46.07" in done.stdout


def test_ten_thousand_malformed_structures_lose_nothing(molwright: Run) -> None:
    draw = random.Random(1)
    lines = ["".join(draw.choice("CNO()[]=#123@+-c%") for _ in range(draw.randint(1, 40))) + "((" for _ in range(10_000)]
    done = molwright("properties", "-", "--json", stdin="\n".join([*lines[:5000], "CCO", *lines[5000:]]))
    assert done.returncode == 2
    assert [r["smiles"] for r in json.loads(done.stdout)] == ["CCO"]
    assert "10,000 of 10,001" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_database_is_named_and_left_alone(molwright: Run, home: Path) -> None:
    home.mkdir()
    path = home / "molwright.db"
    path.write_bytes(b"this is not a database" * 100)
    before = path.read_bytes()
    done = molwright("runs", "list")
    assert done.returncode == 1
    assert "molwright.db" in done.stderr
    assert short(done.stderr)
    assert path.read_bytes() == before


def test_a_read_only_database_is_a_clear_error_and_loses_nothing(molwright: Run, home: Path) -> None:
    done = molwright("design", "a molecule with MW < 200", "--yes", "--budget", "40", "--candidates", "2", "--json", "-")
    assert done.returncode == 0, done.stderr
    url = f"sqlite:///file:{home / 'molwright.db'}?mode=ro&uri=true"
    refused = molwright("design", "a molecule with MW < 200", "--yes", "--budget", "40", MOLWRIGHT_STORE__URL=url)
    assert refused.returncode == 1
    assert short(refused.stderr)
    assert "read" in refused.stderr.lower()
    assert len(json.loads(molwright("runs", "list", "--json").stdout)) == 1


def test_a_truncated_report_in_the_store_is_a_clear_error(molwright: Run, home: Path) -> None:
    done = molwright("design", "a molecule with MW < 200", "--yes", "--budget", "40", "--candidates", "2", "--json", "-")
    run_id = json.loads(done.stdout)["run_id"]
    with sqlite3.connect(home / "molwright.db") as connection:
        columns = [row[1] for row in connection.execute("pragma table_info(reports)")]
        content = next(c for c in columns if c in ("content", "report"))
        connection.execute(f"update reports set {content} = substr({content}, 1, 100)")
    broken = molwright("report", run_id, "--json")
    assert broken.returncode == 1
    assert short(broken.stderr)


@pytest.mark.parametrize(
    "arguments", [("--budget", "0"), ("--candidates", "0"), ("--seed", "-1"), ("--seed", str(2**200)), ("--candidates", "x")]
)
def test_options_out_of_range_are_exit_2(molwright: Run, arguments: tuple[str, str]) -> None:
    done = molwright("design", "a molecule with MW < 200", "--yes", *arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr
    assert short(done.stderr)


def test_a_report_folder_that_cannot_be_written_is_a_clear_error_and_the_run_is_kept(molwright: Run, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = molwright("design", "a molecule with MW < 200", "--yes", "--budget", "40", "--candidates", "2", "--out", str(blocked / "x"))
    assert done.returncode == 2
    assert str(blocked) in done.stderr
    run = json.loads(molwright("runs", "list", "--json").stdout)[0]
    assert run["status"] == "success"
