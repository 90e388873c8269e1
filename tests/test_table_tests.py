"""A test over a table names every row that fails, and fails if one does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tables import TOLD, each_row


def test_every_row_is_tried_and_those_that_fail_are_named() -> None:
    tried = []

    @each_row("number, square", [(1, 1), (2, 5), (3, 9), (4, 15)])
    def squares(number: int, square: int) -> None:
        tried.append(number)
        assert number * number == square

    with pytest.raises(pytest.fail.Exception, match=r"2 of 4 rows fail:\n\(2, 5\)\n  line \d+, AssertionError(.|\n)*\(4, 15\)"):
        squares()
    assert tried == [1, 2, 3, 4]


def test_an_error_that_does_not_come_is_a_failed_row() -> None:
    @each_row("text", ["a", "1"])
    def refuses(text: str) -> None:
        with pytest.raises(ValueError, match="invalid literal"):
            int(text)

    with pytest.raises(pytest.fail.Exception, match=r"1 of 2 rows fail:\n'1'"):
        refuses()


@each_row("left", [1, 2])
@each_row("right", [3, 4])
def test_tables_are_stacked_and_fixtures_are_given(left: int, right: int, record_testsuite_property: Any) -> None:
    assert left < right
    assert callable(record_testsuite_property)


def test_of_many_rows_some_are_told_and_all_are_counted() -> None:
    @each_row("number", range(1000))
    def negative(number: int) -> None:
        assert number < 0

    with pytest.raises(pytest.fail.Exception, match=rf"1000 of 1000 rows fail(.|\n)*and {1000 - TOLD} more"):
        negative()
    with pytest.raises(ValueError, match="no row for number"):
        each_row("number", [])
