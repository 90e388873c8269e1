"""Programs that score structures: what they answer counts, and whatever else they do costs a value and nothing more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.scorers import Scorer
from tests.tables import each_row
from tools.calculators.collection import shipped_calculators
from tools.calculators.costly.pool import CallPool
from tools.calculators.costly.protocol import Call, call_key
from tools.calculators.costly.scorer import ScorerCalculator, with_scorers

PROGRAM = Path(__file__).parents[2] / "data" / "scorer.py"
ETHANOL = 19.9  # Å², Labute's surface of ethanol by RDKit


def calculator(mode: str = "fine", *further: str, **declared: object) -> ScorerCalculator:
    """The scorer of the tests in a mode."""
    command = " ".join([sys.executable, str(PROGRAM), mode, *further])
    scorer = Scorer.model_validate({"name": "surface score", "command": command, "limit": 20, "range": (0, 100), **declared})
    found = with_scorers(shipped_calculators(), (scorer,)).of("surface_score")
    inner = found.inner  # type: ignore[attr-defined]
    assert isinstance(inner, ScorerCalculator)
    return inner


def asked(of: ScorerCalculator, *smiles: str) -> list[tuple[float | None, str]]:
    """(value, reason) for each structure, in order."""
    pool = CallPool(2)
    try:
        answers = sorted(pool.answers(of, [Call(s, ("surface_score",)) for s in smiles]), key=lambda a: a.place)
    finally:
        pool.close()
    return [(a.outcomes["surface_score"].value, a.outcomes["surface_score"].reason) for a in answers]


@pytest.mark.parametrize(("mode", "form"), [("fine", "lines"), ("batch", "batch"), ("reinvent", "reinvent")])
def test_each_form_is_understood(mode: str, form: str) -> None:
    found = asked(calculator(mode, form=form), "CCO", "c1ccccc1", "CCCC")
    assert [reason for _, reason in found] == ["", "", ""]
    assert found[0][0] == pytest.approx(ETHANOL, abs=0.1)
    assert found[0][0] != found[1][0]


@each_row(
    ("mode", "said"),
    [
        ("die", "exit code 3"),
        ("die", "no licence"),
        ("rubbish", "'AutoDock 5 says hello', which is no JSON"),
        ("nothing", "neither a value nor an error"),
        ("nan", "no usable number"),
        ("stranger", "no id of what was asked"),
        ("error", "no pose was found"),
    ],
)
@each_row("form", ["lines", "batch"])
def test_what_is_no_answer_is_a_failed_value_with_its_reason(mode: str, said: str, form: str) -> None:
    [(value, reason)] = asked(calculator(mode, form=form), "CCO")
    assert value is None
    assert said in reason


@pytest.mark.parametrize("form", ["lines", "batch", "reinvent"])
def test_one_that_hangs_is_ended(form: str) -> None:
    [(value, reason)] = asked(calculator(command="sleep 600", form=form, limit=0.3), "CCO")
    assert value is None
    assert "longer than 0.3 s" in reason


def test_a_program_that_is_not_there_and_a_command_that_is_not_known() -> None:
    nowhere = calculator(command="/nowhere/dock --fast")
    assert "cannot be started" in asked(nowhere, "CCO")[0][1]
    with pytest.raises(ConfigurationError, match="--scorer 'surface score=COMMAND'"):
        asked(calculator(command=""), "CCO")


def test_another_list_of_scores_than_asked_for() -> None:
    text = '{"version": 1, "payload": {"predictions": [1.0]}}'
    found = asked(calculator(command=f"sh -c 'cat > /dev/null; echo \"$0\"' '{text}'", form="reinvent"), "CCO", "CC", "CCC")
    assert {reason for _, reason in found} == {"", "its program gave 1 scores for 2 structures"}


def test_answers_are_kept_only_where_that_is_declared(tmp_path: Path) -> None:
    script = tmp_path / "own.py"
    script.write_text("print(1)")
    call = Call("CCO", ("surface_score",))
    assert call_key(calculator(), call) == ""
    kept = calculator(command=f"{sys.executable} {script}", keep=True)
    before = call_key(kept, call)
    script.write_text("print(2)")
    assert before
    assert call_key(calculator(command=f"{sys.executable} {script}", keep=True), call) != before
