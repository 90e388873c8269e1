"""A goal of which too little was read stops at every door with exit code 5, the sentence marked, and says how to go on."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from agent.quick import quick_answer
from agent.reading import describe, interpret
from agent.toolbox import TOOLS, ToolContext
from app.cli import app
from app.commands.chat import _approved
from app.console import print_spec
from app.services.entry import Services
from core import approval
from core.errors import RefusedError, UnreadGoal
from core.settings import Settings
from graphs.context import DesignContext
from tools.workspace import builtin

UNREAD = "a surfactant with HLB of 12, low foaming, MW below 400 and cloud point above 60 °C"
MARKED = "a surfactant [?with HLB of 12?], [?low foaming?], MW below 400 and [?cloud point above 60 °C?]"
STOPPED = "a solvent with MW below 300, similar to CAS 9999999-99-5"
WHY = "only 2 of the 5 wishes of the goal are checked"


@pytest.fixture
def cli(tmp_path: Path) -> Any:
    """Run the program in this process, with a home of its own and without a terminal."""

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(app, arguments, env={"MOLWRIGHT_HOME": str(tmp_path / "home"), "COLUMNS": "300"})

    return run


def test_design_with_yes_stores_the_run_and_waits(cli: Any, tmp_path: Path) -> None:
    done = cli("design", UNREAD, "--yes", "--budget", "20", "--candidates", "2")
    assert done.exception.exit_code == 5
    assert f"Read:  {MARKED}" in done.stderr
    assert f"look at this first: {WHY}" in done.stderr
    run = done.exception.run_id
    for way in (f"molwright approve {run} --accept-unread", f"molwright approve {run} --spec FILE", f"molwright reject {run}"):
        assert way in done.stderr
    again = cli("approve", run)
    assert again.exception.exit_code == 5
    assert MARKED in again.stderr
    services = Services(Settings(home=tmp_path / "home"))
    assert services.runs().find(run).status == "waiting"
    assert cli("approve", run, "--accept-unread").exit_code in (0, 4)
    assert services.runs().find(run).status in ("success", "no_candidate")


def test_design_that_accepts_what_is_unread_runs(cli: Any) -> None:
    assert cli("design", UNREAD, "--yes", "--accept-unread", "--budget", "20", "--candidates", "2").exit_code in (0, 4)


def test_the_doors_that_store_nothing_stop_too(cli: Any, tmp_path: Path) -> None:
    library = tmp_path / "library.smi"
    library.write_text("CCO ethanol\n")
    for command in (["quick", UNREAD], ["check", "CCO", "--goal", UNREAD], ["screen", str(library), "--goal", UNREAD]):
        done = cli(*command)
        assert isinstance(done.exception, UnreadGoal), command
        assert done.exception.exit_code == 5
        assert (done.exception.objections, done.exception.spec.goal) == ((WHY,), UNREAD)
        assert MARKED in done.stderr
        assert "--accept-unread" in str(done.exception)
        assert cli(*command, "--accept-unread").exit_code in (0, 4), command


def test_the_doors_that_store_nothing_refuse_what_the_guard_stopped(cli: Any, tmp_path: Path) -> None:
    library = tmp_path / "library.smi"
    library.write_text("CCO ethanol\n")
    for command in (["quick", STOPPED], ["check", "CCO", "--goal", STOPPED], ["screen", str(library), "--goal", STOPPED]):
        for more in ([], ["--accept-unread"]):
            done = cli(*command, *more)
            assert isinstance(done.exception, RefusedError), command
            assert done.exception.exit_code == 3
            assert "the guard cannot tell what is asked for" in str(done.exception)


def test_the_parts_behind_the_doors_obey_the_same_rule() -> None:
    with pytest.raises(UnreadGoal, match="only 2 of the 5 wishes"):
        quick_answer(UNREAD, workspace=builtin())
    tool = TOOLS["quick_structures"]
    with pytest.raises(UnreadGoal):
        tool.run(tool.arguments.model_validate({"goal": UNREAD, "count": 1}), ToolContext())
    assert DesignContext.objections(interpret(UNREAD)) == (WHY,)  # also where nobody wired a rule
    assert approval.objections(interpret("a molecule with MW < 300")) == ()


@pytest.mark.parametrize(
    ("yes", "accept", "starts"), [(True, False, False), (True, True, True), (False, True, False)]
)  # fmt: skip
def test_a_conversation_starts_no_unread_goal_by_itself(yes: bool, accept: bool, starts: bool, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = {"goal": UNREAD, "spec": "", "borrowed": "", "objections": [WHY], "question": ""}
    assert _approved(wanted, yes, accept) is starts
    assert WHY in capsys.readouterr().err


@pytest.mark.parametrize(
    "goal",
    [
        "Design a heat-resistant polymer with Tg > 250 °C",
        "an organic dye with max absorption at 500 nm",
        "a molecule with MW < 300 that's stable at 200 °C",
    ],
)
def test_the_goals_of_the_smoke_run_are_read_whole(goal: str) -> None:
    spec = interpret(goal)
    assert approval.objections(spec) == ()
    assert spec.wishes().unchecked == 0


def test_unread_words_are_underlined_where_there_is_colour() -> None:
    spec = interpret(UNREAD)
    plain = Console(record=True, width=300, file=io.StringIO())
    coloured = Console(record=True, width=300, file=io.StringIO(), force_terminal=True, color_system="standard", no_color=False)
    print_spec(spec, describe(spec), plain)
    assert MARKED in plain.export_text()
    print_spec(spec, describe(spec), coloured)
    shown = coloured.export_text(styles=True)
    assert "[?" not in shown
    assert "\x1b[1;4;33mlow foaming\x1b[0m" in shown


def test_a_suggestion_is_accepted_at_approval(cli: Any, tmp_path: Path) -> None:
    goal = "our wobble must zing with a flash point above 70 °C, low foaming, MW below 300"
    done = cli("design", goal, "--yes", "--budget", "20", "--candidates", "2")
    run = done.exception.run_id
    assert f"molwright approve {run} --accept-suggestions" in done.stderr
    after = cli("approve", run, "--accept-suggestions", "--accept-unread")
    assert after.exit_code in (0, 4), after.output
    spec = Services(Settings(home=tmp_path / "home")).store.spec(run)
    assert [(r.text, r.origin) for r in spec.requirements] == [
        ("Molecular weight below 300 g/mol", "goal"),
        ("Flash point above 70 °C", "person"),
    ]
    assert "Not checked (2 of the 5 wishes are checked)" in cli("runs", "show", run).stdout  # unread: wobble, must zing, low foaming
    again = cli("approve", run, "--accept-suggestions")
    assert "does not wait for approval" in str(again.exception)


def test_the_report_never_says_a_probability_alone(cli: Any, tmp_path: Path) -> None:
    done = cli("design", UNREAD, "--yes", "--accept-unread", "--budget", "20", "--candidates", "2", "--out", str(tmp_path))
    assert "p(all met)" not in done.stdout
    assert "2 of the 5 wishes" in " ".join(done.stderr.split())
    assert "not checked: HLB of 12" in done.stderr
