"""Every other command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.conftest import Run


def test_properties_have_units_and_uncertainty(molwright: Run) -> None:
    done = molwright("properties", "CC(=O)Oc1ccccc1C(=O)O", "*CC(*)c1ccccc1", "--json")
    assert done.returncode == 0, done.stderr
    aspirin, styrene = json.loads(done.stdout)
    assert aspirin["properties"]["molecular_weight"]["value"] == pytest.approx(180.16, abs=0.01)
    assert aspirin["properties"]["melting_point"]["sigma"] > 0
    assert aspirin["properties"]["melting_point"]["unit"] == "°C"
    assert styrene["class"] == "polymer"
    assert "glass_transition_temperature" in styrene["properties"]
    assert "Melting point" in molwright("properties", "CCO").stdout


def test_broken_structures_are_listed_and_the_good_ones_shown(molwright: Run) -> None:
    done = molwright("properties", "-", "--json", stdin="CCO ethanol\nC1CC\nc1ccccc1 benzene\n")
    assert done.returncode == 2
    assert [r["smiles"] for r in json.loads(done.stdout)] == ["CCO", "c1ccccc1"]
    assert "C1CC" in done.stderr


def test_check_holds_a_structure_against_a_goal(molwright: Run) -> None:
    good = molwright("check", "CCO", "--goal", "a molecule with MW < 100", "--json")
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["requirements"][0]["met"]
    assert molwright("check", "CCO", "--goal", "a molecule with MW > 100").returncode == 4
    assert molwright("check", "C1CC", "--goal", "a molecule with MW > 100").returncode == 2


def test_literature_search_gives_references(molwright: Run) -> None:
    done = molwright("literature", "search", "glass transition of polyimides", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found
    assert all(p["citation"]["doi"] and p["citation"]["year"] for p in found)


def test_doctor_finds_everything_working_on_a_fresh_machine(molwright: Run) -> None:
    done = molwright("doctor", "--json")
    rows = json.loads(done.stdout)
    assert [r["part"] for r in rows if not r["works"]] == [], rows
    assert done.returncode == 0


def test_unknown_run_is_exit_2(molwright: Run) -> None:
    for command in (
        ("report", "nope"),
        ("resume", "nope"),
        ("trace", "nope"),
        ("replay", "nope"),
        ("approve", "nope"),
        ("runs", "show", "nope"),
    ):
        done = molwright(*command)
        assert done.returncode == 2, command
        assert "nope" in done.stderr
        assert "Traceback" not in done.stderr


def test_home_that_cannot_be_made_is_a_clear_error(molwright: Run, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = molwright("runs", "list", MOLWRIGHT_HOME=str(blocked / "home"))
    assert done.returncode == 1
    assert "MOLWRIGHT_HOME" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_setting_is_a_clear_error(molwright: Run) -> None:
    done = molwright("runs", "list", MOLWRIGHT_SEARCH__BUDGET="lots")
    assert done.returncode == 1
    assert "budget" in done.stderr


def test_feedback_trace_and_fork(molwright: Run) -> None:
    done = molwright("design", "a molecule with MW < 200", "--yes", "--budget", "60", "--candidates", "3", "--json", "-")
    run_id = json.loads(done.stdout)["run_id"]
    assert molwright("feedback", run_id, "1", "accept", "--comment", "nice").returncode == 0
    assert molwright("feedback", run_id, "99", "accept").returncode == 2
    assert json.loads(molwright("runs", "show", run_id, "--json").stdout)["feedback"][0]["comment"] == "nice"
    assert molwright("feedback", run_id, "2", "reject").returncode == 2
    assert "agreed: accepted by" in molwright("feedback", run_id, "1", "accept", "--by", "bo").stderr
    measured = molwright("measurements", "add", run_id, "1", "band_gap", "20")
    assert (measured.returncode, "no property" in measured.stderr) == (2, True)
    measured = molwright("measurements", "add", run_id, "1", "melting point", "-20.5", "--unit", "°C", "--json")
    assert json.loads(measured.stdout)["measured"]["value"] == -20.5
    assert "1 structure measured" in molwright("measurements", "list", run_id).stdout
    assert molwright("measurements", "export", "--property", "melting_point").stdout.count("\n") == 2
    shown = molwright("next-round", run_id, "--show")
    assert (shown.returncode, "1 accepted, 0 rejected" in shown.stderr) == (0, True), shown.stderr
    standing = json.loads(molwright("review", run_id, "--json", "--show", "agreed").stdout)["candidates"]
    assert [c["decision"] for c in standing] == ["accept"]
    events = json.loads(molwright("trace", run_id, "--json").stdout)
    first = [e for e in events if e["node"] == "propose" and e["generation"] == 0]
    assert first
    forked = molwright("replay", run_id, "--from", str(first[-1]["sequence"]), "--with", "budget=90", "--json")
    assert forked.returncode == 0, forked.stderr
    fork = json.loads(forked.stdout)
    assert fork["spec"]["budget"] == 90
    assert fork["run_id"] != run_id
    again = json.loads(molwright("trace", fork["run_id"], "--json").stdout)
    hashes = {e["output_hash"] for e in again if e["node"] == "propose" and e["generation"] == 0}
    assert hashes == {e["output_hash"] for e in first}
    assert molwright("replay", run_id, "--with", "model=x").returncode == 2
    assert molwright("replay", run_id, "--with", "colour=red").returncode == 2


def test_eval_runs_are_stored_and_compared(molwright: Run) -> None:
    a = json.loads(molwright("eval", "run", "guard", "--limit", "400", "--json").stdout)
    b = json.loads(molwright("eval", "run", "guard", "--limit", "400", "--json").stdout)
    assert a["cases"]
    compared = json.loads(molwright("eval", "compare", a["eval_id"], b["eval_id"][:8], "--json").stdout)
    assert compared["verdict"] == "cannot tell"
    assert compared["pairs"] == len(a["cases"])
    assert a["eval_id"] in molwright("eval", "list").stdout
    assert molwright("eval", "run", "nothing").returncode == 2
    assert molwright("eval", "show", a["eval_id"]).returncode == 0


def test_ctrl_c_says_that_nothing_is_lost_and_the_run_goes_on(home: Path, tmp_path: Path, molwright: Run) -> None:
    import os
    import signal
    import subprocess
    import sys
    import threading

    from tests.forked import ROOT

    env = {**os.environ, "MOLWRIGHT_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "app.cli", "design", "a molecule with MW < 250", "--yes", "--budget", "200"]
    process = subprocess.Popen(
        command, env=env, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stderr is not None
    seen = []
    for line in process.stderr:  # the first line of progress: the run is under way
        seen.append(line)
        if line.startswith("generation 0"):
            os.killpg(process.pid, signal.SIGINT)
            break
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    rest = process.stderr.read()
    watchdog.cancel()
    assert process.wait() == 130, (seen, rest)
    assert "molwright resume" in rest
    assert "Traceback" not in rest
    run_id = json.loads(molwright("runs", "list", "--json").stdout)[0]["run_id"]
    assert molwright("resume", run_id).returncode == 0
