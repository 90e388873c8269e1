"""Whether a stated number is a stored one: rounded as stated, in the stated unit."""

from __future__ import annotations

from agent.roles.fact_check.facts import Fact
from agent.roles.fact_check.numbers import UNKNOWN, Number
from core.errors import UnitError
from tools.catalogue.catalogue import Catalogue

#: A stated number that differs from the stored one by more than this fraction of it is another number.
MOST_ROUNDING = 0.125
#: The same for an uncertainty, which is stated with one digit.
MOST_SPREAD_ROUNDING = 0.26


def equal(fact: Fact, number: Number, *, catalogue: Catalogue) -> bool:
    """Whether ``number`` is the value of ``fact``, rounded as stated, in the stated unit."""
    stored = fact.value
    if number.unit == "%":
        if not fact.fraction and fact.unit != "%":
            return False
        return _rounds(100.0 * stored if fact.fraction else stored, number)
    if number.unit == UNKNOWN:
        return False
    if fact.fraction and number.tolerance > 0.2 and stored != number.value:
        return False
    if number.unit and number.unit != fact.unit:
        if fact.kind in ("spread", "change") and {number.unit, fact.unit} == {"K", "°C"}:
            return _rounds(stored, number, signed=fact.kind != "change")
        return _converted(fact, number, catalogue=catalogue)
    return _rounds(stored, number, signed=fact.kind != "change")


def _rounds(stored: float, number: Number, *, signed: bool = True) -> bool:
    """Whether ``stored`` rounds to the stated number; without ``signed`` their signs may differ."""
    stated = number.value
    if not signed:
        stored, stated = abs(stored), abs(stated)
    if abs(stored - stated) <= 1e-9 * max(1.0, abs(stored)):
        return True
    slack = min(number.tolerance, (MOST_SPREAD_ROUNDING if number.spread else MOST_ROUNDING) * abs(stored))
    return abs(stored - stated) <= slack + 1e-9


def _converted(fact: Fact, number: Number, *, catalogue: Catalogue) -> bool:
    """Whether the stated range of ``number``, converted to the unit of ``fact``, holds the stored value and is narrow enough to mean it."""
    try:
        ends = sorted(
            catalogue.units.convert(number.value + step, number.unit, fact.unit) for step in (-number.tolerance, number.tolerance)
        )
    except (UnitError, ValueError, OverflowError):
        return False
    slack = 1e-6 * max(1.0, abs(fact.value))
    return ends[0] - slack <= fact.value <= ends[1] + slack and ends[1] - ends[0] <= 2 * MOST_ROUNDING * abs(fact.value) + slack
