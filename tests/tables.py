"""One test over a table: every row is tried and every row that fails is named, at the cost of a single test."""

from __future__ import annotations

import functools
import inspect
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

#: Rows that are told of a test that fails; the number of all is told too.
TOLD = 25
#: What a failed row raises: an assertion or whatever else, and what ``pytest.raises`` and ``pytest.fail`` raise.
_FAILED = (Exception, pytest.fail.Exception)

#: What ``pytest.param`` makes.
_Named = type(pytest.param())

Test = Callable[..., None]


def each_row(names: str | Sequence[str], rows: Iterable[Any]) -> Callable[[Test], Test]:
    """Like ``pytest.mark.parametrize(names, rows)``, but one test, for tables of many rows that need nothing of their own.

    A test for each row costs a few milliseconds each of collecting, distributing and reporting, which is more than most rows take. Fixtures are made
    once for all rows, so a test that changes one must stay parametrised. It may be stacked. ValueError if there is no row.
    """
    wanted = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    given = [_cells(row, len(wanted)) for row in rows]
    if not given:
        raise ValueError(f"no row for {', '.join(wanted)}: the test would test nothing")

    def decorated(test: Test) -> Test:
        @functools.wraps(test)
        def whole(**fixtures: Any) -> None:
            failed = []
            for row in given:
                try:
                    test(**dict(zip(wanted, row, strict=True)), **fixtures)
                except _FAILED as error:
                    line = traceback.extract_tb(error.__traceback__)[-1].lineno
                    shown = repr(row if len(row) > 1 else row[0])
                    failed.append(f"{shown}\n  line {line}, {type(error).__name__}: {error}")
            if failed:
                more = f"\n... and {len(failed) - TOLD} more" if len(failed) > TOLD else ""
                pytest.fail(f"{len(failed)} of {len(given)} rows fail:\n" + "\n".join(failed[:TOLD]) + more, pytrace=False)

        signature = inspect.signature(test)
        left = [parameter for name, parameter in signature.parameters.items() if name not in wanted]
        whole.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return whole

    return decorated


def _cells(row: Any, count: int) -> tuple[Any, ...]:
    """The values of a row of ``count``: of one the row itself; of a ``pytest.param`` those that it holds."""
    if isinstance(row, _Named):
        return tuple(row.values)
    return (row,) if count == 1 else tuple(row)
