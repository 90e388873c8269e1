"""Units in which goals may be written, and their conversion to the registered unit of a property."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.errors import UnitError

Conversion = Callable[[float], float]

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
    "meV": ("mev", "millielectronvolt", "millielectronvolts"),
    "kcal/mol": ("kcal/mol", "kcal mol-1", "kcal mol⁻¹", "kcal·mol-1", "kcal·mol⁻¹"),
    "kJ/mol": ("kj/mol", "kj mol-1", "kj mol⁻¹", "kj·mol-1", "kj·mol⁻¹"),
    "D": ("d", "debye", "debyes"),
    "hartree": ("hartree", "hartrees"),
    "mg/kg": ("mg/kg", "mg kg-1", "ppmw"),
    "g/kg": ("g/kg", "mg/g"),
    "mW/m/K": ("mw/m/k", "mw/mk"),
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
    "log Pa": ("log pa", "log10 pa", "log(pa)"),
    "Pa": ("pa", "pascal", "pascals"),
    "kPa": ("kpa",),
    "hPa": ("hpa",),
    "mbar": ("mbar", "millibar"),
    "bar": ("bar",),
    "atm": ("atm",),
    "mmHg": ("mmhg", "mm hg"),
    "Torr": ("torr",),
    "barrer": ("barrer", "barrers"),
    "log barrer": ("log barrer",),
    "g/cm³": ("g/cm³", "g/cm3", "g/cm^3", "g cm-3", "g/cc"),
    "kg/m³": ("kg/m³", "kg/m3", "kg/m^3"),
    "g/mL": ("g/ml",),
    "kg/L": ("kg/l",),
    "mN/m": ("mn/m",),
    "N/m": ("n/m",),
    "dyn/cm": ("dyn/cm", "dyne/cm"),
    "mol/m³/Pa": ("mol/m³/pa", "mol/m3/pa", "mol/(m3 pa)", "mol/(m³ pa)", "mol m-3 pa-1"),
    "mol/L/atm": ("mol/l/atm", "m/atm", "mol/(l atm)"),
    "Pa·m³/mol": ("pa·m³/mol", "pa m3/mol", "pa m³/mol", "pa m3 mol-1", "pa·m3/mol"),
    "atm·m³/mol": ("atm·m³/mol", "atm m3/mol", "atm m³/mol", "atm-m3/mol", "atm m3 mol-1", "atm·m3/mol"),
    "W/m/K": ("w/m/k", "w/mk", "w/(m k)", "w/(m·k)", "w m-1 k-1"),
    "%": ("%", "percent", "per cent"),
    "wt%": (
        "wt%",
        "wt %",
        "wt.%",
        "wt. %",
        "wt.-%",
        "wt-%",
        "% by weight",
        "% by mass",
        "mass%",
        "mass %",
        "mass percent",
        "% w/w",
        "weight percent",
    ),
}


def _kelvin_to_celsius(x: float) -> float:
    return x - 273.15


def _fahrenheit_to_celsius(x: float) -> float:
    return (x - 32.0) / 1.8


def _celsius_to_kelvin(x: float) -> float:
    return x + 273.15


def _energy_to_wavelength(x: float) -> float:
    return HC_EV_NM / x


def _wavenumber_to_wavelength(x: float) -> float:
    return 1e7 / x


def _per_cent_to_share(x: float) -> float:
    return x / 100.0


def _unchanged(x: float) -> float:
    return x


def _log_of_thousandth(x: float) -> float:
    return math.log10(x / 1000.0)


@dataclass(frozen=True)
class _Times:
    """Multiplication by a factor."""

    factor: float

    def __call__(self, x: float) -> float:
        return x * self.factor


@dataclass(frozen=True)
class _Logarithm:
    """The decimal logarithm of what ``first`` makes of a number."""

    first: Conversion = _unchanged

    def __call__(self, x: float) -> float:
        return math.log10(self.first(x))


@dataclass(frozen=True)
class _Inverse:
    """The decimal logarithm of one over a number that is worth ``factor`` of its unit."""

    factor: float

    def __call__(self, x: float) -> float:
        return 0.0 - math.log10(x * self.factor)


#: Energies of one molecule and of a mole of them: how many electronvolts each is, from the exact SI values, 4.184 J a calorie, and the hartree of CODATA 2018.
ELECTRONVOLTS: dict[str, float] = {
    "eV": 1.0,
    "meV": 1e-3,
    "kJ/mol": 1 / 96.48533212331,
    "kcal/mol": 4.184 / 96.48533212331,
    "hartree": 27.211386245988,
    "cm⁻¹": HC_EV_NM * 1e-7,
}
#: Unit of Henry's solubility constant; what is stated as a volatility is its inverse.
HENRY = "log mol/m³/Pa"
#: Units of users' own properties that differ by a factor only: how many of the first unit each is worth.
_LINEAR_FAMILIES: tuple[dict[str, float], ...] = (
    {"cP": 1.0, "mPa·s": 1.0, "Pa·s": 1000.0},
    {"Pa": 1.0, "kPa": 1e3, "bar": 1e5, "atm": 101325.0, "MPa": 1e6, "GPa": 1e9},
    {"g/cm³": 1.0, "g/mL": 1.0, "kg/L": 1.0, "kg/m³": 1e-3},
    {"kJ/mol": 1.0, "kcal/mol": 4.184, "J/mol": 1e-3},
    {"mN/m": 1.0, "dyn/cm": 1.0, "N/m": 1e3},
)
_PLAIN = str.maketrans({"³": "3", "²": "2", "·": " "})

#: Pressures that a vapour pressure may be stated in: how many pascals each is.
PASCALS: dict[str, float] = {
    "Pa": 1.0, "mPa": 1e-3, "hPa": 100.0, "mbar": 100.0, "kPa": 1e3, "bar": 1e5, "atm": 101325.0, "mmHg": 133.322387415, "Torr": 101325.0 / 760.0,
}  # fmt: skip
#: Conversions that turn "more" into "less": a photon energy above X is a wavelength below the converted X.
_REVERSING = {("eV", "nm"), ("cm⁻¹", "nm"), ("Pa·m³/mol", HENRY), ("atm·m³/mol", HENRY)}


@dataclass(frozen=True, eq=False)
class UnitTable:
    """Units with their spellings and the conversions between them; immutable, and can be handed to another process.

    Attributes:
        by_spelling: every spelling in lower case, with the standard form of its unit.
        conversions: from (unit, target), both in standard form, to the function that converts a number.
    """

    by_spelling: Mapping[str, str]
    conversions: Mapping[tuple[str, str], Conversion]

    def parse(self, text: str) -> str | None:
        """The unit that ``text`` spells, in its standard form ('°C', 'g/mol', ...), or None."""
        return self.by_spelling.get(" ".join(text.strip().lower().split()))

    def spellings(self) -> list[str]:
        """Every known spelling, longest first (for a tokenizer)."""
        return sorted(self.by_spelling, key=lambda s: (-len(s), s))

    def convertible(self, target: str) -> list[str]:
        """Units, in their standard forms, whose numbers can be converted to ``target``; without ``target`` itself."""
        return sorted({unit for unit, to in self.conversions if to == target and unit != target})

    def convert(self, value: float, unit: str, target: str) -> float:
        """``value`` in ``unit`` as a number in ``target``. Both are standard forms.

        A difference of log units passes as dimensionless and as log mol/L. Raises UnitError if there is no conversion, or if the value
        has none (a wavelength from an energy of 0 or less).
        """
        if unit == target or (unit == "log mol/L" and target in ("", "log (L/mol/cm)")):
            return value
        try:
            result = self.conversions[unit, target](value)
        except KeyError:
            raise UnitError(f"{unit!r} cannot be converted to {target or 'a plain number'!r}") from None
        except (ZeroDivisionError, ValueError):
            raise UnitError(f"{value:g} {unit} has no equivalent in {target}") from None
        if (unit, target) in _REVERSING and value <= 0:
            raise UnitError(f"{value:g} {unit} has no equivalent in {target}")
        return result

    def with_unit(self, unit: str, *, logarithm_of: str = "") -> UnitTable:
        """A table that also knows ``unit``, and the units that differ from it by a factor.

        ``logarithm_of``: ``unit`` is the decimal logarithm of a number in that unit, so goals may state either.
        """
        standard = self.parse(unit) or unit.strip()
        spelt = {standard.lower(): standard}
        conversions: dict[tuple[str, str], Conversion] = {}
        for family in _LINEAR_FAMILIES:
            if standard in family:
                for other, factor in family.items():
                    spelt.setdefault(other.lower(), other)
                    spelt.setdefault(other.lower().translate(_PLAIN), other)
                    conversions.setdefault((other, standard), _Times(factor / family[standard]))
        known = {**conversions, **self.conversions}
        if logarithm_of or unit.startswith("log "):
            plain = self.parse(logarithm_of) or logarithm_of.strip()
            for source in sorted({u for u, target in known if target == plain} | {plain}):
                first = _unchanged if source == plain else known[source, plain]
                conversions.setdefault((source, standard), _Logarithm(first))
        return UnitTable({**spelt, **self.by_spelling}, {**conversions, **self.conversions})


#: The units of the properties that ship.
BUILTIN = UnitTable(
    {s.lower(): unit for unit, spellings_ in _SPELLINGS.items() for s in (*spellings_, unit)},
    {
        ("K", "°C"): _kelvin_to_celsius,
        ("°F", "°C"): _fahrenheit_to_celsius,
        ("°C", "K"): _celsius_to_kelvin,
        ("kg/mol", "g/mol"): _Times(1000.0),
        ("eV", "nm"): _energy_to_wavelength,
        ("cm⁻¹", "nm"): _wavenumber_to_wavelength,
        ("µm", "nm"): _Times(1000.0),
        ("%", ""): _per_cent_to_share,
        ("%", "wt%"): _unchanged,
        ("mg/kg", "wt%"): _Times(1e-4),
        ("g/kg", "wt%"): _Times(0.1),
        ("mW/m/K", "W/m/K"): _Times(1e-3),
        ("log units", ""): _unchanged,
        ("mol/L", "log mol/L"): _Logarithm(),
        ("mmol/L", "log mol/L"): _log_of_thousandth,
        ("L/mol/cm", "log (L/mol/cm)"): _Logarithm(),
        **{
            (unit, target): _Times(factor / ELECTRONVOLTS[target])
            for unit, factor in ELECTRONVOLTS.items()
            for target in ("eV", "kcal/mol")
            if unit != target
        },
        **{(unit, "log Pa"): _Logarithm(_Times(factor)) for unit, factor in PASCALS.items()},
        ("barrer", "log barrer"): _Logarithm(),
        ("mol/m³/Pa", HENRY): _Logarithm(),
        ("mol/L/atm", HENRY): _Logarithm(_Times(1000.0 / 101325.0)),
        ("Pa·m³/mol", HENRY): _Inverse(1.0),
        ("atm·m³/mol", HENRY): _Inverse(101325.0),
        ("kg/m³", "g/cm³"): _Times(1e-3),
        ("g/L", "g/cm³"): _Times(1e-3),
        ("g/mL", "g/cm³"): _unchanged,
        ("kg/L", "g/cm³"): _unchanged,
        ("N/m", "mN/m"): _Times(1e3),
        ("dyn/cm", "mN/m"): _unchanged,
    },
)


def reverses(unit: str, target: str) -> bool:
    """Whether the conversion turns 'more' into 'less' (energies against wavelengths)."""
    return (unit, target) in _REVERSING
