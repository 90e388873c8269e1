"""A measured value as the number in the unit of its property, or the reason why it is none."""

from __future__ import annotations

import math
from typing import Any

import pytest

from core.errors import UsageError
from tests.tables import each_row
from tools.catalogue.measured import Entered, entered
from tools.catalogue.shipped import shipped


def read(name: str, text: str, **more: Any) -> Entered:
    return entered(shipped()[name], text, units=shipped().units, molar_mass=100.0, **more)


@each_row(
    ("name", "text", "more", "value", "qualifier", "spread"),
    [
        ("melting_point", "120", {"unit": "°C"}, 120.0, "=", None),
        ("melting_point", "388.15 K", {}, 115.0, "=", None),
        ("melting_point", "120-124", {"unit": "°C"}, 122.0, "=", 2.0),
        ("melting_point", "250 ± 9", {"unit": "°F"}, 121.111, "=", 5.0),
        ("melting_point", "< 388.15", {"unit": "K"}, 115.0, "<", None),
        ("melting_point", "120", {"unit": "°C", "qualifier": "~", "spread": "2"}, 120.0, "~", 2.0),
        ("melting_point", "-20,5", {"unit": "°C"}, -20.5, "=", None),
        ("absorption_maximum", "2.5", {"unit": "eV"}, 495.937, "=", None),
        ("absorption_maximum", "> 2.5 eV", {}, 495.937, "<", None),  # more energy is a shorter wavelength
        ("aqueous_solubility", "0.01", {"unit": "mol/L"}, -2.0, "=", None),
        ("aqueous_solubility", "1", {"unit": "g/L"}, -2.0, "=", None),  # through the molar mass
        ("aqueous_solubility", "1000", {"unit": "mg/L"}, -2.0, "=", None),
        ("logp", "2.1", {}, 2.1, "=", None),
    ],
)
def test_it_is_converted_to_the_unit_of_the_property(
    name: str, text: str, more: dict[str, str], value: float, qualifier: str, spread: float | None
) -> None:
    found = read(name, text, **more)
    assert found.value == pytest.approx(value, abs=0.01)
    assert found.qualifier == qualifier
    assert found.spread == (pytest.approx(spread, abs=0.01) if spread is not None else None)
    assert math.isfinite(found.value)
    assert text.split()[-1] in found.given


@each_row(
    ("name", "text", "more", "why"),
    [
        ("melting_point", "120", {}, "say the unit"),
        ("melting_point", "120", {"unit": "nm"}, "use °C|cannot be converted|Melting point in 'nm'"),
        ("melting_point", "120", {"unit": "MPa"}, "'MPa'"),
        ("melting_point", "high", {"unit": "°C"}, "not a number"),
        ("melting_point", "", {"unit": "°C"}, "no measured value"),
        ("melting_point", "1,200", {"unit": "°C"}, "may be"),
        ("melting_point", "5000", {"unit": "°C"}, "outside what it can be"),
        ("melting_point", "210 dec.", {"unit": "°C"}, "decomposes"),
        ("melting_point", "< 120", {"unit": "°C", "qualifier": ">"}, "the qualifier"),
        ("melting_point", "120", {"unit": "°C", "qualifier": "!"}, "none of"),
        ("melting_point", "120", {"unit": "°C", "spread": "wide"}, "spread"),
        ("absorption_maximum", "500", {"unit": "nM"}, "'nM'"),  # a concentration, no length
        ("aqueous_solubility", "0", {"unit": "mol/L"}, "no equivalent"),
        ("aqueous_solubility", "1", {"unit": "K"}, "mol/L or g/L"),
        ("thermal_stability", "1", {}, "a class"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(name: str, text: str, more: dict[str, str], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read(name, text, **more)
