"""Scorers from the command line and from outside: who may name a command, what is said of a wrong one, and molwright as a scorer itself."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from app.mcp.runs import DesignArguments
from app.web.views import RunRequest
from core.errors import UsageError
from core.options import given_options
from core.spec import DesignSpec
from tests.app.conftest import Run

PROGRAM = Path(__file__).parents[1] / "data" / "scorer.py"
SCORER = ("--scorer", f"surface score={sys.executable} {PROGRAM}")
GOAL = "a molecule with surface score below 80 kcal/mol and molar mass above 120"


def test_a_goal_names_a_scorer_in_its_unit(molwright: Run) -> None:
    declared = (
        "--scorer-set",
        "unit=kJ/mol",
        "--scorer-set",
        "range=10..200",
        "--scorer-set",
        "better=lower",
        "--scorer-set",
        "seconds=60",
    )
    done = molwright("spec", GOAL, *SCORER, *declared, "--json")
    assert done.returncode == 0, done.stderr
    spec = DesignSpec.model_validate_json(done.stdout)
    requirement = spec.requirements[0].model_dump()
    assert (requirement["property"], requirement["unit"]) == ("surface_score", "kJ/mol")
    assert requirement["condition"]["value"] == pytest.approx(80 * 4.184)
    assert spec.calls == {"surface score": 20}
    assert any("costs about 60 s a call: at most 20 structures are computed, about 10 min on 2 cores" in a.text for a in spec.assumptions)
    wish = DesignSpec.model_validate_json(molwright("spec", "a molecule with a low surface score", *SCORER, *declared, "--json").stdout)
    objective = wish.objectives[0]
    assert (objective.property, objective.low, objective.high) == ("surface_score", 10, 200)


def test_one_structure_is_scored_where_a_goal_asks_for_it(molwright: Run) -> None:
    done = molwright("check", "CCO", "--goal", "a molecule with surface score below 15", *SCORER, "--json")
    assert done.returncode == 4, done.stderr
    [requirement] = json.loads(done.stdout)["requirements"]
    assert requirement["value"] == pytest.approx(19.8984, abs=1e-4)
    assert not requirement["met"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--scorer", "dock"), "write NAME=COMMAND"),
        (("--scorer", "dock score=/nowhere/dock"), "there is no program '/nowhere/dock'"),
        ((*SCORER, "--scorer-set", "unit=kJ/mol"), "say between which numbers surface score usually lies, in kJ/mol"),
        ((*SCORER, "--scorer-set", "colour=red"), "colour"),
        ((*SCORER, "--scorer-set", "range=5"), "range"),
        (("--scorer-set", "unit=eV"), "say of which scorer"),
        (("--scorer", f"melting point={sys.executable} {PROGRAM}"), "already registered"),
    ],
)
def test_what_cannot_be_a_scorer_is_said(molwright: Run, arguments: tuple[str, ...], said: str) -> None:
    done = molwright("spec", GOAL, *arguments)
    assert done.returncode == 2 or "already" in said
    assert said in done.stderr


def test_no_request_can_name_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    evil = {"name": "own score", "command": "touch /tmp/owned"}
    for request in ({"scorers": [evil]}, {"scorer": "own score=touch /tmp/owned"}, {"options": {"scorers": [evil]}}):
        with pytest.raises(ValueError, match="Extra inputs"):
            RunRequest.model_validate({"goal": GOAL, **request})
        with pytest.raises(ValueError, match="Extra inputs"):
            DesignArguments.model_validate({"goal": GOAL, **request})
        with pytest.raises(ValueError, match="Extra inputs"):
            DesignSpec.model_validate({"goal": GOAL, "candidate_class": "molecule", **request})
    with pytest.raises(UsageError, match="a command is never part of a run's options"):
        given_options({"scorers": [evil]})


def test_the_settings_name_scorers_for_every_run(molwright: Run, tmp_path: Path) -> None:
    (tmp_path / "molwright.toml").write_text(f'[scorers."surface score"]\ncommand = "{sys.executable} {PROGRAM}"\nbetter = "lower"\n')
    done = molwright("spec", "a molecule with surface score below 80", "--json")
    assert done.returncode == 0, done.stderr
    assert DesignSpec.model_validate_json(done.stdout).calls == {"surface score": 96}
    (tmp_path / "molwright.toml").write_text('[scorers."surface score"]\ncommand = "x"\nfast = true\n')
    assert "scorers.surface score.fast" in molwright("spec", "a molecule with MW < 200").stderr


def scores(text: str) -> dict[str, Any]:
    """The payload of REINVENT's form."""
    read = json.loads(text)
    assert read["version"] == 1
    payload: dict[str, Any] = read["payload"]
    return payload


def test_molwright_is_a_scorer_for_reinvent(molwright: Run) -> None:
    given = "CCO\nCC(=O)Nc1ccc(O)cc1\nnot a structure\nCCCCCCCCCCCCCCCCCCCC"
    done = molwright("score", "--goal", "a molecule with logP below 2 and MW below 200", "--reinvent", stdin=given)
    assert done.returncode == 0, done.stderr
    found = scores(done.stdout)["predictions"]
    assert len(found) == 4
    assert found[0] > 0
    assert found[2:] == [0.0, 0.0]
    several = scores(molwright("score", "--property", "logp", "--property", "mw", "--reinvent", stdin=given).stdout)
    assert list(several) == ["predictions", "molecular_weight"]
    assert math.isnan(several["predictions"][2])
    assert several["molecular_weight"][0] == pytest.approx(46.07, abs=0.01)


def test_molwright_speaks_its_own_protocol(molwright: Run) -> None:
    asked = '{"id": 5, "smiles": "CCO"}\n{"id": "a", "smiles": "C1CC"}\n'
    done = molwright("score", "--property", "logp", stdin=asked)
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["id"], second["id"]) == (5, "a")
    assert first["value"] == pytest.approx(-0.0014, abs=1e-3)
    assert second["value"] is None
    assert second["error"]
    assert molwright("score", "--property", "logp", stdin="CCO\n").returncode == 2
    assert "say what to score" in molwright("score").stderr
