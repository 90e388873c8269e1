"""What the thing is comes from its noun, and what it is for is never composition."""

from __future__ import annotations

import pytest

from agent.reading import compact, interpret
from agent.reading.lexicon import families
from core.reading import marked_text
from core.spec import marked, must_ask
from tests.tables import each_row
from tools.workspace import builtin


@each_row(
    ("goal", "candidate_class", "family"),
    [
        ("an epoxy hardener with two primary amines", "molecule", ""),
        ("an OLED host with MW below 600", "molecule", ""),
        ("a plasticiser for PVC with MW above 400", "molecule", "plasticizer"),
        ("a dianhydride for polyimides with MW below 500", "molecule", ""),
        ("a monomer for dental resins with a methacrylate", "molecule", "monomer"),
        ("a sizing agent for carbon fibre with MW below 500", "molecule", ""),
        ("a photoresist additive with a phenol", "molecule", ""),
        ("a molecular glass with MW below 900", "molecule", ""),
        ("a 193 nm photoresist polymer with Tg above 120 °C", "polymer", ""),
        ("a polyimide film with Tg above 300 °C", "polymer", "polyimide"),
        ("a CO2/N2 separation membrane with Tg above 200 °C", "polymer", ""),
        ("a polyester plasticizer with MW above 400", "molecule", "plasticizer"),
        ("a polymer additive with a phenol", "molecule", ""),
        ("For a self-etch adhesive I want a monomer with an amide", "molecule", "monomer"),
        ("a conjugated polymer donor with a thiophene", "polymer", "conjugated polymer"),
    ],
)
def test_class_and_family_come_from_the_noun(goal: str, candidate_class: str, family: str) -> None:
    spec = interpret(goal)
    assert (spec.candidate_class, spec.family) == (candidate_class, family)


@each_row(
    "goal",
    [
        "a lithium-ion battery solvent with MW below 300", "a potassium channel blocker with MW below 300", "a copper corrosion inhibitor with MW below 300",
        "a sizing agent for carbon fibre with MW below 300", "a CO2 absorbent with MW below 300", "an additive for nitrile rubber with MW below 300",
        "an epoxy hardener with MW below 300", "a peroxide scavenger with MW below 300", "a 193 nm photoresist quencher with MW below 300",
        "no N-alkyl groups, MW below 300", "for use under nitrogen, MW below 300",
        "a liquid crystal with MW below 300", "a low-molecular-weight gelator with MW below 300",
    ],
)  # fmt: skip
def test_purposes_media_and_compound_nouns_are_no_composition(goal: str) -> None:
    found = compact(interpret(goal), catalogue=builtin().catalogue)
    assert found["requirements"] == ["property:molecular_weight < 300"]
    assert found["objectives"] == []


@each_row("family", [f for f in families() if f.name])
def test_a_family_that_is_only_a_purpose_is_not_designed(family: object) -> None:
    word = family.words[0]  # type: ignore[attr-defined]
    spec = interpret(f"an additive for {word}, QED above 0.4")
    assert spec.family == ""
    assert spec.candidate_class == "molecule"


def test_words_mean_what_they_mean_for_the_thing_designed() -> None:
    assert "property:flash_point > 60" in compact(interpret("a non-flammable solvent"), catalogue=builtin().catalogue)["requirements"]
    cold = interpret("a non-flammable refrigerant with MW below 150")
    assert compact(cold, catalogue=builtin().catalogue)["requirements"] == ["property:molecular_weight < 150"]
    assert any("non-flammable" in u.phrase for u in cold.unchecked)


@pytest.mark.parametrize(
    ("goal", "language"),
    [
        ("Ein Molekül mit einem Molekulargewicht unter 300 und ohne Nitrogruppen", "German"),
        ("une molécule avec un logP inférieur à 3 et sans ester", "French"),
        ("una molécula con logP menor de 3 y sin ésteres", "Spanish"),
        ("分子量小于300的分子", "a script other than Latin"),
    ],
)
def test_other_languages_are_said_and_not_read(goal: str, language: str) -> None:
    spec = interpret(goal, may_be_empty=True)
    assert spec.requirements == []
    assert language in spec.unchecked[0].reason


def test_the_unread_words_are_marked_and_a_person_is_asked() -> None:
    good = interpret("a molecule with MW below 300, logP below 3, cheap")
    assert marked(good) == "a molecule with MW below 300, logP below 3, [?cheap?]"
    assert must_ask(good) == ""
    assert (good.wishes().checked, good.wishes().unchecked) == (2, 1)
    half = interpret("a molecule with MW below 300, cheap")
    assert must_ask(half) == "only 1 of the 2 wishes of the goal is checked"
    poor = interpret("a wibbly frob with MW below 300, gnarled, tubby")
    assert "[?wibbly frob?]" in marked(poor)
    assert "designed" in must_ask(poor)
    most = interpret("a molecule with MW below 300, gnarled, tubby")
    assert must_ask(most) == "only 1 of the 3 wishes of the goal is checked"
    assert marked_text([]) == ""


def test_a_class_word_alone_does_not_carry_an_unread_wish() -> None:
    spec = interpret("a dye that glows only near people who must fall asleep")
    assert must_ask(spec) == "only 1 of the 2 wishes of the goal is checked"


@pytest.mark.parametrize(
    "goal",
    [
        "Design a heat-resistant polymer with Tg > 250 °C",
        "a molecule with MW < 300 that's stable at 200 °C",
        "a yellow azo dye without sulfonic acid groups, cheap",
    ],
)
def test_a_goal_that_was_mostly_read_is_not_stopped(goal: str) -> None:
    assert must_ask(interpret(goal)) == ""


def test_what_was_read_of_an_unread_clause_is_suggested() -> None:
    spec = interpret("MW below 300, no labile esters")
    (unread,) = spec.unchecked
    assert spec.goal[unread.start : unread.end] == "no labile esters"
    assert "ester" in unread.suggestion


@pytest.mark.parametrize("clause", ["sublimation point near -25 °C", "pour point < -50 °C", "about 5 cSt at 100 °C"])
def test_the_letter_of_a_unit_is_no_element_that_could_be_meant(clause: str) -> None:
    (unread,) = interpret(f"a molecule with MW < 200, {clause}").unchecked
    assert unread.suggestion == ""


@each_row(
    ("goal", "objection"),
    [
        ("a kinase inhibitor with MW below 400, no C-F bonds, gnarled", 'nothing that is checked says what makes it a "kinase inhibitor"'),
        ("a kinase inhibitor with MW below 400, a thioether, no C-F bonds, gnarled", ""),
        ("a kinase inhibitor with MW below 400 and no C-F bonds", 'nothing that is checked says what makes it a "kinase inhibitor"'),
        ("a photoacid generator with MW below 400 and no C-F bonds", ""),
        ("sandalwood odorant, one alcohol group, MW 200-240", 'what makes it a "sandalwood odorant" was not read'),
        ("an odorant with one alcohol group, MW 200-240", ""),
        ("odorant similar to Fooble, one alcohol group, MW 200-240", 'what it is to be like is not known: "similar to Fooble"'),
        ("sandalwood odorant similar to menthol, MW 200-240", ""),
        ("a fungicide similar to aspirin, MW below 400, no nitro groups, gnarled", ""),
        ("a molecule with MW below 400, no C-F bonds, gnarled", ""),
    ],
)
def test_a_thing_that_is_named_by_its_use_alone_is_asked_about(goal: str, objection: str) -> None:
    assert must_ask(interpret(goal)) == objection
