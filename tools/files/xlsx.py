"""Rows of a workbook: the first sheet that holds anything, its cells as the text that a person sees."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from core.errors import UsageError

#: Unpacked, a workbook of more bytes than this is refused.
MAX_UNPACKED = 1 << 30
#: Packed, a workbook of more bytes than this is refused: it is held in memory.
MAX_PACKED = 1 << 28


def rows_of(raw: IO[bytes], name: str, notes: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) of the rows that hold anything. Raises UsageError if ``raw`` is no workbook that can be read."""
    from openpyxl import load_workbook

    content = raw.read(MAX_PACKED + 1)
    if len(content) > MAX_PACKED:
        raise UsageError(f"{name}: a workbook of more than {MAX_PACKED >> 20} MB; write it as CSV")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                raise UsageError(f"{name}: a workbook of more than {MAX_UNPACKED >> 20} MB when unpacked; write it as CSV")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except UsageError:
        raise
    except Exception as error:  # openpyxl raises many kinds of errors for what is no workbook
        raise UsageError(f"{name} is no workbook that can be read: {error}") from error
    try:
        yield from _first_filled(book, notes)
    except Exception as error:
        raise UsageError(f"{name} cannot be read to its end: {error}") from error
    finally:
        book.close()


def _first_filled(book: Any, notes: list[str]) -> Iterator[tuple[int, list[str]]]:
    for sheet in book.worksheets:
        found = False
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            row = [_text(cell) for cell in cells]
            if not any(row):
                continue
            if not found and len(book.worksheets) > 1:
                notes.append(f"the sheet {sheet.title!r} is read, of {len(book.worksheets)} in the workbook")
            found = True
            yield number, row
        if found:
            return


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ")
    return str(cell).strip()
