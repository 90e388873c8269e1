"""The condition that a goal states with a limit ('below 1 Pa at 25 °C', 'above 30 at 1 kHz'), held against that of the value that can be had."""

from __future__ import annotations

from agent.reading.grammar import Node
from agent.reading.mentions import Lattice
from agent.reading.units import parsed, times
from tools.catalogue.catalogue import Catalogue

#: Numbers of temperature scales in °C: factor and offset.
_CELSIUS = {"°C": (1.0, 0.0), "K": (1.0, -273.15), "°F": (1 / 1.8, -32 / 1.8)}


def condition_of(node: Node, lattice: Lattice) -> tuple[str, float, str] | None:
    """(words, number, unit as written) of the condition in a clause; the unit of a pH is 'pH'. None where it states none."""
    under = [*node.nodes("Under"), *node.nodes("Given")]
    if not under:
        return None
    words = ("at " if under[0].name == "Given" else "") + lattice.text(under[0].i, under[0].j)
    named = under[0].first("temperature")
    if named is not None:
        return words, float(named.value), "°C"
    unit = under[0].first("unit")
    number = float(under[0].mentions("num", "num_plus")[0].value)
    if unit is None:
        return words, number, "pH" if "ph" in words.lower().split() else ""
    return words, number, unit.value.written


def holds(number: float, written: str, ranges: tuple[str, ...], *, catalogue: Catalogue) -> bool:
    """Whether a condition lies in one of ``ranges`` ('15..30 °C', '0.9..1.1 atm', '7..7.5 pH'): the value that can be had is that under it."""
    for text in ranges:
        span, _, unit = text.partition(" ")
        low, high = (float(end) for end in span.split(".."))
        value = _in(number, written, unit, catalogue=catalogue)
        if value is not None and low <= value <= high:
            return True
    return False


def _in(number: float, written: str, target: str, *, catalogue: Catalogue) -> float | None:
    """``number`` in the unit ``target``; None where it has none or the units do not fit."""
    if written == target:
        return number
    said = parsed(written, catalogue=catalogue) if written else None
    wanted = parsed(target, catalogue=catalogue)
    if said is None or wanted is None:
        return None
    if said.name in _CELSIUS and wanted.name in _CELSIUS:
        factor, offset = _CELSIUS[said.name]
        celsius = number * factor + offset
        back, shift = _CELSIUS[wanted.name]
        return (celsius - shift) / back
    factor_ = times(said, wanted, catalogue=catalogue)
    return None if factor_ is None else number * factor_
