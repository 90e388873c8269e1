"""Files of measured values: the columns of one that somebody brings, and those that are handed out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import UsageError
from core.review import FeedbackEntry, GivenValue
from core.sheet import SheetWriter

if TYPE_CHECKING:
    from tools.catalogue.catalogue import Catalogue
    from tools.files.numbers import Notation
    from tools.files.records import Entry, StructureTable

#: Columns that go with a value and are called so, in any case and with any punctuation.
BESIDE = ("solvent", "conditions", "note", "measured by", "measured on")
SPREAD = ("spread", "sd", "stdev", "standard deviation", "uncertainty", "error", "±")


@dataclass(frozen=True)
class MeasuredColumn:
    """A column of measured values.

    Attributes:
        heading: of the values.
        property: name of the property, or the heading of the column that names it for each row.
        by_row: whether it is that.
        relation, unit, spread: headings of the columns that go with it; '' for none.
        said_unit: the unit where a row names none.
        beside: headings of solvent, conditions, note, measured by, measured on; '' for none.
        notation: how its numbers are written.
        notes: what is to be said of how it is read.
    """

    heading: str
    property: str
    by_row: bool
    relation: str
    unit: str
    spread: str
    said_unit: str
    beside: tuple[str, ...]
    notation: Notation
    notes: tuple[str, ...]

    def read(self, entry: Entry) -> GivenValue | None:
        """What a row says was measured; None where its cell is empty. UsageError for a row that names no property."""
        cells = entry.cells
        value = cells.get(self.heading, "").strip().lstrip("'")
        if not value:
            return None
        name = cells.get(self.property, "").strip() if self.by_row else self.property
        if not name:
            raise UsageError("the row names no property")
        solvent, conditions, note, by, on = (cells.get(heading, "").strip() if heading else "" for heading in self.beside)
        return GivenValue(
            property=name,
            value=value,
            unit=(cells.get(self.unit, "").strip("'\" ") if self.unit else "") or self.said_unit,
            qualifier=cells.get(self.relation, "").strip("'\" ") if self.relation else "",
            spread=cells.get(self.spread, "").strip("'\" ") if self.spread else "",
            solvent=solvent,
            conditions=conditions,
            note=note,
            measured_by=by,
            measured_on=on[:10],
        )


def columns_of(table: StructureTable, catalogue: Catalogue) -> list[MeasuredColumn]:
    """The columns of measured values of ``table``: 'property' and 'value', or those that are called like a property. UsageError where there are none."""
    from tools.files.headings import place_of, squashed, unit_in
    from tools.predictors.user_models.values import says_no_value

    headings = [h for h in table.headings if h != table.structure]
    named, value = place_of(headings, "property"), place_of(headings, "value")
    if named is not None and value is not None:
        return [_column(table, headings[value], headings[named], by_row=True)]
    found: list[MeasuredColumn] = []
    for heading in headings:
        if says_no_value(heading) or squashed(heading) in {squashed(b) for b in (*BESIDE, *SPREAD)}:
            continue
        word = unit_in(heading)[0].strip().replace("_", " ")
        definition = catalogue.resolve(word) or catalogue.resolve(heading)
        if definition is not None and definition.kind != "level":
            found.append(_column(table, heading, definition.name, by_row=False, unit=definition.unit))
    if not found:
        raise UsageError(
            f"no column holds measured values: call one like a property, such as 'melting point (°C)', or give the columns property, value and"
            f" unit; the columns are {', '.join(map(repr, table.headings[:12]))}"
        )
    return found


def _column(table: StructureTable, heading: str, name: str, *, by_row: bool, unit: str = "") -> MeasuredColumn:
    from tools.files.headings import RELATIONS, UNITS, place_of, unit_in
    from tools.files.numbers import notation_of
    from tools.files.units import known
    from tools.predictors.user_models.values import beside

    notation = notation_of(e.cells.get(heading, "") for e in table.entries)
    relations, units = beside(table, heading, RELATIONS), beside(table, heading, UNITS)
    said = unit_in(heading)[1]
    said = said if said and known(said) else ""
    notes = [notation.note(heading)]
    if unit and not said and not units:
        notes.append(f"the column {heading!r} is read in {unit} where a value has no unit")

    def of(names: Sequence[str]) -> str:
        place = next((p for p in (place_of(table.headings, n) for n in names) if p is not None), None)
        return table.headings[place] if place is not None else ""

    return MeasuredColumn(
        heading=heading,
        property=name,
        by_row=by_row,
        relation=relations,
        unit=units,
        spread=of([f"{heading} {SPREAD[0]}", *SPREAD]),
        said_unit=said or ("" if by_row else unit),
        beside=tuple(of([name]) for name in BESIDE),
        notation=notation,
        notes=tuple(n for n in notes if n),
    )


def as_csv(found: Sequence[tuple[str, FeedbackEntry]], property_name: str) -> str:
    """Measured values of runs as CSV; ``property_name``: all are of this property, whose name is the heading of the values."""
    text = io.StringIO()
    writer = SheetWriter(text)
    value = [property_name] if property_name else ["property", "value"]
    rest = ("unit", "relation", "spread", *(b.replace(" ", "_") for b in BESIDE), "given", "run", "key", "entered_by", "entered_at")
    writer.row(["smiles", *value, *rest])
    for run_id, entry in found:
        m = entry.measured
        assert m is not None
        spread = "" if m.spread is None else _short(m.spread)
        said = (
            m.unit,
            "" if m.qualifier == "=" else m.qualifier,
            spread,
            m.solvent_name,
            m.conditions,
            m.note,
            m.measured_by,
            m.measured_on,
        )
        named = [] if property_name else [m.property]
        writer.row([m.smiles, *named, _short(m.value), *said, m.given, run_id, entry.key, entry.author, entry.at])
    return text.getvalue()


def _short(number: float) -> float:
    """The number without the last digits of a conversion."""
    return float(f"{number:.10g}")
