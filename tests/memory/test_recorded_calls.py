"""Exchanges with model servers and tools that read outside, in the record of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from core.errors import LeaseLost, ReplayDiffers, StoreError
from core.interfaces import Lease, Recorder
from core.trace import CallRecord
from memory.recorder import ReplayRecorder, SqlRecorder
from memory.sql import SqlRunStore
from tests.scratch_recorder import ScratchRecorder

MADE = CallRecord({"text": "hello", "pair": (1, 2)}, endpoint="a", model="m", prompt_hash="p" * 64, tokens_in=7, tokens_out=3, seconds=1.5)


def never() -> NoReturn:
    raise AssertionError("what is recorded must not be produced again")


@pytest.fixture
def lease(store: SqlRunStore) -> Lease:
    store.create_run("r1", "goal", {}, "2026-01-01T00:00:00+00:00")
    return store.acquire("r1", "me")


@pytest.fixture
def recorder(store: SqlRunStore, lease: Lease, clock: Callable[..., Any]) -> SqlRecorder:
    return SqlRecorder(store, lease, clock)


def test_a_call_is_recorded_with_everything_and_given_back(
    store: SqlRunStore, lease: Lease, recorder: SqlRecorder, clock: Callable[..., Any]
) -> None:
    event = recorder.call("propose", 2, "x:0", "model", {"seed": 1}, lambda: MADE)
    assert (event.kind, event.node, event.generation, event.index, event.sequence) == ("model", "propose", 2, "x:0", 1)
    assert (event.endpoint, event.model, event.prompt_hash) == ("a", "m", "p" * 64)
    assert (event.tokens_in, event.tokens_out, event.seconds) == (7, 3, 1.5)
    assert event.outputs == {"text": "hello", "pair": [1, 2]}
    again = SqlRecorder(store, lease, clock).call("propose", 2, "x:0", "model", {"seed": 1}, never)
    replayed = ReplayRecorder(store, "r1").call("propose", 2, "x:0", "model", {"seed": 1}, never)
    assert event == again == replayed == store.events("r1")[0]


def test_it_is_committed_before_it_is_used(store: SqlRunStore, recorder: SqlRecorder) -> None:
    recorder.call("n", 0, "x", "model", {}, lambda: MADE)
    assert store.event("r1", "n", 0, "x") is not None


def test_a_fault_in_the_call_records_nothing(store: SqlRunStore, recorder: SqlRecorder) -> None:
    with pytest.raises(ZeroDivisionError):
        recorder.call("n", 0, "x", "tool", {}, lambda: CallRecord(1 / 0))
    assert store.events("r1") == []


@pytest.mark.parametrize("outputs", [float("nan"), {1, 2}, object()])
def test_what_json_cannot_hold_is_not_recorded(store: SqlRunStore, recorder: SqlRecorder, outputs: Any) -> None:
    with pytest.raises(StoreError, match="cannot be recorded"):
        recorder.call("n", 0, "x", "tool", {}, lambda: CallRecord(outputs))
    assert store.events("r1") == []


def test_another_request_or_kind_at_the_place_is_an_error(store: SqlRunStore, recorder: SqlRecorder) -> None:
    recorder.call("n", 0, "x", "model", {"seed": 1}, lambda: MADE)
    recorder.record("n", 0, "y", {}, lambda: 1)
    replay = ReplayRecorder(store, "r1")
    for one, error in ((recorder, StoreError), (replay, ReplayDiffers)):
        with pytest.raises(error):
            one.call("n", 0, "x", "model", {"seed": 2}, never)
        with pytest.raises(error):
            one.call("n", 0, "x", "tool", {"seed": 1}, never)
        with pytest.raises(error):
            one.call("n", 0, "y", "model", {}, never)
    with pytest.raises(ReplayDiffers, match="not in the record"):
        replay.call("n", 0, "z", "model", {}, never)


def test_calls_are_the_model_events_in_order(store: SqlRunStore, lease: Lease, recorder: SqlRecorder, clock: Callable[..., Any]) -> None:
    assert recorder.calls() == []
    for number in range(3):
        recorder.call("n", number, "m", "model", {}, lambda: MADE)
        recorder.call("n", number, "t", "tool", {}, lambda: MADE)
        recorder.record("n", number, "r", {}, lambda: 1)
        assert [e.generation for e in recorder.calls()] == list(range(number + 1))
    fresh = SqlRecorder(store, lease, clock)
    fresh.call("n", 0, "m", "model", {}, never)
    assert fresh.calls() == recorder.calls() == ReplayRecorder(store, "r1").calls()
    fresh.call("n", 9, "m", "model", {}, lambda: MADE)
    assert [e.generation for e in fresh.calls()] == [0, 1, 2, 9]


def test_a_caller_cannot_change_the_record(recorder: SqlRecorder, store: SqlRunStore) -> None:
    recorder.call("n", 0, "x", "model", {}, lambda: MADE).outputs["text"] = "changed"
    assert recorder.call("n", 0, "x", "model", {}, never).outputs["text"] == "hello"
    replay = ReplayRecorder(store, "r1")
    replay.call("n", 0, "x", "model", {}, never).outputs["text"] = "changed"
    assert replay.call("n", 0, "x", "model", {}, never).outputs["text"] == "hello"


def test_without_the_lease_nothing_is_written(store: SqlRunStore, recorder: SqlRecorder, clock: Any) -> None:
    clock.forward(100)
    store.acquire("r1", "someone else")
    with pytest.raises(LeaseLost):
        recorder.call("n", 0, "x", "model", {}, lambda: MADE)
    assert store.events("r1") == []


def test_a_leftover_call_is_found_in_a_replay(store: SqlRunStore, recorder: SqlRecorder) -> None:
    recorder.call("n", 0, "x", "model", {}, lambda: MADE)
    with pytest.raises(ReplayDiffers, match="not asked for now"):
        ReplayRecorder(store, "r1").finish()


def test_the_record_in_memory_keeps_the_same_rules() -> None:
    kept: Recorder = ScratchRecorder()
    event = kept.call("n", 0, "x", "model", {"a": 1}, lambda: MADE)
    assert kept.call("n", 0, "x", "model", {"a": 1}, never) == event
    assert event.outputs == {"text": "hello", "pair": [1, 2]}
    with pytest.raises(StoreError, match="another request"):
        kept.call("n", 0, "x", "model", {"a": 2}, never)
    assert kept.record("n", 0, "y", {}, lambda: (1,)) == [1]
    assert kept.recorded("n", 0, "y") == [1]
    assert [index for index, _ in kept.recorded_all("n")] == ["x", "y"]
    assert kept.calls() == [event]
    kept.step("n", 0, {"a": 1})
    with pytest.raises(StoreError, match="nothing is recorded"):
        kept.recorded("n", 0, "z")
