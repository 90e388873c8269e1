"""The rows of the table: every module of this package has some, in its ``ROWS``."""

from __future__ import annotations

import importlib
import pkgutil

from evals.performance.row import Row


def rows() -> list[Row]:
    """Every row of every module of this package, in the order of the table."""
    found = [row for module in pkgutil.iter_modules(__path__) for row in importlib.import_module(f"{__name__}.{module.name}").ROWS]
    return sorted(found, key=lambda row: (row.order, row.key))
