"""Tables that people open in a spreadsheet: no cell of them is run as a formula.

A cell comes from anywhere: a name in a library, a model's words, a file's heading. Spreadsheets run a cell that begins with ``=``, ``+``, ``-`` or
``@``, some also after a space, a tab or a line break, and in the wide forms of these signs.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any, TextIO

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")
_IGNORED = " \t\r\n\v\f\0\u00a0\u200b\u2060\ufeff\"'"


def disarmed(cell: Any) -> Any:
    """``cell``, or, if it is a text that a spreadsheet would run as a formula, the same with an apostrophe in front.

    Numbers stay numbers. SMILES that begin with ``=`` or ``@`` count as formulas too.
    """
    if not isinstance(cell, str) or not cell:
        return cell
    return f"'{cell}" if cell[0] in "\t\r\n" or cell.lstrip(_IGNORED).startswith(_FORMULA) else cell


class SheetWriter:
    """Writes rows as CSV with every cell disarmed, headings too. The one way in which molwright writes CSV for people."""

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file, lineterminator="\n")

    def row(self, cells: Iterable[Any]) -> None:
        """Write one row."""
        self._writer.writerow([disarmed(cell) for cell in cells])
