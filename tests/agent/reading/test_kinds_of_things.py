"""What the name of a thing demands, by ``words/kinds.toml`` and the groups that are classes."""

from __future__ import annotations

import pytest

from agent.reading import interpret
from agent.reading.compact import compact_requirement, parse_requirement
from agent.reading.kinds import Kind, kinds
from core.spec import MotifRequirement
from tests.tables import each_row
from tools.workspace import builtin


@each_row("key", sorted(kinds()))
def test_every_kind_is_demanded_by_its_name_and_said(key: str) -> None:
    kind = kinds()[key]
    spec = interpret(f"Find a {key} with MW below 900")
    given = [compact_requirement(r, catalogue=builtin().catalogue) for r in spec.requirements]
    demanded = {
        compact_requirement(parse_requirement(t, catalogue=builtin().catalogue), catalogue=builtin().catalogue) for t in kind.requires
    }
    assert demanded <= set(given)
    assert any(a.text == kind.note for a in spec.assumptions)
    assert not [u for u in spec.unchecked if u.head]


@each_row("kind", {k.words: k for k in kinds().values()}.values())
def test_what_a_kind_demands_can_be_read(kind: Kind) -> None:
    for text in kind.requires:
        parse_requirement(text, catalogue=builtin().catalogue)


@each_row(
    ("goal", "group"),
    [
        ("Strobilurin analogue fungicide with logP 2.5 to 4", "strobilurin"),
        ("Diglycolamide-type extractant, logP > 6", "diglycolamide"),
        ("a salen ligand with MW below 500", "salen"),
        ("an alkyl polyglucoside with logP above 1", "alkyl glucoside"),
        ("a pyrethroid with MW below 450", "pyrethroid"),
        ("SDHI fungicides with logP below 4, please find some", "SDHI carboxamide"),
        ("a profen with MW below 300", "profen"),
        ("an imidazoline corrosion inhibitor, log S > -2", "imidazoline"),
        ("a nitroxide spin label, MW < 300", "nitroxide"),
    ],
)
def test_a_class_name_is_a_demand(goal: str, group: str) -> None:
    assert group in [r.name for r in interpret(goal).requirements_of(MotifRequirement) if r.wanted]


@pytest.mark.parametrize(
    "goal",
    [
        "a discotic liquid crystal with MW below 900 and six long alkyl chains",
        "a polymeric surfactant with Tg below 20 °C",
        "a liquid crystal polymer with Tg above 100 °C",
        "no surfactant is wanted: a solvent with logP below 1",
        "a solvent for surfactants with logP below 1",
        "a kinase inhibitor with MW below 400",
    ],
)
def test_another_kind_of_thing_does_not_get_the_demand(goal: str) -> None:
    assert not [r for r in interpret(goal).requirements_of(MotifRequirement) if "mesogenic" in r.name or r.name.startswith("surfactant")]


def test_a_compound_before_the_noun_is_one_to_be_like() -> None:
    spec = interpret("an aspirin-like ester with MW below 300")
    assert [r.text for r in spec.requirements][:2] == ["Tanimoto similarity to aspirin at least 0.4", "contains ester"]


@pytest.mark.parametrize("words", ["similar to Fooble", "like Fooble", "an analogue of Fooble", "a Fooble-like ester"])
def test_a_compound_to_be_like_that_is_not_known_says_how_to_give_it(words: str) -> None:
    spec = interpret(f"{words}, MW below 300")
    (unknown,) = [u for u in spec.unchecked if u.resembles]
    assert "'Fooble'" in unknown.reason
    assert "--like FILE" in unknown.reason


def test_a_ring_of_carbon_makes_a_thing_cycloaliphatic() -> None:
    (ring,) = interpret("a cycloaliphatic diamine with MW below 300").requirements_of(MotifRequirement)
    assert ring.name == "alicyclic ring"


@pytest.mark.parametrize(
    ("goal", "group"),
    [
        ("a surfactant with a C10 to C14 tail", "C10 to C14 alkyl chain"),
        ("an ester with a C8-C10 alkyl chain", "C8 to C10 alkyl chain"),
        ("an alcohol bearing a C12 chain", "C12 alkyl chain"),
        ("an ester or amide solvent with logP below 1", "ester or amide"),
        ("fluorinated carbonate or ether solvent, flash point over 60 °C", "carbonate or ether"),
    ],
)
def test_chains_by_their_length_and_alternatives_before_the_noun(goal: str, group: str) -> None:
    assert group in [r.name for r in interpret(goal).requirements_of(MotifRequirement) if r.wanted]


def test_what_is_not_flammable_is_not_read_of_an_unknown_thing() -> None:
    spec = interpret("low GWP replacement for R-134a, must contain a C=C, nonflammable, MW below 150")
    assert "flash_point" not in spec.property_names()
    assert any("nonflammable" in u.phrase for u in spec.unchecked)
