"""Comparisons with numbers: in words, in the compact notation, and how far a number is from one."""

from __future__ import annotations

import re
from collections.abc import Callable

from core.errors import SpecError
from core.spec import Condition

_LIMIT = re.compile(r"(?P<op><=|>=|==|<|>)\s*(?P<value>\S+)|(?P<low>-?[\d.]+)\.\.(?P<high>-?[\d.]+)")
#: A comparison at the end of a compact requirement, as a part of a regular expression.
LIMIT_PATTERN = r"[<>=].*|\S+\.\.\S+"
_WORDS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "==": "exactly"}


def figure(value: float) -> str:
    """A number for people: '250', '0.5', '1.31'."""
    return f"{value:.4g}" if abs(value) < 10000 else f"{value:,.0f}"


def number_text(value: float) -> str:
    """A number to 4 significant digits: '3', '0.5', '1.31', '495.9'."""
    return f"{value:.4g}" if abs(value) < 10000 else f"{value:.6g}"


def comparison(condition: Condition, unit: str = "", number: Callable[[float], str] = figure) -> str:
    """A condition in words: 'at least 250 °C', 'between 300 and 400 g/mol'; ``number`` writes its numbers."""
    tail = f" {unit}" if unit else ""
    if condition.comparison == "between":
        assert condition.low is not None
        assert condition.high is not None
        return f"between {number(condition.low)} and {number(condition.high)}{tail}"
    assert condition.value is not None
    return f"{_WORDS[condition.comparison]} {number(condition.value)}{tail}"


def needs(condition: Condition, unit: str = "") -> str:
    """A condition in the reason why it is not met, to 6 digits, so that a near miss is told from the limit: 'at least 250 °C', 'between 475 and 525 nm'."""
    return comparison(condition, unit, "{:g}".format)


def condition_text(condition: Condition) -> str:
    """The compact notation of a condition: '<= 3' or '300..400'."""
    if condition.comparison == "between":
        assert condition.low is not None
        assert condition.high is not None
        return f"{number_text(condition.low)}..{number_text(condition.high)}"
    assert condition.value is not None
    return f"{condition.comparison} {number_text(condition.value)}"


def parse_condition(text: str) -> Condition:
    """The reverse of :func:`condition_text`. Raises SpecError."""
    match = _LIMIT.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        if match["op"]:
            return Condition.model_validate({"comparison": match["op"], "value": float(match["value"])})
        return Condition(comparison="between", low=float(match["low"]), high=float(match["high"]))
    except ValueError as error:  # pydantic's ValidationError is one
        raise SpecError(f"{text!r} is not a comparison") from error


def distance(condition: Condition, number: float) -> float:
    """How far ``number`` lies outside the condition's range, in its unit; 0 inside. Strict ends count as inside."""
    low, high = condition.bounds()
    return max(low - number, number - high, 0.0)
