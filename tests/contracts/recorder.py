"""What every recorder must do (``core.interfaces.Recorder``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.errors import MolwrightError
from core.interfaces import Recorder
from core.trace import CallRecord

Replaying = Callable[[], Recorder]


def never() -> Any:
    """What must not be asked again."""
    raise AssertionError("asked once more")


def tell(recorder: Recorder) -> None:
    """A small record."""
    recorder.record("propose", 1, "evolution", {"count": 2}, lambda: ["C"])
    recorder.record("propose", 0, "reactions", {}, lambda: ["N"])
    recorder.record("propose", 0, "evolution", {}, lambda: ["O"])
    recorder.call("rank", 0, "critic", "model", {"role": "critic"}, lambda: CallRecord({"said": "so"}, model="m", tokens_in=3))
    recorder.step("rank", 0, [["A", 1]])


class RecorderContract:
    """Subclass it and give the fixtures ``recorder`` (nothing is recorded) and ``again``: opens a recorder on what was recorded so far.

    A recorder that replays gives ``again`` only what ``recorder``, a live one, has recorded.
    """

    @pytest.fixture
    def recorder(self) -> Recorder:
        raise NotImplementedError("the fixture recorder of the subclass")

    @pytest.fixture
    def again(self, recorder: Recorder) -> Replaying:
        raise NotImplementedError("the fixture again of the subclass")

    def test_an_outcome_is_what_json_gives_back(self, recorder: Recorder, again: Replaying) -> None:
        made = recorder.record("research", 0, "hits", {"query": "Tg"}, lambda: {"hits": (1, 2.5, None)})
        assert made == {"hits": [1, 2.5, None]}
        assert again().record("research", 0, "hits", {"query": "Tg"}, never) == made

    def test_nothing_is_asked_twice(self, recorder: Recorder, again: Replaying) -> None:
        tell(recorder)
        second = again()
        assert second.record("propose", 1, "evolution", {"count": 2}, never) == ["C"]
        found = second.call("rank", 0, "critic", "model", {"role": "critic"}, never)
        assert (found.outputs, found.model, found.tokens_in) == ({"said": "so"}, "m", 3)
        second.step("rank", 0, [["A", 1]])

    def test_another_request_is_an_error(self, recorder: Recorder, again: Replaying) -> None:
        tell(recorder)
        with pytest.raises(MolwrightError):
            again().record("propose", 1, "evolution", {"count": 3}, lambda: ["C"])

    def test_another_result_is_an_error(self, recorder: Recorder, again: Replaying) -> None:
        tell(recorder)
        with pytest.raises(MolwrightError):
            again().step("rank", 0, [["B", 1]])

    def test_what_is_recorded_can_be_read_back(self, recorder: Recorder, again: Replaying) -> None:
        tell(recorder)
        second = again()
        assert second.recorded("propose", 0, "evolution") == ["O"]
        assert list(second.recorded_all("propose")) == [("reactions", ["N"]), ("evolution", ["O"]), ("evolution", ["C"])]
        assert [e.node for e in second.calls()] == ["rank"]
        for nothing in (("propose", 7, "evolution"), ("rank", 0, "step")):
            with pytest.raises(MolwrightError):
                second.recorded(*nothing)

    def test_changing_what_was_given_does_not_change_the_record(self, recorder: Recorder, again: Replaying) -> None:
        tell(recorder)
        second = again()
        second.recorded("propose", 0, "evolution").append("N")
        second.record("propose", 0, "evolution", {}, never).append("N")
        assert second.recorded("propose", 0, "evolution") == ["O"]

    def test_what_is_no_json_is_an_error(self, recorder: Recorder) -> None:
        with pytest.raises(MolwrightError):
            recorder.record("propose", 0, "0", {}, lambda: {"x": float("nan")})
