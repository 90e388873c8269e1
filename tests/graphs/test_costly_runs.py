"""A design run by an own scorer: what is listed was computed, the record has every call, and nothing that the program does ends the run."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.services.entry import Services
from app.services.event_words import event_words
from app.services.runs import RunService
from core.errors import ConfigurationError, RunStopped
from core.events import CallDone, ProgressEvent, silent
from core.report import Report
from core.scorers import Scorer
from tests.settings_kit import settings_of
from tools.reporting.html import render_html
from tools.reporting.tables import to_csv
from tools.search import policy
from tools.search.policy import SearchPolicy

PROGRAM = Path(__file__).parents[1] / "data" / "scorer.py"
GOAL = "a molecule with surface score below 80 and molar mass above 120"
OPTIONS = {"yes": True, "budget": 48, "calls": 16, "candidates": 3, "seed": 3}
NOWHERE = "http://127.0.0.1:1"  # no literature store answers here


@pytest.fixture(scope="module", autouse=True)
def _small_batches() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy, "DEFAULT", SearchPolicy(batch=24))
        yield


def door(home: Path, mode: str = "fine", *further: str, **declared: Any) -> Services:
    """The services of an operator whose settings name the scorer."""
    command = " ".join([sys.executable, str(PROGRAM), mode, *further])
    table = {"command": command, "better": "lower", "range": [40, 160], "unit": "", "seconds": 1, **declared}
    return Services(settings_of(home=home, literature__uri=NOWHERE, workers__processes="2", scorers={"surface score": table}))


def runs(services: Services, progress: Callable[[ProgressEvent], None] = silent, **also: Any) -> RunService:
    """The design runs, told of and left as asked."""
    return services.runs(progress, **also)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Services, Report, list[str]]:
    """A home with a finished run, its report, and the structures that the program was asked for, in order.

    The run waited in the queue, as one from the pages does: a worker may use the scorers of the operator's settings.
    """
    home = tmp_path_factory.mktemp("home")
    services = door(home, "fine", str(home / "log"))
    service = runs(services)
    run_id = service.start(GOAL, OPTIONS, queued=True)
    assert service.execute_next() == run_id
    report = service.report(run_id)
    return services, report, (home / "log").read_text().split()


def test_what_is_listed_was_computed(finished: tuple[Services, Report, list[str]]) -> None:
    services, report, asked = finished
    assert report.candidates
    for candidate in [*report.candidates, *report.closest]:
        value = candidate.properties["surface_score"]
        assert (value.basis, value.method, value.unit) == ("computed", "surface score", "")
        assert candidate.smiles in asked
    assert all(c.properties["surface_score"].number < 80 for c in report.candidates)  # type: ignore[operator]
    [use] = report.costly
    assert (use.calls, use.allowed, use.failed) == (len(asked), 16, 0)
    assert len(asked) == len(set(asked)) <= 16
    kept = list(services.store.each_candidate(report.run_id))
    estimated = [c for c in kept if c.properties.get("surface_score") and c.properties["surface_score"].basis == "estimated"]
    assert len(estimated) > len(asked) / 2
    assert all(c.properties["surface_score"].sigma for c in estimated if c.properties["surface_score"].value is not None)
    assert any("at most 16 structures are computed" in a.text for a in report.assumptions)


def test_where_a_person_sees_the_values_it_is_said_which_are_computed(finished: tuple[Services, Report, list[str]]) -> None:
    services, report, _ = finished
    page = render_html(report, catalogue=services.workspace.catalogue)
    assert "What was computed, and what estimated" in page
    assert "computed for this structure" in page
    rows = list(csv.DictReader(io.StringIO(to_csv(report))))
    assert {row["surface_score basis"] for row in rows} == {"computed"}
    called = next(e for e in services.store.events(report.run_id, "tool"))
    assert event_words(called).startswith("surface score, ")
    assert called.outputs["smiles"] in event_words(called)


def test_a_replay_asks_nobody(finished: tuple[Services, Report, list[str]]) -> None:
    services, report, asked = finished
    elsewhere = services.with_settings(services.settings.model_copy(update={"scorers": {}}))
    result = runs(elsewhere).replay(report.run_id)
    assert result.identical, result.text
    assert (services.settings.home / "log").read_text().split() == asked


def test_a_run_that_was_left_makes_no_call_twice(finished: tuple[Services, Report, list[str]], tmp_path: Path) -> None:
    _, whole, asked = finished
    services = door(tmp_path, "slow", str(tmp_path / "log"))
    told: list[CallDone | None] = []

    def leaving() -> bool:
        return len(told) in (3, 11)

    first = runs(services, lambda event: told.append(event) if isinstance(event, CallDone) else None, leaving=leaving)
    run_id = first.start(GOAL, OPTIONS)
    for _ in range(2):
        with pytest.raises(RunStopped):
            first.execute(run_id)
        told.append(None)
    nobody = door(tmp_path).settings.model_copy(update={"scorers": {}})
    with pytest.raises(ConfigurationError, match=r"--scorer 'surface score=COMMAND'"):
        runs(services.with_settings(nobody)).execute(run_id)
    report = runs(services).execute(run_id)
    log = (tmp_path / "log").read_text().split()
    assert (
        len(log) - len(set(log)) <= 2 * 4
    )  # each time it left, two workers had a call under way and perhaps an answer that nobody had taken
    assert [c.smiles for c in report.candidates] == [c.smiles for c in whole.candidates]
    assert report.costly[0].calls == len(asked)


def test_a_program_that_fails_costs_values_and_never_the_run(tmp_path: Path) -> None:
    service = runs(door(tmp_path, "hang", limit=0.2))
    report = service.execute(service.start(GOAL, OPTIONS))
    assert report.status == "no_candidate"
    [use] = report.costly
    assert use.failed == use.calls
    assert use.calls <= 8
    assert "longer than 0.2 s" in use.reasons[0]
    assert all(c.properties["surface_score"].basis is None for c in report.closest)


def test_nothing_that_a_run_stores_holds_the_command(finished: tuple[Services, Report, list[str]]) -> None:
    services, report, _ = finished
    record = services.store.run(report.run_id)
    assert record.options["scorers"][0]["command"] == ""
    assert str(PROGRAM) not in str([e.model_dump() for e in services.store.events(report.run_id)])
    assert Scorer.model_validate(record.options["scorers"][0]).range == (40, 160)
