"""Words that say what the list is made of: they change no requirement, and what is denied changes nothing."""

from __future__ import annotations

import pytest

from agent.reading import describe, interpret
from tools.workspace import builtin


@pytest.mark.parametrize(
    ("goal", "rule"),
    [
        ("a novel polymer with Tg > 250 °C", "new only"),
        ("polymers with Tg > 250 °C that are not yet known", "new only"),
        ("a molecule with MW < 300 that is not known yet", "new only"),
        ("a molecule with MW < 300, only new compounds", "new only"),
        ("a molecule with MW < 300, known compounds only", "known only"),
        ("a molecule with MW < 300; known compounds first", "known first"),
    ],
)
def test_the_list_is_made_as_the_goal_says(goal: str, rule: str) -> None:
    spec = interpret(goal, workspace=builtin())
    assert spec.novelty == rule
    assert len(spec.requirements) == 1
    assert not spec.unchecked
    assert not any(s.unread for s in spec.reading)
    assert "".join(s.text for s in spec.reading) == spec.goal
    assert "The list: " in describe(spec)
    assert any("known" in a.text for a in spec.assumptions)


@pytest.mark.parametrize(
    "goal",
    [
        "a molecule with MW < 300",
        "new molecules with MW < 300",  # 'new' is said of everything
        "a molecule with MW < 300, not novel",
        "a molecule with MW < 300, no novel structures",
        "a novel molecule with MW < 300, known compounds only",  # said both ways
        "a molecule with MW < 300 that is not known to be toxic",
    ],
)
def test_other_words_change_nothing(goal: str) -> None:
    spec = interpret(goal, workspace=builtin())
    assert spec.novelty == "half new"
    assert "The list: " not in describe(spec)


def test_a_goal_without_pfas_forbids_what_the_definition_says() -> None:
    texts = [r.text for r in interpret("a dye without PFAS", workspace=builtin()).requirements]
    assert any("no PFAS" in text for text in texts)
    assert not any("perfluoroalkyl" in text for text in texts)
