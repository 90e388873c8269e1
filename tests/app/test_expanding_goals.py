"""A goal is measured by what its signs stand for: one may stand for eighteen letters."""

from __future__ import annotations

import pytest

from agent.reading.normalise import MAX_GOAL_LENGTH, normalise
from core.errors import GoalError
from tools.safety.guard import goal_verdict

LIGATURE = "\ufdfa"  # eighteen letters in its plain form


@pytest.mark.parametrize("count", [1200, 19_000])
def test_a_text_that_expands_beyond_the_limit_is_blocked_without_being_screened(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("screened")

    monkeypatch.setattr("tools.safety.goal_text.named", never)
    verdict = goal_verdict(LIGATURE * count)
    assert (verdict.verdict, [rule.id for rule in verdict.rules]) == ("block", ["goal.too_long"])


def test_a_goal_that_expands_beyond_the_limit_is_not_read() -> None:
    with pytest.raises(GoalError, match="with its signs written out"):
        normalise(LIGATURE * (MAX_GOAL_LENGTH // 18 + 1))
    assert normalise(LIGATURE)
