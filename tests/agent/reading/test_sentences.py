"""Goal sentences and the specs they should give. The sentences are in ``evals/data/interpreter``; the judge is that of the evals."""

from __future__ import annotations

from typing import Any

from evals.suites.interpreter import judge_sentence, sentences
from tests.tables import each_row

TUNED: list[dict[str, Any]] = sentences("sentences")
HELD_OUT: list[dict[str, Any]] = sentences("held_out")
#: Measured: 56 of 65 right at the very first run of the parser, 64 of 65 (0.985) after it was tuned on sentences.toml alone; two
#: expectations were then corrected (marked in the file: the SA score is not defined for polymers), without these 62 of 65. The one
#: failure was looked at and mended only after that measurement. The floor allows two to fail.
HELD_OUT_FLOOR = 0.96


@each_row("case", TUNED)
def test_tuned_sentence(case: dict[str, Any]) -> None:
    result = judge_sentence(case)
    assert result.score == 1, result.detail


def test_held_out_accuracy() -> None:
    right = sum(judge_sentence(case).score == 1 for case in HELD_OUT)
    assert right / len(HELD_OUT) >= HELD_OUT_FLOOR, f"{right} of {len(HELD_OUT)} held-out sentences are right"


def test_the_judge_can_fail() -> None:
    wrong = {**TUNED[0], "candidates": 999}
    assert judge_sentence(wrong).score < 1
    assert judge_sentence({"goal": TUNED[0]["goal"], "error": "GoalError"}).score == 0
    assert judge_sentence({"goal": ""}).score == 0


def test_there_are_enough_sentences_and_a_third_is_held_out() -> None:
    goals = [c["goal"] for c in TUNED + HELD_OUT]
    assert len(set(goals)) == len(goals) >= 180
    assert len(HELD_OUT) >= 60
    assert len(HELD_OUT) / len(goals) >= 0.29
