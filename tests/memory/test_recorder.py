"""What comes from outside is recorded before it is used, given back in a resume, and compared in a replay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.candidate import Origin
from core.errors import LeaseLost, NotFoundError, ReplayDiffers, StoreError
from core.interfaces import Lease, Recorder
from core.model import content_hash
from memory.hashing import KEPT_CHARACTERS, changes, condensed, plain
from memory.recorder import ReplayRecorder, SqlRecorder
from memory.sql import SqlRunStore


def never() -> NoReturn:
    raise AssertionError("what is recorded must not be produced again")


@pytest.fixture
def lease(store: SqlRunStore) -> Lease:
    store.create_run("r1", "goal", {}, "2026-01-01T00:00:00+00:00")
    return store.acquire("r1", "me")


@pytest.fixture
def recorder(store: SqlRunStore, lease: Lease, clock: Callable[..., Any]) -> SqlRecorder:
    return SqlRecorder(store, lease, clock)


def _small_run(recorder: Recorder, produce: Callable[[Any], Any], **changed: Any) -> list[Any]:
    """A run of three generations, as a graph would do it."""
    results = []
    for generation in range(3):
        asked = {"count": changed.get("count", 5), "parents": ["A", "B"]}
        smiles = recorder.record("propose", generation, "evolution", asked, lambda g=generation: produce(g))  # type: ignore[misc]
        results.append(smiles)
        recorder.step("standardise", generation, {"keys": [*smiles, changed.get("extra", "x")]})
    return results


def test_first_run_resume_and_replay_see_the_same(store: SqlRunStore, recorder: SqlRecorder, clock: Callable[..., Any]) -> None:
    first = _small_run(recorder, lambda generation: ("C" * (generation + 1), "O"))
    assert first == [["C", "O"], ["CC", "O"], ["CCC", "O"]]
    again = SqlRecorder(store, store.acquire("r1", "me"), clock)
    assert _small_run(again, lambda _: never()) == first
    assert [event.sequence for event in store.events("r1")] == [1, 2, 3, 4, 5, 6]
    replay = ReplayRecorder(store, "r1")
    assert _small_run(replay, lambda _: never()) == first
    replay.finish()
    assert [event.sequence for event in replay.compared] == [1, 2, 3, 4, 5, 6]
    assert replay.difference is None


def test_an_outcome_is_committed_before_it_is_used(store: SqlRunStore, store_url: str, recorder: SqlRecorder) -> None:
    outcome = recorder.record("research", 0, "hits", {"query": "Tg"}, lambda: {"hits": [1, 2.5, None], 3: "three"})
    assert outcome == {"hits": [1, 2.5, None], "3": "three"}
    with SqlRunStore(store_url) as other:
        stored = other.event("r1", "research", 0, "hits")
    assert stored is not None
    assert (stored.kind, stored.outputs, stored.inputs) == ("record", outcome, {"query": "Tg"})


def test_seconds_and_time_come_from_the_clock(store: SqlRunStore, recorder: SqlRecorder, clock: Callable[..., Any]) -> None:
    recorder.record("research", 0, "0", {}, lambda: clock.forward(2.5))  # type: ignore[attr-defined]
    event = store.events("r1")[0]
    assert (event.seconds, event.at) == (2.5, "2026-01-02T03:04:07.500000+00:00")


def test_the_seconds_of_a_step_count_from_the_beginning_of_its_node(
    store: SqlRunStore, recorder: SqlRecorder, clock: Callable[..., Any]
) -> None:
    for seconds in (1.5, 0.25):
        clock.forward(10)  # type: ignore[attr-defined]
        recorder.begin()
        clock.forward(seconds)  # type: ignore[attr-defined]
        recorder.step("rank", int(seconds), "the same")
    assert [event.seconds for event in store.events("r1")] == [1.5, 0.25]
    replay = ReplayRecorder(store, "r1")
    replay.begin()
    for generation in (1, 0):
        replay.step("rank", generation, "the same")
    replay.finish()


def test_changing_what_was_given_back_does_not_change_the_record(recorder: SqlRecorder, store: SqlRunStore) -> None:
    recorder.record("propose", 0, "0", {}, lambda: ["C"]).append("N")
    replay = ReplayRecorder(store, "r1")
    replay.record("propose", 0, "0", {}, never).append("N")  # type: ignore[attr-defined]
    assert recorder.record("propose", 0, "0", {}, lambda: ["other"]) == ["C"]
    assert replay.record("propose", 0, "0", {}, lambda: ["other"]) == ["C"]


def test_what_is_recorded_can_be_read_back(recorder: SqlRecorder, store: SqlRunStore) -> None:
    recorder.record("propose", 1, "evolution", {}, lambda: ["C"])
    recorder.record("propose", 0, "reactions", {}, lambda: ["N"])
    recorder.record("propose", 0, "evolution", {}, lambda: ["O"])
    recorder.record("research", 0, "hits", {}, lambda: [])
    recorder.step("propose", 0, "not an outcome")
    recorder.note("propose", 0, "why", "decision", {})
    replay = ReplayRecorder(store, "r1")
    for either in (recorder, replay):
        assert either.recorded("propose", 1, "evolution") == ["C"]
        assert list(either.recorded_all("propose")) == [("reactions", ["N"]), ("evolution", ["O"]), ("evolution", ["C"])]
        assert list(either.recorded_all("rank")) == []
    for index in ("other", "step", "why"):
        with pytest.raises(StoreError, match=f"propose, generation 0, {index}: nothing is recorded"):
            recorder.recorded("propose", 0, index)
        with pytest.raises(ReplayDiffers, match=f"propose, generation 0, {index}: read back now, not in the record"):
            replay.recorded("propose", 0, index)


def test_what_fails_is_not_recorded(store: SqlRunStore, recorder: SqlRecorder) -> None:
    def fails() -> NoReturn:
        raise ConnectionError("no answer")

    with pytest.raises(ConnectionError):
        recorder.record("propose", 0, "0", {}, fails)
    assert recorder.record("propose", 0, "0", {}, lambda: "at last") == "at last"
    assert len(store.events("r1")) == 1


def test_a_resume_that_asks_something_else_is_stopped(recorder: SqlRecorder) -> None:
    recorder.record("propose", 1, "evolution", {"count": 5, "seed": 1}, lambda: [])
    expected = r"propose, generation 1, evolution: another request than recorded: .*\(count: 5 -> 6; seed: 1 -> nothing\)"
    with pytest.raises(StoreError, match=expected):
        recorder.record("propose", 1, "evolution", {"count": 6}, never)


def test_a_resume_that_computes_something_else_is_stopped(recorder: SqlRecorder, store: SqlRunStore) -> None:
    recorder.step("rank", 0, {"order": ["A", "B"]})
    recorder.step("rank", 0, {"order": ["A", "B"]})
    with pytest.raises(StoreError, match=r"rank, generation 0: computed another result .*order\[0\]: \"A\" -> \"B\""):
        recorder.step("rank", 0, {"order": ["B", "A"]})
    assert len(store.events("r1")) == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object()])
def test_what_is_no_json_cannot_be_recorded(store: SqlRunStore, recorder: SqlRecorder, value: Any) -> None:
    for attempt in (
        lambda: recorder.record("propose", 0, "0", {}, lambda: value),
        lambda: recorder.record("propose", 0, "0", {"x": value}, never),
        lambda: recorder.step("propose", 0, value),
    ):
        with pytest.raises(StoreError, match="cannot be recorded"):
            attempt()
    assert store.events("r1") == []


def test_a_stale_owner_records_nothing(store: SqlRunStore, recorder: SqlRecorder, clock: Callable[..., Any]) -> None:
    clock.forward(60)  # type: ignore[attr-defined]
    store.acquire("r1", "two")
    with pytest.raises(LeaseLost):
        recorder.record("propose", 0, "0", {}, lambda: 1)
    with pytest.raises(LeaseLost):
        recorder.step("propose", 0, 1)
    assert store.events("r1") == []


def test_notes_are_stored_and_not_compared(store: SqlRunStore, recorder: SqlRecorder) -> None:
    recorder.note("select", 2, "stop", "decision", {"reason": "budget spent"})
    recorder.note("estimate", 2, "worker", "error", {"killed": True})
    assert [(event.kind, event.outputs) for event in store.events("r1")] == [
        ("decision", {"reason": "budget spent"}),
        ("error", {"killed": True}),
    ]
    with pytest.raises(ValueError, match="not a kind"):
        recorder.note("select", 2, "x", "step", {})
    replay = ReplayRecorder(store, "r1")
    replay.note("select", 2, "stop", "decision", {"reason": "other"})
    replay.finish()


def test_large_batches_are_kept_whole_and_large_requests_as_a_hash(store: SqlRunStore, recorder: SqlRecorder) -> None:
    batch = [{"smiles": "C" * 50, "number": number} for number in range(3000)]
    asked = {"known": ["K" * 27] * 3000, "count": 3000}
    assert recorder.record("propose", 0, "0", asked, lambda: batch) == batch
    event = store.events("r1")[0]
    assert event.outputs == batch
    assert event.inputs["count"] == 3000
    assert set(event.inputs["known"]) == {"sha256", "characters"}
    with pytest.raises(ReplayDiffers, match=r"known\.sha256"):
        ReplayRecorder(store, "r1").record("propose", 0, "0", {**asked, "known": ["L"] * 9000}, never)
    recorder.step("check", 0, batch)
    assert set(store.events("r1")[1].outputs) == {"sha256", "characters"}


def test_a_replay_names_the_first_request_that_differs(store: SqlRunStore, recorder: SqlRecorder) -> None:
    _small_run(recorder, lambda generation: [generation])
    replay = ReplayRecorder(store, "r1")
    with pytest.raises(ReplayDiffers, match=r"propose, generation 0, evolution: another request .*count: 5 -> 7"):
        _small_run(replay, lambda _: never(), count=7)
    assert replay.difference is not None
    assert (replay.difference.node, replay.difference.generation, replay.difference.index) == ("propose", 0, "evolution")
    assert replay.difference.expected_hash == store.events("r1")[0].request_hash != replay.difference.got_hash
    assert replay.difference.changes == ("count: 5 -> 7",)
    assert replay.compared == []


def test_a_replay_names_the_first_result_that_differs(store: SqlRunStore, recorder: SqlRecorder) -> None:
    _small_run(recorder, lambda generation: [generation])
    replay = ReplayRecorder(store, "r1")
    with pytest.raises(ReplayDiffers, match=r"standardise, generation 0, step: another result .*keys\[1\]: \"x\" -> \"y\""):
        _small_run(replay, lambda _: never(), extra="y")
    assert [event.node for event in replay.compared] == ["propose"]


def test_a_replay_that_asks_or_computes_more_differs(store: SqlRunStore, recorder: SqlRecorder) -> None:
    recorder.step("rank", 0, 1)
    replay = ReplayRecorder(store, "r1")
    with pytest.raises(ReplayDiffers, match="propose, generation 3, 0: asked for now, not in the record"):
        replay.record("propose", 3, "0", {}, never)
    with pytest.raises(ReplayDiffers, match="check, generation 0, step: computed now, not in the record"):
        replay.step("check", 0, 1)


def test_a_replay_that_does_less_differs_at_the_end(store: SqlRunStore, recorder: SqlRecorder) -> None:
    _small_run(recorder, lambda generation: [generation])
    replay = ReplayRecorder(store, "r1")
    replay.record("propose", 0, "evolution", {"count": 5, "parents": ["A", "B"]}, never)
    with pytest.raises(ReplayDiffers, match="standardise, generation 0, step: in the record, not asked for now"):
        replay.finish()
    with pytest.raises(NotFoundError):
        ReplayRecorder(store, "r2")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(value=JSON, other=JSON)
def test_two_values_have_changes_exactly_when_they_differ(value: Any, other: Any) -> None:
    assert changes(value, value) == []
    assert plain(value, "it") == value
    assert condensed(value) == value
    assert (changes(value, other) == []) == (content_hash(value) == content_hash(other))


def test_changes_are_short() -> None:
    found = changes({"a": [1, 2, 3, 4, 5]}, {"a": [5, 4, 0, 2, 1], "b": "x" * 500})
    assert found == ["a[0]: 1 -> 5", "a[1]: 2 -> 4", "a[2]: 3 -> 0", "and 3 more"]
    assert len(changes(None, "x" * 500)[0]) < 200
    assert changes(1, True) == ["value: 1 -> true"]


def test_models_are_recorded_as_objects() -> None:
    assert plain([Origin(proposer="p", operator="o")], "it")[0]["proposer"] == "p"
    assert set(condensed("x" * KEPT_CHARACTERS)) == {"sha256", "characters"}


def test_what_is_long_only_together_keeps_its_short_parts() -> None:
    prompt = {"role": "critic", "messages": ["x" * (KEPT_CHARACTERS - 100)], "more": "y" * 150}
    kept = condensed(prompt)
    assert (kept["role"], kept["more"]) == ("critic", "y" * 150)
    assert kept["messages"] == {"sha256": content_hash(prompt["messages"]), "characters": KEPT_CHARACTERS - 96}
    assert set(condensed({str(n): "z" * 100 for n in range(500)})) == {"sha256", "characters"}  # of many short ones none is worth a hash
