"""Goal sentences and the specs they should give."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def _table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sentence_table", Path(__file__).with_name("sentence_table.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLE = _table()
TUNED: list[dict[str, Any]] = TABLE.load("sentences.toml")
HELD_OUT: list[dict[str, Any]] = TABLE.load("held_out.toml")
#: Measured: 56 of 65 right at the very first run of the parser, 64 of 65 (0.985) after it was tuned on sentences.toml alone; two
#: expectations were then corrected (marked in the file: the SA score is not defined for polymers), without these 62 of 65. The one
#: failure was looked at and mended only after that measurement. The floor allows two to fail.
HELD_OUT_FLOOR = 0.96


@pytest.mark.parametrize("case", TUNED, ids=lambda c: c["goal"][:60] or "(empty)")
def test_tuned_sentence(case: dict[str, Any]) -> None:
    assert TABLE.differences(case) == []


def test_held_out_accuracy() -> None:
    right = sum(not TABLE.differences(case) for case in HELD_OUT)
    assert right / len(HELD_OUT) >= HELD_OUT_FLOOR, f"{right} of {len(HELD_OUT)} held-out sentences are right"


def test_there_are_enough_sentences_and_a_third_is_held_out() -> None:
    goals = [c["goal"] for c in TUNED + HELD_OUT]
    assert len(set(goals)) == len(goals) >= 180
    assert len(HELD_OUT) >= 60
    assert len(HELD_OUT) / len(goals) >= 0.29
