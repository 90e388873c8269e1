"""Units behind numbers: which unit is written, by exact case first, and what a number in it is in the unit of a property.

Usual spellings stand in ``words/units.toml``; every other one is tried with pint, whose registry is built once and never changed.
A unit that is not known, or does not fit, is an error of its clause (UnitError), never a guess.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from core import data
from core.errors import UnitError
from core.units import PASCALS, reverses
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.property import Property

if TYPE_CHECKING:
    import pint

#: Mass concentrations in mg/L.
_MASS_CONCENTRATIONS = {"mg/L": 1.0, "g/L": 1e3, "µg/L": 1e-3, "g/dL": 1e4, "mg/dL": 10.0}
#: How parts per million are written, which of what is in a substance are mg/kg and of what is in water mg/L.
_PPM = frozenset(["ppm", "PPM", "parts per million"])
#: Molar concentrations in mol/L.
_MOLAR = {"mol/L": 1.0, "mmol/L": 1e-3, "µmol/L": 1e-6, "nmol/L": 1e-9}
#: Longest text behind a number that is tried as a unit, in characters.
_LONGEST = 24
_OTHER = re.compile(r"[A-Za-zµÅΩ%][\w/·^⁻*²³]*(?:[-^]\d+)?(?: [a-zA-Zµ]{1,3}(?:[-^]?\d+|⁻¹)?(?![\w'-]))?")


@dataclass(frozen=True)
class Unit:
    """A unit as written and the name under which it is known; an empty name: only pint knows it."""

    written: str
    name: str = ""


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], dict[str, str], int]:
    """(spellings by exact case, spellings in lower case, length of the longest)."""
    rows = data.table("agent.reading", "words/units.toml")["unit"]
    exact = {word: row["name"] for row in rows for word in row["exact"]}
    folded = {word: row["name"] for row in rows for word in row.get("folded", ())}
    return exact, folded, max(map(len, (*exact, *folded)))


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[float]:
    import pint

    return pint.UnitRegistry(on_redefinition="ignore", cache_folder=None)


def unit_at(text: str, start: int, *, catalogue: Catalogue) -> Unit | None:
    """The longest known unit that begins at ``text[start]``, or None. It ends at the end of a word."""
    exact, folded, longest = _table()
    for length in range(min(longest, len(text) - start), 0, -1):
        written = text[start : start + length]
        name = exact.get(written) or folded.get(written.lower())
        if name and _ends(text, start + length):
            return Unit(written, name)
    own = _own_unit(text, start, catalogue=catalogue)
    return own or _by_pint(text, start)


def parsed(written: str, *, catalogue: Catalogue) -> Unit | None:
    """The unit that ``written`` spells, or None."""
    found = unit_at(written, 0, catalogue=catalogue)
    return found if found is not None and found.written == written else None


def _ends(text: str, end: int) -> bool:
    """Whether a word ends at ``end``: 'C' is a unit in '200 C,' but not in '8 CH' nor in '3 C-C bonds'."""
    after = text[end : end + 1]
    glued = after in "-/" and text[end + 1 : end + 2].isalnum() if after else False
    return not (after and (after.isalnum() or after in "^⁻²³·_" or glued) and text[end - 1 : end].isalnum())


def _own_unit(text: str, start: int, *, catalogue: Catalogue) -> Unit | None:
    """A unit of a user's own property, spelled as registered."""
    for spelling in catalogue.units.spellings():
        written = text[start : start + len(spelling)]
        if spelling and written.lower() == spelling and _ends(text, start + len(spelling)):
            name = catalogue.units.parse(spelling) or ""
            if name and written == name:
                return Unit(written, name)
    return None


def _by_pint(text: str, start: int) -> Unit | None:
    match = _OTHER.match(text[: start + _LONGEST], start)
    if match is None:
        return None
    written = match.group()
    for candidate in (written, written.split(" ")[0]) if not written.startswith("% ") else ("%",):  # '6 % P' is no poise
        if not _WORDS.isdisjoint(candidate.split(" ")[1:]):
            continue  # '1 mPa at 25 °C' is no millipascal times a technical atmosphere
        if candidate and _ends(text, start + len(candidate)) and _pint_unit(candidate) is not None:
            return Unit(candidate)
    return None


#: Words that pint takes for units: 'below 800 as we evaporate it' is no attosecond.
_WORDS = frozenset(
    ["as", "at", "in", "is", "an", "to", "if", "us", "am", "has", "had", "pas", "mas", "gas", "are", "min", "day", "par", "per"]
)


