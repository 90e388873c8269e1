"""Tables on a terminal of any width. Numbers never wrap and are never cut; names wrap; where even that does not fit, a list takes the table's place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.style import Style
from rich.text import Span, Text

from app.plain_text import writable

#: What a column holds. A ``mark`` is one sign or a rank and stands before the row's name where a table becomes a list. Only ``text`` wraps.
Kind = Literal["text", "number", "mark"]
#: Space between two columns.
GAP = 2
#: A text column need not be wider than this, whatever the length of its words: a longer word is broken after a hyphen or bracket.
WORD = 20
#: The lines of a cell, and its style.
_Cell = tuple[list[str], str | Style]


@dataclass(frozen=True)
class Column:
    """A heading and what stands below it."""

    heading: str
    kind: Kind = "text"


@dataclass
class TextTable:
    """What is to be shown. Cells are plain text: nothing in them is read as markup."""

    columns: list[Column]
    title: str = ""
    caption: str = ""
    rows: list[list[Text]] = field(default_factory=list)

    def add(self, *cells: str | Text) -> None:
        """Add a row, one cell a column. ValueError if there are more or fewer."""
        if len(cells) != len(self.columns):
            raise ValueError(f"{len(cells)} cells for {len(self.columns)} columns")
        self.rows.append([cell if isinstance(cell, Text) else Text(cell) for cell in cells])


def columns(*headings: str, numbers: tuple[str, ...] = (), marks: tuple[str, ...] = ()) -> list[Column]:
    """Columns with these headings; those in ``numbers`` and ``marks`` are of that kind."""
    return [Column(h, "number" if h in numbers else "mark" if h in marks else "text") for h in headings]


def print_table(table: TextTable, console: Console) -> None:
    """Print ``table`` as wide as ``console``, as a table where its columns fit, else as a list of its rows."""
    shown = _writable(table, console.encoding)
    widths = _widths(shown, console.width)
    if shown.title:
        _print_words(shown.title, console, "bold")
    if widths is None:
        for row in shown.rows:
            _print_row(shown.columns, row, console)
    else:
        console.print(_drawn(shown, widths, ascii_only=console.options.ascii_only), soft_wrap=True)
    if shown.caption:
        _print_words(shown.caption, console, "italic")


def wrap(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` terminal cells: at spaces, in a longer word after a hyphen or bracket, else anywhere."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for word in paragraph.split():
            if cell_len(f"{line} {word}" if line else word) <= width:
                line = f"{line} {word}" if line else word
                continue
            if line:
                lines.append(line)
            *full, line = _broken(word, max(width, 2))
            lines += full
        lines.append(line)
    return lines


def broken_at_words(text: Text, width: int) -> Text:
    """``text`` with line breaks in place of spaces, so that lines keep within ``width`` cells; a longer word stays whole."""
    lines = Text("\n").join(part for line in text.split("\n", allow_blank=True) for part in _lines(line, width))
    lines.style = text.style
    return lines


def _lines(line: Text, width: int) -> list[Text]:
    starts, begin, end = [], 0, 0
    for word in re.finditer(r"\S+", line.plain):
        if end and cell_len(line.plain[begin : word.end()]) > width:
            begin = word.start()
            starts.append(begin)
        end = word.end()
    found = list(line.divide(starts))
    for part in found:
        part.rstrip()
    return found


def _broken(word: str, width: int) -> list[str]:
    """A word in parts of at most ``width`` cells."""
    parts = [""]
    for piece in _pieces(word):
        for bit in chop_cells(piece, width):
            if cell_len(parts[-1] + bit) <= width:
                parts[-1] += bit
            else:
                parts.append(bit)
    return [p for p in parts if p] or [""]


def _pieces(word: str) -> list[str]:
    """A word cut where it may be broken: after a hyphen, slash or closing bracket within it."""
    return re.split(r"(?<=[\w')][-/)\]])(?=[\w(\[])", word)


def _writable(table: TextTable, encoding: str) -> TextTable:
    """The table in characters that the encoding has, so that widths are those of what is printed."""

    def cell(text: Text) -> Text:
        return Text(writable(text.plain, encoding), text.style)

    return replace(
        table,
        columns=[Column(writable(c.heading, encoding), c.kind) for c in table.columns],
        title=writable(table.title, encoding),
        caption=writable(table.caption, encoding),
        rows=[[cell(c) for c in row] for row in table.rows],
    )


def _widths(table: TextTable, page: int) -> list[int] | None:
    """The width of each column in cells; None where the table cannot be drawn within ``page``."""
    least, wanted, headings = [], [], []
    for i, column in enumerate(table.columns):
        cells = [row[i].plain for row in table.rows]
        longest = max((cell_len(line) for c in cells for line in c.splitlines()), default=0)
        heading = max((cell_len(w) for w in column.heading.split()), default=0)
        needed = longest
        if column.kind == "text":
            needed = min(max((cell_len(w) for c in cells for w in c.split()), default=0), WORD)
        least.append(max(needed, heading, 1))
        headings.append(max(longest, cell_len(column.heading), 1))
        wanted.append(max(longest, min(cell_len(column.heading), cell_len(column.heading) // 2 + 2), 1))
    room = page - sum(least) - GAP * (len(least) - 1)
    return None if room < 0 else _widened(_widened(least, wanted, page), headings, page)


def _widened(widths: list[int], wanted: list[int], page: int) -> list[int]:
    """The widths with what is left of ``page`` given to the columns that lack least of what they want."""
    found = list(widths)
    room = page - sum(found) - GAP * (len(found) - 1)
    for i in sorted(range(len(found)), key=lambda i: wanted[i] - found[i]):
        more = min(max(wanted[i] - found[i], 0), room)
        found[i] += more
        room -= more
    return found


def _drawn(table: TextTable, widths: list[int], *, ascii_only: bool) -> Text:
    """The lines of the table; rows of which half take several lines are set apart. What rich's own table gives, in a quarter of its time."""
    wrapped = [
        [
            (wrap(cell.plain, width) if column.kind == "text" else cell.plain.splitlines() or [""], cell.style)
            for cell, width, column in zip(row, widths, table.columns, strict=True)
        ]
        for row in table.rows
    ]
    tall = 2 * sum(any(len(lines) > 1 for lines, _ in row) for row in wrapped) >= len(wrapped)
    page = sum(widths) + GAP * (len(widths) - 1)
    heading: list[_Cell] = [(wrap(column.heading, width), "table.header") for column, width in zip(table.columns, widths, strict=True)]
    drawn = [*_lines_of(heading, widths, table.columns), Text(("-" if ascii_only else "─") * page)]
    for number, row in enumerate(wrapped):
        if tall and number:
            drawn.append(Text(" " * page))
        drawn += _lines_of(row, widths, table.columns)
    return Text("\n").join(drawn)


