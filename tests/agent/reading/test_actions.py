"""What the thing designed does to something else is neither asked for nor denied of its structure; ways to forbid and to name a part."""

from __future__ import annotations

import pytest

from agent.reading import interpret
from core.spec import DesignSpec, ElementsRequirement, LevelRequirement, PropertyRequirement
from tests.agent.reading.test_polarity import demanded, denied
from tests.tables import each_row


def _spec(goal: str) -> DesignSpec:
    return interpret(goal, may_be_empty=True)


@each_row("element", ["hydrogen", "oxygen", "lithium", "copper", "zinc"])
@each_row(
    "frame",
    [
        "Could a hydrocarbon with 2 rings carry {}?", "A polymer that holds {}, MW below 300", "A ligand hosting {}; MW below 300", "Ligand, coordinating {}, MW below 300",
        "An additive using {}", "An anolyte that can hold more {}", "Chelator: it needs {}", "a coating that excludes {}", "a packaging film excluding {}", "a film rejecting {}",
        "A scavenger to eliminate {}", "a ligand to keep {} out of drinking water, MW below 300", "a sorbent to remove {}",
    ],
)  # fmt: skip
def test_what_the_thing_does_to_an_element_is_no_composition(element: str, frame: str) -> None:
    spec = _spec(frame.format(element))
    assert (demanded(spec), denied(spec)) == ([], [])
    assert any(element in unread.phrase for unread in spec.unchecked)


@pytest.mark.parametrize("verb", ["bearing", "carrying", "containing"])
def test_elements_of_organic_groups_are_carried_as_parts(verb: str) -> None:
    assert demanded(_spec(f"A dye {verb} bromine, absorbing at 500 nm")) == ["Br"]
    assert demanded(_spec(f"A dye {verb} oxygen atoms, absorbing at 500 nm")) == ["O"]


@pytest.mark.parametrize("noun", ["eye drop", "nose drop", "cough drop", "pressure drop"])
def test_a_verb_of_exclusion_behind_a_noun_is_a_noun(noun: str) -> None:
    assert denied(_spec(f"{noun} lead: logP below 3")) == []
    assert denied(_spec(f"{noun} additive, drop esters")) == ["ester"]


@pytest.mark.parametrize("goal", ["drop lead", "no lead", "Paint drier, drop lead", "an antimalarial lead with no lead in it"])
def test_lead_may_be_the_metal(goal: str) -> None:
    assert denied(_spec(goal)) == ["Pb"]


@each_row("noun", ["film", "coating", "layer", "resin", "membrane", "foam", "nanoparticles", "adhesive"])
def test_a_family_may_stand_before_the_form_that_it_takes(noun: str) -> None:
    spec = _spec(f"Conjugated polymer {noun} with thiophene units, no fluorine")
    assert (spec.family, spec.candidate_class) == ("conjugated polymer", "polymer")
    assert (demanded(spec), denied(spec)) == (["thiophene"], ["F"])


@each_row("group", ["ester", "ketone", "amide"])
@each_row(
    "frame",
    [
        "a dye, no {} tolerated", "a dye, no {} allowed", "a dye, neither {} nor azide permitted", "a dye, {}s having been ruled out", "a dye from which every {} has been banished", "a dye with no {} of its own",
        "a dye, every {} must go", "a dye free of toxic, staining {}s", "a dye, but a non-{} one", "none of the {}s is acceptable", "a dye with a nitrile instead of the usual {}", "a dye rid of {}s once and for all",
    ],
)  # fmt: skip
def test_more_ways_to_forbid(frame: str, group: str) -> None:
    assert group in denied(_spec(frame.format(group)))
    assert group not in demanded(_spec(frame.format(group)))


@each_row("group", ["ester", "ketone", "amide"])
@each_row(
    "frame",
    [
        "a dye, {}s having been present", "a dye, {}s have been tested", "no {} required", "no {}s optional", "no {} is no problem", "every {} is required", "{}s have not been ruled out", "{}s had been excluded",
        "a polymer from which an {} can be made", "without {}s allowed", "an {} one is fine",
    ],
)  # fmt: skip
def test_what_only_resembles_a_prohibition_asks_for_nothing(frame: str, group: str) -> None:
    spec = _spec(frame.format(group))
    assert (demanded(spec), denied(spec)) == ([], [])


