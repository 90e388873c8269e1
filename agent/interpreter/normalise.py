"""Bring a goal into one spelling: Unicode signs, quotes, spaces. Bounded in length."""

from __future__ import annotations

import re
import unicodedata

from core.errors import GoalError

#: Longest goal that is read, in characters.
MAX_GOAL_LENGTH = 2000

_SIGNS = str.maketrans(
    {
        "\u2212": "-",
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": " - ",
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2264": "<=",
        "\u2265": ">=",
        "\u2a7d": "<=",
        "\u2a7e": ">=",
        "\u2103": "°C",
        "\u2109": "°F",
        "\u00ba": "°",
        "\u02da": "°",
        "\u212b": "Å",
        "\u00b5": "µ",
        "\u03bc": "µ",
        "\u223c": "~",
        "\u2248": "≈",
        "\u2243": "≈",
        "\u00d7": "x",
        "\u2032": "'",
        "\u03f5": "ε",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\u2082": "2",
        "\u2083": "3",
        "\u2192": " to ",
    }
)

#: 'in [0.6, 0.9]'
_INTERVAL = re.compile(r"(?:\bin |∈|=|:)\s?\[\s?(-?\d[\d.]*)\s?[,;]\s?(-?\d[\d.]*)\s?\]")
#: '200..300'
_RANGE = re.compile(r"(?<=\d)\s?\.{2,3}\s?(?=-?\d)")


def normalise(goal: str) -> str:
    """The goal in one line with plain signs. Raises GoalError if it is not text, empty, or longer than MAX_GOAL_LENGTH."""
    if not isinstance(goal, str):
        raise GoalError(f"a goal must be text, not {type(goal).__name__}")
    if len(goal) > MAX_GOAL_LENGTH:
        raise GoalError(f"the goal has {len(goal)} characters; at most {MAX_GOAL_LENGTH} are read", phrase=goal[:60] + "...")
    text = unicodedata.normalize("NFC", goal).translate(_SIGNS)
    kept = (c if unicodedata.category(c)[0] != "C" else " " if c in "\t\n\r" else "" for c in text)
    text = re.sub(r"\s+", " ", "".join(kept)).strip()
    text = _INTERVAL.sub(r" between \1 and \2", text)
    text = _RANGE.sub(" to ", text)
    if not text:
        raise GoalError("the goal is empty")
    return text
