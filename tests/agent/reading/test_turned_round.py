"""Words that once turned a wish round or made one up: an exchange, a bracket behind a negated word, 'what we want to get away from', positions, raw materials."""

from __future__ import annotations

from itertools import cycle

import pytest

from agent.reading import compact, interpret
from core.errors import MolwrightError
from tests.tables import each_row
from tools.groups.groups import GROUPS, plural
from tools.workspace import builtin

CATALOGUE = builtin().catalogue


def _stated(goal: str) -> list[str]:
    stated = compact(interpret(goal, may_be_empty=True), catalogue=CATALOGUE)
    return [*stated["requirements"], *stated["objectives"]]


@each_row(
    "said",
    [
        "in which the nitro group has been swapped for a nitrile",
        "where the nitro group is replaced by a nitrile",
        "the nitro group was exchanged for a nitrile",
        "nitro group replaced with a nitrile",
        "replace the nitro group with a nitrile",
        "swap the nitro group for a nitrile",
        "a nitrile instead of a nitro group",
        "with a nitrile in place of the nitro group",
        "a nitrile in lieu of the nitro group",
        "in which a nitrile takes the place of the nitro group",
        "nitro → nitrile",
        "nitro -> nitrile",
        "the nitro group gives way to a nitrile",
        "the nitro group must be replaced by a nitrile",
        "whose nitro group is switched to a nitrile",
        "replacing the nitro group by a nitrile",
    ],
)
def test_what_is_exchanged_goes_and_what_comes_is_wanted(said: str) -> None:
    stated = _stated(f"a dye, {said}, MW below 400")
    assert {"motif:nitrile present", "motif:nitro absent", "property:molecular_weight < 400"} <= set(stated)


@each_row(
    "said",
    [
        "in which the nitro group has been swapped for OCF7",
        "the nitro group must not be replaced by a nitrile",
        "the nitro group, exchanged for a wibble, must not come back",
        "a nitro group that may be replaced by a wibble",
        "the nitro group was traded for something milder",
        "with the nitro group swapped against another acceptor",
        "substitute a wibble for the nitro group",
        "a nitro group made way for something else",
        "the nitro group converted to a wibble",
        "nitro → something milder",
    ],
)
def test_an_exchange_that_is_half_understood_asks_for_nothing(said: str) -> None:
    assert not any("nitro " in text and "present" in text for text in _stated(f"a dye, {said}, MW below 400"))


def test_of_several_or_of_rings_others_may_stay() -> None:
    assert _stated("one of the chlorines is replaced by fluorine") == ["count:element:F >= 1"]
    assert "motif:benzene ring absent" not in _stated("the benzene ring is replaced by a pyridine")
    assert "motif:ester absent" not in _stated("the ester is replaced by a lactone")


@each_row(
    "said",
    [
        "not too soluble in water (< 1 g/L)",
        "not very soluble in water (< 1 g/L)",
        "not so soluble in water (below 1 g/L)",
        "not water-soluble (< 1 g/L)",
        "soluble in ethanol, but not too soluble in water (< 1 g/L)",
        "it must not be soluble in water (< 1 g/L)",
        "not too water-soluble: < 1 g/L",
        "not soluble in water, under 1 g/L",
        "hardly soluble in water (< 1 g/L)",
        "not highly soluble in water - under 1 g/L",
        "never very soluble in water (below 1 g/L)",
    ],
)
def test_a_negated_word_does_not_turn_the_bound_behind_it(said: str) -> None:
    assert set(_stated(f"an ester, {said}")) <= {"motif:ester present", "property:aqueous_solubility_mass < 1000 mg/L"}


@each_row(
    ("said", "bound"),
    [
        ("not too lipophilic (logP < 3)", "logp < 3"),
        ("not overly polar (TPSA below 90)", "tpsa < 90"),
        ("isn't too greasy (clogP ≤ 4)", "logp <= 4"),
        ("not too flexible (max. 5 rotatable bonds)", "rotatable_bonds <= 5"),
        ("not too light (MW above 250)", "molecular_weight > 250"),
        ("not very volatile (bp > 150 °C)", "boiling_point > 150"),
        ("not too heavy (< 400)", ""),
        ("not too small (> 200 g/mol)", ""),
        ("not too many amides (< 3)", ""),
        ("not many fluorines: below 4", ""),
    ],
)
def test_an_explicit_bound_stands_as_it_is_written(said: str, bound: str) -> None:
    assert set(_stated(f"an ester, {said}")) <= {"motif:ester present", f"property:{bound}"}


