"""A run has one writer at a time, and a stale one writes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Protocol

import pytest

from core.candidate import Candidate
from core.errors import LeaseLost, RunBusy, StoreError
from core.report import Report
from core.spec import DesignSpec
from core.trace import TraceEvent
from memory.sql import SqlRunStore
from memory.sql.leases import held_lease, stamp
from memory.sql.owners import is_dead, new_owner


class Clock(Protocol):
    """A clock that a test moves."""

    def forward(self, seconds: float) -> None: ...


AT = "2026-01-02T03:04:05+00:00"


def _run(store: SqlRunStore) -> None:
    store.create_run("r1", "goal", {}, AT)


def test_a_live_owner_keeps_others_out(store: SqlRunStore, clock: Clock) -> None:
    _run(store)
    first = store.acquire("r1", "one")
    assert (first.owner, first.fence, store.run("r1").owner) == ("one", 1, "one")
    with pytest.raises(RunBusy, match=r"executed by one, last heard of 0 s ago"):
        store.acquire("r1", "two")
    clock.forward(29)
    store.heartbeat(first)
    clock.forward(29)
    with pytest.raises(RunBusy, match="29 s ago"):
        store.acquire("r1", "two")
    clock.forward(1)
    assert store.acquire("r1", "two").fence == 2


def test_every_write_is_a_sign_of_life(store: SqlRunStore, clock: Clock) -> None:
    _run(store)
    lease = store.acquire("r1", "one")
    clock.forward(25)
    store.set_status(lease, "running")
    clock.forward(25)
    with pytest.raises(RunBusy):
        store.acquire("r1", "two")


def test_release_lets_anyone_in(store: SqlRunStore) -> None:
    _run(store)
    lease = store.acquire("r1", "one")
    store.release(lease)
    assert store.run("r1").owner == ""
    with pytest.raises(LeaseLost, match="was released"):
        store.set_status(lease, "success")
    assert store.acquire("r1", "two").fence == 2


def test_an_owner_may_acquire_again_and_its_older_lease_is_void(store: SqlRunStore) -> None:
    _run(store)
    old = store.acquire("r1", "one")
    new = store.acquire("r1", "one")
    assert new.fence == old.fence + 1
    store.heartbeat(new)
    with pytest.raises(LeaseLost, match="fence 1"):
        store.heartbeat(old)
    with pytest.raises(StoreError, match="needs an owner"):
        store.acquire("r1", "")


def test_a_stale_owner_writes_nothing(
    store: SqlRunStore,
    clock: Clock,
    new_spec: Callable[..., DesignSpec],
    new_candidate: Callable[..., Candidate],
) -> None:
    _run(store)
    stale = store.acquire("r1", "one")
    store.save_spec(stale, new_spec())
    clock.forward(31)
    store.acquire("r1", "two")
    report = Report(run_id="r1", goal="goal", status="success", spec=new_spec())
    writes: list[Callable[[], object]] = [
        lambda: store.heartbeat(stale),
        lambda: store.release(stale),
        lambda: store.set_status(stale, "success"),
        lambda: store.save_spec(stale, new_spec(1)),
        lambda: store.approve_spec(stale, 1, "Ada", AT),
        lambda: store.save_candidates(stale, [new_candidate()]),
        lambda: store.save_report(stale, report),
        lambda: store.add_event(stale, TraceEvent(run_id="r1", node="propose", kind="record")),
    ]
    for write in writes:
        with pytest.raises(LeaseLost, match=r"taken over by two \(fence 2; this one had fence 1\)"):
            write()
    run = store.run("r1")
    assert (run.owner, run.status, run.spec_version, run.approved_by) == ("two", "running", 1, "")
    assert (store.candidates("r1"), store.events("r1")) == ([], [])


def test_of_many_that_ask_at_once_one_gets_the_run(store: SqlRunStore) -> None:
    _run(store)
    outcomes: list[str] = []

    def ask(owner: str) -> None:
        try:
            outcomes.append(store.acquire("r1", owner).owner)
        except RunBusy:
            outcomes.append("busy")

    threads = [threading.Thread(target=ask, args=(f"owner {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("busy") == 7
    assert store.run("r1").owner in outcomes


def test_a_held_lease_beats_and_is_released(store_url: str) -> None:
    with SqlRunStore(store_url, lease_seconds=0.9) as store:
        _run(store)
        with held_lease(store, "r1", "one", store.lease_seconds) as lease:
            time.sleep(1.5)  # much longer than the lease
            with pytest.raises(RunBusy):
                store.acquire("r1", "two")
            store.set_status(lease, "success")
        assert store.run("r1").owner == ""
        assert not [thread for thread in threading.enumerate() if thread.name == "heartbeat r1"]


def test_a_held_lease_that_is_lost_shows_at_the_next_write(lite: SqlRunStore, clock: Clock) -> None:
    _run(lite)

    def work() -> None:
        with held_lease(lite, "r1", "one", 180) as lease:
            clock.forward(31)
            lite.acquire("r1", "two")
            lite.set_status(lease, "success")

    with pytest.raises(LeaseLost):
        work()
    assert (lite.run("r1").owner, lite.run("r1").status) == ("two", "running")


def test_leaving_a_held_lease_does_not_hide_the_error(lite: SqlRunStore) -> None:
    _run(lite)
    with pytest.raises(ZeroDivisionError), held_lease(lite, "r1", "one", 0.03):
        raise ZeroDivisionError
    assert lite.run("r1").owner == ""


def test_owners_have_names_of_their_own() -> None:
    assert new_owner() != new_owner()
    assert not is_dead(new_owner())


def test_an_owner_is_dead_only_when_that_is_certain() -> None:
    parts = new_owner().split("/")
    for changed in (["elsewhere", *parts[1:]], [parts[0], "another-boot", *parts[2:]], [*parts[:3], "x", *parts[4:]], ["me"]):
        assert not is_dead("/".join(changed))


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc to tell one process from another")
def test_the_run_of_a_killed_process_can_be_taken_over_at_once(lite: SqlRunStore, repository: str) -> None:
    _run(lite)
    script = "from memory.sql.owners import new_owner; import time; print(new_owner(), flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script], cwd=repository, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        owner = process.stdout.readline().strip()
        lite.acquire("r1", owner)
        with pytest.raises(RunBusy):
            lite.acquire("r1", "two")
        process.kill()
        deadline = time.monotonic() + 10
        while not is_dead(owner) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert is_dead(owner)  # although nobody has collected it yet
        assert lite.acquire("r1", "two").fence == 2


def test_stamps_are_utc() -> None:
    moment = datetime(2026, 1, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    assert stamp(moment) == "2026-01-01T10:00:00.000000+00:00"
    assert stamp(datetime(2026, 1, 1)) == "2026-01-01T00:00:00.000000+00:00"


def test_a_clock_that_was_put_back_does_not_hold_a_run_for_good(store: SqlRunStore, clock: Clock) -> None:
    _run(store)
    store.acquire("r1", "one")
    clock.forward(-86_400)
    assert store.acquire("r1", "two").fence == 2
