"""What a command costs before it does anything, and what the smallest piece of work costs."""

from __future__ import annotations

from functools import partial

from evals.performance.process import least
from evals.performance.row import Row

ROWS = (
    Row("help", 10, "`molwright --help`", "s", 0.4, partial(least, arguments=["-m", "app.cli", "--help"]), earlier="1.04 s"),
    Row(
        "properties",
        20,
        "`molwright properties CCO`",
        "s",
        1.0,
        partial(least, arguments=["-m", "app.cli", "properties", "CCO"]),
        earlier="2.2–3.3 s",
    ),
)
