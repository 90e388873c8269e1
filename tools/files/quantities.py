"""A cell of measurements as a value with its qualifier: limits, estimates, ranges, spreads, decomposition, a unit of its own."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from tools.files.numbers import PATTERN, Notation, number

Relation = Literal["=", "<", ">", "~"]

_RELATIONS: dict[str, Relation] = {
    "": "=", "=": "=", "==": "=", "<": "<", "<<": "<", "<=": "<", "=<": "<", "≤": "<", "⩽": "<", ">": ">", ">>": ">", ">=": ">", "=>": ">",
    "≥": ">", "⩾": ">", "~": "~", "≈": "~", "≅": "~", "ca": "~", "ca.": "~", "c.": "~", "circa": "~", "about": "~", "approx": "~", "approx.": "~",
    "approximately": "~", "around": "~", "etwa": "~", "env.": "~", "environ": "~", "up to": "<", "at most": "<", "at least": ">", "below": "<", "above": ">",
}  # fmt: skip
_SIGNED = rf"[+\-−]?\s?{PATTERN}"
_WORDS = "|".join(sorted(map(re.escape, filter(None, _RELATIONS)), key=len, reverse=True))
_CELL = re.compile(
    rf"(?P<relation>{_WORDS})?\s*(?P<first>{_SIGNED})"
    rf"(?:\s*(?:±|\+/[-−]|\+-)\s*(?P<spread>{PATTERN})|\s*(?:-|–|—|−|to|bis|\.\.+|…)\s*(?P<last>{_SIGNED}))?\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_DECOMPOSES = re.compile(r"[(\[]?\b(?:dec(?:omp(?:osition|oses)?)?|zers(?:etzung)?|(?<=[CK] )d)\b\.?[)\]]?", re.IGNORECASE)
_MISSING = frozenset(
    {"", "-", "–", "—", "na", "n/a", "n.a.", "nan", "nd", "n.d.", "none", "null", "?", "not determined", "not tested", "."}
)


@dataclass(frozen=True)
class Quantity:
    """What a cell says.

    Attributes:
        value: the number; the middle of a range.
        relation: '=' for a measurement, '<' and '>' for a limit, '~' for an estimate.
        spread: half of a range, or what stands behind '±'; None where nothing is said.
        unit: the unit in the cell, as written; ''.
        decomposes: whether it is said that the substance decomposes there.
    """

    value: float
    relation: Relation = "="
    spread: float | None = None
    unit: str = ""
    decomposes: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is a number and nothing else."""
        return self.relation == "=" and self.spread is None and not self.decomposes


def relation_of(cell: str) -> Relation | None:
    """The relation that a cell of a column of relations says, quotes ignored; None for what is none."""
    return _RELATIONS.get(cell.strip().strip("'\"").strip().lower())


def read_quantity(cell: str, notation: Notation) -> Quantity | str:
    """The value of a cell, or why it has none."""
    written = " ".join(cell.split())
    if written.lower() in _MISSING:
        return "no measured value"
    found = _CELL.fullmatch(written)
    if found is None:
        return f"the value {written[:40]!r} is not a number"
    rest, decomposes = found["rest"], False
    if rest and (said := _DECOMPOSES.search(rest)):
        rest, decomposes = (rest[: said.start()] + rest[said.end() :]).strip(" ,;"), True
    if rest and not re.match(r"[^\W\d_]|[°%℃℉/‰Å]", rest):
        return f"the value {written[:40]!r} is not a number"
    numbers = [number(found[part].replace("+ ", "+").replace("- ", "-"), notation) for part in ("first", "spread", "last") if found[part]]
    wrong = [n for n in numbers if isinstance(n, str)]
    if wrong:
        return wrong[0]
    values = [float(n) for n in numbers]
    if not all(map(math.isfinite, values)):
        return f"the value {written[:40]!r} is not finite"
    relation = _RELATIONS[(found["relation"] or "").lower()]
    if found["last"]:
        low, high = values
        if high < low:
            return f"the range {written[:40]!r} ends below its beginning"
        return Quantity((low + high) / 2, relation, (high - low) / 2, rest, decomposes)
    return Quantity(values[0], relation, values[1] if found["spread"] else None, rest, decomposes)
