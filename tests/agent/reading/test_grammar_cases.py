"""Constructions that are easily read the wrong way round, and phrases that must end up as unchecked rather than misread."""

from __future__ import annotations

import pytest

from agent.reading import compact, interpret
from tests.tables import each_row
from tools.workspace import builtin


@each_row(
    ("goal", "requirements"),
    [
        ("a polymer that won't soften below 180 °C", ["property:glass_transition_temperature >= 180"]),
        ("a dye that does not absorb above 600 nm", ["property:absorption_maximum <= 600"]),
        ("does not melt below 150 °C", ["property:melting_point >= 150"]),
        ("300 < MW < 400", ["property:molecular_weight < 400", "property:molecular_weight > 300"]),
        ("1 ≤ logP ≤ 3", ["property:logp 1..3"]),
        ("maximum MW of 400, min logP 1", ["property:logp >= 1", "property:molecular_weight <= 400"]),
        ("QED in [0.6, 0.9]", ["property:qed 0.6..0.9"]),
        ("MW of 250 (±20)", ["property:molecular_weight 230..270"]),
        ("at least one of nitro, cyano or azide", ["motif:nitro or nitrile or azide present"]),
        ("not containing a nitro group or an aldehyde", ["motif:aldehyde absent", "motif:nitro absent"]),
        ("without a nitro group, an aldehyde or a ketone", ["motif:aldehyde absent", "motif:ketone absent", "motif:nitro absent"]),
        ("no nitro group and a hydroxyl group", ["motif:hydroxyl present", "motif:nitro absent"]),
        ("logP less than two and more than zero", ["property:logp < 2", "property:logp > 0"]),
        ("contains neither halogens nor nitro groups", ["motif:halogen absent", "motif:nitro absent"]),
        ("no halogens, a carboxylic acid", ["motif:carboxylic acid present", "motif:halogen absent"]),
        ("3 H-bond donors max", ["property:hbd <= 3"]),
        ("one hydroxyl group or more", ["count:group:hydroxyl >= 1"]),
        ("logP at most that of ibuprofen", ["property:logp <= 3.073"]),
        ("extinction coefficient ε > 50,000", ["property:log_epsilon > 4.699"]),
        ("logP < 3,5", ["property:logp < 3.5"]),
        ("MW below 1,000", ["property:molecular_weight < 1000"]),
        ("solubility above 10^-3 mol/L", ["property:aqueous_solubility > -3"]),
        ("a molecule that is not water-soluble", ["property:aqueous_solubility <= -4"]),
        ("a single aromatic ring and a primary amide", ["motif:primary amide present", "property:aromatic_rings == 1"]),
        ("a tetrazole instead of a carboxylic acid", ["motif:carboxylic acid absent", "motif:tetrazole present"]),
        ("twenty-five heavy atoms or fewer", ["property:heavy_atoms <= 25"]),
    ],
)
def test_reading(goal: str, requirements: list[str]) -> None:
    found = compact(interpret(goal), catalogue=builtin().catalogue)
    assert found["requirements"] == sorted(requirements)
    assert found["unchecked"] in ([], ["extinction coefficient"])


@each_row(
    ("goal", "unchecked"),
    [
        ("logP < 3, not stable at 200 °C", "not stable at 200 °C"),
        ("logP < 3 and no ring larger than six", "no ring larger than six"),
        ("logP < 3, more nitrogen than oxygen", "more nitrogen than oxygen"),
        ("logP < 3, convert the ester of aspirin to something better", "convert the ester of aspirin to something better"),
        ("a blue-emitting molecule with logP < 3", "blue-emitting"),
        ("a bisphenol A alternative with logP < 3", "bisphenol A alternative"),
        ("a substitute for aspirin with logP < 3", "substitute for aspirin"),
        ("logP < 3, melting point", "melting point"),
        ("logP < 3, above 200 °C", "above 200 °C"),
        ("logP < 3, distillation range from 200 to 220 °C", "distillation range from 200 to 220 °C"),
        ("logP < 3 in ethanol", "in ethanol"),
        ("logP < 3, ideally two hydroxyl groups", "two hydroxyl groups"),
    ],
)
def test_unchecked(goal: str, unchecked: str) -> None:
    found = compact(interpret(goal), catalogue=builtin().catalogue)
    assert found["requirements"] == ["property:logp < 3"]
    assert found["unchecked"] == [unchecked]


@pytest.mark.parametrize(
    ("goal", "candidates"),
    [
        ("5 new non-fluorinated dyes absorbing at 500 nm", 5),
        ("I want 5 cheap molecules with logP 2", 5),
        ("20 analogues of caffeine", 20),
        ("two hydroxyl groups", 10),
        ("five azo dyes", 5),
    ],
)
def test_number_wanted(goal: str, candidates: int) -> None:
    assert interpret(goal).candidates == candidates


def test_a_colour_is_read_of_dyes_only() -> None:
    assert "property:absorption_maximum 620..720" in compact(interpret("a green dye"), catalogue=builtin().catalogue)["requirements"]
    found = compact(interpret("a green solvent with a flash point above 60 °C"), catalogue=builtin().catalogue)
    assert found["requirements"] == ["property:flash_point > 60"]
    assert found["unchecked"] == ["green"]


def test_monomers_of_a_polymer_do_not_change_the_class() -> None:
    found = compact(interpret("a polymer with Tg > 250 °C; the monomers must be commercially available"), catalogue=builtin().catalogue)
    assert found["class"] == "polymer"
    assert found["family"] == ""
    assert any("monomers" in phrase for phrase in found["unchecked"])


def test_or_between_unlike_conditions_is_unread() -> None:
    spec = interpret("logP < 3 or TPSA > 60, MW < 300")
    assert compact(spec, catalogue=builtin().catalogue)["requirements"] == ["property:molecular_weight < 300"]
    assert all("alternatives" in u.reason for u in spec.unchecked)
    assert compact(interpret("a furan or a thiophene"), catalogue=builtin().catalogue)["requirements"] == [
        "motif:furan or thiophene present"
    ]


def test_one_candidate_can_be_asked_for() -> None:
    assert interpret("give me 1 polymer with a Tg of 100 °C").candidates == 1
    assert interpret("a polymer with 1 nitrile group and Tg > 100 °C").candidates == 10


def test_a_number_before_a_free_word_is_the_number_wanted() -> None:
    spec = interpret("two halogen-free UV filters that absorb near 330 nm")
    assert spec.candidates == 2
    assert "motif:halogen absent" in compact(spec, catalogue=builtin().catalogue)["requirements"]
    assert not any(r.startswith("count:") for r in compact(spec, catalogue=builtin().catalogue)["requirements"])
