"""Frames in which goals ask for and forbid: answers, headings, terse items, asides, and what may hold for more than its own clause."""

from __future__ import annotations

import pytest

from agent.reading import interpret
from tests.agent.reading.test_polarity import demanded, denied
from tests.tables import each_row


@each_row(
    ("said", "present", "absent"),
    [
        ("contains an ester? No.", [], ["ester"]),
        ("contains an amide? Yes.", ["amide"], []),
        ("Must-haves: an amide. No-gos: nitro, thiols.", ["amide"], ["nitro", "thiol"]),
        ("No-gos: nitro, wibble, an ester", [], ["nitro"]),
        ("an amide yes, esters no", ["amide"], ["ester"]),
        ("amide required, ester not", ["amide"], []),
        ("esters, being labile, are out", [], ["ester"]),
        ("an ester would please nobody", [], []),
        ("an ester with a phenol is not acceptable", [], []),
        ("leave the ester out", [], ["ester"]),
        ("keep every ester out of the molecule", [], ["ester"]),
        ("no nasty thiols", [], ["thiol"]),
        ("without hindered esters", [], []),
        ("provided there is no ester", [], ["ester"]),
        ("neither esters nor amides should be present", [], ["ester", "amide", "imide"]),  # imides by assumption
        ("an additive that prevents peroxides", [], []),
        ("we renounce esters", [], ["ester"]),
    ],
)
def test_a_frame_asks_for_what_it_says_and_nothing_else(said: str, present: list[str], absent: list[str]) -> None:
    spec = interpret(f"MW below 900; {said}", may_be_empty=True)
    assert (sorted(demanded(spec)), sorted(denied(spec))) == (sorted(present), sorted(absent)), spec.unchecked


@pytest.mark.parametrize(
    ("goal", "family"),
    [
        ("no esters in our dye, MW below 400", "dye"),
        ("absorption above 500 nm, azobenzene dye", "dye"),
        ("a wibble for our dye, MW below 400", ""),
    ],
)
def test_a_goal_without_a_head_speaks_of_its_subject(goal: str, family: str) -> None:
    assert interpret(goal, may_be_empty=True).family == family
