"""Units: spellings, conversions and their errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UnitError
from core.units import BUILTIN, reverses
from tests.tables import each_row


@each_row(
    ("text", "unit"),
    [
        ("°C", "°C"),
        ("degrees Celsius", "°C"),
        ("K", "K"),
        ("Da", "g/mol"),
        ("kDa", "kg/mol"),
        ("NM", "nm"),
        ("Å^2", "Å²"),
        ("cm-1", "cm⁻¹"),
    ],
)
def test_spellings_are_recognised(text: str, unit: str) -> None:
    assert BUILTIN.parse(text) == unit


def test_unknown_unit_is_none() -> None:
    assert BUILTIN.parse("furlong") is None


def test_spellings_are_longest_first() -> None:
    lengths = [len(s) for s in BUILTIN.spellings()]
    assert lengths == sorted(lengths, reverse=True)


@pytest.mark.parametrize(
    ("value", "unit", "target", "expected"),
    [
        (523.15, "K", "°C", 250.0),
        (482.0, "°F", "°C", 250.0),
        (2.479683968664, "eV", "nm", 500.0),
        (20000, "cm⁻¹", "nm", 500.0),
        (0.3, "kg/mol", "g/mol", 300.0),
    ],
)
def test_conversions(value: float, unit: str, target: str, expected: float) -> None:
    assert BUILTIN.convert(value, unit, target) == pytest.approx(expected)


@given(st.floats(-200, 900))
def test_kelvin_and_celsius_are_inverse(celsius: float) -> None:
    assert BUILTIN.convert(BUILTIN.convert(celsius, "°C", "K"), "K", "°C") == pytest.approx(celsius, abs=1e-9)


@pytest.mark.parametrize(("value", "unit", "target"), [(5, "nm", "°C"), (0, "eV", "nm"), (-2, "eV", "nm"), (3, "g/mol", "")])
def test_unit_that_does_not_fit_is_an_error(value: float, unit: str, target: str) -> None:
    with pytest.raises(UnitError):
        BUILTIN.convert(value, unit, target)


def test_energy_reverses_the_comparison_with_a_wavelength() -> None:
    assert reverses("eV", "nm")
    assert not reverses("K", "°C")


def test_a_table_with_another_unit_leaves_the_first_as_it_was() -> None:
    more = BUILTIN.with_unit("cP").with_unit("log cP", logarithm_of="cP")
    assert more.convert(2.0, "Pa·s", "cP") == pytest.approx(2000.0)
    assert more.convert(0.1, "Pa·s", "log cP") == pytest.approx(2.0)
    assert more.parse("mpa s") == "mPa·s"
    assert more.convertible("log cP") == ["Pa·s", "cP", "mPa·s"]
    assert BUILTIN.parse("cP") is None
    with pytest.raises(UnitError):
        BUILTIN.convert(2.0, "Pa·s", "cP")
