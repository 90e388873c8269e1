"""What a thing serves as is its family; a goal may begin with what it replaces or is used as."""

from __future__ import annotations

from agent.reading import interpret
from tests.tables import each_row


@each_row(
    ("goal", "family"),
    [
        ("an ester as solvent for coatings, bp 100-150 °C", "solvent"),
        ("Isosorbide diester as plasticiser for PLA film", "plasticizer"),
        ("a hindered phenol as antioxidant for lubricants, MW > 400", "antioxidant"),
        ("a diacrylate as monomer, MW < 400", "monomer"),
        ("Find an ether that can serve as a solvent for Grignard reactions, bp 80-110 °C", "solvent"),
        ("a phenol that acts as antioxidant, MW > 300", "antioxidant"),
        ("As NMP substitute for PVDF slurries we need a solvent with bp 180-220 °C", "solvent"),
        ("For slurries with PVDF we need a solvent with bp 180-220 °C", "solvent"),
        ("an ester measured in toluene as solvent", ""),
        ("an ester soluble in water as well as a solvent", ""),
        ("an ester which is as good as a solvent", ""),
        ("not as a solvent but as a plasticiser: an ester, MW > 300", ""),
    ],
)
def test_what_it_serves_as_is_the_family(goal: str, family: str) -> None:
    assert interpret(goal, may_be_empty=True).family == family


@each_row(
    "goal",
    [
        "As host for blue emitters we want a carbazole with two nitriles",
        "As the debondable crosslinker I want an anthracene",
        "As for the amine: no halogens, MW below 200",
    ],
)
def test_the_word_as_is_no_arsenic(goal: str) -> None:
    spec = interpret(goal)
    assert not any("As atom" in text for text in [r.text for r in spec.requirements] + [u.suggestion for u in spec.unchecked])
