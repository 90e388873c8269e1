"""What every run store must do (``core.interfaces.RunStore``)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import LeaseLost, NotFoundError, RunBusy, StatusError, StoreError
from core.events import GenerationDone, StageBegun, StatusChanged
from core.feedback import Said
from core.interfaces import Lease, RunFilter, RunStore
from core.options import RunOptions
from core.report import TRANSITIONS, Report, RunStatus
from core.trace import TraceEvent
from tests.memory.conftest import make_candidate, make_spec

AT = "2026-01-02T03:04:05+00:00"
LEASE_SECONDS = 30.0


class Clock:
    """A clock that goes on only when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


def event(run_id: str = "r1", index: str = "0", outputs: object = "out") -> TraceEvent:
    """A trace event."""
    return TraceEvent(run_id=run_id, node="propose", index=index, kind="record", outputs=outputs)


class RunStoreContract:
    """Subclass it and give the fixture ``store``: an empty store whose clock is the fixture ``clock`` and whose leases last 30 s."""

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def store(self, clock: Clock) -> RunStore:
        raise NotImplementedError("the fixture store of the subclass")

    @pytest.fixture
    def lease(self, store: RunStore) -> Lease:
        """The lease on a new run r1."""
        store.create_run("r1", "a goal", {}, AT)
        return store.acquire("r1", "me")

    # runs, specs, candidates, reports -------------------------------------------------------------------------------

    def test_a_run_comes_back_as_it_was_stored(self, store: RunStore) -> None:
        options = RunOptions(budget=10, yes=True, user="ada").stored()
        store.create_run("r1", "a goal", options, AT)
        store.create_run("r1", "a goal", options, "later")  # the same again changes nothing
        run = store.run("r")  # a prefix is enough
        assert (run.run_id, run.goal, run.status, run.created_at, run.options) == ("r1", "a goal", "running", AT, options)
        assert run.given == RunOptions(budget=10, yes=True, user="ada")
        assert [r.run_id for r in store.runs()] == ["r1"]
        with pytest.raises(StoreError):
            store.create_run("r1", "another goal", options, AT)
        with pytest.raises(NotFoundError):
            store.run("nowhere")

    def test_design_runs_are_found_by_text_status_and_time_in_pages(self, store: RunStore) -> None:
        for number, goal in enumerate(("a dye at 500 nm", "a Dye, 50 % cheaper", "a polymer"), 1):
            options = {"user": f"Ada {number}"} if number < 3 else {}
            store.create_run(f"r{number}", goal, options, f"2026-01-0{number}T00:00:00+00:00", queued=number == 2)
        store.create_run("talk", "a dye?", {"kind": "chat"}, AT)

        def found(limit: int = 50, offset: int = 0, **wanted: Any) -> tuple[list[str], int]:
            runs, total = store.search_runs(RunFilter(**wanted), limit, offset)
            return [r.run_id for r in runs], total

        assert found() == (["r3", "r2", "r1"], 3)
        assert found(text="dye") == (["r2", "r1"], 2)
        assert found(text="50 %") == (["r2"], 1)
        assert found(text="r3") == (["r3"], 1)
        assert found(text="%") == (["r2"], 1)
        assert found(statuses=("queued",)) == (["r2"], 1)
        assert found(user="ada") == (["r2", "r1"], 2)
        assert found(user="da 1") == (["r1"], 1)
        assert found(user="%") == ([], 0)
        assert found(since="2026-01-02", until="2026-01-03") == (["r2"], 1)
        assert found(2) == (["r3", "r2"], 3)
        assert found(2, 2) == (["r1"], 3)
        assert [bool(store.run(r).queued_at) for r in ("r1", "r2")] == [False, True]

    def test_candidates_come_in_pages(self, store: RunStore, lease: Lease) -> None:
        made = [
            make_candidate(n, key=key, status=status) for n, (key, status) in enumerate((("A", "kept"), ("B", "rejected"), ("C", "kept")))
        ]
        store.save_candidates(lease, made)

        def keys(status: str | None, limit: int, offset: int) -> tuple[list[str], int]:
            page, total = store.page_of_candidates("r1", status, limit, offset)
            return [c.key for c in page], total

        assert keys(None, 2, 0) == (["A", "B"], 3)
        assert keys(None, 2, 2) == (["C"], 3)
        assert keys("kept", 5, 0) == (["A", "C"], 2)
        assert keys("estimated", 5, 0) == ([], 0)
        with pytest.raises(NotFoundError):
            store.page_of_candidates("nowhere", None, 5, 0)

    def test_specs_have_versions_and_approvals(self, store: RunStore, lease: Lease) -> None:
        assert [store.save_spec(lease, make_spec(v)) for v in (300, 300, 250)] == [1, 1, 2]
        store.approve_spec(lease, 2, "Ada", AT)
        assert (store.spec("r1"), store.spec("r1", 1), store.run("r1").approved_by) == (make_spec(250), make_spec(300), "Ada")

    def test_candidates_are_replaced_by_key_and_found_by_filter(self, store: RunStore, lease: Lease) -> None:
        one, two = make_candidate(1), make_candidate(2)
        store.save_candidates(lease, [one, two])
        changed = one.model_copy(update={"status": "kept", "rejected_by": "", "rejected_reason": ""})
        store.save_candidates(lease, [changed])
        assert store.candidates("r1") == [changed, two]
        assert store.candidates("r1", status="kept") == [changed]
        assert store.candidates("r1", keys=[two.key]) == [two]
        assert store.known_keys("r1")[two.dedup_key] == two.origin.generation
        assert store.known_keys("r1", [two.dedup_key, "nothing"]) == {two.dedup_key: two.origin.generation}
        assert list(store.each_candidate("r1")) == [changed, two]
        assert list(store.each_candidate("r1", status="kept")) == [changed]
        assert [(o.key, o.status) for o in store.outlines("r1")] == [(one.key, "kept"), (two.key, "rejected")]
        assert store.candidate_counts("r1") == {"kept": 1, "rejected": 1}

    def test_the_report_is_the_last_one_stored(self, store: RunStore, lease: Lease) -> None:
        first = Report(run_id="r1", goal="a goal", status="success", spec=make_spec(), candidates=[make_candidate()])
        store.save_report(lease, first)
        store.save_report(lease, first.model_copy(update={"summary": "again"}))
        assert store.report("r1").summary == "again"

    def test_events_are_numbered_and_stored_once(self, store: RunStore, lease: Lease) -> None:
        assert store.add_event(lease, event(index="a")).sequence == 1
        assert store.add_event(lease, event(index="b", outputs={"x": [1, None]})).sequence == 2
        assert store.add_event(lease, event(index="a", outputs="other")).outputs == "out"
        assert [e.index for e in store.events("r1")] == ["a", "b"]
        assert store.event("r1", "propose", 0, "c") is None
        step = TraceEvent(run_id="r1", node="propose", generation=1, index="step", kind="step")
        store.add_event(lease, step)
        assert [e.index for e in store.events("r1", "step")] == ["step"]
        assert store.events("r1", "model") == []
        assert store.event_places("r1", "propose") == [(0, "a"), (0, "b")]
        with pytest.raises(NotFoundError):
            store.events("nowhere", "step")

    def test_feedback_needs_a_candidate_that_exists(self, store: RunStore, lease: Lease) -> None:
        store.save_candidates(lease, [make_candidate(1)])
        for _ in range(2):
            store.add_feedback("r1", Said(make_candidate(1).key, "accept", "made it", "Ada", AT))
        assert [f.comment for f in store.feedback("r1")] == ["made it"]
        with pytest.raises(NotFoundError):
            store.add_feedback("r1", Said("nothing", "accept", "", "Ada", AT))

    def test_measured_values_of_all_runs_are_found_until_they_are_taken_back(self, store: RunStore, lease: Lease) -> None:
        store.save_candidates(lease, [make_candidate(1)])
        key, value = make_candidate(1).key, {"property": "logp", "value": 1.5, "given": "1.5", "smiles": "CCO"}
        first, second = (Said(key, "measured", "", "Ada", AT, {"measured": {**value, "value": number}}) for number in (1.5, 2.5))
        ids = store.add_feedback("r1", first, second, Said(key, "hold", "", "Ada", AT, {"reason": "cost"}))
        assert len(ids) == 3
        assert [(run, e.measured.value) for run, e in store.measured(RunFilter()) if e.measured] == [("r1", 1.5), ("r1", 2.5)]
        assert store.feedback("r1")[2].reason == "cost"
        store.add_feedback("r1", Said(key, "withdraw", "", "Ada", AT, {"withdraws": ids[0]}))
        assert [e.id for _, e in store.measured(RunFilter())] == ids[1:2]
        with pytest.raises(NotFoundError):  # all of it or nothing
            store.add_feedback("r1", Said(key, "accept", "", "Bo", AT), Said("nothing", "accept", "", "Bo", AT))
        assert len(store.feedback("r1")) == 4

    def test_rounds_are_found_from_the_run_that_they_were_started_from(self, store: RunStore, lease: Lease) -> None:
        for child in ("r2", "r3"):
            store.create_run(child, "a goal", {"parent": "r1"}, AT)
        store.create_run("r4", "a goal", {"parent": "nowhere"}, AT)
        assert list(store.rounds_of("r1")) == ["r2", "r3"]
        assert list(store.rounds_of("r2")) == []

    # leases ---------------------------------------------------------------------------------------------------------

    def test_one_owner_writes_and_a_silent_one_is_replaced(self, store: RunStore, lease: Lease, clock: Clock) -> None:
        with pytest.raises(RunBusy):
            store.acquire("r1", "other")
        assert store.alive("r1")
        clock.forward(LEASE_SECONDS + 1)
        assert not store.alive("r1")
        other = store.acquire("r1", "other")
        assert other.fence > lease.fence
        writes: list[Callable[[], object]] = [
            lambda: store.heartbeat(lease),
            lambda: store.set_status(lease, "failed"),
            lambda: store.save_spec(lease, make_spec()),
            lambda: store.save_candidates(lease, [make_candidate()]),
            lambda: store.add_event(lease, event()),
            lambda: store.add_progress(lease, [(AT, StageBegun(stage="propose"))]),
        ]
        for write in writes:
            with pytest.raises(LeaseLost):
                write()
        assert (store.run("r1").status, store.events("r1"), store.progress("r1")) == ("running", [], [])
        store.release(other)
        assert not store.alive("r1")

    def test_a_finished_run_that_was_not_let_go_is_sealed_by_who_comes_later(self, store: RunStore, lease: Lease, clock: Clock) -> None:
        store.add_event(lease, event())
        assert not store.seal_left("r1", "other"), "it goes on"
        store.set_status(lease, "success", finished_at=AT)
        assert not store.seal_left("r1", "other"), "its process may be alive"
        clock.forward(LEASE_SECONDS + 1)
        assert store.verify("r1").state == "open"
        assert store.seal_left("r1", "other")
        assert store.verify("r1").state == "sealed"
        with pytest.raises(LeaseLost):
            store.release(lease)

    # status ---------------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("status", [s for s, following in TRANSITIONS.items() if not following])
    def test_what_is_over_stays_over(self, store: RunStore, lease: Lease, status: RunStatus) -> None:
        store.set_status(lease, status, finished_at=AT)
        store.set_status(lease, status, finished_at=AT)  # the same again is no change
        for other in TRANSITIONS:
            if other != status:
                with pytest.raises(StatusError, match=status):
                    store.set_status(lease, other)
        store.release(lease)
        with pytest.raises(StatusError):
            store.enqueue("r1", AT)
        assert store.run("r1").status == status

    def test_a_run_that_nobody_executes_is_stopped_at_once(self, store: RunStore, lease: Lease) -> None:
        store.release(lease)
        assert store.ask_to_stop("r1", "paused", AT) == "paused"
        assert store.ask_to_stop("r1", "paused", AT) == "paused"
        assert store.ask_to_stop("r1", "cancelled", AT) == "cancelled"
        assert (store.run("r1").status, store.run("r1").finished_at) == ("cancelled", AT)
        with pytest.raises(StatusError):
            store.ask_to_stop("r1", "paused", AT)

    def test_a_run_that_is_executed_is_asked(self, store: RunStore, lease: Lease) -> None:
        assert store.ask_to_stop("r1", "paused", AT) == "pausing"
        store.set_status(lease, "running")  # what merely goes on does not overrule the wish
        store.set_status(lease, "waiting")
        assert store.run("r1").status == "pausing"
        assert store.ask_to_stop("r1", "cancelled", AT) == "cancelling"
        store.set_status(lease, "cancelled", finished_at=AT)
        assert store.run("r1").status == "cancelled"

    def test_a_run_may_end_before_it_hears_the_wish(self, store: RunStore, lease: Lease) -> None:
        store.ask_to_stop("r1", "cancelled", AT)
        store.set_status(lease, "success", finished_at=AT)
        assert store.run("r1").status == "success"

    # the queue ------------------------------------------------------------------------------------------------------

    def test_first_come_first_served(self, store: RunStore) -> None:
        for number in (2, 1, 3):
            store.create_run(f"r{number}", "a goal", {}, f"2026-01-0{number}T00:00:00+00:00", queued=True)
        store.create_run("mine", "a goal", {}, "2025-01-01T00:00:00+00:00")  # executed by whoever started it
        assert store.queue() == ["r1", "r2", "r3"]
        leases = [store.claim(f"worker{n}") for n in range(4)]
        assert [lease.run_id if lease else None for lease in leases] == ["r1", "r2", "r3", None]
        assert (store.queue(), store.run("r1").status, store.run("r1").owner) == ([], "running", "worker0")
        with pytest.raises(RunBusy):
            store.enqueue("r1", AT)
        first = leases[0]
        assert first is not None
        store.release(first)
        store.enqueue("r1", AT)
        store.enqueue("r1", "2030-01-01T00:00:00+00:00")  # in the queue already: it keeps its place
        assert (store.queue(), store.run("r1").status) == (["r1"], "queued")

    def test_the_run_of_a_dead_worker_comes_first(self, store: RunStore, clock: Clock) -> None:
        for number in (1, 2):
            store.create_run(f"r{number}", "a goal", {}, f"2026-01-0{number}T00:00:00+00:00", queued=True)
        lost = store.claim("worker1")
        assert lost is not None
        clock.forward(LEASE_SECONDS + 1)
        taken = store.claim("worker2")
        assert taken is not None
        assert (taken.run_id, taken.fence > lost.fence) == ("r1", True)
        with pytest.raises(LeaseLost):
            store.heartbeat(lost)

    def test_a_run_that_loses_one_worker_after_another_lets_others_go_first_and_fails_in_the_end(
        self, store: RunStore, clock: Clock
    ) -> None:
        def claimed() -> str | None:
            lease = store.claim("worker", 3)
            clock.forward(LEASE_SECONDS + 1)  # and that worker is never heard of again
            return lease.run_id if lease else None

        for name, at in (("deadly", "2026-01-01T00:00:00+00:00"), ("other", "2026-01-02T00:00:00+00:00")):
            store.create_run(name, "a goal", {}, at, queued=True)
        assert [claimed(), claimed()] == ["deadly", "deadly"]  # one loss may be bad luck
        other = store.claim("worker", 3)
        assert other is not None
        assert (other.run_id, store.queue()) == ("other", ["deadly"])
        store.set_status(other, "success", finished_at=AT)
        assert claimed() == "deadly"
        assert claimed() is None
        failed = store.run("deadly")
        assert (failed.status, failed.owner) == ("failed", "")
        assert "ended without a word 3 times" in failed.error
        assert [e.event.status for e in store.progress("deadly") if isinstance(e.event, StatusChanged)] == ["queued", "failed"]
        store.enqueue("deadly", AT)  # a person wants it to go on: the count begins anew
        assert [claimed(), claimed(), store.run("deadly").status] == ["deadly", "deadly", "running"]

    def test_a_run_that_is_over_is_deleted_with_everything_and_no_other_is(self, store: RunStore, lease: Lease) -> None:
        store.create_run("r2", "a goal", {}, AT)
        for run_id, error in (("r1", StatusError), ("none", NotFoundError)):
            with pytest.raises(error):
                store.delete_run(run_id)
        store.add_progress(lease, [(AT, StageBegun(stage="propose"))])
        store.add_feedback("r1", Said("", "good", "kept for a while", "ada", AT))
        store.set_status(lease, "success", finished_at=AT)
        with pytest.raises(RunBusy):
            store.delete_run("r1")
        store.release(lease)
        store.delete_run("r1")
        for gone in (store.run, store.progress, store.events, store.report, store.feedback):
            with pytest.raises(NotFoundError):
                gone("r1")
        assert store.run("r2").status == "running"

    def test_two_workers_never_claim_the_same_run(self, store: RunStore) -> None:
        for number in range(8):
            store.create_run(f"r{number}", "a goal", {}, AT, queued=True)
        got: list[str] = []

        def work(name: str) -> None:
            while (lease := store.claim(name)) is not None:
                got.append(lease.run_id)

        threads = [threading.Thread(target=work, args=(f"worker{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(got) == [f"r{number}" for number in range(8)]

    # progress -------------------------------------------------------------------------------------------------------

    def test_progress_is_numbered_and_read_from_any_place(self, store: RunStore, lease: Lease) -> None:
        told = [StageBegun(stage="propose"), GenerationDone(generation=0, evaluated=5, budget=9, best=0.5)]
        store.add_progress(lease, [(AT, one) for one in told])
        store.add_progress(lease, [])
        store.add_progress(lease, [(AT, StageBegun(stage="route", generation=1))])
        found = store.progress("r1")
        assert [(e.number, e.at) for e in found] == [(1, AT), (2, AT), (3, AT)]
        assert [e.event for e in found[:2]] == told
        assert [e.number for e in store.progress("r1", after=1, limit=1)] == [2]
        assert store.progress("r1", after=3) == []
        with pytest.raises(NotFoundError):
            store.progress("nowhere")

    def test_progress_is_no_sign_of_life(self, store: RunStore, lease: Lease, clock: Clock) -> None:
        clock.forward(LEASE_SECONDS + 1)
        store.add_progress(lease, [(AT, StageBegun(stage="propose"))])
        assert not store.alive("r1")
