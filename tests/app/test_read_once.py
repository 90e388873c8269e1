"""A command that designs for one goal lets go of what read it; nothing else does."""

import pytest

from agent.reading.lexicon import vague_words
from app.services import read_once
from core.events import ProgressEvent, StageBegun
from tools.predictors.model import Model
from tools.predictors.specs import predictor_spec
from tools.safety import encoder


def test_what_read_the_goal_is_let_go_when_structures_are_proposed_in_a_command_only(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[ProgressEvent] = []
    assert read_once.letting_go(told.append) == told.append
    monkeypatch.setattr(read_once, "_one_goal", True)
    held, progress = vague_words(), read_once.letting_go(told.append)
    assert encoder.encoder() is encoder.encoder()
    for stage, generation, kept in (("interpret", 0, True), ("propose", 1, True), ("propose", 0, False)):
        progress(StageBegun(stage=stage, generation=generation))
        assert (vague_words() is held) == kept
    assert encoder.encoder.cache_info().currsize == 0
    assert vague_words() == held
    assert len(told) == 3


def test_weights_that_are_needed_once_for_a_few_are_not_kept() -> None:
    model = Model(predictor_spec("surface_tension"))
    first = model.structure(0)
    model.asked(0)
    assert "_weights" in vars(model)
    model.asked(3)
    assert "_weights" not in vars(model)
    assert model.structure(0) == first
    model.asked(3)
    assert "_weights" in vars(model)


def test_weights_that_many_are_asked_of_are_kept() -> None:
    model = Model(predictor_spec("surface_tension"))
    model.structure(0)
    model.asked(500)
    assert "_weights" in vars(model)
