"""No name of a property holds a comparison: 'most acidic site above pKa' had swallowed the 'above'."""

import re

import pytest

from agent.reading import interpret
from core.errors import GoalError


@pytest.mark.parametrize("said", ["most acidic site above pKa 12", "most acidic site below pKa 4"])
def test_a_comparison_before_the_name_is_no_window_about_the_number(said: str) -> None:
    with pytest.raises(GoalError, match=re.escape(said)):
        interpret(f"a molecule, {said}")


def test_the_same_with_the_comparison_behind_the_name_is_read() -> None:
    assert [r.text for r in interpret("a molecule, pKa of the most acidic site above 12").requirements] == [
        "Acidic pKa (most acidic site) above 12",
    ]
