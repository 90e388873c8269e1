"""Kinds of sentences that were read as their opposite, or as what nobody said; one test a kind, each with several of its sentences."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.reading import interpret
from agent.reading.normalise import as_written, written_out
from core.spec import CountRequirement, MotifRequirement, PropertyRequirement
from tests.agent.reading.test_polarity import demanded, denied
from tests.tables import each_row
from tools.groups.groups import GROUPS, plural


def _properties(goal: str) -> list[str]:
    stated = interpret(goal, may_be_empty=True).requirements_of(PropertyRequirement)
    return [r.property for r in stated if r.origin != "class"]


@given(
    group=st.sampled_from(sorted(GROUPS)),
    verb=st.sampled_from(["wouldn't do", "won't do", "can't be used", "mustn't occur", "shouldn't be there"]),
)
@settings(max_examples=60, deadline=None)
def test_a_contracted_negation_never_demands(group: str, verb: str) -> None:
    assert demanded(interpret(f"MW below 900; a {group} {verb}", may_be_empty=True)) == []


@pytest.mark.parametrize("text", ["wouldn't", "Won't it", "they aren't, and shan't be", "cannot", "can't"])
def test_contractions_are_written_out_and_back(text: str) -> None:
    assert as_written(written_out(text)) == text


@each_row("need", ["needn't", "need not", "does not need to", "doesn't have to", "does not have to"])
@each_row("said", ["contain an ester", "dissolve in water"])
def test_what_is_not_needed_asks_for_nothing(need: str, said: str) -> None:
    spec = interpret(f"MW below 900; it {need} {said}", may_be_empty=True)
    assert (demanded(spec), denied(spec)) == ([], [])
    assert [r.property for r in spec.requirements_of(PropertyRequirement)] == ["molecular_weight"]


@each_row("thing", ["candidates", "compounds", "solvents", "molecules", "ligands"])
@each_row("kind", ["sulfur-bearing", "halogenated", "halogenated and wibbled", "wibbled and brominated", "ester-containing"])
@each_row("verdict", ["are excluded", "are wibbled and excluded", "are not wanted", "are forbidden"])
def test_a_kind_of_thing_that_is_excluded_is_no_demand(thing: str, kind: str, verdict: str) -> None:
    assert demanded(interpret(f"{kind} {thing} {verdict}, MW below 300", may_be_empty=True)) == []


@each_row("solvent", ["ethanol", "toluene", "acetone", "wibble"])
@each_row("frame", ["solubility in {} above 10 g/L", "at least 10 g/L soluble in {}", "soluble in {} at 10 g/L or more"])
def test_solubility_in_another_solvent_is_not_that_in_water(solvent: str, frame: str) -> None:
    assert "aqueous_solubility" not in _properties(f"a molecule with MW below 300, {frame.format(solvent)}")


def test_a_limit_before_what_dissolves_is_read() -> None:
    (found,) = interpret("at least 50 g/L soluble in water").requirements_of(PropertyRequirement)
    assert (found.property, found.condition.comparison, found.condition.value) == ("aqueous_solubility", ">=", 50000.0)


@pytest.mark.parametrize("name", ["hydroxyl value", "amine value", "iodine value", "ester value", "epoxide values", "hydroxyl level"])
def test_a_measured_value_is_no_number_of_groups(name: str) -> None:
    spec = interpret(f"a molecule with MW below 900 and {name} above 100", may_be_empty=True)
    assert spec.requirements_of(CountRequirement) == []


@each_row("listed", ["N and O atoms", "N, O atoms", "N+O", "ester and amide groups", "nitrogen and oxygen"])
@each_row("bound", ["{} at most 4", "at most 4 {}"])
def test_a_number_that_may_count_a_whole_list_counts_nothing(listed: str, bound: str) -> None:
    spec = interpret(f"a ligand with {bound.format(listed)}, MW below 900", may_be_empty=True)
    assert spec.requirements_of(CountRequirement) == []
    assert spec.requirements_of(MotifRequirement) == []


@each_row("compound", ["acetone", "ethanol", "dimethyl carbonate"])
@each_row("frame", ["free of {}", "without {}", "{} is excluded", "containing no {}"])
def test_a_small_compound_that_is_excluded_excludes_no_class(compound: str, frame: str) -> None:
    assert denied(interpret(f"MW below 300, {frame.format(compound)}", may_be_empty=True)) == []


@each_row("halide", ["chlorides", "bromides", "iodides", "fluorides"])
@each_row("frame", ["no {}", "{} excluded", "{} are out", "a dye, {} forbidden", "{} and other halogens are absent", "{}"])
def test_halides_that_are_excluded_are_no_demand(halide: str, frame: str) -> None:
    assert demanded(interpret(f"MW below 300, {frame.format(halide)}", may_be_empty=True)) == []


@pytest.mark.parametrize("ion", ["anion", "cation"])
@pytest.mark.parametrize("noun", ["membrane", "resin", "polymer"])
def test_what_exchanges_ions_is_no_ion(ion: str, noun: str) -> None:
    goal = f"{ion.capitalize()} exchange {noun} with Tg above 100 °C"
    assert interpret(goal).candidate_class == "polymer"
    assert _properties(goal) == ["glass_transition_temperature"]


@pytest.mark.parametrize("word", ["cured", "wibbled", "dry"])
def test_an_unknown_word_before_a_property_leaves_it_unread(word: str) -> None:
    assert _properties(f"Hardener; it should give a {word} Tg of 220 °C or more") == []


@pytest.mark.parametrize("acronym", ["CFC", "CFCs", "HCFC"])
def test_an_abbreviation_that_is_no_structure_is_a_word(acronym: str) -> None:
    assert _properties(f"{acronym} replacement with MW below 200") == ["molecular_weight"]


@pytest.mark.parametrize(
    ("goal", "family"),
    [
        ("Binder for anodes: a polyimide, MW below 900", "polyimide"),
        ("Electrolyte: a polyether with Tg below -40 °C", "polyether"),
        ("A polyether compressor oil with Tg below -70 °C", "polyether"),
        ("A polyurethane hot melt with Tg below 0 °C", "polyurethane"),
        ("Gelator: dyes excluded, MW below 300", ""),
    ],
)
def test_the_family_may_stand_behind_a_colon_or_before_the_use(goal: str, family: str) -> None:
    assert interpret(goal, may_be_empty=True).family == family


def test_a_contrast_asks_for_its_second_part() -> None:
    spec = interpret("an antioxidant that isn't a phenol but a diarylamine")
    assert (demanded(spec), denied(spec)) == (["diarylamine"], ["phenol"])


@pytest.mark.parametrize("group", ["thiol", "ester", "amide"])
def test_in_and_out_decide_items_of_a_terse_list(group: str) -> None:
    spec = interpret(f"a ligand, chlorine out, {plural(group)} in, MW below 300")
    assert (demanded(spec), denied(spec)) == ([group], ["Cl"])


@pytest.mark.parametrize("goal", ["a CNS drug with MW below 300", "a CNS drug-like wibble", "one CNS compound, logP below 3"])
def test_an_abbreviation_in_capitals_is_no_plural_of_a_group(goal: str) -> None:
    assert demanded(interpret(goal, may_be_empty=True)) == []


@pytest.mark.parametrize("verb", ["degrades in soil", "has a wibble", "wibbles"])
def test_a_verb_in_the_singular_says_nothing_of_a_plural(verb: str) -> None:
    assert denied(interpret(f"a polycarbonate free of esters that {verb}")) == ["ester"]
    assert denied(interpret(f"a polycarbonate free of esters that wibble {verb}", may_be_empty=True)) == []
