"""The design command, from the goal to the files, with every exit code."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
from markupsafe import escape
from rdkit import Chem

from core.report import Report
from evals.judges.claims import judge_report
from tests.app.conftest import Run
from tools.reporting import report_json_schema

GOAL = "a molecule with MW < 300 that's stable at 200 °C"
SMALL = ("--budget", "60", "--candidates", "4")


def test_a_goal_becomes_a_true_report(molwright: Run, home: Path) -> None:
    done = molwright("design", GOAL, "--yes", *SMALL, "--json", "-")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    jsonschema.validate(data, report_json_schema())
    report = Report.model_validate(data)
    assert len(report.candidates) == 4
    assert judge_report(report) == []
    folder = home / "reports" / report.run_id
    assert {p.name for p in folder.iterdir()} == {"report.html", "report.json", "candidates.csv", "candidates.sdf"}
    assert str(escape(GOAL)) in (folder / "report.html").read_text(encoding="utf-8")
    shown = molwright("report", report.run_id[:6], "--csv")
    assert len(list(csv.DictReader(io.StringIO(shown.stdout)))) >= 4
    supplier = Chem.SDMolSupplier()
    supplier.SetData(molwright("report", report.run_id, "--sdf").stdout)
    assert len(supplier) >= 4
    assert json.loads(molwright("report", report.run_id, "--json").stdout)["run_id"] == report.run_id
    assert molwright("report", report.run_id, "--html").stdout.startswith("<!doctype html>")


def test_quotes_and_apostrophes_survive(molwright: Run) -> None:
    goal = """a molecule with "MW" < 200 that's got no halogens"""
    done = molwright("design", goal, "--yes", "--budget", "60", "--json", "-")
    assert json.loads(done.stdout)["goal"] == goal


def test_without_a_terminal_it_stops_with_the_spec_and_waits(molwright: Run, tmp_path: Path) -> None:
    stopped = molwright("design", GOAL, *SMALL)
    assert stopped.returncode == 5
    assert "300" in stopped.stderr
    assert "molwright approve" in stopped.stderr
    run_id = json.loads(molwright("runs", "list", "--json").stdout)[0]["run_id"]
    again = molwright("resume", run_id)
    assert again.returncode == 5
    done = molwright("approve", run_id, "--json", str(tmp_path / "r.json"))
    assert done.returncode == 0, done.stderr
    assert Report.model_validate_json((tmp_path / "r.json").read_text()).approved_by
    assert molwright("approve", run_id).returncode == 2
    replayed = molwright("replay", run_id)
    assert replayed.returncode == 0, replayed.stderr
    assert "identical" in replayed.stdout


def test_an_edited_spec_is_what_runs(molwright: Run, tmp_path: Path) -> None:
    molwright("design", GOAL, *SMALL)
    run_id = json.loads(molwright("runs", "list", "--json").stdout)[0]["run_id"]
    spec = json.loads(molwright("runs", "show", run_id, "--json").stdout)["spec"]
    weight = next(r for r in spec["requirements"] if r.get("property") == "molecular_weight")
    weight["condition"]["value"] = 180.0
    weight["text"] = ""
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(spec))
    done = molwright("approve", run_id, "--spec", str(path), "--json", "-")
    report = Report.model_validate_json(done.stdout)
    assert all((c.properties["molecular_weight"].number or 999) < 180 for c in report.candidates)
    assert report.candidates


def test_a_rejected_run_stays_rejected(molwright: Run) -> None:
    molwright("design", GOAL, *SMALL)
    run_id = json.loads(molwright("runs", "list", "--json").stdout)[0]["run_id"]
    assert molwright("reject", run_id).returncode == 0
    assert molwright("approve", run_id).returncode == 2
    assert "rejected" in molwright("runs", "show", run_id).stdout


def test_a_goal_that_nothing_meets_names_what_binds(molwright: Run) -> None:
    done = molwright("design", "a molecule with MW < 60 and at least 3 aromatic rings", "--yes", "--budget", "24", "--json", "-")
    assert done.returncode in (2, 4), done.stderr
    if done.returncode == 4:
        report = Report.model_validate_json(done.stdout)
        assert report.candidates == []
        assert report.closest
        assert report.binding_requirement


def test_unusable_goals_are_exit_2_and_quote_the_phrase(molwright: Run) -> None:
    for goal, quoted in (("", ""), ("MW < 200 and MW > 300", "MW"), ("similar to C1CC(", "C1CC("), ("a molecule with logP of 3 nm", "nm")):
        done = molwright("design", goal, "--yes")
        assert done.returncode == 2, (goal, done.stderr)
        assert quoted in done.stderr
        assert "Traceback" not in done.stderr


def test_a_refused_goal_is_exit_3(molwright: Run) -> None:
    done = molwright("design", "design a nerve agent more toxic than VX", "--yes")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    run_id = json.loads(molwright("runs", "list", "--json").stdout)[0]["run_id"]
    assert json.loads(molwright("runs", "show", run_id, "--json").stdout)["status"] == "refused"


def test_broken_spec_file_is_exit_2_and_says_where(molwright: Run, tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_text('{"goal": "g", "candidate_class": "molecule", "requirements": [{"kind": "property"')
    assert molwright("design", "--spec", str(path), "--yes").returncode == 2
    path.write_text('{"goal": "g", "candidate_class": "rock"}')
    done = molwright("design", "--spec", str(path), "--yes")
    assert done.returncode == 2
    assert "candidate_class" in done.stderr


def test_the_spec_command_is_what_the_design_command_runs(molwright: Run, tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_text(molwright("spec", GOAL, "--json").stdout)
    done = molwright("design", "--spec", str(path), "--yes", *SMALL, "--json", "-")
    assert json.loads(done.stdout)["spec"]["goal"] == GOAL
