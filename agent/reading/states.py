"""What 'liquid' and 'solid' say with temperatures beside them: 'liquid down to -40 °C', 'solid at 40 °C', 'liquid from -60 to 200 °C'."""

from __future__ import annotations

from agent.reading.grammar import Node
from agent.reading.mentions import Lattice
from agent.reading.statements import Limit
from agent.reading.units import parsed
from tools.catalogue.catalogue import Catalogue


def state(node: Node, quantities: list[tuple[float, str]], *, catalogue: Catalogue) -> list[tuple[str, Limit, str]] | None:
    """(property, limit, what is assumed) of a state at the temperatures ``quantities``: one, or the two between which it is liquid."""
    named = bool(node.mentions("temperature"))
    if node.mentions("solid"):
        value, unit = quantities[0]
        warm = not named and _warm(unit, catalogue=catalogue)
        return [("melting_point", Limit(">", low=value, unit=unit), "what is solid melts above")] if warm else None
    if len(quantities) == 2:
        (low, first), (high, second) = quantities
        unit = second or first
        if low >= high or not _warm(unit, catalogue=catalogue) or (first and first != second):
            return None
        return [
            ("melting_point", Limit("<", low=low, unit=unit), "what is liquid melts below"),
            ("boiling_point", Limit(">", low=high, unit=unit), "what is liquid boils above"),
        ]
    if named:
        return None  # 'liquid at room temperature' is a word without a number
    value, unit = quantities[0]
    return [("melting_point", Limit("<", low=value, unit=unit), "what is liquid melts below")] if unit else None


def soluble(node: Node, lattice: Lattice) -> bool:
    """Whether 'soluble' alone is what a bound is said of: 'soluble > 1 mM'."""
    return lattice.lower(node.i) == "soluble" and not node.mentions("prop", "verbprop", "scale")


def _warm(unit: str, *, catalogue: Catalogue) -> bool:
    """Whether ``unit`` is one of temperatures."""
    found = parsed(unit, catalogue=catalogue) if unit else None
    return found is not None and found.name in ("°C", "K", "°F")