@pytest.mark.parametrize("noun", ["trigger", "handle", "block", "tag", "leaving group", "type"])
def test_a_noun_behind_a_group_names_the_part(noun: str) -> None:
    assert demanded(_spec(f"A dye with a boronate ester {noun}")) == ["boronate ester"]


@pytest.mark.parametrize(
    ("words", "bounds"),
    [
        ("logP negative", ("<", 0.0)),
        ("a negative logP", ("<", 0.0)),
        ("positive logP", (">", 0.0)),
        ("no negative logP", (">=", 0.0)),
        ("logP must not be negative", (">=", 0.0)),
        ("logP should not be negative", (">=", 0.0)),
    ],
)
def test_the_sign_of_logp(words: str, bounds: tuple[str, float]) -> None:
    (logp,) = [r for r in _spec(words).requirements if isinstance(r, PropertyRequirement)]
    assert (logp.property, logp.condition.comparison, logp.condition.value) == ("logp", *bounds)


@pytest.mark.parametrize("words", ["logP never negative", "logP negative or zero", "Tg negative", "negative photoresist"])
def test_a_sign_that_is_not_sure_is_unread(words: str) -> None:
    assert not [r for r in _spec(words).requirements if r.origin != "class"]


@pytest.mark.parametrize(
    "goal", ["an initiator that decomposes at 70 °C", "a blowing agent decomposing at 200 °C", "decomposition temperature of 90 °C"]
)
def test_decomposition_that_may_be_wanted_is_no_stability(goal: str) -> None:
    assert not [r for r in _spec(goal).requirements if isinstance(r, LevelRequirement)]
    assert [r for r in _spec("a dye that decomposes above 300 °C").requirements if isinstance(r, LevelRequirement)]


def test_words_that_are_often_misspelt() -> None:
    spec = _spec("flourinated dye with moleculer weight below 500 and an absorbtion maximum above 600 nm")
    assert demanded(spec) == ["F"]
    assert {r.property for r in spec.requirements if isinstance(r, PropertyRequirement)} >= {"molecular_weight", "absorption_maximum"}
    assert not [r for r in _spec("adsorption maximum at 450 nm").requirements if r.origin != "class"]


@pytest.mark.parametrize("words", ["made of carbon, hydrogen and nitrogen atoms only", "that consists only of C, H and N"])
def test_elements_behind_a_purpose_or_a_value(words: str) -> None:
    for thing in ("A ligand to pull neodymium out of magnet scrap", "A hydrogen carrier with hydrogen equivalent weight 14 to 16"):
        (only,) = [r for r in _spec(f"{thing} {words}").requirements if isinstance(r, ElementsRequirement)]
        assert set(only.allowed) == {"C", "H", "N"}


def test_a_group_before_a_coupling_agent_is_what_it_couples() -> None:
    assert demanded(_spec("Peptide coupling agent, MW below 450")) == []


def test_a_contradiction_is_held_against_more_than_one_example() -> None:
    spec = _spec("Glycol ether solvent with no primary alcohol")
    assert (demanded(spec), denied(spec)) == (["glycol ether"], ["primary alcohol"])


@pytest.mark.parametrize(
    "goal",
    [
        "We now use a nitrile; find something without it", "The incumbent inhibitor contains a nitrile", "Current UV absorber is a nitrile; halogens are out", "Our present plasticiser is a nitrile and melts below 0 °C",
        "The previous lead had a nitrile", "At present we use a nitrile. We want an alternative.", "Our current polymer has a nitrile and a Tg of 80 °C",
    ],
)  # fmt: skip
def test_what_is_in_use_now_is_a_fact_and_no_wish(goal: str) -> None:
    spec = _spec(goal)
    assert demanded(spec) == []
    assert not [r for r in spec.requirements if isinstance(r, PropertyRequirement) and r.origin != "class"]


@pytest.mark.parametrize(
    "goal", ["It should now contain a nitrile", "A nitrile is now required", "A dye in which a nitrile is present, logP below 3"]
)
def test_a_wish_that_speaks_of_now_is_one(goal: str) -> None:
    assert demanded(_spec(goal)) == ["nitrile"]
