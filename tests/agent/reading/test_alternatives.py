"""Alternatives ('a polyester or polyamide', 'failing that'), the two ends of a molecule, shortened words, and 'or better' behind a temperature."""

from __future__ import annotations

import pytest

from agent.reading import compact, interpret
from core.spec import marked
from tests.tables import each_row
from tools.workspace import builtin


def _stated(goal: str) -> set[str]:
    stated = compact(interpret(goal, may_be_empty=True), catalogue=builtin().catalogue)
    return {*stated["requirements"], *stated["objectives"]}


@pytest.mark.parametrize(
    ("goal", "demanded", "not_demanded"),
    [
        ("a polyester or polyamide with Tg above 100 °C", "motif:ester or amide present", "motif:ester present"),
        ("polycarbonate or polyacrylate with a Tg between 90 and 130 °C", "motif:carbonate or ester present", "motif:carbonate present"),
        ("a polyimide, polyamide or polyurea, Tg > 200 °C", "motif:imide or amide or urea present", "motif:imide present"),
        ("poly(ether sulfone) or poly(ether ketone), Tg >= 180 °C", "motif:ether present", "motif:sulfone present"),
    ],
)
def test_of_several_kinds_of_polymer_any_will_do(goal: str, demanded: str, not_demanded: str) -> None:
    stated = _stated(goal)
    assert demanded in stated
    assert not_demanded not in stated
    assert interpret(goal).candidate_class == "polymer"


def test_two_names_of_one_kind_are_that_kind() -> None:
    assert interpret("polyesters or polyarylates with Tg above 100 °C").family == "polyester"


def test_kinds_that_differ_in_more_than_a_group_are_not_told_apart_and_that_is_said() -> None:
    spec = interpret("a plasticiser or lubricant with MW below 500")
    assert _stated(spec.goal) == {"property:molecular_weight < 500"}
    assert [u.phrase for u in spec.unchecked] == ["plasticiser or lubricant"]
    spec = interpret("polyimide or polysulfone, Tg > 220 °C")
    assert not [r for r in spec.requirements if r.kind == "motif"]
    assert "cannot be checked" in spec.unchecked[0].reason


@pytest.mark.parametrize(
    "goal",
    [
        "a pyridine; failing that, a pyrimidine",
        "a molecule with a pyridine or, failing that, a pyrimidine",
        "a molecule with a pyridine, alternatively a pyrimidine",
    ],
)
def test_a_second_choice_is_an_alternative(goal: str) -> None:
    stated = _stated(goal)
    assert "motif:pyridine or pyrimidine present" in stated
    assert not {"motif:pyridine present", "motif:pyrimidine present"} & stated


def test_a_second_choice_that_differs_otherwise_leaves_both_unread() -> None:
    assert not _stated("a dye, melting point under 100 °C, failing that under 120 °C") & {
        "property:melting_point < 100",
        "property:melting_point < 120",
    }


@pytest.mark.parametrize(
    "where", [("on one end", "on the other"), ("at one end", "at the other end"), ("on one side", "on the other side")], ids=" ".join
)
def test_a_group_on_either_end_is_asked_for(where: tuple[str, str]) -> None:
    one, other = where
    stated = _stated(f"a linker with an azide {one} and a carboxylic acid {other}, MW below 300")
    assert stated == {"motif:azide present", "motif:carboxylic acid present", "property:molecular_weight < 300"}
    denied = _stated(f"a linker with no azide {one} and no carboxylic acid {other}, MW below 300")
    assert not {d for d in denied if d.startswith("motif") and d.endswith("present")}


@each_row(
    ("said", "stated"),
    [
        ("mp. below -20 °C", "property:melting_point < -20"),
        ("m.pt. > 110 °C", "property:melting_point > 110"),
        ("m. wt. > 500", "property:molecular_weight > 500"),
        ("flash pt. over 90 °C", "property:flash_point > 90"),
        ("sol. at least 5 g/L", "property:aqueous_solubility_mass >= 5000 mg/L"),
        ("no prim. amine", "motif:primary amine absent"),
        ("with a tert. amine", "motif:tertiary amine present"),
        ("thermal stability 150 °C or better", "level:thermal_stability <= low @150"),
        ("thermal stability of 200 °C or better", "level:thermal_stability <= low @200"),
    ],
)
def test_shortened_words_are_read(said: str, stated: str) -> None:
    assert any(s.startswith(stated) for s in _stated(f"a molecule without fluorine, {said}")), _stated(f"a molecule, {said}")


def test_a_shortened_phrase_that_is_not_checked_is_one() -> None:
    spec = interpret("ester solvent with vap. press. at 60 °C above 120 Pa and no aromatic rings")
    assert [u.phrase for u in spec.unchecked] == ["vap. press. at 60 °C above 120 Pa"]
    assert "[?with vap. press. at 60 °C above 120 Pa?]" in marked(spec)
    assert "property:boiling_point > 120" in _stated("ester solvent with b.p. above 120 °C and no aromatic rings")


def test_a_low_melting_point_ends_its_sentence() -> None:
    assert "motif:ester absent" in _stated("a solvent with a low mp. No esters")


def test_what_bounds_a_thing_like_an_unknown_one_is_read() -> None:
    assert "property:logp < 1" in _stated("an antioxidant like wibbletol with logP under 1")
    assert "property:logp < 1" not in _stated("an antioxidant unlike wibbletol with logP under 1")
    assert "property:logp < 1" not in _stated("not like wibbletol with logP under 1, MW < 300")
