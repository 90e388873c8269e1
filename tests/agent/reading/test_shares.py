"""The share of an element in the mass, in the words of several fields; what is no share of the thing designed stays unread."""

from __future__ import annotations

from agent.reading import compact, interpret
from tests.tables import each_row
from tools.workspace import builtin


def _stated(goal: str) -> set[str]:
    stated = compact(interpret(goal, may_be_empty=True), catalogue=builtin().catalogue)
    return {*stated["requirements"], *stated["objectives"]}


@each_row(
    ("said", "wanted"),
    [
        ("at least 15 wt% phosphorus", "phosphorus_content >= 15"),
        ("a phosphorus content above 12 wt.-%", "phosphorus_content > 12"),
        ("bromine content over 60 %", "bromine_content > 60"),
        ("a nitrogen content above 20 % by weight", "nitrogen_content > 20"),
        ("less than 5 wt% oxygen", "oxygen_content < 5"),
        ("a fluorine content of 50-65 wt%", "fluorine_content 50..65"),
        ("at least 10 % sulfur by weight", "sulfur_content >= 10"),
        ("30 mass percent silicon or more", "silicon_content >= 30"),
        ("iodine content 45 to 55 % w/w", "iodine_content 45..55"),
        ("phosphorus 12 wt% minimum", "phosphorus_content >= 12"),
        ("not more than 10 wt% of chlorine", "chlorine_content <= 10"),
        ("a mass fraction of carbon below 40 %", "carbon_content < 40"),
        ("a sulphur content below 3 wt%", "sulfur_content < 3"),
        ("a chlorine content below 900 ppm", "chlorine_content < 0.09"),
        ("a sulphur content below 15 ppm", "sulfur_content < 0.0015"),
        ("a total sulfur content under 50 mg/kg", "sulfur_content < 0.005"),
        ("an iodine content above 480 mg/g", "iodine_content > 48"),
        ("an oxygen content of at most 2.7 % m/m", "oxygen_content <= 2.7"),
        ("not above 0.5 % S m/m", "sulfur_content <= 0.5"),
        ("at least 20 % of its molar mass fluorine", "fluorine_content >= 20"),
        ("bromine makes up at least 40 % of the mass", "bromine_content >= 40"),
        ("more than half the mass bromine", "bromine_content > 50"),
        ("at least a third fluorine by mass", "fluorine_content >= 33.33"),
    ],
)
def test_a_share_of_the_mass_is_read(said: str, wanted: str) -> None:
    assert f"property:{wanted}" in _stated(f"a molecule with MW below 600, two rings, and {said}") | _stated(
        f"a molecule with MW below 600, {said}"
    )


@each_row(
    "said",
    [
        "20 wt% phosphoric acid in water",
        "soluble at 2 wt% in toluene",
        "hydrolysable chlorine content below 300 ppm",
        "oxygen content below 5 ppm",
        "iodine number above 480 mg/g",
        "bromine number under 1 g/100 g",
        "S below 10 ppm",
        "losing more than half its mass",
        "taking up more than half its weight of water",
        "a carbon content of at least 70 at%",
        "3 wt% phosphorus-containing hardener",
        "for 2 wt% sulfur crude",
        "that releases 6 wt% hydrogen",
        "taking up at least 20 wt% nitrogen",
        "for steel with 0.5 wt% carbon",
        "that removes 90 wt% sulfur",
        "no bromine above 900 ppm",
        "without more than 5 wt% chlorine",
        "a nitrogen content above 5 mol%",
    ],
)
def test_what_is_no_share_of_its_mass_is_not_read_as_one(said: str) -> None:
    stated = _stated(f"a molecule with MW below 300 and two rings, {said}")
    assert not {s for s in stated if "_content" in s or ("element" in s and "ring" not in s)}, stated


def test_a_plain_percentage_is_a_share_of_the_mass_and_said_to_be_taken_so() -> None:
    spec = interpret("a flame retardant with MW below 600 and at least 6 % P", workspace=builtin())
    assert "property:phosphorus_content >= 6" in compact(spec, catalogue=builtin().catalogue)["requirements"]
    assert any("taken as its share of the mass" in a.text for a in spec.assumptions)
    written_out = interpret("a flame retardant with MW below 600 and at least 6 wt% P", workspace=builtin())
    assert not any("share of the mass" in a.text for a in written_out.assumptions)
