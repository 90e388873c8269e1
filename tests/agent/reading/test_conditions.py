"""Learnt properties in goals: conditions, families, other senses of a name, units that turn a limit round, outcomes of tests."""

from __future__ import annotations

from agent.reading import interpret
from agent.reading.compact import compact
from tests.tables import each_row
from tools.workspace import builtin


def asked(goal: str) -> list[str]:
    found = compact(interpret(goal, may_be_empty=True), catalogue=builtin().catalogue)
    return [r for r in [*found["requirements"], *found["objectives"]] if "sa_score" not in r and "route" not in r]


@each_row(
    ("goal", "wanted"),
    [
        ("a molecule with vapour pressure below 0.1 Pa at 25 °C", "property:vapour_pressure < -1"),
        ("a molecule, vapour pressure at 20 °C below 1 mbar", "property:vapour_pressure < 2"),
        ("a molecule that boils above 150 °C at 1013 mbar", "property:boiling_point > 150"),
        ("a molecule with logD at pH 7.4 below 2", "property:logd < 2"),
        ("a molecule with dielectric constant (at 20 °C) above 20", "property:relative_permittivity > 20"),
        ("a molecule with a density of at most 950 kg/m3", "property:density <= 0.95"),
        ("a polymer with a density of at most 0.95 g/cm3", "property:polymer_density <= 0.95"),
        ("a polymer with refractive index above 1.6", "property:polymer_refractive_index > 1.6"),
        ("a polymer with oxygen permeability above 10 barrer", "property:oxygen_permeability > 1"),
        ("a polymer with a low dielectric constant", "minimise:polymer_permittivity"),
        ("a molecule with Henry's constant below 1 Pa m3/mol", "property:henry_constant > 0"),
        ("a molecule with emission above 2.5 eV", "property:emission_maximum < 495.9"),
        ("a molecule that must not boil below 120 °C", "property:boiling_point >= 120"),
        ("a molecule that is not mutagenic", "property:ames_mutagenicity < 0.5"),
        ("an Ames negative molecule", "property:ames_mutagenicity < 0.5"),
        ("a molecule that does not cross the blood-brain barrier", "property:bbb_penetration < 0.5"),
        ("a molecule that passes the blood-brain barrier", "property:bbb_penetration >= 0.5"),
    ],
)
def test_read(goal: str, wanted: str) -> None:
    assert asked(goal) == [wanted]


@each_row(
    ("goal", "words"),
    [
        ("a molecule that boils above 150 °C at 10 mbar", "at 10 mbar"),
        ("a molecule with vapour pressure below 0.1 Pa at 60 °C", "at 60 °C"),
        ("a molecule with refractive index above 1.7 at 450 nm", "at 450 nm"),
        ("a molecule with logD at pH 2 below 2", "at pH 2"),
        ("a polymer with a boiling point above 200 °C", "no method for polymers"),
        ("a polymer with surface tension below 30 mN/m", "no method for polymers"),
        ("a surfactant with surface tension below 30 mN/m", "surfactant"),
        ("a photoacid generator with quantum yield above 0.3", "photoacid"),
        ("a crown ether for caesium extraction, log D > 1", "something else"),
        ("a hydrogel polymer with oxygen permeability above 100 barrer", "hydrogel"),
        ("a molecule with Henry's constant below 1e-5", "which way round"),
        ("a molecule with pKa above 9", "acidic pKa, basic pKa"),
        ("a mutagenic molecule", "only that it is not so"),
        ("a blue dye emitting at 450 nm", "its light"),
    ],
)
def test_unread(goal: str, words: str) -> None:
    spec = interpret(goal, may_be_empty=True)
    assert any(words in u.reason for u in spec.unchecked), [u.reason for u in spec.unchecked]
    assert not any("boiling" in r or "vapour" in r or "refractive" in r or "logd" in r or "ames" in r for r in asked(goal))


def test_what_is_simulated_or_of_a_liquid_is_said() -> None:
    said = " ".join(a.text for a in interpret("a polymer with refractive index above 1.6").assumptions)
    assert "simulation" in said
    said = " ".join(a.text for a in interpret("a molecule with refractive index above 1.6").assumptions)
    assert "neat liquid" in said
