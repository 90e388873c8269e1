"""Numbers in every notation, cells with qualifiers, units by their exact case."""

from __future__ import annotations

import pytest

from core.errors import UnitError
from tests.tables import each_row
from tools.files.numbers import Notation, notation_of, number
from tools.files.quantities import Quantity, read_quantity, relation_of
from tools.files.units import convert, known, standard

POINT, COMMA, OPEN = Notation("."), Notation(","), Notation("")


@each_row(
    ("cells", "decimal", "commas", "thousands"),
    [
        (["64,7", "76-78", "8"], ",", 1, 0),
        (["1.250,00", "12,5"], ",", 2, 1),
        (["1,250.00", "35.00", "1,250"], ".", 0, 2),
        (["1,250", "2,100"], "", 0, 0),
        (["1.250", "3.141"], ".", 0, 0),
        (["0,125", "1,250"], ",", 2, 0),
        (["1,5", "2.5"], "", 1, 0),
        (["1 250,5", "1'250'000,5"], ",", 2, 2),
        (["7", "8"], ".", 0, 0),
    ],
)
def test_a_column_tells_its_marks(cells: list[str], decimal: str, commas: int, thousands: int) -> None:
    assert notation_of(cells) == Notation(decimal, commas, thousands)


@each_row(
    ("token", "notation", "value"),
    [
        ("1,250", POINT, 1250.0),
        ("1,250", COMMA, 1.25),
        ("1.250", COMMA, 1250.0),
        ("1.250", OPEN, 1.25),
        ("−3,5", POINT, -3.5),
        ("1,2e-3", COMMA, 0.0012),
        ("1.2×10^-3", POINT, 0.0012),
        ("1 250 000", POINT, 1_250_000.0),
        (".5", POINT, 0.5),
        ("5.", POINT, 5.0),
        ("1,250,000.5", POINT, 1_250_000.5),
    ],
)
def test_numbers(token: str, notation: Notation, value: float) -> None:
    assert number(token, notation) == pytest.approx(value)


@pytest.mark.parametrize(("token", "words"), [("1,250", "may be 1.250 or 1250"), ("1,25,0", "not a number"), ("12,34.5", "not a number")])
def test_what_is_no_number_is_not_guessed(token: str, words: str) -> None:
    found = number(token, OPEN)
    assert isinstance(found, str)
    assert words in found


@each_row(
    ("cell", "found"),
    [
        ("64.7", Quantity(64.7)),
        ("> 91", Quantity(91.0, ">")),
        ("≤0.5 nM", Quantity(0.5, "<", unit="nM")),
        ("ca. 98", Quantity(98.0, "~")),
        ("112 – 114 °C", Quantity(113.0, "=", 1.0, "°C")),
        ("-5 to 3", Quantity(-1.0, "=", 4.0)),
        ("-10--6", Quantity(-8.0, "=", 2.0)),
        ("89.3 +/- 0.5", Quantity(89.3, "=", 0.5)),
        ("185-187 (dec.)", Quantity(186.0, "=", 1.0, decomposes=True)),
        ("250 °C d", Quantity(250.0, unit="°C", decomposes=True)),
        ("5 d", Quantity(5.0, unit="d")),
        ("3 g cm-3", Quantity(3.0, unit="g cm-3")),
    ],
)
def test_cells(cell: str, found: Quantity) -> None:
    assert read_quantity(cell, POINT) == found


@pytest.mark.parametrize(
    ("cell", "words"),
    [("", "no measured"), ("n.d.", "no measured"), ("83?86", "not a number"), ("high", "not a number"), ("90-80", "ends below"), ("1e999", "finite"), ("64.7(5)", "not a number")],
)  # fmt: skip
def test_cells_without_a_value(cell: str, words: str) -> None:
    found = read_quantity(cell, POINT)
    assert isinstance(found, str)
    assert words in found


def test_relations() -> None:
    assert [relation_of(c) for c in ("'>'", "=", "", " <= ", "~", "maybe")] == [">", "=", "=", "<", "~", None]


def test_the_case_of_a_unit_counts() -> None:
    assert [standard(u) for u in ("nM", "nm", "MPa", "mPa", "degC", "kelvin", "cP")] == ["nM", "nm", "MPa", "mPa", "°C", "K", "cP"]
    assert convert(1.0, "MPa", "mPa") == pytest.approx(1e9)
    assert convert(64_700.0, "pM", "nM") == pytest.approx(64.7)
    assert convert(1.0, "ug.mL-1", "mg/L") == pytest.approx(1.0)
    assert convert(300.0, "K", "°F") == pytest.approx(80.33)
    assert convert(50.0, "°F", "°C") == pytest.approx(10.0)
    assert convert(1.0, "g/cm3", "kg/m³") == pytest.approx(1000.0)
    assert known("µM")
    assert not known("mean")


@pytest.mark.parametrize(("unit", "target", "words"), [("K", "nM", "cannot be converted"), ("bananas", "nM", "'bananas' is not known"), ("nm", "nM", "cannot be converted")])  # fmt: skip
def test_a_unit_that_does_not_fit_is_refused(unit: str, target: str, words: str) -> None:
    with pytest.raises(UnitError, match=words):
        convert(1.0, unit, target)
