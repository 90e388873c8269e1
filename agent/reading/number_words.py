"""Numbers in a goal: digits, fractions, powers, and words ('three hundred and fifty', 'minus twenty')."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from text_to_num import text2num

from core.errors import GoalError

#: (start, end, value, whether a plus sign follows: '5+')
Number = tuple[int, int, float, bool]

_DIGITS = re.compile(
    r"(?P<sci>\d+(?:\.\d+)?\s?[x*·]\s?10\^?\(?(?P<exp>[+-]?\d+)\)?)|(?P<pow>10\^\(?(?P<pexp>[+-]?\d+(?:\.\d+)?)\)?)|(?P<sup>10(?P<sexp>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))"
    r"|(?P<thousand>\d{1,3}(?:[, ]\d{3})+(?![\d.,]*\d))|(?P<fraction>(?<![\d/])\d{1,3}/\d{1,3}(?![\d/]))|(?P<comma>\d+,\d{1,2}(?![\d,-]))"
    r"|(?P<plain>(?:\d+\.\d+|\d+|(?<![\d.])\.\d+)(?:[eE][+-]?\d+(?!\w))?)"
)
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_OTHERS = [
    "zero", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty",
    "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million",
]  # fmt: skip
_WORD = "(?:" + "|".join(sorted((*_ONES, *_OTHERS), key=len, reverse=True)) + r")\b"
_RUN = re.compile(rf"\b{_WORD}(?:(?:\s+and\s+|\s+|-){_WORD})*(?:\s+point(?:\s+(?:zero|{'|'.join(_ONES)})\b)+)?", re.IGNORECASE)
_HALVES = re.compile(
    r"\b(?P<whole>one|two|three|four|five|six|seven|eight|nine|\d+) and a half\b|\b(?P<half>(?:one|a) half)\b(?! as\b| the\b)",
    re.IGNORECASE,
)
#: 'half a kilodalton': half of what follows, where that is a unit.
_HALF_A_UNIT = re.compile(
    r"\bhalf an? (?=(?:kilo-?daltons?|kda|electron-?volts?|ev|nanomet(?:re|er)s?|millimolar|millipascal|pascal|debye|bar|log unit|percent|per cent)\b)",
    re.IGNORECASE,
)
_COUNT = "|".join(sorted(_ONES, key=len, reverse=True)) + r"|\d{1,2}"
#: 'two dozen', 'one and a half dozen'.
_DOZENS = re.compile(rf"\b(?P<dozens>{_COUNT}) dozen\b(?! of)", re.IGNORECASE)
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
#: 'four fifths', 'two-thirds', 'three quarters'.
_FRACTIONS = re.compile(
    rf"\b(?P<above>{'|'.join(_ONES)})[ -](?P<below>{'|'.join(_PARTS)})(?P<many>s?)\b(?!\s+(?:of|that|those|as|the|than|more|less|smaller|lower|higher|fewer)\b)",
    re.IGNORECASE,
)
_MINUS = re.compile(r"(?P<minus>minus|negative|plus)\s+$", re.IGNORECASE)
#: '2.000' is two or two thousand, by country: no number that can be relied on.
_AMBIGUOUS = re.compile(r"\d{1,3}\.000(?=\s*(?:g/mol|Da\b|[Dd]altons?|u\b|amu|$|[,;.)]))")


def number_mentions(text: str) -> Iterator[Number]:
    """Every number of a normalised goal. Raises GoalError for one too large to mean anything."""
    for match in _DIGITS.finditer(text):
        if _AMBIGUOUS.match(text, match.start()):
            continue
        yield from _signed(text, match.start(), match.end(), _value(match))
        if (match["thousand"] and " " in match["thousand"]) or match["fraction"]:
            head = re.match(r"\d+", match.group())
            assert head is not None
            yield from _signed(text, match.start(), match.start() + head.end(), float(head.group()))
    for match in _RUN.finditer(text):
        for start, end, value in _spoken(match.group()):
            yield from _signed(text, match.start() + start, match.start() + end, value)
    for match in _HALVES.finditer(text):
        whole = match["whole"]
        value = 0.5 if match["half"] else (float(whole) if whole.isdigit() else float(text2num(whole.lower(), "en"))) + 0.5
        yield from _signed(text, match.start(), match.end(), value)
    for match in _HALF_A_UNIT.finditer(text):
        yield from _signed(text, match.start(), match.end() - 1, 0.5)
    for match in _DOZENS.finditer(text):
        yield from _signed(text, match.start(), match.end(), 12.0 * _small(match["dozens"]))
    for match in _FRACTIONS.finditer(text):
        above, below = _small(match["above"]), _PARTS[match["below"].lower()]
        if above < below and (above == 1) != bool(match["many"] or match["below"].lower() == "halves"):
            yield from _signed(text, match.start(), match.end(), above / below)


def _small(word: str) -> float:
    """A number of one word or in digits."""
    return float(word) if word.isdigit() else float(_ONES.index(word.lower()) + 1)


def _value(match: re.Match[str]) -> float:
    if match["sci"]:
        value = float(re.split(r"\s?[x*·]", match["sci"])[0]) * 10.0 ** max(-300, min(300, int(match["exp"])))
    elif match["pow"]:
        value = 10.0 ** max(-300.0, min(300.0, float(match["pexp"])))
    elif match["sup"]:
        value = 10.0 ** max(-300, min(300, int(match["sexp"].translate(_SUPERSCRIPTS))))
    elif match["thousand"]:
        value = float(re.sub("[, ]", "", match["thousand"]))
    elif match["fraction"]:
        above, below = match["fraction"].split("/")
        value = float(above) / float(below) if float(below) else float(above)
    elif match["comma"]:
        value = float(match["comma"].replace(",", "."))
    else:
        value = float(match["plain"])
    if value > 1e15:
        raise GoalError("a number too large to mean anything", phrase=match.group()[:40])
    return value


@lru_cache(maxsize=256)
def _spoken(run: str) -> tuple[tuple[int, int, float], ...]:
    """(start, end, value) of the longest numbers from each word of a run of number words."""
    words = [(m.start(), m.end()) for m in re.finditer(r"[^\s-]+", run)]
    found: list[tuple[int, int, float]] = []
    k = 0
    while k < len(words):
        for last in range(len(words), k, -1):
            value = _words_value(run[words[k][0] : words[last - 1][1]])
            if value is not None:
                found.append((words[k][0], words[last - 1][1], value))
                k = last
                break
        else:
            k += 1
    return tuple(found)


def _words_value(words: str) -> float | None:
    text = " ".join(words.lower().replace("-", " ").split())
    whole, point, decimals = text.partition(" point ")
    try:
        number = float(text2num(whole, "en"))
        return number if not point else float(f"{number:g}." + "".join(str(text2num(d, "en")) for d in decimals.split()))
    except (ValueError, KeyError):
        return None


def _signed(text: str, start: int, end: int, value: float) -> Iterator[Number]:
    """The number with the sign before it; a hyphen between two numbers or in a word is no sign."""
    plus = text[end : end + 1] == "+" and not text[end + 1 : end + 2].strip("-/ ,;.)")
    end += plus
    word = _MINUS.search(text, max(0, start - 12), start)
    if word is not None and word["minus"].lower() == "plus":
        yield word.start(), end, value, plus
    elif word is not None:
        yield word.start(), end, -value, plus
        if text[: word.start()].rstrip(" /").lower().endswith(("plus", "plus or")):
            yield start, end, value, plus  # '400 plus or minus 25'
        return
    sign = text[start - 1 : start]
    if start and sign in "+-":
        before = text[start - 2 : start - 1] if start > 1 else ""
        if not before or before in " (:[=<>~≈.;,":
            yield start - 1, end, -value if sign == "-" else value, plus
            if before == " " and sign == "-" and re.search(r"[\w°%)]\s$", text[: start - 1]):
                yield start, end, value, plus  # '60 -90': may also be a range
            return
        if sign == "+":
            return
    yield start, end, value, plus
