"""The column of measured values: each cell with its relation and unit, as the number that is learnt or the reason why it is not."""

from __future__ import annotations

import math
from collections import Counter

from core.errors import UnitError, UsageError
from tools.files.headings import CAS, IDENTIFIERS, NAMES, RELATIONS, UNITS, first_of, squashed, unit_in
from tools.files.numbers import notation_of
from tools.files.quantities import Quantity, Relation, read_quantity, relation_of
from tools.files.records import Entry, StructureTable
from tools.files.units import convert, known, standard

_NO_VALUES = frozenset((*NAMES, *IDENTIFIERS, *CAS, *RELATIONS, *UNITS))
#: Absolute zero.
_COLDEST = {"K": 0.0, "°C": -273.15, "°F": -459.67}


def says_no_value(heading: str) -> bool:
    """Whether a heading names something else than measured values: a name, an identifier, a relation, a unit."""
    return squashed(heading) in _NO_VALUES


class ValueColumn:
    """One column of a table, read as measured values.

    Attributes:
        unit: what the values are converted to; '' where neither the caller nor the table says.
        qualified: line and reading of each value that is more than a number.
    """

    def __init__(self, table: StructureTable, heading: str, unit: str, log: bool) -> None:
        """``unit``: what is wanted; ``log``: the decimal logarithm is. Raises UsageError where the table mixes units and none is wanted."""
        self._heading, self._log = heading, log
        self._notation = notation_of(e.cells.get(heading, "") for e in table.entries)
        self._relations = beside(table, heading, RELATIONS)
        self._units = beside(table, heading, UNITS)
        said = unit_in(heading)[1]
        self._heading_unit = standard(said) if said and known(said) else ""
        self.qualified: list[tuple[int, str]] = []
        self._converted: Counter[str] = Counter()
        self.unit = unit or self._only_unit(table)
        self._wanted = bool(unit)

    def _only_unit(self, table: StructureTable) -> str:
        """The one unit that the table says, where none is wanted."""
        said = Counter(standard(e.cells.get(self._units, "").strip("'\" ")) for e in table.entries) if self._units else Counter()
        said.pop("", None)
        if len(said) > 1:
            raise UsageError(f"the column {self._units!r} says {', '.join(sorted(said))}: name the unit that is meant with --unit")
        return next(iter(said), self._heading_unit)

    def notes(self) -> list[str]:
        """What a person should know of how the column was read."""
        found = [self._notation.note(self._heading)]
        if self._relations:
            found.append(f"the column {self._relations!r} says which values are limits")
        found += [f"{n} values were converted from {unit} to {self.unit}" for unit, n in sorted(self._converted.items())]
        if self.qualified:
            shown = "; ".join(f"line {line}: {text}" for line, text in self.qualified[:3])
            found.append(f"{len(self.qualified)} values are ranges, estimates or have a spread; their middle is learnt ({shown})")
        if self.unit and not self._wanted:
            found.append(f"the table says {self.unit}; name it with --unit {self.unit!r} so that goals may state it")
        return [note for note in found if note]

    def read(self, entry: Entry) -> float | str:
        """The number that is learnt from a row, in :attr:`unit` or as its decimal logarithm; or, where there is none, the reason.

        Never raises for a cell.
        """
        cell = entry.cells.get(self._heading, "")
        if not cell.strip():
            return "no measured value"
        quantity = read_quantity(cell, self._notation)
        if isinstance(quantity, str):
            return quantity
        relation = self._relation(entry, quantity)
        if relation is None:
            return f"the relation {entry.cells.get(self._relations, '')!r} is not known"
        if relation in "<>":
            written = cell.strip() if quantity.relation == relation else f"{relation} {cell.strip()}"
            return f"the value {written!r} is a limit, not a measurement"
        if quantity.decomposes:
            return f"the value {cell.strip()!r} is where the substance decomposes, not a measurement"
        value = self._in_unit(quantity, entry)
        if isinstance(value, str):
            return value
        if value < _COLDEST.get(self.unit, -math.inf):
            return f"{value:g} {self.unit} is below absolute zero"
        if self._log and value <= 0:
            return f"the value {value:g} has no logarithm"
        if relation == "~" or not quantity.plain:
            self.qualified.append((entry.record.line, _reading(cell, quantity)))
        return math.log10(value) if self._log else value

    def _relation(self, entry: Entry, quantity: Quantity) -> Relation | None:
        said = relation_of(entry.cells.get(self._relations, "")) if self._relations else "="
        return quantity.relation if said == "=" else said

    def _in_unit(self, quantity: Quantity, entry: Entry) -> float | str:
        said = quantity.unit or (entry.cells.get(self._units, "").strip("'\" ") if self._units else "") or self._heading_unit
        if not said or standard(said) == self.unit:
            return quantity.value
        if not self.unit:
            return f"the value has the unit {said!r}, the others have none; name the unit that is meant with --unit"
        try:
            value = convert(quantity.value, said, self.unit)
        except UnitError as error:
            return str(error)
        self._converted[standard(said)] += 1
        return value


def beside(table: StructureTable, heading: str, names: tuple[str, ...]) -> str:
    """The column of relations or units that belongs to the column ``heading``; ''."""
    own = squashed(unit_in(heading)[0])
    for suffix in names:
        place = first_of(table.headings, (own + suffix,))
        if place is not None:
            return table.headings[place]
    prefix = own.removesuffix("value")
    place = first_of(table.headings, tuple(prefix + suffix for suffix in names))
    if place is None:
        place = first_of(table.headings, names)
    return table.headings[place] if place is not None and table.headings[place] != heading else ""


def _reading(cell: str, quantity: Quantity) -> str:
    about = "about " if quantity.relation == "~" else ""
    spread = f" ± {quantity.spread:g}" if quantity.spread is not None else ""
    return f"{cell.strip()!r} as {about}{quantity.value:g}{spread}"