@lru_cache(maxsize=512)
def _pint_unit(written: str) -> pint.Unit | None:
    """pint's unit, or None. Words without a slash or a power are no units here unless they are short: 'bar', not 'barn'."""
    if (
        not written
        or written in _WORDS
        or written[0].isdigit()
        or (written.isalpha() and (len(written) > 4 or (written.islower() and len(written) > 3)))
    ):
        return None
    registry = _registry()
    try:
        text = (
            re.sub(r"(?<=[A-Za-z])-(?=\d)", "^-", re.sub(r"(?<=m)(?=[23]$)", "^", written))
            .replace("⁻", "^-")
            .replace("¹", "1")
            .replace("²", "^2")
            .replace("³", "^3")
        )
        return registry.Unit(registry.parse_units(text.replace("·", "*").replace("Å", "angstrom"), case_sensitive=True))
    except Exception:  # pint raises many kinds of errors for text that is no unit
        return None


def _factor(written: str, target: str) -> float | None:
    """How many ``target`` one ``written`` is worth, where both are multiples of one quantity; None otherwise."""
    said, wanted = _pint_unit(written), _pint_unit(target)
    if said is None or wanted is None or said.dimensionality != wanted.dimensionality or said.dimensionless:
        return None
    if "[temperature]" in dict(said.dimensionality):  # offsets: only the units of the table are read
        return None
    return float((1.0 * said).to(wanted).magnitude)


def scale(unit: Unit, target: Unit, *, catalogue: Catalogue) -> float | None:
    """How many ``target`` one ``unit`` is worth where both are multiples of one quantity, without an offset; None otherwise."""
    if not unit.name or not target.name or reverses(unit.name, target.name):
        return None
    for said, wanted, turned in ((unit.name, target.name, False), (target.name, unit.name, True)):
        try:
            one, zero = catalogue.units.convert(1.0, said, wanted), catalogue.units.convert(0.0, said, wanted)
        except (UnitError, ValueError, ZeroDivisionError):
            continue
        if abs(zero) < 1e-12 and one:
            return 1.0 / one if turned else one
    return None


def times(unit: Unit, target: Unit, *, catalogue: Catalogue) -> float | None:
    """How many ``target`` one ``unit`` is worth, by the tables or by pint; None where they are no multiples of one quantity."""
    one, other = (PASCALS.get(u.name or u.written) for u in (unit, target))
    if one is not None and other is not None:
        return one / other
    found = scale(unit, target, catalogue=catalogue)
    return _factor(unit.written, target.written) if found is None else found


def mass_concentration(unit: Unit) -> float | None:
    """How many mg/L one ``unit`` is worth, or None if it is no concentration by mass."""
    return _MASS_CONCENTRATIONS.get(unit.name) or (None if unit.name else _factor(unit.written, "mg/L"))


def in_property_unit(value: float, unit: Unit, definition: Property, *, catalogue: Catalogue) -> tuple[float, bool]:
    """(``value`` in the unit of the property, whether 'more' became 'less'). Raises UnitError if the unit does not fit."""
    target, name = definition.unit, unit.name
    if name == target or name in definition.accepted_units or (not name and unit.written == target):
        return (catalogue.units.convert(value, name or unit.written, target), reverses(name, target))
    if unit.written in _PPM and "mg/kg" in definition.accepted_units:
        return catalogue.units.convert(value, "mg/kg", target), False
    if name in ("log mol/L",) and target == "":
        raise _misfit(unit, definition)
    molar = _MOLAR.get(name) or (None if name else _factor(unit.written, "mol/L"))
    plain = definition.plain_unit or (target.removeprefix("log ").strip("()") if target.startswith("log ") else target)
    factor = _linear(unit, molar, plain, catalogue=catalogue)
    if factor is None:
        raise _misfit(unit, definition)
    number = value * factor
    if not target.startswith("log"):
        return number, False
    if number <= 0:
        raise UnitError(f"{value:g} {unit.written} has no logarithm")
    return math.log10(number), False


def _linear(unit: Unit, molar: float | None, plain: str, *, catalogue: Catalogue) -> float | None:
    """The factor from ``unit`` to ``plain``, through mol/L, core's conversions or pint."""
    if molar is not None and plain in ("mol/L", *_MOLAR):
        return molar / _MOLAR.get(plain, 1.0)
    if unit.name == plain:
        return 1.0
    if unit.name and not reverses(unit.name, plain):
        try:
            return catalogue.units.convert(1.0, unit.name, plain) if abs(catalogue.units.convert(0.0, unit.name, plain)) < 1e-12 else None
        except (UnitError, ValueError):
            pass
    return _factor(unit.written, plain)


def _misfit(unit: Unit, definition: Property) -> UnitError:
    fits = ", ".join(definition.accepted_units) or definition.unit or "a plain number"
    return UnitError(f"{unit.written} does not fit {definition.label} (use {fits})")
