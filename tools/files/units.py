"""Units beside measured numbers: their exact case counts (MPa is mega, mPa milli; nM is not nm), and what is not known is refused."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from core.errors import UnitError
from core.units import BUILTIN

if TYPE_CHECKING:
    import pint

_TEMPERATURES = ("°C", "K", "°F")
_POWER = re.compile(r"(?<=[A-Za-z])[-−](?=\d)|⁻")
_DOT = re.compile(r"(?<=[A-Za-z\d])[.·](?=[A-Za-z])")
_DIGITS = str.maketrans("¹²³", "123")


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[float]:
    import pint

    return pint.UnitRegistry(on_redefinition="ignore", cache_folder=None)


@lru_cache(maxsize=256)
def _unit(text: str) -> pint.Unit | None:
    """pint's unit of exactly this spelling, or None."""
    registry = _registry()
    plain = re.sub(r"(?<=[A-Za-z])([¹²³\d])", r"^\1", _POWER.sub("^-", text.strip())).translate(_DIGITS)
    try:
        return registry.Unit(registry.parse_units(_DOT.sub("*", plain).replace(" ", "*").replace("Å", "angstrom"), case_sensitive=True))
    except Exception:  # pint raises many kinds of errors for text that is no unit
        return None


def standard(text: str) -> str:
    """The unit that ``text`` spells as molwright writes it ('°C' for 'degC'), else as written.

    A spelling that means something else in its exact case is left alone: 'nM' is not 'nm'.
    """
    written = text.strip()
    known = BUILTIN.parse(written)
    if known is None or known == written:
        return known or written
    if known.lower() == written.lower():
        exact, other = _unit(written), _unit(known)
        if exact is not None and other is not None and exact.dimensionality != other.dimensionality:
            return written
    return known


def known(text: str) -> bool:
    """Whether ``text`` spells a unit."""
    return BUILTIN.parse(text) is not None or (bool(text.strip()) and _unit(text) is not None)


def convert(value: float, unit: str, target: str) -> float:
    """``value`` in ``unit`` as a number in ``target``. Raises UnitError where one of them is not known or they do not fit."""
    given, wanted = standard(unit), standard(target)
    if given == wanted:
        return value
    if given in _TEMPERATURES and wanted in _TEMPERATURES:
        celsius = BUILTIN.convert(value, given, "°C")
        return BUILTIN.convert(celsius, "°C", wanted) if wanted != "°F" else celsius * 1.8 + 32.0
    first, second = _unit(given), _unit(wanted)
    if first is None or second is None:
        raise UnitError(f"the unit {(unit if first is None else target)!r} is not known")
    if first.dimensionality != second.dimensionality or given in _TEMPERATURES or wanted in _TEMPERATURES:
        raise UnitError(f"{unit!r} cannot be converted to {target!r}")
    return float((value * first).to(second).magnitude)
