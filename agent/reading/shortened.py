"""Words that are shortened with a point, which ends no sentence: 'max. 3', 'mp. below 20 °C'."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.reading.mentions import Piece
    from tools.catalogue.catalogue import Catalogue

#: Words that are shortened with a point, which ends no sentence.
ABBREVIATED = frozenset(
    [
        "max",
        "min",
        "approx",
        "ca",
        "incl",
        "excl",
        "wt",
        "mol",
        "temp",
        "conc",
        "abs",
        "resp",
        "esp",
        "avg",
        "calc",
        "pref",
        "equiv",
        "const",
    ]
)
#: Properties that are shortened with a point before what they are compared with: 'mp. below', 'b.p. 80 °C'.
_SHORTENED = frozenset(["mp", "bp", "pt", "sol", "solub", "tg", "fp", "visc", "dens", "press", "vp"])
_COMPARING = frozenset(
    ["<", ">", "<=", ">=", "=", "~", "below", "above", "under", "over", "at", "between", "less", "more", "not", "no", "of", "from", "up", "max", "min", "around", "about", "in", "within"]
)  # fmt: skip


def shortens(pieces: list[Piece], n: int) -> bool:
    """Whether the point at piece ``n`` ends a shortened property, with a number or a comparison behind it."""
    if not n or n + 1 >= len(pieces):
        return False
    before, after = pieces[n - 1].lower, pieces[n + 1].lower
    initial = before == "p" and n > 2 and pieces[n - 2].text == "." and pieces[n - 3].lower in ("b", "m", "f", "v")
    return (before in _SHORTENED or initial) and (after in _COMPARING or after[0].isdigit())


#: Symbols of properties: the units that the number behind them has, and the least number without a unit (0: a unit must stand there).
_SYMBOLS = {
    "M": ("molecular_weight", ("g/mol", "Da", "Dalton", "u", "kDa"), 100.0),
    "d": ("density", ("g/mL", "g/ml", "g/cm3", "g/cm³", "g/cc", "kg/L", "kg/m3"), 0.0),
    "ET": ("triplet_energy", ("kcal/mol", "kJ/mol", "eV"), 0.0),
    "IE": ("ionisation_energy", ("eV", "kJ/mol", "kcal/mol"), 0.0),
    "µ": ("dipole_moment", ("D", "Debye", "debye"), 0.0),
    "γ": ("surface_tension", ("mN/m", "dyn/cm", "mJ/m2", "mJ/m²", "N/m"), 0.0),
    "σ": ("surface_tension", ("mN/m", "dyn/cm", "mJ/m2", "mJ/m²", "N/m"), 0.0),
    "ST": ("surface_tension", ("mN/m", "dyn/cm", "dynes", "mJ/m2", "mJ/m²", "N/m"), 0.0),
    "κ": ("thermal_conductivity", ("W/m", "W/(m", "Wm", "mW/m"), 0.0),
    "λ": ("thermal_conductivity", ("W/m", "W/(m", "Wm", "mW/m"), 0.0),
    "TC": ("thermal_conductivity", ("W/m", "W/(m", "Wm", "mW/m"), 0.0),
    "Rm": ("molar_refractivity", ("cm3/mol", "cm³/mol", "cm3mol", "cm³mol", "mL/mol"), 0.0),
}
#: Words with which such a symbol is compared with a number.
_LEADING = frozenset(
    [
        "of",
        "is",
        "at",
        "below",
        "under",
        "above",
        "over",
        "beyond",
        "exceeding",
        "between",
        "from",
        "around",
        "about",
        "near",
        "no",
        "not",
        "more",
        "less",
        "lower",
        "higher",
        "smaller",
        "larger",
        "greater",
        "than",
        "least",
        "most",
        "up",
        "to",
        "<",
        ">",
        "<=",
        ">=",
        "=",
        "~",
        "≈",
        "|",
        "-",
    ]
)


def one_letter(pieces: list[Piece], n: int, *, catalogue: Catalogue) -> list[str]:
    """The property whose symbol is piece ``n`` where a number with a fitting unit is compared with it: 'M < 350', 'ET 65 ± 2 kcal/mol'."""
    if pieces[n].text == "n":
        return ["refractive_index"] * _index(pieces, n)
    name, units, least = _SYMBOLS.get(pieces[n].text, ("", (), 0.0))
    behind = [p.text for p in pieces[n + 1 : n + 8]]
    barred = n > 0 and pieces[n - 1].text == "|"  # '|µ|'
    if not name or name not in catalogue or not behind or (n and pieces[n - 1].text[0].isdigit()) or (pieces[n].glued and not barred):
        return []
    if not least:
        return [name] * _led_by_words([p.text for p in pieces[n + 1 : n + 20]], units)
    compared = behind[0] in ("<", ">", "<=", ">=", "=", "~", "≈")
    if behind[0].lower() in ("max", "min"):  # 'M max. 450'
        behind = ["<", *behind[1 + (behind[1:2] == ["."]) :]]
        compared = True
    ranged = len(behind) > 2 and behind[0].isdigit() and behind[1] in ("-", "to") and behind[2].isdigit()
    if least and ranged and least <= float(behind[0]) < float(behind[2]) and not "".join(behind[3:])[:1].isalpha():
        return [name]  # 'M 300-450'
    numbers = [t for t in behind[compared:][:1] if t.replace(".", "", 1).isdigit()]
    if not numbers or not (compared or not least):
        return []
    written = "".join(behind[1 + compared :])
    united = any(written.startswith(unit) or f"{sign}{unit}" in written for unit in units for sign in "0123456789")
    return [name] if united or (least and float(numbers[0]) >= least and not written[:1].isalpha()) else []


def _led_by_words(behind: list[str], units: tuple[str, ...]) -> bool:
    """Whether a number with one of ``units`` stands in ``behind``, with nothing but words of comparison before it: 'of 25 to 30 dyn/cm'."""
    first = next((k for k, text in enumerate(behind) if text[0].isdigit()), -1)
    if first < 0 or any(text.lower() not in _LEADING for text in behind[:first]):
        return False
    written = "".join(behind[first:])
    return any(f"{sign}{unit}" in written[:24] for unit in units for sign in "0123456789")


def _index(pieces: list[Piece], n: int) -> bool:
    """Whether 'n' at piece ``n`` is a refractive index, by the number that it is compared with: 'n = 1.458 ± 0.005', not 'n = 2'."""
    behind = [p.text for p in pieces[n + 1 : n + 5]]
    number = "".join(behind[1:])[:6].rstrip("-")
    stands = not pieces[n].glued and len(behind) == 4 and behind[0] in ("<", ">", "<=", ">=", "=", "~", "≈") and behind[2] == "."
    return stands and number.replace(".", "", 1).isdigit() and 1.2 <= float(number) <= 2.2
