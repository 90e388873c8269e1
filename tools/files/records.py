"""The records of a file, one after the other, without holding the file: lines of SMILES, tables, SDF and XLSX, also gzip-compressed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import IO, Literal

from core.errors import UsageError
from tools.files import dialect, sdf, xlsx
from tools.files.dialect import Layout
from tools.files.headings import NAMES, first_of, identifier_column
from tools.files.source import MAX_RECORD, Lines, Position, Source, head_of, is_workbook, opened

Form = Literal["smiles", "block"]
Kind = Literal["text", "sdf", "xlsx"]
_SUFFIXES: dict[str, Kind] = {
    ".smi": "text", ".smiles": "text", ".ism": "text", ".cxsmiles": "text", ".txt": "text", ".csv": "text", ".tsv": "text", ".tab": "text",
    ".sdf": "sdf", ".sd": "sdf", ".mol": "sdf", ".xlsx": "xlsx", ".xlsm": "xlsx",
}  # fmt: skip
_NAME_LENGTH = 200


@dataclass(slots=True)
class Record:
    """One entry of a file.

    Attributes:
        index: 0-based number of the record.
        line: 1-based line (row of a workbook) at which it starts.
        text: SMILES, perhaps with a CXSMILES extension, or the whole SDF record.
        name: its name, or where it has none its identifier.
        fault: why it cannot be used at all, or ''.
        form: what ``text`` is.
        identifier: its number in a catalogue or database.
    """

    index: int
    line: int
    text: str
    name: str = ""
    fault: str = ""
    form: Form = "smiles"
    identifier: str = ""

    @property
    def title(self) -> str:
        """Name and identifier."""
        both = self.identifier and self.identifier != self.name
        return f"{self.name} ({self.identifier})" if both else self.name


@dataclass(frozen=True)
class Entry:
    """A record with all that its file says of it: ``cells`` by heading (by the number of the column where there is no heading)."""

    record: Record
    cells: dict[str, str]


@dataclass(frozen=True)
class StructureTable:
    """A whole file in memory. ``headings`` in the order of the file; ``structure``: that of the structures, '' in an SDF file."""

    headings: list[str]
    structure: str
    entries: list[Entry]
    notes: list[str] = field(default_factory=list)


def known_kind(path: Path) -> bool:
    """Whether the name of ``path`` ends as a file of structures does."""
    return Source(path.name).suffix in _SUFFIXES


def smiles_of(record: Record) -> str:
    """The record's structure as SMILES; a mol block is read without its coordinates. Raises ValueError with the reason."""
    if record.fault:
        raise ValueError(record.fault)
    return record.text if record.form == "smiles" else sdf.smiles_of_block(record.text)


def records(path: Path, skip: int = 0, smiles_column: str = "", position: Position | None = None) -> Iterator[Record]:
    """The records of ``path`` from number ``skip`` on; see :class:`StructureFile`."""
    return StructureFile(path, smiles_column, position).records(skip)


