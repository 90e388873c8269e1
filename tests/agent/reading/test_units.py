"""Units: by exact case, fitting, or the clause is unread; never another unit, and never the end of the other clauses."""

from __future__ import annotations

import pytest

from agent.reading import compact, interpret
from agent.reading.units import in_property_unit, parsed, unit_at
from core.errors import UnitError
from tests.tables import each_row
from tools.catalogue.property import Property
from tools.workspace import builtin


@each_row(
    ("clause", "requirement"),
    [
        ("solubility above 1 mM", "property:aqueous_solubility > -3"),
        ("solubility above 10 µM", "property:aqueous_solubility > -5"),
        ("solubility above 500 nM", "property:aqueous_solubility > -6.301"),
        ("solubility of at least 0.01 mol/L", "property:aqueous_solubility >= -2"),
        ("solubility above 50 µg/mL", "property:aqueous_solubility_mass > 50 mg/L"),
        ("solubility of at least 2 g/L", "property:aqueous_solubility_mass >= 2000 mg/L"),
        ("solubility between 1 and 10 mg/L", "property:aqueous_solubility_mass 1..10 mg/L"),
        ("solubility below 5 ppm", "property:aqueous_solubility_mass < 5 mg/L"),
        ("solubility above 2 g per 100 mL", "property:aqueous_solubility_mass > 20000 mg/L"),
        ("solubility of 0.5 kg/m3 or more", "property:aqueous_solubility_mass >= 500 mg/L"),
        ("molar mass of 400 plus or minus 25 g/mol", "property:molecular_weight 375..425"),
        ("SA score of 4 or better", "property:sa_score <= 4"),
        ("the molar mass may go up to 450", "property:molecular_weight <= 450"),
        ("flash point must not fall under 61 °C", "property:flash_point >= 61"),
        ("no more than two esters are acceptable", "count:group:ester <= 2"),
        ("no molecules heavier than 300", "property:molecular_weight <= 300"),
        ("logS above -3", "property:aqueous_solubility > -3"),
        ("MW below 1/2 kDa", "property:molecular_weight < 500"),
        ("MW below three hundred and fifty", "property:molecular_weight < 350"),
        ("melting point between minus 50 and minus 20 °C", "property:melting_point -50..-20"),
        ("melting point 90 +/- 10 °C", "property:melting_point 80..100"),
        ("melting point of 90 ± 10 °C", "property:melting_point 80..100"),
        ("flash point > 200 °F", "property:flash_point > 93.33"),
        ("melting point below 300 K", "property:melting_point < 26.85"),
        ("absorption above 2.5 eV", "property:absorption_maximum < 495.9"),
        ("absorption maximum of at least 0.5 µm", "property:absorption_maximum >= 500"),
        ("absorption below 20000 cm-1", "property:absorption_maximum > 500"),
        ("TPSA below 90 Å^2", "property:tpsa < 90"),
        ("heavy atoms in the twenties", "property:heavy_atoms 20..29"),
        ("fifteen esters", "count:group:ester == 15"),
        ("twelve rotatable bonds", "property:rotatable_bonds == 12"),
        ("half as heavy as aspirin", "property:molecular_weight 81.07..99.09"),
        ("MW below 5,000", "property:molecular_weight < 5000"),
    ],
)
def test_the_unit_that_is_written_is_the_unit_that_is_used(clause: str, requirement: str) -> None:
    found = compact(interpret(f"a molecule; {clause}; QED above 0.3"), catalogue=builtin().catalogue)
    assert requirement in found["requirements"], found
    assert len(found["requirements"]) == 2


@each_row(
    "clause",
    [
        "Tg above 500 °R", "Tg above 50 mPa s", "melting point above 500 °R", "MW below 300 mM", "MW below 300 nm", "logP of 3 mM", "melting point of 50 mK",
        "solubility above 2 g per spoon", "triplet energy above 2.8 °C", "5 % weight loss above 300 °C", "amine hydrogen equivalent weight below 70 g/eq",
        "MW below 2.000", "logP below 3 wibble", "TPSA below 90 NM", "solubility above 1 Mm", "melting point above 100 mpa", "logP between 4 and 2",
        "melting point above 9000 °C", "Td5% above 400 °C", "solubility above -2 mg/L",
    ],
)  # fmt: skip
def test_a_unit_that_does_not_fit_makes_its_clause_unread_and_no_other(clause: str) -> None:
    spec = interpret(f"a molecule with QED above 0.3; {clause}; MW below 900")
    assert compact(spec, catalogue=builtin().catalogue)["requirements"] == ["property:molecular_weight < 900", "property:qed > 0.3"]
    assert spec.unchecked


@pytest.mark.parametrize(
    ("written", "name"), [("mM", "mmol/L"), ("nM", "nmol/L"), ("nm", "nm"), ("M", "mol/L"), ("kDa", "kg/mol"), ("Kelvin", "K"), ("C", "°C")]
)
def test_case_is_kept_where_it_matters(written: str, name: str) -> None:
    unit = parsed(written, catalogue=builtin().catalogue)
    assert unit is not None
    assert unit.name == name


@pytest.mark.parametrize("written", ["NM", "degrees Rankine", "°R", "grams", "wibble"])
def test_what_is_not_certain_is_no_unit(written: str) -> None:
    assert parsed(written, catalogue=builtin().catalogue) is None


def test_prefixes_that_no_table_holds_are_converted_by_pint() -> None:
    unit = unit_at("5 pM", 2, catalogue=builtin().catalogue)
    assert unit is not None
    assert in_property_unit(5.0, unit, builtin().catalogue["aqueous_solubility"], catalogue=builtin().catalogue)[0] == pytest.approx(
        -11.301, abs=1e-3
    )
    with pytest.raises(UnitError):
        in_property_unit(5.0, unit, builtin().catalogue["molecular_weight"], catalogue=builtin().catalogue)


@each_row("definition", [d for d in builtin().catalogue if d.kind != "level"])
def test_every_property_takes_its_own_units_and_no_other(definition: object) -> None:
    assert isinstance(definition, Property)
    head = "polymer" if "molecule" not in definition.classes else "molecule"
    value = round(definition.typical_low + 0.7 * (definition.typical_high - definition.typical_low)) or 1
    for word in (definition.name.replace("_", " "), *definition.synonyms[:3]):
        spec = interpret(f"a {head}; {word} of at most {value} wibbles; no thiols", may_be_empty=True)
        assert not any(r.kind == "property" for r in spec.requirements), word
    stranger = "Pa" if "Pa" not in definition.unit else "K"
    spec = interpret(f"a {head}; {definition.name.replace('_', ' ')} of at most {value} {stranger}; no thiols", may_be_empty=True)
    assert not any(r.kind == "property" for r in spec.requirements)


def test_a_plain_fraction_of_the_mass_is_no_percentage() -> None:
    assert [r.text for r in interpret("a molecule with a mass fraction of oxygen above 0.3").requirements] == [
        "Oxygen content above 30 wt%"
    ]
    assert [r.text for r in interpret("a molecule, carbon share of at least 0.6").requirements] == ["Carbon content at least 60 wt%"]
    assert [r.text for r in interpret("a molecule with nitrogen content above 20").requirements] == ["Nitrogen content above 20 wt%"]
