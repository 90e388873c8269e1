"""How the rows of a text are to be read, told by its first lines: the separator, the heading, the column of structures, name and identifier."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem, rdBase

from core.errors import UsageError
from tools.files.headings import NAMES, first_of, identifier_column, is_known, is_structure, place_of, structure_column

#: Lines at the beginning of a text by which it is judged, and rows before a heading that are passed over at most.
SAMPLE, BEFORE_HEADING = 60, 10
#: Rows whose cells are tried as structures.
_TRIED = 25
#: Separators of cells in order of preference; '' is white space, after which the rest of the line is a name.
_SEPARATORS = (",", ";", "\t", "|")
_LINE_SUFFIXES = (".smi", ".smiles", ".ism", ".cxsmiles")
#: Least share of cells that are structures in a column whose heading does not say so.
_LEAST_SHARE = 0.5
_SEP_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
_TITLE = re.compile(r"[^\W\d_](?:[^\W\d]|[ \-]){3,40}")
_LIKE_SMILES = re.compile(r"[()\[\]@]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
_SMILES = re.compile(r"[A-Za-z0-9@+\-\[\]()=#$:/\\%.*~<>{}]{1,2000}(?:\s+\|.*\|)?")

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Layout:
    """How rows are read.

    Attributes:
        headings: as written; () where there is no heading.
        structure: the column of structures.
        name: that of names; None where there is none.
        identifier: that of identifiers; None where there is none.
        first: the number of the line at which the records begin.
        width: cells that a row may have.
        notes: what was decided that a reader should know.
    """

    headings: tuple[str, ...]
    structure: int
    name: int | None
    identifier: int | None
    first: int
    width: int
    notes: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def reads_as_structure(cell: str) -> bool:
    """Whether a cell is the SMILES of a possible molecule, perhaps with an extension."""
    text = cell.strip()
    if not text or not _SMILES.fullmatch(text) or text.isdigit():
        return False
    with rdBase.BlockLogs():
        return Chem.MolFromSmiles(text) is not None


def separator_said(line: str) -> str:
    """The separator that a first line 'sep=;' names, as Excel writes it; '' for any other line."""
    found = _SEP_LINE.match(line)
    return found[1] if found else ""


def separated(lines: Iterable[str], separator: str, offset: int = 0) -> Iterator[tuple[int, list[str] | str]]:
    """(line, cells, or what is wrong with the row) of each row that holds anything; ``offset``: lines that were taken before.

    Quoted cells may hold line breaks. The line is that at which the row begins.
    """
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=separator != "\t")
    while True:
        line = reader.line_num + 1 + offset
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"not a row of a table: {error}"
            continue
        if any(cell and not cell.isspace() for cell in row):
            yield line, row


def spaced(lines: Iterable[str], cells: int, offset: int = 0) -> Iterator[tuple[int, list[str]]]:
    """(line, at most ``cells`` cells) of lines that white space separates; empty ones and remarks, which begin with '#', are passed over.

    A CXSMILES extension stays with its structure. ``cells`` 0: every word is a cell.
    """
    splits = cells - 1 if cells else -1
    for number, line in enumerate(lines, 1 + offset):
        row = line.split(None, splits)
        if row and (row[0][0] != "#" or _LIKE_SMILES.search(row[0])):
            yield number, row if "|" not in line else _extended(line.strip(), cells)


def _extended(text: str, cells: int) -> list[str]:
    """The cells of a line of which one is a structure with an extension '|...|'."""
    before, _, rest = re.sub(r"\s+\|", " |", text, count=1).partition(" |")
    inside, closed, after = rest.partition("|")
    if not closed or not before.strip():
        return text.split(None, cells - 1 if cells else -1)
    *first, structure = before.split()
    row = [*first, f"{structure} |{inside}|"]
    left = cells - len(row)
    return row + (after.split(None, left - 1 if cells and left > 0 else -1) if after.strip() else [])


def choose(lines: Sequence[str], suffix: str, wanted: str, name: str) -> tuple[str, Layout]:
    """(separator, layout) of a text that begins with ``lines``; ``wanted``: the heading of the structures, where a person names it.

    Raises UsageError where no column of structures is found; the message says which columns there are.
    """
    said = separator_said(lines[0]) if lines else ""
    if said:
        return said, layout_of(_rows(lines[1:], said, 1), wanted, name)
    spaces_first = suffix in _LINE_SUFFIXES
    order = ("", *_SEPARATORS) if spaces_first else (("\t", *_SEPARATORS) if suffix in (".tsv", ".tab") else _SEPARATORS) + ("",)
    scored = [(_score(_rows(lines, separator), wanted), -place, separator) for place, separator in enumerate(order)]
    separator = max(scored)[2]
    if not separator and any(score for score, _, _ in scored) == 0 and not spaces_first:
        separator = order[0]
    return separator, layout_of(_rows(lines, separator), wanted, name, spaces=not separator)


def _rows(lines: Sequence[str], separator: str, offset: int = 0) -> list[Row]:
    found = separated(lines, separator, offset) if separator else spaced(lines, _cells(lines), offset)
    return [(line, [""] if isinstance(row, str) else row) for line, row in found]


def _cells(lines: Sequence[str]) -> int:
    """Cells of lines that white space separates: as many as the heading has, else the structure and the rest of the line."""
    return spaced_cells(next((row for _, row in spaced(lines, 0)), []), lines)


def spaced_cells(first: Sequence[str], lines: Sequence[str]) -> int:
    """How many cells :func:`spaced` shall cut, seen from the words of the first line: 0 for every word."""
    if structure_column(first) is not None:
        return 0 if len(first) > 2 else 2
    tried = [row for _, row in spaced(lines, 0)][:_TRIED]
    second = sum(len(row) > 1 and reads_as_structure(row[1]) for row in tried)
    return 3 if second > sum(reads_as_structure(row[0]) for row in tried) else 2


def _heading_at(rows: Sequence[Row], wanted: str) -> tuple[int, int] | None:
    """(place of the row, of the column) of a heading that names structures."""
    for place, (_, row) in enumerate(rows[:BEFORE_HEADING]):
        column = place_of(row, wanted) if wanted else structure_column(row)
        if column is not None:
            above = any(column < len(other) and reads_as_structure(other[column]) for _, other in rows[:place])
            return None if above and not wanted else (place, column)
    return None


def _share(rows: Sequence[Row], column: int) -> float:
    tried = rows[:_TRIED]
    return sum(column < len(row) and reads_as_structure(row[column]) for _, row in tried) / len(tried) if tried else 0.0


def _by_content(rows: Sequence[Row]) -> tuple[float, int, int]:
    """(share of structures, characters in them, column) of the column that holds most of them."""
    tried = rows[:_TRIED]
    width = max((len(row) for _, row in tried), default=0)
    return max(
        ((_share(rows, c), sum(len(row[c]) for _, row in tried if c < len(row)), -c) for c in range(min(width, 50))), default=(0.0, 0, 0)
    )


def _score(rows: Sequence[Row], wanted: str) -> float:
    """How well rows fit a table of structures: a heading, structures where it says, as many cells in every row."""
    if not rows:
        return 0.0
    heading = _heading_at(rows, wanted)
    if heading is None:
        body = rows[1:] if len(rows) > 1 else rows
        return 2.0 * max(_by_content(rows)[0], 0.99 * _by_content(body)[0])
    body = rows[heading[0] + 1 :]
    width = len(rows[heading[0]][1])
    even = sum(len(row) == width for _, row in body) / len(body) if body else 0.0
    return 1.0 + 2.0 * _share(body, heading[1]) + 0.5 * even


def layout_of(rows: Sequence[Row], wanted: str, name: str, *, spaces: bool = False) -> Layout:
    """The layout of a table that begins with ``rows``. Raises UsageError where no column of structures is found."""
    heading = _heading_at(rows, wanted)
    if heading is not None:
        return _headed(rows, *heading, wanted)
    if wanted or not rows:
        columns = ", ".join(rows[0][1][:20]) if rows else ""
        raise UsageError(f"{name} has no column {wanted!r}; it has the columns: {columns}" if rows else f"{name} is empty")
    share, _, column = _by_content(rows)
    below = _by_content(rows[1:])
    first = rows[0][1]
    column = -(below[2] if below[0] > share else column)
    share = max(share, below[0])
    if share < _LEAST_SHARE:
        if spaces or max(len(row) for _, row in rows) == 1:
            return _bare(rows, 0, spaces)
        raise UsageError(
            f"{name}: no column of structures (smiles, canonical smiles, isomeric smiles, structure, psmiles, ...);"
            f" it has the columns: {', '.join(first[:20])}"
        )
    return _untold(rows, column) if _titled(rows, column, spaces) else _bare(rows, column, spaces)


def _titled(rows: Sequence[Row], column: int, spaces: bool) -> bool:
    """Whether the first row is a heading, though no cell of it names structures, and not a record that cannot be read.

    It is if a heading is called so, and in a table of several columns also if numbers stand below words or nearly all rows below are structures.
    """
    first, body = rows[0][1], rows[1 : 1 + _TRIED]
    cell = first[column].strip() if column < len(first) else ""
    if not body or reads_as_structure(cell) or not _TITLE.fullmatch(cell) or any(_NUMBER.fullmatch(other.strip()) for other in first):
        return False
    if any(is_known(other) for other in ([cell] if spaces else first)):
        return True
    good = sum(column < len(row) and reads_as_structure(row[column]) for _, row in body)
    numbers = any(all(i < len(row) and _NUMBER.fullmatch(row[i].strip()) for _, row in body) for i in range(len(first)))
    return not spaces and len(first) > 1 and (numbers or good >= max(2, 4 * (len(body) - good)))


def _headed(rows: Sequence[Row], place: int, column: int, wanted: str) -> Layout:
    line, headings = rows[place][0], [cell.strip() for cell in rows[place][1]]
    notes = []
    if place:
        notes.append(f"the heading is line {line}; what stands above it is passed over")
    others = [h for i, h in enumerate(headings) if i != column and is_structure(h)]
    if others and not wanted:
        notes.append(f"structures are read from the column {headings[column]!r}, not from {', '.join(map(repr, others))}")
    return _told(rows[place + 1 :], headings, column, line, notes)


def _untold(rows: Sequence[Row], column: int) -> Layout:
    """A table whose heading does not name the structures: they are where the cells are structures."""
    line, headings = rows[0][0], [cell.strip() for cell in rows[0][1]]
    shown = ", ".join(headings[:8])
    notes = [f"line {line} is taken as the heading ({shown}); structures are read from the column {headings[column]!r}, by what it holds"]
    return _told(rows[1:], headings, column, line, notes)


def _told(body: Sequence[Row], headings: list[str], column: int, line: int, notes: list[str]) -> Layout:
    others = [h if i != column else "" for i, h in enumerate(headings)]
    named, identified = first_of(others, NAMES), identifier_column(others)
    if named is None and identified is None:
        identified = _distinct(body, others)
        if identified is not None:
            notes.append(f"records are called by the column {headings[identified]!r}")
    return Layout(tuple(headings), column, named, identified, line + 1, len(headings), tuple(notes))


def _distinct(body: Sequence[Row], headings: Sequence[str]) -> int | None:
    """The first column of words of which no two rows have the same."""
    for column in range(len(headings)):
        cells = [row[column].strip() for _, row in body if column < len(row)]
        words = all(any(c.isalpha() for c in cell) for cell in cells)
        if headings[column] and len(cells) > 1 and len(set(cells)) == len(cells) and words:
            return column
    return None


def _bare(rows: Sequence[Row], column: int, spaces: bool) -> Layout:
    """Rows without a heading: a name is the rest of the line, an identifier the first cell beside the structure."""
    widths = [len(row) for _, row in rows]
    width = max(set(widths), key=lambda w: (widths.count(w), w))
    if spaces:
        return Layout((), column, column + 1, 0 if column else None, 1, column + 2)
    return Layout((), column, None, next((i for i in range(width) if i != column), None), 1, width)
