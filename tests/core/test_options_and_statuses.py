"""Run options, statuses, progress events."""

from __future__ import annotations

from typing import get_args

import pytest

from core.errors import StoreError, UsageError
from core.events import PROGRESS, GenerationDone, StageBegun, StatusChanged, TextWritten, ToolCalled, TurnTaken
from core.options import RunOptions, given_options, stored_options
from core.report import FINISHED, TRANSITIONS, RunStatus, may_follow


def test_every_status_has_its_place_in_the_table() -> None:
    statuses = set(get_args(RunStatus))
    assert set(TRANSITIONS) == statuses
    assert set().union(*TRANSITIONS.values()) <= statuses
    assert set(FINISHED) == {s for s, following in TRANSITIONS.items() if not following} | {"success"}
    assert all(may_follow(s, s) for s in statuses)
    assert not may_follow("cancelled", "running")


def test_from_every_status_a_run_can_come_to_an_end() -> None:
    for status in TRANSITIONS:
        seen, frontier = {status}, [status]
        while frontier:
            following = TRANSITIONS[frontier.pop()] - seen
            seen |= following
            frontier += following
        assert seen & set(FINISHED), status


def test_options_are_stored_without_what_was_not_given() -> None:
    options = RunOptions(budget=10, yes=False)
    assert options.stored() == {"budget": 10, "yes": False}
    assert options.updated(seed=3, budget=None).stored() == {"budget": 10, "yes": False, "seed": 3}


def test_options_of_older_runs_are_read() -> None:
    old = {
        "budget": 40,
        "met_probability": 0.5,
        "user": "ada",
        "yes": True,
        "seed": 7,
        "blocks": {"source": "b.csv", "sha256": "0" * 64, "mode": "extend"},
        "known": {"source": "k.smi", "sha256": "1" * 64},
        "models": {"roles": {"critic": {"model": "m"}}},
        "spec": {"goal": "a goal", "requirements": [{"id": "R1", "value": 1}]},
        "forked_from": "abc:3",
        "copied_events": 3,
    }
    read = stored_options(old)
    assert read.stored() == old
    assert (read.kind, stored_options({"kind": "chat"}).kind) == (None, "chat")


def test_options_that_cannot_be_are_named() -> None:
    with pytest.raises(UsageError, match="colour"):
        given_options({"colour": "red"})
    with pytest.raises(UsageError, match="budget"):
        given_options({"budget": 0})
    with pytest.raises(StoreError, match="run r1 cannot be read"):
        stored_options({"colour": "red"}, "r1")


@pytest.mark.parametrize(
    "event",
    [
        StageBegun(stage="propose", generation=1, evaluated=3),
        GenerationDone(generation=1, evaluated=3, budget=9, best=0.5),
        TextWritten(stage="report", text="so"),
        TurnTaken(step=1),
        ToolCalled(name="properties", arguments={"smiles": "CCO"}),
        StatusChanged(status="failed", message="no room"),
    ],
    ids=lambda event: event.kind,
)
def test_an_event_comes_back_from_its_json(event: StageBegun) -> None:
    assert PROGRESS.validate_json(PROGRESS.dump_json(event)) == event