@each_row(
    "said",
    [
        "{} are what we want to get away from",
        "{} are exactly what we want to avoid",
        "{} are what we are trying to move away from",
        "{} are the thing to avoid",
        "{} are what bothers us",
        "{} are exactly what we don't need",
        "{} are something we'd like to phase out",
        "{} are what we plan to drop",
        "{} are what our customer wants to be rid of",
        "{} are the last thing we need",
        "{} are what nobody wants",
        "{} are what has to go",
        "what we want to leave behind are {}",
        "what we hope to get rid of: {}",
        "{} are the problem",
    ],
)
def test_what_one_wants_to_get_away_from_is_excluded(said: str) -> None:
    stated = _stated(f"a dye with a phenol; {said.format('thioethers')}; MW below 500")
    assert {"motif:thioether absent", "motif:phenol present", "property:molecular_weight < 500"} <= set(stated)


@pytest.mark.parametrize(
    "said", ["an ester is what we want to wibble", "esters are what they want us to drop", "an ester is what our customer no longer wants"]
)
def test_what_is_wanted_of_a_part_and_not_understood_is_no_demand(said: str) -> None:
    assert _stated(said) == []


@each_row(
    "where",
    [
        "at 4 and 4'",
        "at 4,4'",
        "in positions 3 and 5",
        "at positions 2, 4 and 6",
        "at C4",
        "at C2 and C4",
        "on carbons 2 and 3",
        "at 2 and 6",
        "at 3",
        "at position 4",
        "in the 4-position",
        "at the 2- and 6-positions",
        "on 3 and 6",
    ],
)
def test_positions_neither_count_nor_bound(where: str) -> None:
    assert set(_stated(f"a bipyridine with tert-butyl groups {where}, MW below 500")) == {
        "motif:bipyridine present",
        "motif:tert-butyl present",
        "property:molecular_weight < 500",
    }
    assert _stated(f"tert-butyl groups {where} are not allowed") in ([], ["motif:tert-butyl absent"])
    assert not any("absent" in text for text in _stated(f"no tert-butyl groups {where}"))


@each_row(
    "source",
    [
        "made from CO2",
        "prepared from CO2 and epoxides",
        "derived from CO2",
        "obtained from CH4",
        "from renewable C2H6O",
        "that is produced from CO2 and H2",
        "based on CO2",
        "whose feedstock is CO2",
        "synthesised entirely from C3H8O3",
        "made out of captured CO2",
        "manufactured from lactic acid",
        "derived from lactic acid",
    ],
)
def test_what_it_is_made_from_is_no_composition(source: str) -> None:
    spec = interpret(f"a polycarbonate {source}, Tg above 40 °C", may_be_empty=True)
    assert {r.text for r in spec.requirements if r.origin == "goal"} == {"Glass transition temperature above 40 °C"}
    assert spec.family == "polycarbonate"
    assert spec.unchecked


@pytest.mark.parametrize(
    ("said", "asked"),
    [("a hardener based on an imidazole", "motif:imidazole present"), ("a solvent made of C, H and O only", "elements:C,H,O")],
)
def test_a_group_behind_based_on_and_elements_with_only_stay_demands(said: str, asked: str) -> None:
    assert asked in _stated(said)


@each_row(
    "said",
    [
        "CHON only (C, H, O, N)",
        "only CHON (carbon, hydrogen, oxygen, nitrogen)",
        "CHNO only (i.e. C, H, N, O)",
        "CHON exclusively (carbon, hydrogen, oxygen, nitrogen)",
        "nothing but CHON (C, H, O and N)",
        "solely C, H, N and O [C, H, N, O]",
        "made of CHON only (C, H, O, N)",
        "only carbon, hydrogen, oxygen and nitrogen (C, H, O, N)",
        "composed only of C, H, O and N (carbon, hydrogen, oxygen, nitrogen)",
        "exclusively CHON (C, H, N, O)",
    ],
)
def test_a_list_in_brackets_behind_only_explains_it(said: str) -> None:
    stated = _stated(f"an amide, {said}, logP below 3")
    assert sorted(stated) == ["elements:C,H,N,O", "motif:amide present", "property:logp < 3"]


@pytest.mark.parametrize(
    "said",
    ["avoid the ester, not the amide", "what we want to get away from is the ester, not the amide", "esters are excluded, not amides"],
)
def test_what_is_contrasted_with_the_excluded_is_not_excluded(said: str) -> None:
    assert "motif:amide absent" not in _stated(said)
    assert "motif:ester absent" in _stated(said)


def test_letters_that_a_bracket_spells_out_are_no_group() -> None:
    assert _stated("strictly CHO (C, H, O)") == []


