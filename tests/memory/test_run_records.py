"""Runs, specs, approvals, reports and feedback, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from core.candidate import Candidate, Citation
from core.errors import NotFoundError, StatusError, StoreError
from core.feedback import Said
from core.interfaces import RunFilter, RunStore
from core.report import Report
from core.spec import DesignSpec
from memory.sql import SqlRunStore
from memory.sql.models import CitationRow

AT = "2026-01-02T03:04:05+00:00"
NewSpec = Callable[..., DesignSpec]
NewCandidate = Callable[..., Candidate]


def test_the_store_is_a_run_store(store: SqlRunStore) -> None:
    as_interface: RunStore = store
    as_interface.create_run("r1", "a goal", {"budget": 10, "nested": {"a": [1, None, True]}}, AT)
    run = as_interface.run("r1")
    assert (run.goal, run.status, run.created_at, run.options) == (
        "a goal",
        "running",
        AT,
        {"budget": 10, "nested": {"a": [1, None, True]}},
    )
    assert (run.owner, run.fence, run.spec_version, run.approved_by, run.error, run.finished_at) == ("", 0, 0, "", "", "")


def test_creating_a_run_again_changes_nothing_and_another_one_is_refused(store: SqlRunStore) -> None:
    store.create_run("r1", "a goal", {"a": 1}, AT)
    store.create_run("r1", "a goal", {"a": 1}, "2027-01-01T00:00:00+00:00")
    assert store.run("r1").created_at == AT
    with pytest.raises(StoreError, match="another goal"):
        store.create_run("r1", "another goal", {"a": 1}, AT)
    with pytest.raises(StoreError, match="1 to 64"):
        store.create_run("", "a goal", {}, AT)
    with pytest.raises(StoreError):
        store.create_run("r2", "a goal", {"a": float("nan")}, AT)
    assert [run.run_id for run in store.runs()] == ["r1"]


def test_a_run_is_found_by_an_unambiguous_prefix(store: SqlRunStore) -> None:
    for run_id in ("abc-1", "abc-2", "xyz", "ABQ", "x_z"):
        store.create_run(run_id, "goal", {}, AT)
    assert store.run("abc-2").run_id == "abc-2"
    assert store.run("xy").run_id == "xyz"
    assert store.run("AB").run_id == "ABQ"
    assert store.run("x_").run_id == "x_z"
    with pytest.raises(NotFoundError, match=r"2 runs: abc-1, abc-2"):
        store.run("abc")
    for unknown in ("q", "", "%", "x%"):
        with pytest.raises(NotFoundError, match="no run"):
            store.run(unknown)
    store.create_run("abc", "goal", {}, AT)
    assert store.run("abc").run_id == "abc"  # an exact id wins over a prefix


def test_runs_are_listed_newest_first(store: SqlRunStore) -> None:
    for number in range(5):
        store.create_run(f"r{number}", "goal", {}, f"2026-01-0{number + 1}T00:00:00+00:00")
    assert [run.run_id for run in store.runs()] == ["r4", "r3", "r2", "r1", "r0"]
    assert [run.run_id for run in store.runs(limit=2)] == ["r4", "r3"]
    assert store.runs(limit=0) == []


def test_status(store: SqlRunStore) -> None:
    store.create_run("r1", "goal", {}, AT)
    lease = store.acquire("r1", "me")
    store.set_status(lease, "failed", error="a fault", finished_at=AT)
    assert (store.run("r1").status, store.run("r1").error, store.run("r1").finished_at) == ("failed", "a fault", AT)
    store.set_status(lease, "running")
    assert (store.run("r1").status, store.run("r1").error, store.run("r1").finished_at) == ("running", "", "")
    with pytest.raises(StoreError, match="not a status"):
        store.set_status(lease, "done")  # type: ignore[arg-type]


def test_a_run_that_is_over_is_put_out_of_sight_and_back(store: SqlRunStore) -> None:
    for name in ("a", "b"):
        store.create_run(name, "a goal", {}, AT)
    with pytest.raises(StatusError, match="cancel it first"):
        store.archive_run("a", AT)
    store.ask_to_stop("a", "cancelled", AT)
    store.archive_run("a", AT)
    store.archive_run("a", AT)
    assert (store.run("a").archived_at, store.run("b").archived_at) == (AT, "")
    shown = {a: [r.run_id for r in store.search_runs(RunFilter(archived=a))[0]] for a in (None, True, False)}
    assert shown == {None: ["b", "a"], True: ["a"], False: ["b"]}
    assert [store.search_runs(RunFilter(archived=a))[1] for a in (None, True, False)] == [2, 1, 1]
    assert store.verify("a").state == "sealed"
    store.archive_run("a", "")
    store.archive_run("a", "")
    assert store.run("a").archived_at == ""
    store.archive_run("a", AT)
    store.delete_run("a")
    with pytest.raises(NotFoundError):
        store.archive_run("a", AT)


def test_specs_have_versions_and_approvals(store: SqlRunStore, new_spec: NewSpec) -> None:
    store.create_run("r1", "goal", {}, AT)
    lease = store.acquire("r1", "me")
    with pytest.raises(NotFoundError, match="no spec"):
        store.spec("r1")
    assert store.save_spec(lease, new_spec(300)) == 1
    assert store.save_spec(lease, new_spec(300)) == 1
    assert store.save_spec(lease, new_spec(250)) == 2
    assert store.run("r1").spec_version == 2
    assert store.spec("r1") == new_spec(250)
    assert store.spec("r1", 1) == new_spec(300)
    store.approve_spec(lease, 2, "Ada", AT)
    store.approve_spec(lease, 2, "Eve", "2027-01-01T00:00:00+00:00")
    assert store.run("r1").approved_by == "Ada"
    assert store.save_spec(lease, new_spec(300)) == 1  # saved again in a resume: neither version nor approval changes
    assert (store.run("r1").spec_version, store.run("r1").approved_by) == (2, "Ada")
    assert store.save_spec(lease, new_spec(200)) == 3  # a new version is not approved yet
    assert (store.run("r1").spec_version, store.run("r1").approved_by) == (3, "")
    store.approve_spec(lease, 1, "Ada", AT)
    assert (store.spec("r1"), store.run("r1").approved_by) == (new_spec(300), "Ada")
    with pytest.raises(NotFoundError, match="version 9"):
        store.approve_spec(lease, 9, "Ada", AT)
    with pytest.raises(NotFoundError, match="version 9"):
        store.spec("r1", 9)
    with pytest.raises(StoreError, match="needs a name"):
        store.approve_spec(lease, 1, "", AT)


def test_the_report_is_replaced_and_its_references_are_rows(store: SqlRunStore, new_spec: NewSpec, new_candidate: NewCandidate) -> None:
    store.create_run("r1", "goal", {}, AT)
    lease = store.acquire("r1", "me")
    with pytest.raises(NotFoundError, match="no report yet"):
        store.report("r1")
    citations = [Citation(number=1, key="a", title="A"), Citation(number=2, key="b", title="B", year=1999)]
    first = Report(run_id="r1", goal="goal", status="success", spec=new_spec(), candidates=[new_candidate()], citations=citations)
    store.save_report(lease, first)
    assert store.report("r1") == first
    second = first.model_copy(update={"summary": "again", "citations": citations[1:]})
    store.save_report(lease, second)
    store.save_report(lease, second)
    assert store.report("r1") == second
    with store.database.read() as connection:
        assert [tuple(row) for row in connection.execute(select(CitationRow.number, CitationRow.title))] == [(2, "B")]
    with pytest.raises(StoreError, match="run r2"):
        store.save_report(lease, second.model_copy(update={"run_id": "r2"}))


def test_feedback(store: SqlRunStore, new_candidate: NewCandidate) -> None:
    store.create_run("r1", "goal", {}, AT)
    store.save_candidates(store.acquire("r1", "me"), [new_candidate(1)])
    assert store.feedback("r1") == []
    said = [("KEY0000001", "good", "made it; Tg 260 °C", "Ada", AT), ("", "bad", "", "Bo", AT), ("KEY0000001", "bad", "", "Bo", AT)]
    for one in [*said, said[0]]:
        store.add_feedback("r1", Said(*one))
    assert [(e.key, e.verdict, e.comment, e.author, e.at) for e in store.feedback("r1")] == said
    with pytest.raises(NotFoundError, match="no candidate 'KEY9'"):
        store.add_feedback("r1", Said("KEY9", "good", "", "Ada", AT))
    with pytest.raises(NotFoundError, match="no run 'r9'"):
        store.add_feedback("r9", Said("", "good", "", "Ada", AT))


def test_what_does_not_exist_is_not_found(store: SqlRunStore) -> None:
    for ask in (store.run, store.spec, store.report, store.candidates, store.events, store.feedback):
        with pytest.raises(NotFoundError, match="no run 'nowhere'"):
            ask("nowhere")
    with pytest.raises(NotFoundError, match="no run 'nowhere'"):
        store.acquire("nowhere", "me")
    assert store.known_keys("nowhere") == {}
    assert store.event("nowhere", "propose", 0, "0") is None


def test_a_spec_that_this_version_cannot_read_is_a_store_error(lite: SqlRunStore, new_spec: NewSpec) -> None:
    lite.create_run("r1", "goal", {}, AT)
    lite.save_spec(lite.acquire("r1", "me"), new_spec())
    with lite.database.write() as connection:
        connection.exec_driver_sql("UPDATE specs SET content = '{\"colour\": 1}'")
    with pytest.raises(StoreError, match="the spec of run r1 cannot be read"):
        lite.spec("r1")


def test_a_half_surrogate_and_a_nul_in_json_survive(store: SqlRunStore) -> None:
    store.create_run("r1", "goal", {"odd": "\ud800 and \x00"}, AT)
    assert store.run("r1").options == {"odd": "\ud800 and \x00"}


def test_text_that_the_database_cannot_hold_is_a_store_error(store: SqlRunStore) -> None:
    with pytest.raises(StoreError):
        store.create_run("r1", "half a pair: \ud800", {}, AT)
    assert store.runs() == []
