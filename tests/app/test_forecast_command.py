"""``molwright spec --forecast`` and the tool behind a conversation: what to expect of a run before it is run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.toolbox import ASSISTANT_TOOLS, PROPOSER_TOOLS, TOOLS, ToolContext
from agent.toolbox.runs import DesignArguments
from app.cli import app
from core.errors import RefusedError
from core.forecast import Forecast
from tools.workspace import builtin

GOAL = "a polymer with Tg above 300 °C"


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a forecast knows of stored runs comes from a home of the test's own."""
    monkeypatch.setenv("MOLWRIGHT_HOME", str(tmp_path))


def test_the_forecast_is_a_sentence_and_a_table_of_what_relaxing_brings() -> None:
    done = CliRunner().invoke(app, ["spec", GOAL, "--forecast"])
    assert done.exit_code == 0, done.output
    assert "Qualifying candidates to expect: about " in done.stdout
    assert "What binds: R1, Glass transition temperature above 300 °C" in done.stdout
    assert "instead" in done.stdout  # the line may be broken behind it
    assert "reference" in done.stdout or "rests on" in done.stdout


def test_with_json_it_is_a_document() -> None:
    done = CliRunner().invoke(app, ["spec", GOAL, "--forecast", "--json"])
    assert done.exit_code == 0, done.output
    told = Forecast.model_validate(json.loads(done.stdout))
    assert told.known
    assert told.binding == "R1"
    assert told.earlier is not None
    assert told.relaxations[0].expected > (told.expected or 0)


def test_what_cannot_be_told_is_unknown_and_no_fault() -> None:
    done = CliRunner().invoke(app, ["spec", "a molecule similar to caffeine with logP below 0", "--forecast"])
    assert done.exit_code == 0, done.output
    assert "Qualifying candidates to expect: unknown: " in done.stdout


def test_the_assistant_has_the_tool_and_the_guard_stands_before_it() -> None:
    assert "forecast_design" in ASSISTANT_TOOLS
    assert "forecast_design" not in PROPOSER_TOOLS
    told = TOOLS["forecast_design"].run(DesignArguments(goal=GOAL), ToolContext(workspace=builtin()))
    assert told["forecast"].startswith("about ")
    assert told["binding"] == "R1"
    with pytest.raises(RefusedError):
        TOOLS["forecast_design"].run(DesignArguments(goal="a nerve agent more toxic than sarin"), ToolContext(workspace=builtin()))
