"""Noise is not shown; chemists' English is."""

from __future__ import annotations

import random
import string

import pytest

from agent.roles.fact_check.readable import readable, tidy
from tests.tables import each_row
from tools.workspace import builtin

GOOD = [
    "The best candidate is a rigid polyimide whose biphenyl core hinders rotation; its margin is small, so measure it first.",
    "This azo linkage may be cleaved photochemically, and the nitro group raises sensitivity; I would question its stability.",
    "Candidate 2 carries an ester that hydrolyses in base.",
    "Rigid imide rings raise the glass transition.",
    "Three candidates satisfy the goal. The leading molecule, a sulfone, sits comfortably inside the window, although its prediction "
    "extrapolates beyond the training data.",
    "The acetal looks acid labile.",
    "Watch for phototoxicity: furocoumarin scaffolds intercalate DNA.",
]
BAD = [
    "",
    "ok",
    "the the the the the the",
    "the cat " * 40,
    "äöüß 漢字 漢字 漢字 漢字",
    "import sys def __init__ self zk qx rt urn mo ph",
    "ꙮ ꙮ ꙮ ꙮ",
    "xydefurn urn laurnret tion defer tiontion retPh clmo vaous ingPh",
]


@pytest.mark.parametrize("text", GOOD)
def test_english_about_chemistry(text: str) -> None:
    assert readable(text, catalogue=builtin().catalogue)


@each_row("text", BAD)
def test_noise(text: str) -> None:
    assert not readable(text, catalogue=builtin().catalogue)


def test_random_letters_and_bytes_are_noise() -> None:
    rng = random.Random(3)
    for _ in range(200):
        letters = " ".join("".join(rng.choice(string.ascii_lowercase) for _ in range(rng.randint(2, 9))) for _ in range(30))
        noise = "".join(chr(rng.randrange(32, 0x2FFF)) for _ in range(120))
        assert not readable(letters, catalogue=builtin().catalogue)
        assert not readable(noise, catalogue=builtin().catalogue)


def test_names_of_the_run_count_as_words() -> None:
    text = "fooprofen beats barcillin"
    assert not readable(text, catalogue=builtin().catalogue)
    assert readable("the fooprofen beats barcillin", ["fooprofen", "barcillin"], catalogue=builtin().catalogue)


def test_tidy() -> None:
    text = "## Summary\n\n**First** is `poly-1`.\n- It is <b>rigid</b>\n- It\u202e is \x07new\n> quoted"
    assert tidy(text, 500) == "Summary. First is poly-1. It is rigid. It is new. quoted."
    assert tidy("One sentence. Another one that is long.", 20) == "One sentence."
    assert tidy("A single sentence without an early end", 10) == ""
    assert tidy("", 10) == ""
    assert tidy("logP < 3 and Tg > 5 °C hold.", 100) == "logP < 3 and Tg > 5 °C hold."
