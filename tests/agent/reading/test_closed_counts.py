"""Several elements counted like a formula: whether other elements may occur."""

import pytest

from agent.reading import interpret
from core.spec import ElementsRequirement
from tests.tables import each_row


def _only(goal: str) -> list[str] | None:
    found = [r for r in interpret(goal).requirements if isinstance(r, ElementsRequirement)]
    assert all(r.origin == "assumption" for r in found)
    return found[0].allowed if found else None


@pytest.mark.parametrize(
    ("goal", "allowed"),
    [
        ("a molecule with 8 carbon, 1 nitrogen and 2 oxygen atoms", ["C", "H", "N", "O"]),
        ("exactly 6 carbon atoms and exactly one sulfur atom", ["C", "H", "S"]),
        ("10 carbon atoms, 2 oxygen atoms and 18 heteroatoms or fewer", ["C", "H", "O"]),
        ("8 carbon, 1 nitrogen and 2 oxygen atoms with MW below 200", ["C", "H", "N", "O"]),
        ("8 carbon and 2 oxygen atoms and a hydroxyl group", ["C", "H", "O"]),
    ],
)
def test_exact_numbers_of_carbon_and_others_are_all_heavy_atoms(goal: str, allowed: list[str]) -> None:
    assert _only(goal) == allowed


@each_row(
    "goal",
    [
        "a molecule with 8 carbon atoms",
        "a molecule with 2 nitrogen and 2 oxygen atoms",
        "8 carbon atoms, at least 1 nitrogen and 2 oxygen atoms",
        "8 carbon, 1 nitrogen and 2 oxygen atoms and a thiophene",
        "8 carbon, 1 nitrogen and 2 oxygen atoms and a halogen",
        "8 carbon and 2 oxygen atoms, MW above 400",
        "8 carbon and 2 oxygen atoms but no nitrogen",
        "12 heavy atoms, 8 carbon and 2 oxygen atoms",
    ],
)
def test_others_stay_allowed_where_the_goal_leaves_or_needs_them(goal: str) -> None:
    assert _only(goal) is None


def test_the_assumption_is_stated_with_the_words_of_the_goal() -> None:
    spec = interpret("8 carbon, 1 nitrogen and 2 oxygen atoms")
    text = next(a for a in spec.assumptions if "all heavy atoms" in a.text)
    assert "no element but C, N, O and hydrogen" in text.text
    assert "8 carbon" in text.phrase
    assert "2 oxygen atoms" in text.phrase
    assert "at least" in text.text