#: Each denies, gives away or leaves open the group in it, and none may ask for it.
NO_DEMAND = (
    "the {g} has been swapped for something else", "the {g} is replaced by a wibble", "replace the {g} with a wibble", "a wibble instead of the {g}", "a wibble in place of the {g}",
    "the {g}, exchanged for a wibble, must not come back", "{p} are what we want to get away from", "{p} are what we are trying to move away from", "{p} are what bothers us",
    "{p} are the last thing we need", "{p} are what nobody needs", "the {g} is the thing to avoid", "what we want to phase out is the {g}", "the {g} made from CO2 is not wanted", "a {g} at 4 and 5 must be avoided",
    "a polymer made from {p}", "no {p} at C4", "the {g} gave its place to a wibble, swapped by us", "not too many {p} (< 3)", "the {g} → a wibble",
)  # fmt: skip
#: None of these may exclude the group that is wanted in it.
NO_DENIAL = (
    "a wibble replaced by a {g}",
    "with a {g} in place of a wibble",
    "{p} at positions 3 and 5",
    "a {g} at C4",
    "a {g} is what we want",
    "a {g} is exactly what we need",
)


@each_row(("name", "frame"), list(zip(sorted(GROUPS), cycle(NO_DEMAND), strict=False)))
def test_no_group_is_asked_for_that_goes(name: str, frame: str) -> None:
    assert not _says(name, frame, "contains "), frame


@each_row(("name", "frame"), list(zip(sorted(GROUPS), cycle(NO_DENIAL), strict=False)))
def test_no_group_is_excluded_that_comes(name: str, frame: str) -> None:
    assert not _says(name, frame, "contains no "), frame


def _says(name: str, frame: str, opening: str) -> bool:
    """Whether a requirement that the goal states begins with ``opening``; 'contains no ...' is no demand."""
    word = name.lower() if name[1:].islower() else name
    try:
        spec = interpret(frame.format(g=word, p=plural(word)), may_be_empty=True)
    except MolwrightError:
        return False
    texts = [r.text for r in spec.requirements if r.origin == "goal"]
    return any(text.startswith(opening) and (opening != "contains " or not text.startswith("contains no ")) for text in texts)


@each_row(
    "said",
    [
        "a polymer with Tg above 50 °C that is not on my list",
        "a polymer with Tg above 50 °C not on the list",
        "an ester that is not on my list",
        "an ester not on our list, MW below 300",
        "a phenol that isn't on the list, logP below 3",
        "a new ketone, not in my set, MW below 400",
        "a molecule with a melting point below 50 °C which is not on any list of ours",
    ],
)
def test_what_is_not_on_a_list_turns_nothing_round(said: str) -> None:
    asked = " ".join(_stated(said))
    assert "absent" not in asked, asked
    assert "= " not in asked, asked
    assert interpret(said, may_be_empty=True).unchecked


def test_a_part_is_still_denied_by_a_place() -> None:
    assert "motif:nitrile absent" in _stated("MW below 300, nitriles not in our product")
    assert "motif:phenol absent" in _stated("logP below 3, phenols are just not on")


@each_row(
    ("said", "number", "part"),
    [
        ("15 esters with MW below 300", 15, "ester"),
        ("List 12 phenanthrolines for an electron transport layer with MW below 400", 12, "phenanthroline"),
        ("Can you design 10 macrocycles with TPSA below 140 Å2", 10, "macrocycle"),
        ("name ten amides that melt above 100 °C", 10, "amide"),
    ],
)
def test_a_number_before_a_plural_at_the_head_counts_structures(said: str, number: int, part: str) -> None:
    spec = interpret(said)
    assert spec.candidates == number
    assert f"motif:{part} present" in _stated(said)


@each_row(
    ("said", "count"),
    [
        ("a molecule with 12 esters", "count:group:ester == 12"),
        ("six hydroxyls, MW below 400", "count:group:hydroxyl == 6"),
        ("at least 6 hydroxyls with MW below 500", "count:group:hydroxyl >= 6"),
        ("give me 12 ester groups", "count:group:ester == 12"),
        ("needs 6 hydroxyls", "count:group:hydroxyl == 6"),
    ],
)
def test_other_numbers_count_groups(said: str, count: str) -> None:
    assert interpret(said).candidates == 10
    assert count in _stated(said)


def test_the_name_of_a_compound_that_is_compared_with_is_not_cut() -> None:
    assert not any("motif" in one for one in _stated("LUMO lower than that of ethylene carbonate, MW below 300"))
    assert interpret("lighter than propylene carbonate").requirements[0].text == "Molecular weight below 102.1 g/mol"
    assert [r.text for r in interpret("boiling point higher than toluene diisocyanate").requirements] == ["Boiling point above 252.1 °C"]


@each_row(
    "said",
    [
        "We cure epoxy with anhydrides; MW below 300",
        "we degrade phenol with enzymes, suggest a ligand with MW below 300",
        "Our team oxidises alcohol to aldehyde; MW below 300",
    ],
)
def test_what_people_do_with_a_part_asks_for_none(said: str) -> None:
    assert _stated(said)[0] == "property:molecular_weight < 300"
    assert not any("motif" in one or "count" in one for one in _stated(said))
