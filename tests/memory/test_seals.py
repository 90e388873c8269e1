"""Whatever is changed in what is stored of a finished run is named."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from core.candidate import Candidate
from core.errors import NotFoundError, ReplayDiffers, StoreError
from core.events import StageBegun
from core.feedback import Said
from core.report import Report
from core.spec import DesignSpec
from core.trace import TraceEvent
from core.verification import Verification
from memory.sql import SqlRunStore, seals
from memory.sql.engine import make_engine, normalise_url
from memory.sql.models import Base
from memory.sql.runs import require_run
from tests.memory.before_0006 import HEAD, as_before, old_store
from tests.memory.conftest import Clock, make_candidate, make_spec

AT = "2026-01-02T03:04:05+00:00"
#: Tables that hold nothing of a run. Whether somebody put it out of sight, and who may see it, may change after it was sealed, and say nothing of it.
ELSEWHERE = {"eval_runs", "eval_cases", "archived_runs", "run_access", "projects", "project_members", "audit_log", "promotions"}
#: What is worked out from a run's candidates or options, for searching; it can be made anew, and these are read from their own rows.
DERIVED = {"structure_columns", "replays", "rounds"}


def _of_a_run(table: str) -> bool:
    """Papers and accounts are not of a run; an answer keeps the words that it quotes among its events."""
    return table not in ELSEWHERE | DERIVED and not table.startswith(("literature_", "people"))


COLUMNS = [(t.name, c.name) for t in Base.metadata.sorted_tables if _of_a_run(t.name) for c in t.columns]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with a row in every table, those of an earlier molwright among them, made once; tests change copies."""
    path = tmp_path_factory.mktemp("sealed") / "molwright.db"
    _finish(path, make_spec(), [make_candidate(number) for number in range(3)])
    return path


def _finish(path: Path, spec: DesignSpec, candidates: list[Candidate]) -> None:
    with SqlRunStore(f"sqlite:///{path}") as store:
        store.create_run("r1", "goal", {"user": "ada"}, AT)
        lease = store.acquire("r1", "me")
        store.approve_spec(lease, store.save_spec(lease, spec), "Ada", AT)
        store.save_candidates(lease, candidates)
        for number in range(3):
            outputs = {"n": number}
            store.add_event(lease, TraceEvent(run_id="r1", node="propose", generation=number, kind="model", outputs=outputs, tokens_in=3))
        report = Report(run_id="r1", goal="goal", status="success", spec=spec, candidates=candidates, timings={"total": 1.5})
        store.save_report(lease, report)
        with store.database.write() as connection:
            as_before(connection, "r1", candidates[0])
        store.set_status(lease, "success", finished_at=AT)
        store.add_progress(lease, [(AT, StageBegun(stage="screen"))])
        store.release(lease)
        store.add_feedback("r1", Said(candidates[0].key, "accept", "good", "Ada", AT))
        store.add_feedback("r1", Said("", "comment", "fine", "Bob", AT, {"reason": "cost"}))


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Path:
    path = tmp_path / "molwright.db"
    shutil.copy(finished, path)
    return path


def _verify(path: Path, head: str = "") -> Verification:
    with SqlRunStore(f"sqlite:///{path}") as store:
        return store.verify("r1", head)


