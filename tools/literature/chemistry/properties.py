"""The properties whose numbers are read in texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from core import data


@dataclass(frozen=True)
class Property:
    """A property whose numbers are read; ``low`` and ``high`` in ``standard``."""

    name: str
    standard: str
    cue: re.Pattern[str]
    verb: re.Pattern[str] | None
    units: frozenset[str]
    low: float
    high: float


@lru_cache(maxsize=1)
def properties() -> tuple[Property, ...]:
    """Every property whose numbers are read."""
    table = data.table("tools.literature.chemistry", "properties.toml")["property"]
    return tuple(
        Property(
            row["name"],
            row["standard"],
            re.compile(rf"(?<![A-Za-z])(?:{row['cue']})"),
            re.compile(rf"(?<![A-Za-z])(?:{row['verb']})(?![A-Za-z])") if "verb" in row else None,
            frozenset(row["units"]),
            row["low"],
            row["high"],
        )
        for row in table
    )
