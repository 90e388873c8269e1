"""A list of what is excluded that no joining word closes, with a negation of its own behind it: what stands between is unread."""

from __future__ import annotations

import pytest

from agent.reading import interpret
from tests.agent.reading.test_polarity import demanded, denied

GROUPS = ["ester", "amide", "nitrile", "thiophene", "carbazole", "imidazole", "sulfone", "phenol", "urea", "aldehyde", "methacrylate", "anthracene"]  # fmt: skip
#: What excludes the first item, and what the last.
NEGATORS = ["no {}", "without {}", "free of {}", "must contain no {}", "avoid {}", "devoid of {}", "lacking {}", "not containing {}", "neither nitro groups nor {}"]  # fmt: skip
AGAIN = ["no fluorine", "without fluorine", "free of fluorine", "fluorine-free", "fluorine excluded", "and no fluorine", "neither fluorine nor chlorine"]  # fmt: skip
CASES = [
    (before, AGAIN[(n + m) % len(AGAIN)], GROUPS[(n + m) % len(GROUPS)], GROUPS[(n + m + 1 + n % 3) % len(GROUPS)])
    for n, before in enumerate(NEGATORS)
    for m in range(3)
]


@pytest.mark.parametrize("plural", [True, False])
def test_the_middle_of_an_open_list_is_neither_excluded_nor_asked_for(plural: bool) -> None:
    for before, again, first, middle in CASES:
        one, two = (f"{first}s", f"{middle}s") if plural else (first, middle)
        goal = f"MW below 900, {before.format(one)}, {two}, {again}"
        spec = interpret(goal)
        assert middle not in demanded(spec), goal
        if plural and before == "no {}" and again.startswith("no "):
            assert middle in denied(spec), goal  # a bare plural between two bare 'no': by itself it asks for nothing
            continue
        assert middle not in denied(spec), goal
        assert first not in demanded(spec), goal
        assert "F" not in demanded(spec), goal
        assert any(middle in u.phrase for u in spec.unchecked), goal


@pytest.mark.parametrize("joint", [" or ", ", or ", " and "])
def test_a_closed_list_is_excluded_whole(joint: str) -> None:
    for before, again, first, middle in CASES:
        goal = f"MW below 900, {before.format(f'{first}s')}{joint if 'neither' not in before else ' nor '}{middle}s, {again}"
        spec = interpret(goal)
        assert {first, middle} <= set(denied(spec)), goal
        assert not demanded(spec), goal


@pytest.mark.parametrize("last", ["no flourine", "no fluorine", "chlorine-free"])
def test_the_first_item_is_excluded_and_the_last_one_too(last: str) -> None:
    spec = interpret(f"Anion-exchange polymer: backbone free of ether linkages, piperidinium cations, {last}.")
    assert set(denied(spec)) == {"ether", "Cl" if "chlor" in last else "F"}
