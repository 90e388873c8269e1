"""Words that are shortened with a point, which ends no sentence: 'max. 3', 'mp. below 20 °C'."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.reading.mentions import Piece

#: Words that are shortened with a point, which ends no sentence.
ABBREVIATED = frozenset(
    ["max", "min", "approx", "ca", "incl", "excl", "wt", "mol", "temp", "conc", "abs", "resp", "esp", "avg", "calc", "pref", "equiv", "const"]
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
