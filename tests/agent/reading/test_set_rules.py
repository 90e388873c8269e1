"""Conditions on the list as a whole, as they are written in a goal."""

from __future__ import annotations

import pytest

from agent.reading import interpret
from core.spec import SimilarityRequirement


@pytest.mark.parametrize(
    ("goal", "number"),
    [
        ("drug-like molecules with a diversity of at least 0.8", 0.8),
        ("QED above 0.6, structural diversity >= 0.75", 0.75),
        ("QED above 0.6, diversity of at least 80 %", 0.8),
    ],
)
def test_diversity(goal: str, number: float) -> None:
    spec = interpret(goal)
    (wanted,) = spec.set_requirements
    assert (wanted.id, wanted.measure) == ("S1", "diversity")
    assert wanted.condition.bounds()[0] == pytest.approx(number)
    assert "mean pairwise Tanimoto similarity" in " ".join(a.text for a in spec.assumptions)


def test_novelty_becomes_a_largest_similarity_to_each_reference() -> None:
    spec = interpret("molecules with QED above 0.6 and novelty of at least 0.8 against aspirin and ibuprofen")
    (wanted,) = spec.set_requirements
    assert wanted.measure == "novelty"
    assert len(wanted.references) == 2
    limits = [r for r in spec.requirements if isinstance(r, SimilarityRequirement)]
    assert [r.reference for r in limits] == wanted.references
    assert all(r.condition.comparison == "<=" and r.condition.value == pytest.approx(0.2) for r in limits)


@pytest.mark.parametrize("goal", ["QED above 0.6 and novelty of at least 0.8", "QED above 0.6, diversity below 0.4"])
def test_what_cannot_be_held_is_listed_as_unchecked(goal: str) -> None:
    spec = interpret(goal)
    assert spec.set_requirements == []
    assert spec.unchecked
