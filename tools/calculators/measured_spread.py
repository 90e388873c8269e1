"""How far measured values lie from a computed one that is exact as a number, but an estimate of what is measured: Crippen's logP.

The value of a structure stays what the method gives: a requirement is met by it or not, and no ranking rests on what is said here. Beside it
stands how measured values were spread about computed ones of that size, and the chance that the measured value meets the limit.

``measured_spread.tsv`` holds, for ranges of the computed value, the number of measured structures, the root mean square of measured minus
computed and its percentiles: logP by RDKit's Crippen contributions against the 12,083 measured octanol-water values described in
``docs/evaluation.md``. With one random half of them as the table and the other half as the test (20 times), the 90 % range held 89.7 % of the
measured values, and the Brier score of "measured logP at most 1, 3 or 5" was 0.064, against 0.089 of the computed value taken as the truth.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise

from core.candidate import Candidate, PropertyValue
from core.spec import Condition

#: What lies beyond the first and the last percentile of the table is given half of what they leave.
_TAIL = 0.5


@dataclass(frozen=True)
class Spread:
    """Measured minus computed values where the computed one lies in a range.

    Attributes:
        low, high: the range of the computed value, in the unit of the property; the upper end is not in it.
        measured: how many measured structures it rests on.
        rms: root mean square of the differences, in the unit of the property.
        points: (percentile / 100, difference), rising.
    """

    low: float
    high: float
    measured: int
    rms: float
    points: tuple[tuple[float, float], ...]

    def quantile(self, part: float) -> float:
        """The difference below which ``part`` (0.005 to 0.995) of the measured structures lie."""
        return next(v for p, v in self.points if abs(p - part) < 1e-9)

    def below(self, difference: float) -> float:
        """The part of measured structures, 0 to 1, that lie at most ``difference`` above the computed value; never quite 0 or 1."""
        first, last = self.points[0], self.points[-1]
        if difference < first[1]:
            return first[0] * _TAIL
        if difference >= last[1]:
            return 1.0 - (1.0 - last[0]) * _TAIL
        for (p, v), (q, w) in pairwise(self.points):
            if v <= difference < w:
                return p + (q - p) * (difference - v) / (w - v)
        return last[0]


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[Spread, ...]]:
    text = resources.files("tools.calculators").joinpath("measured_spread.tsv").read_text(encoding="utf-8")
    found: dict[str, list[Spread]] = {}
    for row in csv.DictReader(text.splitlines(), delimiter="\t"):
        points = tuple(
            (float(name[1:]) / 100.0, float(value)) for name, value in row.items() if name.startswith("p") and name[1:2].isdigit()
        )
        found.setdefault(row["property"], []).append(
            Spread(float(row["from"]), float(row["below"]), int(row["measured"]), float(row["rms"]), points)
        )
    return {name: tuple(rows) for name, rows in found.items()}


def measured_in_all(name: str) -> int:
    """How many measured structures the table rests on for property ``name``; 0 for a property that it does not hold."""
    return sum(spread.measured for spread in _table().get(name, ()))


def spread_of(name: str, value: PropertyValue | None) -> Spread | None:
    """How measured values lie about ``value`` of property ``name``; None for other properties, and where it is not known or no exact value."""
    rows = _table().get(name)
    if rows is None or value is None or value.number is None or not value.exact:
        return None
    return rows[max(0, bisect_right([row.low for row in rows], value.number) - 1)]


def measured_range(name: str, value: PropertyValue | None) -> tuple[float, float] | None:
    """The range that holds the measured value in nine of ten cases, in the unit of the property; None as in :func:`spread_of`."""
    spread = spread_of(name, value)
    if spread is None or value is None or value.number is None:
        return None
    return value.number + spread.quantile(0.05), value.number + spread.quantile(0.95)


def measured_chance(name: str, value: PropertyValue | None, condition: Condition) -> float | None:
    """The probability, 0 to 1, that the measured value meets ``condition``; None as in :func:`spread_of`."""
    spread = spread_of(name, value)
    if spread is None or value is None or value.number is None:
        return None
    low, high = condition.bounds()
    return max(0.0, spread.below(high - value.number) - spread.below(low - value.number))


def with_spread(name: str, value: PropertyValue) -> str:
    """The value as people read it, without its unit: '2.10 ± 0.82' where it is an estimate of what is measured, else as it is shown."""
    spread = spread_of(name, value)
    return value.shown if spread is None else f"{value.shown} ± {spread.rms:.1f}"


def with_measured(candidate: Candidate) -> Candidate:
    """``candidate``, for an answer: each value that is an estimate of what is measured says how far measured values lie about it."""
    changed = {}
    for name, value in candidate.properties.items():
        spread, ends = spread_of(name, value), measured_range(name, value)
        if spread is not None and ends is not None:
            changed[name] = value.model_copy(
                update={"measured_sigma": round(spread.rms, 2), "measured_90": tuple(round(e, 2) for e in ends)}
            )
    return candidate.model_copy(update={"properties": {**candidate.properties, **changed}}) if changed else candidate


def measured_words(label: str, name: str, value: PropertyValue | None, condition: Condition | None = None) -> str:
    """The spread in a sentence, with the chance that the measured value meets ``condition``; '' where the table holds nothing."""
    spread, ends = spread_of(name, value), measured_range(name, value)
    if spread is None or ends is None or value is None:
        return ""
    text = (
        f"{label} {value.shown} ± {spread.rms:.1f} is an estimate: of {measured_in_all(name):,} structures, those computed to be about as high were measured"
        f" between {ends[0]:.1f} and {ends[1]:.1f} in nine of ten cases"
    )
    chance = measured_chance(name, value, condition) if condition is not None else None
    return f"{text}; chance that the measured value meets the limit: {100 * chance:.0f} %." if chance is not None else f"{text}."
