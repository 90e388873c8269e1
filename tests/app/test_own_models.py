"""A property of one's own, from the table of measurements to the report and its replay."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.app.conftest import Run
from tests.tools.user_models.tables import lab_table, molecules


@pytest.mark.training
def test_from_the_table_to_the_report_and_the_replay(molwright: Run, home: Path, tmp_path: Path) -> None:
    lab_table(tmp_path / "lab.csv")
    training = ("models", "train", "my_viscosity", "--data", "lab.csv", "--target", "viscosity_cP", "--unit", "cP", "--log")
    done = molwright(*training)
    assert done.returncode == 0, done.stderr
    assert f"left out, line {len(molecules()) + 2}" in done.stderr
    assert "registered: goals may now ask for" in done.stderr
    again = molwright(*training)
    assert again.returncode == 2
    assert "--replace" in again.stderr
    listed = json.loads(molwright("models", "list", "--json").stdout)["models"]
    assert [m["kind"] for m in listed if m["name"] == "my_viscosity"] == ["own"]
    assert "my_viscosity" in molwright("properties", "CCCCO", "--json").stdout

    goal = "a molecule with viscosity below 5 cP and MW < 200"
    done = molwright("design", goal, "--yes", "--budget", "60", "--candidates", "3", "--json", "-")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    for candidate in report["candidates"]:
        value = candidate["properties"]["my_viscosity"]
        assert value["unit"] == "log cP"
        assert value["lower"] < value["value"] < value["upper"]
        assert value["nearest"]
    assert "own model my_viscosity" in json.dumps(report["versions"])
    assert "viscosity" in (home / "reports" / report["run_id"] / "report.html").read_text(encoding="utf-8").lower()

    assert molwright("replay", report["run_id"]).returncode == 0
    assert molwright(*training, "--replace", "--seed", "1").returncode == 0
    changed = molwright("replay", report["run_id"])
    assert changed.returncode == 6
    assert "trained again" in changed.stdout + changed.stderr
    shutil.rmtree(home / "models" / "my_viscosity")
    gone = molwright("replay", report["run_id"])
    assert gone.returncode == 6
    assert "gone" in gone.stdout + gone.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "nothing"), "there is no model 'nothing'"),
        (("evaluate", "nothing", "--data", "lab.csv"), "there is no model 'nothing'"),
        (("train", "logp", "--data", "lab.csv"), "taken by the built-in property"),
        (("train", "flash_point", "--data", "lab.csv", "--log"), "--log cannot be given"),
        (("train", "flash_point", "--data", "lab.csv", "--device", "gpu"), "there is no device 'gpu'"),
        (("evaluate", "flash_point", "--data", "lab.csv", "--split", "random", "--device", "cuda:x"), "there is no device 'cuda:x'"),
        (("train", "my_x", "--data", "lab.csv", "--device", "cuda"), "always learnt on the processor"),
        (("train", "my_x", "--data", "missing.csv"), "no such file"),
        (("train", "my_x", "--data", "lab.csv", "--target", "v"), "no column 'v'"),
        (("train", "my_x", "--data", "lab.csv", "--synonym", "logp"), "already use the word"),
    ],
)
def test_wrong_calls_say_what_is_wrong(molwright: Run, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    lab_table(tmp_path / "lab.csv")
    done = molwright("models", *arguments)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())


def test_shipped_models_are_listed_and_shown(molwright: Run) -> None:
    listed = json.loads(molwright("models", "list", "--json").stdout)["models"]
    assert {"flash_point", "glass_transition_temperature"} <= {m["name"] for m in listed}
    assert all(m["licence"] and m["rows"] and m["metrics"] and m["data"] for m in listed)
    assert json.loads(molwright("models", "show", "flash_point", "--json").stdout)["name"] == "flash_point"
    assert "flash_point" in molwright("models", "show", "flash_point").stdout
