"""No cell of a table that molwright writes is run as a formula by a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from core.sheet import SheetWriter, disarmed
from tests.tables import each_row

ROOT = Path(__file__).resolve().parents[2]


@each_row(
    "cell",
    [
        "=1+1",
        "+1",
        "-1+cmd",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        '"=1',
        "\u00a0=1",
        "\ufeff=1",
        "\uff1d1",
        "\uff0b1",
        "\uff201",
        "|calc",
        "%0",
    ],
)
def test_what_a_spreadsheet_would_run(cell: str) -> None:
    assert disarmed(cell) == f"'{cell}"


@each_row("cell", ["CCO", "", " ", "1,2-diol", "N=N", "'=1x", 1, -1.5, None, True])
def test_everything_else_stays(cell: object) -> None:
    expected = f"'{cell}" if cell == "'=1x" else cell
    assert disarmed(cell) == expected


def test_headings_are_cells_too() -> None:
    file = io.StringIO()
    writer = SheetWriter(file)
    writer.row(["name", "=HYPERLINK(1)"])
    writer.row(["-", -1])
    assert list(csv.reader(io.StringIO(file.getvalue()))) == [["name", "'=HYPERLINK(1)"], ["'-", "-1"]]


def test_nothing_writes_csv_for_people_in_another_way() -> None:
    allowed = {"core/sheet.py"}
    rooms = ("app", "core", "agent", "graphs", "memory", "serving", "tools", "evals")
    found = {
        str(path.relative_to(ROOT))
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"csv\.(writer|DictWriter)\(", path.read_text(encoding="utf-8"))
    }
    assert found <= allowed