def _lines_of(row: list[_Cell], widths: list[int], headings: list[Column]) -> list[Text]:
    """The lines that one row takes, numbers at the right of their columns."""
    lines = []
    for n in range(max(len(cell) for cell, _ in row)):
        written, spans, at = [], [], 0
        for (cell, style), width, column in zip(row, widths, headings, strict=True):
            part = cell[n] if n < len(cell) else ""
            room = " " * (width - cell_len(part))
            part = part + room if column.kind == "text" else room + part
            if style:
                spans.append(Span(at, at + len(part), style))
            written.append(part)
            at += len(part) + GAP
        lines.append(Text((" " * GAP).join(written), spans=spans))
    return lines


def _print_row(headings: list[Column], row: list[Text], console: Console) -> None:
    """One row as a list: its mark and name, then a line a value; empty values are left out."""
    first = next((i for i, column in enumerate(headings) if column.kind != "mark"), 0)
    marks = [cell.plain for cell in row[:first] if cell.plain]
    for n, line in enumerate(wrap(" ".join([*marks, row[first].plain]), console.width - 2)):
        console.print(Text("  " * bool(n) + line, "bold"), soft_wrap=True)
    for column, cell in list(zip(headings, row, strict=True))[first + 1 :]:
        if not cell.plain:
            continue
        label = f"{column.heading}: " if column.heading else ""
        for n, line in enumerate(_labelled(label, cell.plain, console.width - 4, whole=column.kind != "text")):
            console.print(Text("    " if n else "  ").append(line, cell.style), soft_wrap=True)
    console.print()


def _labelled(label: str, value: str, width: int, *, whole: bool) -> list[str]:
    """A label and its value in lines; a ``whole`` value (a number with its error) stands in one of them."""
    if not whole:
        return wrap(label + value, width)
    lines = wrap(label, width)
    if cell_len(f"{lines[-1]} {value}") <= width:
        return [*lines[:-1], f"{lines[-1]} {value}".strip()]
    return [*lines, value]


def _print_words(text: str, console: Console, style: str) -> None:
    for line in wrap(text, console.width):
        console.print(Text(line, style), soft_wrap=True)
