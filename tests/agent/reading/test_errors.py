"""Goals that must be refused, with the phrase that the error must quote."""

from __future__ import annotations

import pytest

from agent.reading import interpret
from core.errors import ContradictionError, GoalError, UnitError
from tests.tables import each_row


@each_row(
    ("goal", "error", "quoted"),
    [
        ("no rings but a pyridine", ContradictionError, "pyridine"),
        ("a molecule with a Tg above 100 °C", GoalError, "Tg above 100 °C"),
        ("30 carbon atoms and MW below 200", ContradictionError, "MW below 200"),
        ("a fragment with MW above 400", ContradictionError, "MW above 400"),
        ("Veber's rules and TPSA above 200", ContradictionError, "TPSA above 200"),
        ("5 aromatic rings but at most 2 rings", ContradictionError, "at most 2 rings"),
        ("a molecule with MW below 100 with six aromatic rings", ContradictionError, "six aromatic rings / MW below 100"),
        (
            "a molecule with at most 10 heavy atoms and three pyridine rings",
            ContradictionError,
            "three pyridine rings / at most 10 heavy atoms",
        ),
        ("a molecule without nitrogen and oxygen, TPSA above 60", ContradictionError, "TPSA above 60"),
        ("at most one hydroxyl group and exactly three hydroxyl groups", ContradictionError, "three hydroxyl groups"),
        ("a carboxylic acid, no carbonyl groups", ContradictionError, "carbonyl"),
        ("logP < 2 and logP >= 2", ContradictionError, "logP"),
        ("MW below -5", GoalError, "MW below -5"),
        ("polymer with Tg > 5000 °C", GoalError, "Tg > 5000 °C"),
        ("QED above 3", GoalError, "QED above 3"),
        ("-2 hydroxyl groups", GoalError, "-2 hydroxyl groups"),
        ("MW < 300 nm", UnitError, "MW < 300 nm"),
        ("melting point above 3 Da", UnitError, "melting point above 3 Da"),
        ("solubility above 5 °C", UnitError, "solubility above 5 °C"),
        ("absorption above -2 eV", UnitError, "-2 eV"),
        ("similar to CC(=O", GoalError, "CC(=O"),
        ("keep the scaffold c1ccccc", GoalError, "c1ccccc"),
        ("similar to unobtainium", GoalError, "unobtainium"),
        ("lower logP than the parent compound", GoalError, "lower logP than the parent compound"),
        ("2000 candidates with MW < 300", GoalError, "2000 candidates"),
        ("2.5 rings", GoalError, "2.5 rings"),
        ("logP between 4 and 2", GoalError, "between 4 and 2"),
        ("between 300 K and 400 nm melting point", GoalError, "300 K"),
        ("Tanimoto similarity to aspirin above 1.5", GoalError, "above 1.5"),
        ("a TPSA better than 90", GoalError, "better than 90"),
        ("stable at 5000 °C", GoalError, "stable at 5000 °C"),
        ("wibble wobble", GoalError, "wibble wobble"),
    ],
)
def test_error_quotes_the_phrase(goal: str, error: type[GoalError], quoted: str) -> None:
    with pytest.raises(error) as caught:
        interpret(goal)
    assert quoted in str(caught.value)


@pytest.mark.parametrize("goal", ["", "   \n\t", "\u200b\u200b", '"', "a molecule", "design a polymer please"])
def test_goal_that_asks_for_nothing(goal: str) -> None:
    with pytest.raises(GoalError):
        interpret(goal)


def test_long_text_fails_clearly() -> None:
    with pytest.raises(GoalError, match="1000000 characters; at most 8000"):
        interpret("a" * 1_000_000)


def test_text_of_the_longest_length_is_read() -> None:
    spec = interpret(("MW < 300, " * 800)[:7990])
    assert [r.text for r in spec.requirements] == ["Molecular weight below 300 g/mol"]


def test_number_of_candidates_argument_is_checked() -> None:
    with pytest.raises(GoalError, match="1 to 1000"):
        interpret("logP < 3", candidates=0)
    assert interpret("three candidates with logP < 3", candidates=7).candidates == 7


def test_a_goal_must_be_text() -> None:
    with pytest.raises(GoalError, match="must be text"):
        interpret(None)  # type: ignore[arg-type]