class StructureFile:
    """A file of structures.

    Attributes:
        headings: those of a table, once reading has begun.
        structure: the heading of the structures; '' where there is none.
    """

    def __init__(self, file: Path | Source, column: str = "", position: Position | None = None) -> None:
        """``column``: heading of the structures, where a person names it; ``position`` is kept up to date with the bytes read.

        Raises UsageError for a name whose ending is not known.
        """
        self._source = Source(str(file), file) if isinstance(file, Path) else file
        self._column = column
        self._position = position or Position()
        self._lines: Lines | None = None
        self._notes: list[str] = []
        self.headings: tuple[str, ...] = ()
        self.structure = ""
        if self._source.path is not None and self._source.suffix not in _SUFFIXES:
            known = ", ".join(sorted(_SUFFIXES))
            hint = "; save an .xls file as .xlsx or CSV" if self._source.suffix == ".xls" else ""
            raise UsageError(f"{self._source.path.name}: not a known kind of file; known are {known}, each also with .gz{hint}")

    def notes(self) -> list[str]:
        """What was decided and found so far that a person should know."""
        return [*self._notes, *(self._lines.notes() if self._lines else [])]

    def records(self, skip: int = 0) -> Iterator[Record]:
        """The records from number ``skip`` on; those before it are passed over without being looked at.

        Raises NotFoundError if the file cannot be opened, UsageError for a table without a column of structures, for one that is empty,
        and for a file that breaks off; a single bad record is handed over with its fault.
        """
        with opened(self._source, self._position) as raw:
            for index, (line, text, name, identifier, fault, form, _) in enumerate(self._found(raw)):
                if index >= skip:
                    yield Record(index, line, text, name or identifier, fault, form, identifier)

    def entries(self) -> Iterator[Entry]:
        """The records with all their cells; raises as :meth:`records` does."""
        with opened(self._source, self._position) as raw:
            for index, (line, text, name, identifier, fault, form, cells) in enumerate(self._found(raw)):
                record = Record(index, line, text, name or identifier, fault, form, identifier)
                yield Entry(record, sdf.fields_of(text) if form == "block" else self._named(cells))

    def table(self, most: int | None = None) -> StructureTable:
        """The whole file. UsageError for one of more than ``most`` records."""
        found = list(islice(self.entries(), None if most is None else most + 1))
        if most is not None and len(found) > most:
            raise UsageError(f"{self._source.name}: more than {most} lines")
        headings = list(self.headings) or list(dict.fromkeys(name for entry in found for name in entry.cells))
        return StructureTable(headings, self.structure, found, self.notes())

    def _named(self, cells: list[str]) -> dict[str, str]:
        names = self.headings or [f"column {i}" for i in range(1, len(cells) + 1)]
        return {name: cell.strip() for name, cell in zip(names, cells, strict=False)}

    def _found(self, raw: IO[bytes]) -> Iterator[tuple[int, str, str, str, str, Form, list[str]]]:
        """(line, text, name, identifier, fault, form, cells) of each record."""
        if is_workbook(raw, self._source):
            return self._workbook(raw)
        head = head_of(raw)
        self._lines = Lines(raw)
        block = _SUFFIXES.get(self._source.suffix) == "sdf" or b"M  END" in head or b"$$$$" in head
        return self._blocks(self._lines) if block else self._text(self._lines)

    def _blocks(self, lines: Lines) -> Iterator[tuple[int, str, str, str, str, Form, list[str]]]:
        for line, text, fault in sdf.blocks_of(lines):
            title = text.split("\n", 1)[0].strip()[:_NAME_LENGTH]
            fields = sdf.fields_of(text) if not fault else {}
            named, identified = _columns(tuple(fields))
            name, identifier = title or fields.get(named, "")[:_NAME_LENGTH], fields.get(identified, "")[:_NAME_LENGTH]
            yield line, "" if fault else text, name, identifier, fault, "block", []

    def _workbook(self, raw: IO[bytes]) -> Iterator[tuple[int, str, str, str, str, Form, list[str]]]:
        rows = xlsx.rows_of(raw, self._source.name, self._notes)
        sample = list(islice(rows, dialect.SAMPLE))
        layout = self._laid_out(dialect.layout_of(sample, self._column, self._source.name))
        return self._rows(chain(sample, rows), layout)

    def _text(self, lines: Lines) -> Iterator[tuple[int, str, str, str, str, Form, list[str]]]:
        source = iter(lines)
        sample = list(islice(source, dialect.SAMPLE))
        separator, layout = dialect.choose(sample, self._source.suffix, self._column, self._source.name)
        self._laid_out(layout)
        skipped = 1 if sample and dialect.separator_said(sample[0]) else 0
        everything = chain(sample[skipped:], source)
        if separator:
            return self._rows(dialect.separated(everything, separator, skipped), layout)
        first = next((row for _, row in dialect.spaced(sample, 0)), [])
        return self._rows(dialect.spaced(everything, dialect.spaced_cells(first, sample)), layout)

    def _laid_out(self, layout: Layout) -> Layout:
        headings: list[str] = []
        for number, heading in enumerate(layout.headings, 1):
            name = heading or f"column {number}"
            headings.append(name if name not in headings else f"{name} ({number})")
        self.headings, self._notes = tuple(headings), [*self._notes, *layout.notes]
        self.structure = headings[layout.structure] if headings else f"column {layout.structure + 1}"
        return layout

    def _rows(
        self, rows: Iterator[tuple[int, list[str] | str]] | Iterator[tuple[int, list[str]]], layout: Layout
    ) -> Iterator[tuple[int, str, str, str, str, Form, list[str]]]:
        structure, named, identified, width, first = layout.structure, layout.name, layout.identifier, layout.width, layout.first
        for line, row in rows:
            if line < first:
                continue
            if isinstance(row, str):
                yield line, "", "", "", row, "smiles", []
                continue
            if len(row) > width:
                row, fault = _fitted(row, layout)
                if fault:
                    yield line, "", "", "", fault, "smiles", row
                    continue
            cells = len(row)
            text = row[structure].strip() if structure < cells else ""
            name = row[named].strip()[:_NAME_LENGTH] if named is not None and named < cells else ""
            identifier = row[identified].strip()[:_NAME_LENGTH] if identified is not None and identified < cells else ""
            if not text:
                yield line, "", name, identifier, "no structure in this row", "smiles", row
            elif len(text) > MAX_RECORD:
                yield line, "", name, identifier, f"a line of more than {MAX_RECORD} characters", "smiles", row
            else:
                yield line, text, name, identifier, "", "smiles", row


def _fitted(row: list[str], layout: Layout) -> tuple[list[str], str]:
    """A row with more cells than headings, and what is wrong with it: nothing where the rest is empty or commas of a CXSMILES extension."""
    structure, width = layout.structure, layout.width
    if structure < len(row) and " |" in row[structure] and not row[structure].rstrip().endswith("|"):
        end = next((i for i in range(structure + 1, len(row)) if row[i].rstrip().endswith("|")), None)
        if end is not None:
            row = [*row[:structure], ",".join(row[structure : end + 1]), *row[end + 1 :]]
    if not any(cell.strip() for cell in row[width:]):
        return row[:width], ""
    what = f"{width} headings" if layout.headings else f"{width} in the others"
    return row, f"{len(row)} cells for {what}: a cell that holds the separator must stand in quotation marks"


@lru_cache(maxsize=64)
def _columns(names: tuple[str, ...]) -> tuple[str, str]:
    """The data fields that hold name and identifier; '' where there is none."""
    named, identified = first_of(names, NAMES), identifier_column(names)
    return names[named] if named is not None else "", names[identified] if identified is not None else ""
