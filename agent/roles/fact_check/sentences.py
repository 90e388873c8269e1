"""Splitting a text into sentences without breaking names, structures, numbers or abbreviations."""

from __future__ import annotations

import re

from agent.roles.fact_check.facts import Facts
from agent.roles.fact_check.numbers import blank

_SENTENCE = re.compile(r"(?<=[.!?])[\"”')\]]*\s+|\n+")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|cf|ca|approx|vs|Fig|Eq|Ref|al|resp|incl|no|No|Dr|St|etc)\.|(?<![°\d])(?<!\d )\b[A-Z]\.)$")


def sentences(text: str, facts: Facts) -> list[str]:
    """The sentences of ``text``; stops in known names and structures, in numbers and after abbreviations do not end one."""
    masked = blank(text, [*facts.subjects, *facts.names])
    found: list[str] = []
    start = 0
    for match in _SENTENCE.finditer(masked):
        if "\n" not in match[0] and _ABBREVIATION.search(masked[start : match.start()].rstrip()):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [s for s in found if re.search(r"\w", s)]
