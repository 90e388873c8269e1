"""Where sentences begin and end in a chemist's prose: abbreviations, initials, decimals and formulas end none."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?][\"'”’)\]]*(?:\s*\[[\d,\s–-]+\]|[¹²³⁰⁴-⁹,]+)?\s+(?=[\"'“‘(\[]?[A-Z0-9α-ωΔ°λ≈~µ])")
#: What stands before a full stop that ends no sentence.
_ABBREVIATION = re.compile(
    r"(?:\b(?:figs?|tabs?|eqs?|eqns?|refs?|nos?|vols?|pp?|ca|cf|e\.\s?g|i\.\s?e|viz|vs|al|approx|resp|etc|dr|prof|mr|ms|st|inc|ltd|co|corp|jr|ed|eds"
    r"|sect|sec|chap|ch|suppl|spec|max|min|temp|conc|calc|calcd|lit|dec|decomp|anal|equiv|wt|vol|mol|b\.\s?p|m\.\s?p|bp|mp|sp|ph\.\s?d|aq|anhyd"
    r"|schemes?|mon|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov)|(?<!°)(?<!° )\b[A-Z]|\b[A-Z]\.\s?[A-Z]|^\s*\d{1,3})$",
    re.IGNORECASE,
)
_REACH = 24


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """First character and the one after the last of each sentence between ``start`` and ``end``; white space between them is in none. [] for no text."""
    end = len(text) if end is None else end
    spans, begin = [], start
    for found in _END.finditer(text, start, end):
        stop = found.start()
        if text[stop] == "." and _ends_nothing(text[max(begin, stop - _REACH) : stop], text[found.end() : found.end() + 1]):
            continue
        spans.append((begin, found.end()))
        begin = found.end()
    spans.append((begin, end))
    return [trimmed for span in spans if (trimmed := _trimmed(text, *span))[0] < trimmed[1]]


def _ends_nothing(before: str, after: str) -> bool:
    found = _ABBREVIATION.search(before)
    if found is None:
        return False
    word = found[0]
    if len(word) == 1 and word.isupper():  # 'A. Smith' goes on; 'vitamin C. The' ends, but so rarely that it does not matter
        return True
    unsure = word.lower() in (
        "etc",
        "al",
        "no",
        "min",
        "max",
        "co",
        "mol",
        "vol",
        "wt",
        "dec",
        "mar",
        "sec",
        "ms",
        "st",
        "mp",
        "bp",
        "sp",
        "jan",
        "mon",
    )
    return not (unsure and after.isupper() and after.isascii()) or word.lower() in ("no", "st")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
