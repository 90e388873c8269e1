"""The numbers of a text, and of which structure and property each of them speaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import UnitError
from core.units import BUILTIN

_NUMBER = re.compile(r"(?<![\w.])(?P<sign>[-−–]?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)")
#: Locants ('1,2-di', '4-nitro'), examples in quotation marks that end with a question mark, hashes of runs, formulas of sum.
_NO_NUMBERS = re.compile(
    r"\b\d+[a-z]?(?:,\d+[a-z]?)*['′]?-(?=[A-Za-z(\[])|[\"“][^\"”\n]*\?[\"”]|\b(?=[0-9a-f]*\d)[0-9a-f]{12}\b|\b(?:[A-Z][a-z]?\d+){2,}\w*\b|\b[A-Z]{14}-[A-Z]{10}-[A-Z]\b"
)
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORD_NUMBER = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_SENTENCE = re.compile(r"\n+|(?<=[.!?;])\s+(?=[A-Z])")
_OF_NEXT = re.compile(r"(?:\s*[^\s\d.;,_]{1,10})?\s+(?:for|of|in)\s+(?:the\s+)?\Z")


@dataclass(frozen=True)
class Said:
    """A number in a text.

    Attributes:
        value, tolerance: the number, and half a unit of its last digit.
        text, start: as it is written, and where.
        unit: in the standard form of ``core.units``; '' where none follows.
        structure, subject: of what it is said; '' where that is open.
        word: whether it is written as a word.
        spread: whether it stands behind '±'.
    """

    value: float
    tolerance: float
    text: str
    start: int
    unit: str = ""
    structure: str = ""
    subject: str = ""
    word: bool = False
    spread: bool = False

    def is_rounded(self, true: float) -> bool:
        """Whether it is ``true`` as rounded to its digits, and to no fewer than leave one part in twenty."""
        off = abs(self.value - true)
        return off <= self.tolerance * (1 + 1e-6) + 1e-9 and off <= max(0.05 * abs(true), 0.05)

    def ends_in(self, unit: str, molar_mass: float = 0.0) -> tuple[float, float] | None:
        """The ends of what it may be rounded from, as numbers of ``unit``; None if its unit is that, or is none that converts to it.

        ``molar_mass``: g/mol, for a concentration by mass.
        """
        grams = {"mg/L": 1e-3, "g/L": 1.0}.get(self.unit)
        made = []
        for number in (self.value - self.tolerance, self.value + self.tolerance):
            try:
                if grams and molar_mass:
                    made.append(BUILTIN.convert(number * grams / molar_mass, "mol/L", unit))
                elif self.unit and self.unit != unit:
                    made.append(BUILTIN.convert(number, self.unit, unit))
            except (UnitError, ValueError):
                return None
        return (min(made), max(made)) if made else None


Mentions = list[tuple[int, int, str]]


def mentions(text: str, names: Mapping[str, Iterable[str]]) -> Mentions:
    """(start, end, key) of every spelling in ``text``, in any case, the longest first where several begin at one place."""
    spellings: dict[str, str] = {}
    for key, spelled in names.items():
        for spelling in filter(None, spelled):
            spellings.setdefault(spelling.lower(), key)
    found: Mentions = []
    taken, low = [False] * len(text), text.lower()
    for spelling in sorted((s for s in spellings if s in low), key=lambda s: (-len(s), s)):
        pattern = rf"(?<![A-Za-z0-9]){re.escape(spelling)}(?![A-Za-z0-9])"
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
                found.append((match.start(), match.end(), spellings[spelling]))
    return sorted(found)


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence or line."""
    ends = [m.start() for m in _SENTENCE.finditer(text)] + [len(text)]
    starts = [0, *(m.end() for m in _SENTENCE.finditer(text))]
    return [(a, b) for a, b in zip(starts, ends, strict=True) if text[a:b].strip()]


