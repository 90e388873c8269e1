"""`runs watch|pause|cancel` and --core, --like, --unlike as the command line takes them, in this process and without a search."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.services.entry import Services
from app.services.execution import Execution
from core.errors import UsageError
from core.events import ProgressSink, StageBegun, StatusChanged
from core.interfaces import Lease
from core.options import RunOptions
from graphs.context import DesignContext

GOAL = "a molecule with MW below 300"
NOW = "2026-01-01T00:00:00+00:00"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def run_id() -> str:
    """A run that waits in the queue."""
    return Services().runs().start(GOAL, RunOptions(budget=10, yes=True), queued=True)


def _called(*arguments: object) -> Any:
    return CliRunner().invoke(app, list(map(str, arguments)))


def _status(run_id: str) -> str:
    return Services().runs().find(run_id).status


def test_a_queued_run_is_paused_and_then_cancelled_by_a_prefix_of_its_id(run_id: str) -> None:
    paused = _called("runs", "pause", run_id[:8])
    assert (paused.exit_code, _status(run_id)) == (0, "paused")
    assert f"run {run_id[:8]} is paused" in paused.output
    cancelled = _called("runs", "cancel", run_id)
    assert (cancelled.exit_code, _status(run_id)) == (0, "cancelled")
    again = _called("runs", "pause", run_id)
    assert (again.exit_code != 0, _status(run_id)) == (True, "cancelled")


@pytest.mark.parametrize("command", ["watch", "pause", "cancel"])
def test_a_run_that_there_is_not_is_named(command: str) -> None:
    failed = _called("runs", command, "nosuchrun")
    assert failed.exit_code != 0
    assert "nosuchrun" in f"{failed.output}{failed.exception}"


def test_watching_tells_what_a_run_has_told_and_ends_with_it(run_id: str) -> None:
    store = Services().store
    lease = store.acquire(run_id, "another process")
    store.add_progress(lease, [(NOW, StageBegun(stage="screen", generation=0, evaluated=0)), (NOW, StatusChanged(status="paused"))])
    store.set_status(lease, "running")
    store.set_status(lease, "paused")
    store.release(lease)
    watched = _called("runs", "watch", run_id, "--json")
    assert watched.exit_code == 0
    told = [json.loads(line) for line in watched.stdout.splitlines() if line.strip()]
    assert [event["number"] for event in told] == list(range(1, len(told) + 1))
    assert [event["event"].get("stage") or event["event"]["status"] for event in told] == ["screen", "paused"]
    later = _called("runs", "watch", run_id, "--json", "--after", len(told))
    assert (later.exit_code, later.stdout.strip()) == (0, "")
    shown = _called("runs", "watch", run_id)
    assert "paused" in shown.output


def _spec(*arguments: object) -> dict[str, Any]:
    done = _called("spec", GOAL, *arguments, "--json")
    assert done.exit_code == 0, f"{done.output}{done.exception}"
    spec: dict[str, Any] = json.loads(done.stdout)
    return spec


def _of_kind(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [r for r in spec["requirements"] if r["kind"] == kind]


def test_a_drawn_core_fixes_its_atoms_but_those_that_are_open() -> None:
    (kept,) = _of_kind(_spec("--core", "*c1ccc(C(N)=O)cc1"), "fixed_atoms")
    assert kept["origin"] == "person"
    assert len(kept["fixed"]) == 9
    assert len(kept["open"]) == 1


def test_references_are_resembled_or_avoided() -> None:
    like = _of_kind(_spec("--like", "CC(=O)Oc1ccccc1C(=O)O"), "reference_set")
    unlike = _of_kind(_spec("--unlike", "CC(=O)Oc1ccccc1C(=O)O"), "reference_set")
    assert [r["condition"]["comparison"] for r in like] == [">="]
    assert [r["condition"]["comparison"] for r in unlike] == ["<"]


def test_what_cannot_be_a_core_or_a_reference_is_an_error(tmp_path: Path) -> None:
    assert _called("spec", GOAL, "--core", "").exit_code != 0
    assert _called("spec", GOAL, "--like", str(tmp_path / "nothing.smi")).exit_code != 0


def test_patience_is_stored_with_the_run_and_used(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[int] = []

    def seen(self: Execution, lease: Lease, tell: ProgressSink) -> DesignContext:
        made = context(self, lease, tell)
        used.append(made.policy.patience)
        made.executor.close()
        raise UsageError("seen enough")

    context = Execution._context
    monkeypatch.setattr(Execution, "_context", seen)
    assert _called("design", GOAL, "--yes", "--patience", "9").exception is not None
    assert _called("design", GOAL, "--yes").exception is not None
    assert used == [9, 4]
    assert [run.given.patience for run in Services().runs().list()] == [None, 9]
    assert _called("design", GOAL, "--patience", "0").exit_code == 2


def test_rules_of_novelty_exclude_one_another_and_reach_the_spec(monkeypatch: pytest.MonkeyPatch) -> None:
    both = _called("design", GOAL, "--new-only", "--known-first")
    assert both.exit_code != 0
    assert "--new-only and --known-first exclude one another" in str(both.exception)
    asked: dict[str, Any] = {}

    def started(self: object, goal: str, options: RunOptions, **more: object) -> str:
        asked.update(options.stored())
        raise UsageError("enough")

    monkeypatch.setattr("app.services.runs.RunService.start", started)
    _called("design", GOAL, "--known-first")
    assert asked["novelty"] == "known first"
    _called("design", GOAL, "--list-known")
    assert asked["list_known"] is True
