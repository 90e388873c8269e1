"""Numbers as people write them: the decimal mark is told for a column, because '1,250' alone may be 1.25 or 1250."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: A number without its sign: digits with marks, or in groups of three that spaces or apostrophes separate, and an exponent.
PATTERN = (
    r"(?:\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)*[.,]?|[.,]\d+)(?:[eE][+\-−]?\d+|\s?[×x*·]\s?10\^?[+\-−]?\d+)?(?!\d)"
)
_TOKEN = re.compile(PATTERN)
_GROUPS = re.compile(r"[ \u00a0\u202f'’]")
_POWER = re.compile(r"\s?[×x*·]\s?10\^?|[eE]")


@dataclass(frozen=True)
class Notation:
    """How the numbers of a column are written.

    Attributes:
        decimal: '.' or ','; '' where nothing in the column tells.
        commas: cells whose comma is surely a decimal mark.
        thousands: cells with a mark between thousands.
    """

    decimal: str = ""
    commas: int = 0
    thousands: int = 0

    def note(self, heading: str) -> str:
        """What is to be said of the column ``heading``; '' where it is written with decimal points alone."""
        parts = [f"decimal commas ({self.commas} cells)"] if self.commas else []
        parts += [f"marks between thousands ({self.thousands} cells)"] if self.thousands else []
        return f"the column {heading!r} is read with {' and '.join(parts)}" if parts else ""


def _told(digits: str) -> str:
    """The decimal mark that a number itself tells; '' for none, '?' where a single mark stands before three digits."""
    marks = [c for c in digits if c in ".,"]
    if not marks:
        return ""
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) > 1:
        return "," if marks[0] == "." else "."
    before, _, after = digits.partition(marks[0])
    single = len(after) != 3 or not before or before == "0" or len(before) > 3
    return marks[0] if single else "?"


def notation_of(cells: Iterable[str]) -> Notation:
    """The notation of the numbers in ``cells``. A mark that no cell tells stays open; a point alone is taken as a decimal point."""
    votes = {".": 0, ",": 0}
    open_marks = {".": 0, ",": 0}
    thousands = 0
    for cell in cells:
        for token in _TOKEN.findall(cell):
            digits = _POWER.split(token)[0]
            mark = _told(_GROUPS.sub("", digits))
            if mark == "?":
                open_marks["," if "," in digits else "."] += 1
            elif mark:
                votes[mark] += mark in digits
                thousands += len([c for c in digits if c in ".,"]) > 1
            thousands += bool(_GROUPS.search(digits))
    decimal = "," if votes[","] > votes["."] else "." if votes["."] > votes[","] else "" if open_marks[","] else "."
    if votes[","] and votes["."]:
        decimal = "" if votes[","] == votes["."] else decimal
    if decimal:
        other = "." if decimal == "," else ","
        thousands += open_marks[other]
    return Notation(decimal, votes[","] + (open_marks[","] if decimal == "," else 0), thousands)


def number(token: str, notation: Notation) -> float | str:
    """The value of one written number, or why it is none."""
    text = token.strip().replace("−", "-")
    digits, *power = _POWER.split(text, maxsplit=1)
    sign = digits[:1] if digits[:1] in "+-" else ""
    digits = _GROUPS.sub("", digits.lstrip("+-"))
    mark = _told(digits)
    if mark == "?":
        written = "," if "," in digits else "."
        if not notation.decimal and written == ",":
            return f"{token.strip()!r} may be {digits.replace(',', '.')} or {digits.replace(',', '')}"
        mark = notation.decimal or "."
    if mark:
        other = "." if mark == "," else ","
        groups = digits.split(mark)[0].split(other)
        if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(g) != 3 for g in groups[1:])):
            return f"{token.strip()!r} is not a number"
        digits = digits.replace(other, "").replace(mark, ".")
    try:
        return float(f"{sign}{digits}" + (f"e{power[0]}" if power else ""))
    except ValueError:
        return f"{token.strip()!r} is not a number"
