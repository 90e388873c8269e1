"""'Composed of nothing but C, H and O': what a molecule is made of, said by what there is besides."""

import pytest

from agent.reading import interpret


def _asked(goal: str) -> list[str]:
    return [r.text for r in interpret(goal).requirements if r.origin != "class"]


@pytest.mark.parametrize(
    ("goal", "asked"),
    [
        ("a molecule, composed of nothing but C, H and O", "only the elements C, H, O"),
        ("a solvent made of nothing but carbon, hydrogen and nitrogen", "only the elements C, H, N"),
        ("a molecule, made up of nothing but carbon and hydrogen", "only the elements C, H"),
        ("a dye built of nothing but C, H, N and O", "only the elements C, H, N, O"),
    ],
)
def test_the_elements_beside_which_there_is_nothing(goal: str, asked: str) -> None:
    assert _asked(goal) == [asked]


@pytest.mark.parametrize(
    "said",
    [
        "not made of nothing but C and H",
        "not composed of nothing but C, H and O",
        "composed of nothing but C, H and O is not needed",
        "composed of nothing but esters",
        "made of nothing but renewable carbon",
    ],
)
def test_what_is_denied_or_is_no_element_limits_nothing(said: str) -> None:
    assert _asked(f"a molecule, {said}, logP below 3") == ["logP (Crippen) below 3"]