def hidden(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    """``text`` of the same length without what is named at ``spans`` and without what only looks like numbers."""
    kept = list(text)
    for start, end, _ in spans:
        kept[start:end] = "_" * (end - start)
    return _NO_NUMBERS.sub(lambda m: "_" * len(m[0]), "".join(kept))


def numbers(text: str, structures: Mapping[str, Iterable[str]], subjects: Mapping[str, Iterable[str]]) -> list[Said]:
    """The numbers of ``text`` in order, each with the structure and the subject that it speaks of.

    That is what stands behind it with 'for' or 'of', else what was named last before it in its sentence, else the first that its sentence
    names, else (of structures) what was named last at all. 'A and B are 1 and 2, respectively' is read in order.
    """
    of, about = mentions(text, structures), mentions(text, subjects)
    plain = hidden(text, [*of, *about])
    found = [_number(m, plain) for m in _NUMBER.finditer(plain)]
    found += [Said(float(_WORDS.index(m[0].lower())), 0.0, m[0], m.start(), word=True) for m in _WORD_NUMBER.finditer(plain)]
    spans = sentences(text)
    made: list[Said] = []
    for number in sorted(found, key=lambda n: n.start):
        low, high = next(((a, b) for a, b in spans if a <= number.start < b), (0, len(text)))
        structure = _owner(number, of, low, high, plain) or next((k for s, _, k in reversed(of) if s < number.start), "")
        unit = number.unit or (made[-1].unit if made and made[-1].start >= low else "")
        made.append(replace(number, unit=unit, structure=structure, subject=_owner(number, about, low, high, plain)))
    return _respectively(text, made, of, spans)


def _number(match: re.Match[str], text: str) -> Said:
    digits = match["digits"].replace(",", "")
    mantissa, _, exponent = digits.lower().partition("e")
    tolerance = 0.5 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    negative = bool(match["sign"]) and not re.search(r"[\d)]\s?\Z", text[: match.start()])
    spread = bool(re.search(r"(?:±|\+/-|plus or minus)\s*\Z", text[: match.start()]))
    unit = _unit(text, match.end())
    return Said(-float(digits) if negative else float(digits), tolerance, match[0], match.start(), unit, spread=spread)


def _unit(text: str, position: int) -> str:
    """The unit that is written behind a number, past a spread; '' for none."""
    rest = re.sub(r"\A\s*(?:±|\+/-)\s*\d+(?:\.\d+)?", "", text[position:])
    words = re.match(r"[\s-]?(?P<one>[^\s\d,;()]+[²³]?)(?P<two> [^\s,;()]+)?", rest)
    if words is None:
        return ""
    one = words["one"].rstrip(".:?!")
    two = f"{one}{(words['two'] or '').rstrip('.:?!')}"
    found = BUILTIN.parse(two) or (BUILTIN.parse(one) if len(one) > 1 or one in "KCF" else None)
    return found or ""


def _owner(number: Said, named: Mentions, low: int, high: int, plain: str) -> str:
    end = number.start + len(number.text)
    inside = [m for m in named if low <= m[0] < high]
    behind = next((m for m in inside if m[0] >= end), None)
    if behind and _OF_NEXT.fullmatch(plain[end : behind[0]]):
        return behind[2]
    before = [m for m in inside if m[0] < number.start]
    return before[-1][2] if before else inside[0][2] if inside else ""


def _respectively(text: str, found: list[Said], of: Mentions, spans: Sequence[tuple[int, int]]) -> list[Said]:
    for low, high in spans:
        if "respectively" not in text[low:high].lower():
            continue
        names = list(dict.fromkeys(m[2] for m in of if low <= m[0] < high))
        inside = [n for n in found if low <= n.start < high and not n.word]
        if len(names) == len(inside):
            order = {number.start: name for number, name in zip(inside, names, strict=True)}
            found = [replace(n, structure=order.get(n.start, n.structure)) for n in found]
    return found
