"""Numbers in tables whose heading names the property and the unit: 'Tg (°C)' above, the substance at the beginning of the row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.papers import Mention, ReportedValue
from core.passages import Passage
from tools.literature.chemistry.properties import Property, properties
from tools.literature.chemistry.quantities import Found, Unit, quantities, units
from tools.literature.chemistry.view import view_of

_RULE = re.compile(r"[\s|:+=-]*")
#: What a heading says beside its property that makes its numbers something else.
_OTHER = re.compile(
    r"\b(?:Δ|change|shift|error|MAE|RMSE|R2|std|deviation|count|number|total|yield of|time|rate|range of)\b|Δ|predict|\bEL\b|λ_?EL",
    re.IGNORECASE,
)
_NO_SUBSTANCE = re.compile(r"[\W\d]*|(?:average|mean|total|range|min|max|ref(?:erence)?s?|notes?)\W*", re.IGNORECASE)
#: A heading begins with its property, or nearly so.
_EARLY = 15


@dataclass(frozen=True)
class _Column:
    property: Property
    unit: Unit | None


def find_table_values(text: str, passage: Passage, mentions: Sequence[Mention]) -> Iterator[ReportedValue]:
    """The numbers in the tables of a passage, row by row; none where no heading names a property with its unit."""
    columns: dict[int, _Column] = {}
    width = 0
    for start, end in _lines(passage):
        cells = _cells(text, start, end)
        if len(cells) < 2:
            columns = {}
        elif _RULE.fullmatch(text[start:end]):
            continue
        elif found := _heading(text, cells):
            columns, width = found, len(cells)
        elif columns and len(cells) == width:
            yield from _row(text, (start, end), cells, columns, passage, mentions)


def _lines(passage: Passage) -> Iterator[tuple[int, int]]:
    at = passage.start
    for line in passage.text.split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The places of the cells of a line; what stands outside of the first and the last bar of '| a | b |' is none."""
    bars = [start - 1, *(n for n in range(start, end) if text[n] == "|"), end]
    spans = [(a + 1, b) for a, b in pairwise(bars)]
    if len(spans) > 2 and text[start:end].lstrip().startswith("|"):
        spans = spans[1:]
    if len(spans) > 2 and text[start:end].rstrip().endswith("|"):
        spans = spans[:-1]
    return spans


def _heading(text: str, cells: Sequence[tuple[int, int]]) -> dict[int, _Column]:
    """The columns whose heading names a property, and its unit where it has one; {} for a line that is no heading."""
    found: dict[int, _Column] = {}
    for n, (start, end) in enumerate(cells[1:], 1):
        view = view_of(text, start, end).text
        if re.search(r"\d{2,}\.\d|^\s*[-+]?\d+(?:\.\d+)?\s*$", view) or _OTHER.search(view):
            continue
        named = [(p, cue) for p in properties() if (cue := p.cue.search(view)) is not None and cue.start() <= _EARLY]
        if len(named) != 1:
            continue  # none, or a cell for several
        property, cue = named[0]
        unit = _unit(view[cue.end() :], property)
        if unit is not None or ("" in property.units and property.standard == ""):
            found[n] = _Column(property, unit)
    return found


def _unit(rest: str, property: Property) -> Unit | None:
    """The unit in a heading, behind its property."""
    for name in property.units - {""}:
        unit = units()[name]
        if re.search(rf"[(\[/,\s]{unit.pattern.pattern}", rest):
            return unit
    return None


def _row(
    text: str,
    line: tuple[int, int],
    cells: Sequence[tuple[int, int]],
    columns: dict[int, _Column],
    passage: Passage,
    mentions: Sequence[Mention],
) -> Iterator[ReportedValue]:
    first = view_of(text, *cells[0]).text.strip()
    if not first or (_NO_SUBSTANCE.fullmatch(first) and not re.fullmatch(r"\d{1,3}[a-z]?", first)):
        return
    mention = next((m for m in mentions if cells[0][0] <= m.start and m.end <= cells[0][1] and m.key), None)
    for n, column in columns.items():
        cell = view_of(text, *cells[n]).text.strip()
        number = _number(cell)
        if number is None or not _believable(column, number) or (column.unit is None and "." not in cell):
            continue
        yield _value(column, number, first, mention, text, line, passage)


def _number(cell: str) -> Found | None:
    """The number that a cell holds and nothing else but a mark of a footnote; None for any other cell."""
    found = quantities(cell)
    if not found or found[0].start > 3:
        return None
    around = cell[: found[0].start] + cell[found[0].end :]
    return found[0] if len(found) == 1 and re.fullmatch(r"[\s~<>≥≤≈*†‡a-c()\[\]]*", around) else None


def _believable(column: _Column, number: Found) -> bool:
    standards = [v if column.unit is None else column.unit.converted(v) for v in (number.value, number.upper) if v is not None]
    return number.unit in (None, column.unit) and all(column.property.low <= v <= column.property.high for v in standards)


def _value(
    column: _Column, number: Found, first: str, mention: Mention | None, text: str, line: tuple[int, int], passage: Passage
) -> ReportedValue:
    unit = column.unit
    convert = (lambda v: round(v, 6)) if unit is None else (lambda v: round(unit.converted(v), 6))
    return ReportedValue(
        property=column.property.name,
        relation=number.relation,
        value=number.value,
        upper=number.upper,
        spread=number.spread,
        unit=unit.name if unit else "",
        standard=convert(number.value),
        standard_upper=None if number.upper is None else convert(number.upper),
        standard_unit=unit.standard if unit else column.property.standard,
        conditions=(),
        substance=first[:200],
        smiles=mention.smiles if mention else None,
        key=mention.key if mention else None,
        quote=text[line[0] : line[1]],
        start=line[0],
        end=line[1],
        page=passage.page,
    )
