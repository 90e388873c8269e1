"""Units in which goals may be written, and their conversion to the registered unit of a property."""

from __future__ import annotations

import math
from collections.abc import Callable

from core.errors import UnitError

# hc in eV·nm, from the exact SI values of h, c and e (2019 redefinition).
HC_EV_NM = 1239.841984332

_SPELLINGS: dict[str, tuple[str, ...]] = {
    "°C": ("°c", "degc", "deg c", "celsius", "centigrade", "℃", "degrees celsius", "degree celsius", "degrees c", "ºc", "c"),
    "K": ("k", "kelvin", "kelvins"),
    "°F": ("°f", "degf", "deg f", "fahrenheit", "℉", "degrees fahrenheit", "degrees f", "ºf", "f"),
    "g/mol": ("g/mol", "g mol-1", "g·mol-1", "g mol⁻¹", "da", "dalton", "daltons", "amu", "u", "g/mole", "gram per mole", "grams per mole"),
    "kg/mol": ("kg/mol", "kda", "kilodalton", "kilodaltons"),
    "nm": ("nm", "nanometre", "nanometer", "nanometres", "nanometers"),
    "µm": ("µm", "um", "μm", "micrometre", "micrometer", "micron", "microns"),
    "eV": ("ev", "electronvolt", "electronvolts", "electron volts"),
    "cm⁻¹": ("cm-1", "cm⁻¹", "cm^-1", "wavenumbers", "1/cm"),
    "Å²": (
        "å²",
        "å2",
        "å^2",
        "a2",
        "angstrom2",
        "angstrom²",
        "square angstrom",
        "square angstroms",
        "å squared",
        "angstrom squared",
        "angstroms squared",
        "sq. å",
        "sq å",
        "Å²",
    ),
    "Å³": ("å³", "å3", "å^3", "angstrom3", "cubic angstrom", "cubic angstroms"),
    "log mol/L": ("log mol/l", "log m", "log units", "log unit", "log(mol/l)", "log10 mol/l", "logs units"),
    "mol/L": ("mol/l", "mol l-1", "molar", "m"),
    "mmol/L": ("mmol/l", "mmol l-1", "millimolar"),
    "L/mol/cm": ("l/mol/cm", "m-1 cm-1", "m⁻¹ cm⁻¹", "m⁻¹cm⁻¹", "m-1cm-1", "l mol-1 cm-1", "l mol⁻¹ cm⁻¹", "/m/cm"),
    "mg/L": ("mg/l", "ppm"),
    "g/L": ("g/l", "mg/ml"),
    "%": ("%", "percent", "per cent"),
}
_BY_SPELLING = {s.lower(): unit for unit, spellings in _SPELLINGS.items() for s in (*spellings, unit)}

_CONVERSIONS: dict[tuple[str, str], Callable[[float], float]] = {
    ("K", "°C"): lambda x: x - 273.15,
    ("°F", "°C"): lambda x: (x - 32.0) / 1.8,
    ("°C", "K"): lambda x: x + 273.15,
    ("kg/mol", "g/mol"): lambda x: x * 1000.0,
    ("eV", "nm"): lambda x: HC_EV_NM / x,
    ("cm⁻¹", "nm"): lambda x: 1e7 / x,
    ("µm", "nm"): lambda x: x * 1000.0,
    ("%", ""): lambda x: x / 100.0,
    ("log units", ""): lambda x: x,
    ("mol/L", "log mol/L"): math.log10,
    ("mmol/L", "log mol/L"): lambda x: math.log10(x / 1000.0),
    ("L/mol/cm", "log (L/mol/cm)"): math.log10,
}
#: Conversions that turn "more" into "less": a photon energy above X is a wavelength below the converted X.
_REVERSING = {("eV", "nm"), ("cm⁻¹", "nm")}


def parse_unit(text: str) -> str | None:
    """The unit that ``text`` spells, in its standard form ('°C', 'g/mol', ...), or None."""
    return _BY_SPELLING.get(" ".join(text.strip().lower().split()))


def spellings() -> list[str]:
    """Every known spelling, longest first (for a tokenizer)."""
    return sorted(_BY_SPELLING, key=lambda s: (-len(s), s))


def convert(value: float, unit: str, target: str) -> float:
    """``value`` in ``unit`` as a number in ``target``. Both are standard forms.

    A difference of log units passes as dimensionless and as log mol/L. Raises UnitError if there is no conversion, or if the value has
    none (a wavelength from an energy of 0 or less).
    """
    if unit == target or (unit == "log mol/L" and target in ("", "log (L/mol/cm)")):
        return value
    try:
        result = _CONVERSIONS[unit, target](value)
    except KeyError:
        raise UnitError(f"{unit!r} cannot be converted to {target or 'a plain number'!r}") from None
    except (ZeroDivisionError, ValueError):
        raise UnitError(f"{value:g} {unit} has no equivalent in {target}") from None
    if (unit, target) in _REVERSING and value <= 0:
        raise UnitError(f"{value:g} {unit} has no equivalent in {target}")
    return result


def reverses(unit: str, target: str) -> bool:
    """Whether the conversion turns 'more' into 'less' (energies against wavelengths)."""
    return (unit, target) in _REVERSING
