"""Reports are read from memory again only while they are what is stored."""

from __future__ import annotations

from collections.abc import Callable

from core.report import Report
from core.spec import DesignSpec
from memory.sql import SqlRunStore

AT, LATER = "2026-01-02T03:04:05+00:00", "2026-01-03T03:04:05+00:00"
NewSpec = Callable[..., DesignSpec]


def _finished(store: SqlRunStore, spec: DesignSpec, summary: str, at: str = AT) -> None:
    store.create_run("r1", "a goal", {}, at)
    lease = store.acquire("r1", "a worker")
    store.save_report(lease, Report(run_id="r1", goal="a goal", status="success", spec=spec, summary=summary))
    store.set_status(lease, "success", finished_at=at)
    store.release(lease)


def test_the_report_of_a_run_that_is_over_is_read_once(store: SqlRunStore, new_spec: NewSpec) -> None:
    _finished(store, new_spec(), "first")
    assert store.report("r1") is store.report("r1")
    assert store.report("r1").summary == "first"


def test_that_of_a_run_that_goes_on_is_read_each_time(store: SqlRunStore, new_spec: NewSpec) -> None:
    store.create_run("r1", "a goal", {}, AT)
    lease = store.acquire("r1", "a worker")
    for summary in ("first", "second"):
        store.save_report(lease, Report(run_id="r1", goal="a goal", status="success", spec=new_spec(), summary=summary))
        assert store.report("r1").summary == summary
    assert store.report("r1") is not store.report("r1")


def test_another_run_under_the_same_id_has_its_own(store: SqlRunStore, new_spec: NewSpec) -> None:
    _finished(store, new_spec(), "first")
    assert store.report("r1").summary == "first"
    store.delete_run("r1")
    _finished(store, new_spec(), "second", LATER)
    assert store.report("r1").summary == "second"


def test_what_another_process_stores_is_seen(store: SqlRunStore, new_spec: NewSpec) -> None:
    _finished(store, new_spec(), "first")
    assert store.report("r1").summary == "first"
    with SqlRunStore(store.database.url.render_as_string(hide_password=False)) as other:
        lease = other.acquire("r1", "another process")
        other.save_report(lease, Report(run_id="r1", goal="a goal", status="success", spec=new_spec(), summary="second"))
        other.release(lease)
    assert store.report("r1").summary == "second"
