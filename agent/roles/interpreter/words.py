"""Words of a goal: one spelling for all, and whether one phrase stands in another."""

from __future__ import annotations

import re

from agent.reading.normalise import normalise
from core.errors import MolwrightError


def normal(text: str) -> str:
    """``text`` in the parser's spelling and in lower case; '' if the parser refuses it."""
    try:
        return normalise(text).lower()
    except MolwrightError:
        return ""


def quoted(phrase: str, goal: str) -> str:
    """``phrase`` as the goal writes it, or '' if its words do not stand there, whole and in this order."""
    wanted, text = normal(phrase).strip(" .,;:!?\"'"), normal(goal)
    if len(wanted) < 3:
        return ""
    match = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text)
    if match is None:
        return ""
    written = normalise(goal)
    return written[match.start() : match.end()] if len(written) == len(text) else wanted


def overlap(phrase: str, other: str) -> bool:
    """Whether one of the two stands in the other."""
    one, two = normal(phrase), normal(other)
    return bool(one and two) and (one in two or two in one)
