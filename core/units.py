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
#: Units of users' own properties that differ by a factor only: how many of the first unit each is worth.
_LINEAR_FAMILIES: tuple[dict[str, float], ...] = (
    {"cP": 1.0, "mPa·s": 1.0, "Pa·s": 1000.0},
    {"Pa": 1.0, "kPa": 1e3, "bar": 1e5, "atm": 101325.0, "MPa": 1e6, "GPa": 1e9},
    {"g/cm³": 1.0, "g/mL": 1.0, "kg/L": 1.0, "kg/m³": 1e-3},
    {"kJ/mol": 1.0, "kcal/mol": 4.184, "J/mol": 1e-3},
    {"mN/m": 1.0, "dyn/cm": 1.0, "N/m": 1e3},
)
_PLAIN = str.maketrans({"³": "3", "²": "2", "·": " "})

#: Conversions that turn "more" into "less": a photon energy above X is a wavelength below the converted X.
_REVERSING = {("eV", "nm"), ("cm⁻¹", "nm")}


def parse_unit(text: str) -> str | None:
    """The unit that ``text`` spells, in its standard form ('°C', 'g/mol', ...), or None."""
    return _BY_SPELLING.get(" ".join(text.strip().lower().split()))


def spellings() -> list[str]:
    """Every known spelling, longest first (for a tokenizer)."""
    return sorted(_BY_SPELLING, key=lambda s: (-len(s), s))


def add_unit(unit: str, *, logarithm_of: str = "") -> str:
    """Make ``unit`` known under its own spelling, if it is not; returns its standard form. Units of users' own properties.

    ``logarithm_of``: ``unit`` is the decimal logarithm of a number in that unit, so goals may state either.
    """
    standard = parse_unit(unit) or unit.strip()
    _BY_SPELLING.setdefault(standard.lower(), standard)
    for family in _LINEAR_FAMILIES:
        if standard in family:
            for other, factor in family.items():
                _BY_SPELLING.setdefault(other.lower(), other)
                _BY_SPELLING.setdefault(other.lower().translate(_PLAIN), other)
                _CONVERSIONS.setdefault((other, standard), _times(factor / family[standard]))
    if logarithm_of or unit.startswith("log "):
        plain = parse_unit(logarithm_of) or logarithm_of.strip()
        sources = {u for u, target in _CONVERSIONS if target == plain} | {plain}
        for source in sorted(sources):
            _CONVERSIONS.setdefault((source, standard), _logarithm(source, plain))
    return standard


def convertible(target: str) -> list[str]:
    """Units, in their standard forms, whose numbers can be converted to ``target``; without ``target`` itself."""
    return sorted({unit for unit, to in _CONVERSIONS if to == target and unit != target})


def _times(factor: float) -> Callable[[float], float]:
    return lambda x: x * factor


def _logarithm(source: str, plain: str) -> Callable[[float], float]:
    return lambda x: math.log10(convert(x, source, plain))


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