def _change(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        changed = sum(connection.execute(statement).rowcount for statement in statements)
    connection.close()
    assert changed, statements


def test_what_nobody_changed_is_sealed(finished: Path) -> None:
    found = _verify(finished)
    assert (found.state, found.events, found.faults) == ("sealed", 3, [])
    assert len(found.head) == 64
    assert _verify(finished, found.head).state == "sealed"


def _other(value: Any) -> Any:
    """Another value of the same kind."""
    if value is None:
        return 1
    return value + 1 if isinstance(value, (int, float)) else f"{value}x"


def test_every_column_of_every_table(finished: Path) -> None:
    """Every column, one at a time: 0 are missed, and the fault names the table. Each change is taken back."""
    engine = make_engine(normalise_url(f"sqlite:///{finished}"), migrating=True)  # without foreign keys
    missed = []
    for table, column in COLUMNS:
        with engine.execution_options(molwright_write=True).connect() as connection:
            values = connection.exec_driver_sql(f"SELECT {column} FROM {table}").scalars().all()
            assert values, f"the run of this test has no row in {table}"
            changed = (_other(values[-1]), values[-1])
            connection.exec_driver_sql(f"UPDATE {table} SET {column} = ? WHERE {column} IS ?", changed)
            if (table, column) == ("runs", "run_id"):
                with pytest.raises(NotFoundError):
                    require_run(connection, "r1")
                continue
            found = seals.verify(connection, "r1")
            connection.rollback()
        if found.state != "broken" or not any(fault.startswith(table) for fault in found.faults):
            missed.append((table, column, found.state, found.faults))
    engine.dispose()
    assert missed == []
    assert len(COLUMNS) > 100


@pytest.mark.parametrize("table", sorted({table for table, _ in COLUMNS} - {"runs"}))
def test_a_row_that_is_gone(copy: Path, table: str) -> None:
    row = "key" if table == "property_values" else "rowid"
    _change(copy, f"DELETE FROM {table} WHERE {row} = (SELECT max({row}) FROM {table})")
    found = _verify(copy)
    assert found.state == "broken"
    assert any(table in fault for fault in found.faults), found.faults


def test_the_fault_names_the_column(copy: Path) -> None:
    _change(copy, "UPDATE specs SET approved_by = 'Eve'")
    assert _verify(copy).faults == ["specs.approved_by"]


def test_the_fault_names_the_event(copy: Path) -> None:
    _change(copy, "UPDATE trace_events SET tokens_in = 4 WHERE sequence = 2")
    assert "trace_events: number 2 or what it follows was changed: propose, 1, 0" in _verify(copy).faults


def test_seals_that_were_taken_away(copy: Path) -> None:
    _change(copy, "DELETE FROM run_seals")
    assert "has no seal" in _verify(copy).faults[0]


def test_all_of_it_rewritten_shows_only_against_a_head_kept_elsewhere(copy: Path, tmp_path: Path) -> None:
    head = _verify(copy).head
    forged = tmp_path / "forged.db"
    _finish(forged, make_spec(1), [make_candidate(number) for number in range(3)])
    assert _verify(forged).state == "sealed"
    found = _verify(forged, head)
    assert found.state == "broken"
    assert "is none of this run's" in found.faults[0]


def test_feedback_adds_a_seal_and_an_earlier_head_stays_good(copy: Path) -> None:
    head = _verify(copy).head
    with SqlRunStore(f"sqlite:///{copy}") as store:
        store.add_feedback("r1", Said("", "comment", "later", "Cyd", AT))
    found = _verify(copy, head)
    assert (found.state, found.notes) == (
        "sealed",
        ["the seal given is an earlier one of this run: what it covers is unchanged, and more was added since"],
    )
    assert found.head != head


def test_feedback_does_not_seal_what_was_changed_before_it(copy: Path) -> None:
    _change(copy, "UPDATE runs SET goal = 'another'", "UPDATE feedback SET comment = 'bad' WHERE sequence = 1")
    with SqlRunStore(f"sqlite:///{copy}") as store:
        store.add_feedback("r1", Said("", "comment", "later", "Cyd", AT))
    faults = _verify(copy).faults
    assert "runs.goal" in faults
    assert any(fault.startswith("feedback: number 1") for fault in faults)


def test_a_run_of_an_older_molwright_is_not_sealed(copy: Path) -> None:
    _change(copy, "DELETE FROM run_seals", "UPDATE trace_events SET seal = ''", "UPDATE feedback SET seal = ''")
    assert _verify(copy).state == "not sealed"
    with SqlRunStore(f"sqlite:///{copy}") as store:
        store.add_feedback("r1", Said("", "comment", "later", "Cyd", AT))
    assert _verify(copy).state == "not sealed"


def test_a_run_that_goes_on_is_open(store: SqlRunStore, new_spec: Callable[..., DesignSpec]) -> None:
    store.create_run("r1", "goal", {}, AT)
    assert store.verify("r1").state == "not sealed"
    lease = store.acquire("r1", "me")
    store.add_event(lease, TraceEvent(run_id="r1", node="propose", kind="record", seconds=1, outputs=[1.5, "é", None]))
    store.add_event(lease, TraceEvent(run_id="r1", node="rank", kind="step"))
    found = store.verify("r1")
    assert (found.state, found.events) == ("open", 2)
    store.release(lease)
    assert store.verify("r1", found.head).state == "open"
    store.ask_to_stop("r1", "cancelled", AT)
    assert store.verify("r1").state == "sealed"
    with pytest.raises(NotFoundError):
        store.verify("r2")


def test_a_conversation_is_sealed_again_after_each_answer(store: SqlRunStore) -> None:
    store.create_run("r1", "talk", {"kind": "chat"}, AT)
    for number in range(2):
        lease = store.acquire("r1", "me")
        store.set_status(lease, "running")
        store.add_event(lease, TraceEvent(run_id="r1", node="chat", generation=number, kind="model"))
        assert store.verify("r1").state == ("sealed" if number else "open")
        store.set_status(lease, "success")
        store.release(lease)
        assert store.verify("r1").state == "sealed"


def test_the_command_says_what_was_changed(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLWRIGHT_HOME", str(copy.parent))
    head = _verify(copy).head
    good = CliRunner().invoke(app, ["verify", "r1", "--head", head.upper()])
    assert (good.exit_code, head in good.output) == (0, True)
    _change(copy, "UPDATE runs SET status = 'no_candidate'")
    bad = CliRunner().invoke(app, ["verify", "r1"])
    assert isinstance(bad.exception, ReplayDiffers)
    assert bad.exception.exit_code == 6
    assert "changed: runs.status" in bad.output


def test_a_process_that_died_before_it_let_the_finished_run_go(store: SqlRunStore, clock: Clock) -> None:
    store.create_run("r1", "goal", {}, AT)
    lease = store.acquire("r1", "gone")
    store.add_event(lease, TraceEvent(run_id="r1", node="report", kind="step"))
    store.set_status(lease, "success", finished_at=AT)
    assert not store.seal_left("r1", "me"), "that process may be alive"
    found = store.verify("r1")
    assert (found.state, found.faults) == ("open", [])
    assert "gone has ended the run" in found.notes[0]
    clock.forward(31)
    assert store.seal_left("r1", "me")
    assert store.verify("r1").state == "sealed"
    assert not store.seal_left("r1", "me")


def test_a_run_is_let_go_although_it_cannot_be_sealed(lite: SqlRunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    lite.create_run("r1", "goal", {}, AT)
    lease = lite.acquire("r1", "me")
    lite.set_status(lease, "success", finished_at=AT)

    def damaged(*_: object) -> None:
        raise ValueError("a damaged row")

    monkeypatch.setattr(seals, "seal_run", damaged)
    with pytest.raises(StoreError, match="a damaged row"):
        lite.release(lease)
    assert lite.run("r1").owner == ""


def test_the_seals_of_an_earlier_molwright_hold_after_the_migration(tmp_path: Path) -> None:
    url = old_store(tmp_path / "molwright.db")
    with SqlRunStore(url) as store:
        found = store.verify("sealed", HEAD)
        assert (found.state, found.faults, found.head) == ("sealed", [], HEAD)
        assert store.candidates("sealed") == [make_candidate(number) for number in range(2)]
        assert store.events("sealed")[0].outputs == ["x" * 1200]
        assert store.verify("begun").state == "open"
        lease = store.acquire("begun", "me")  # goes on in the present way
        store.save_candidates(lease, [make_candidate(1, name="again"), make_candidate(5)])
        names = [candidate.name for candidate in store.candidates("begun")]
        assert names == ["ethanol", "again", "ethanol"]
        store.set_status(lease, "no_candidate", finished_at=AT)
        store.release(lease)
        assert store.verify("begun").state == "sealed"
        assert store.candidates("begun")[0] == make_candidate(0)


def test_a_packed_candidate_in_place_of_a_sealed_one_of_before_is_named(tmp_path: Path) -> None:
    url = old_store(tmp_path / "molwright.db")
    SqlRunStore(url).close()
    _change(tmp_path / "molwright.db", "UPDATE candidates SET content = x'01' WHERE run_id = 'sealed'")
    with SqlRunStore(url) as store:
        assert store.verify("sealed").faults == ["candidates.content"]
