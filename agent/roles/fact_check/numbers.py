"""The numbers that a sentence states: value, decimals, unit, place. Names, formulas, locants and references are not numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from agent.roles.fact_check.words import FACTORS, FOREIGN_UNITS, NUMBER_WORDS
from tools.catalogue.catalogue import Catalogue

#: The unit of a number whose unit is not known here, or that is a factor. No stored value has it.
UNKNOWN = "?"

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d])|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_WORD_NUMBER = re.compile(rf"\b({'|'.join(sorted(NUMBER_WORDS, key=lambda w: (-len(w), w)))})\b", re.IGNORECASE)
_FACTOR = re.compile(rf"\b(?:{'|'.join(FACTORS)})\b|\b\w+-?fold\b|\borders? of magnitude\b", re.IGNORECASE)
_CONNECTOR = re.compile(r"\s*(?:±|\+/-|\+-|to|–|—|-|and|or|,|through|plus or minus)\s*", re.IGNORECASE)
_HEDGE = re.compile(r"(?:about|around|roughly|nearly|almost|approximately|approx\.?|circa|ca\.?|some|~|≈)\s*$", re.IGNORECASE)
#: '1,2-dichloro', '4-nitro', 'N,N-', 'C18', 'sp3', 'H2O', 'R1', '3D': names, not numbers.
_LOCANT = re.compile(r"\b\d+[a-z]?(?:,\d+[a-z]?)*['′]?-(?=[A-Za-z(\[])")
_GLUED = re.compile(r"(?<![A-Za-z0-9])[A-Za-zα-ωΑ-Ω]{1,4}[-_]?\d+(?![.\d])[A-Za-z0-9]*(?:-\d+)?(?![\d])")
_SHORT_AFTER = re.compile(r"\d[A-Z](?![A-Za-z0-9])")


@dataclass(frozen=True)
class Number:
    """A stated number.

    Attributes:
        value: as stated, with its sign.
        tolerance: half a unit of its last stated digit; half of its last non-zero digit where it is hedged ('about 250').
        unit: in the standard form of ``core.units``; '' if none is stated, '%' for per cent, UNKNOWN for anything else.
        start, end: where it stands in the sentence.
        spread: whether it stands behind '±'.
        text: as written.
    """

    value: float
    tolerance: float
    unit: str
    start: int
    end: int
    spread: bool
    text: str


def blank(text: str, names: Iterable[str]) -> str:
    """``text`` with every occurrence of the ``names`` (structures, compound names, keys; longest first) blanked out, same length."""
    for name in sorted({n for n in names if n and n in text}, key=lambda n: (-len(n), n)):
        pattern = rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])"
        text = re.sub(pattern, lambda m: "_" * len(m[0]), text)
    return text


def odd_digits(text: str) -> bool:
    """Whether ``text`` writes digits that are not 0 to 9: superscripts, circled and full-width digits, fractions, other scripts."""
    return any(not c.isascii() and unicodedata.numeric(c, None) is not None for c in _without_units(text))


def factors(text: str) -> list[str]:
    """Words of ``text`` that state a factor or a part ('twice', 'tenfold', 'half')."""
    return [m[0] for m in _FACTOR.finditer(text)]


def numbers_in(text: str, *, catalogue: Catalogue) -> list[Number]:
    """Every number that ``text`` states, in order. Blank out known names first (:func:`blank`)."""
    text = _masked(text, catalogue=catalogue)
    found = [_number(m, text, catalogue=catalogue) for m in _NUMBER.finditer(text)]
    found += [
        Number(float(NUMBER_WORDS[m[1].lower()]), 0.0, _unit_at(text, m.end(), catalogue=catalogue)[0], m.start(), m.end(), False, m[0])
        for m in _WORD_NUMBER.finditer(text)
    ]
    found.sort(key=lambda n: n.start)
    for index in range(len(found) - 2, -1, -1):
        first, second = found[index], found[index + 1]
        if not first.unit and second.unit and _CONNECTOR.fullmatch(text[first.end : second.start]):
            found[index] = replace(first, unit=second.unit)
    return found


def _number(match: re.Match[str], text: str, *, catalogue: Catalogue) -> Number:
    digits = match[0].replace(",", "")
    before = text[: match.start()]
    negative = bool(re.search(r"(?:^|[\s(\[=:≈~<>≤≥])[-−–]\s?$|\bminus\s+$", before)) and not re.search(r"\d\s*[-−–]\s?$", before)
    decimals = len(digits.partition(".")[2].split("e")[0].split("E")[0])
    tolerance = 0.5 * 10.0**-decimals
    if _HEDGE.search(before.rstrip("-−–( ")) and "." not in digits and "e" not in digits.lower():
        zeros = len(digits) - len(digits.rstrip("0"))
        tolerance = 0.5 * 10.0 ** min(zeros, max(len(digits) - 1, 0))
    unit, end = _unit_at(text, match.end(), catalogue=catalogue)
    if (
        re.search(r"[$€£]\s*$", before)
        or re.match(r"\s*(?:\^|\*\*|×\s*10|x\s*10\b|/\s*\d)", text[match.end() :])
        or before.endswith(("^", "**"))
    ):
        unit = UNKNOWN
    spread = bool(re.search(r"(?:±|\+/-|\+-|plus or minus)\s*$", before, re.IGNORECASE))
    value = -float(digits) if negative else float(digits)
    return Number(value, tolerance, unit, match.start(), end, spread, text[match.start() : end])


def _masked(text: str, *, catalogue: Catalogue) -> str:
    def hide(match: re.Match[str]) -> str:
        return "_" * len(match[0])

    def locant(match: re.Match[str]) -> str:
        return (
            match[0] if _spelled_unit(text_now, match.end(), catalogue=catalogue) or _word_number(text_now[match.end() :]) else hide(match)
        )

    def glued(match: re.Match[str]) -> str:
        letters = re.match(r"[^\d_-]+", match[0])
        return match[0] if letters and catalogue.resolve(letters[0]) else hide(match)

    text_now = text
    text_now = _LOCANT.sub(locant, text_now)
    text_now = _GLUED.sub(glued, text_now)
    return _SHORT_AFTER.sub(lambda m: m[0] if m[0][1] in "KCF" else hide(m), text_now)


def _word_number(rest: str) -> bool:
    return bool(re.match(r"(?:degrees?|percent|step|fold|times)\b", rest, re.IGNORECASE))


@lru_cache(maxsize=4)
def _units(catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """(spelling in lower case, unit) of everything that may follow a number, longest first; single letters apart from these."""
    table = {s.lower(): catalogue.units.parse(s) or UNKNOWN for s in catalogue.units.spellings() if len(s) > 1 or s == "%"}
    table |= {d.unit.lower(): d.unit for d in catalogue if d.unit and len(d.unit) > 1}
    for word in FOREIGN_UNITS:
        table.setdefault(word, UNKNOWN)
    table |= {"degrees": "°C", "degree": "°C", "°": "°C", "kelvins": "K", "% of": "%"}
    return tuple(sorted(table.items(), key=lambda item: (-len(item[0]), item[0])))


_LETTERS = {"K": "K", "C": "°C", "F": "°F"}


def _unit_at(text: str, position: int, *, catalogue: Catalogue) -> tuple[str, int]:
    """The unit that begins at ``position`` (after spaces or a hyphen) and where it ends; ('', position) if there is none."""
    found = _spelled_unit(text, position, catalogue=catalogue)
    if found:
        return found
    glued = re.match(r"[A-Za-zµμ]+", text[position:])
    if glued and glued[0].lower() not in ("st", "nd", "rd", "th"):
        return UNKNOWN, position + glued.end()
    return "", position


def _spelled_unit(text: str, position: int, *, catalogue: Catalogue) -> tuple[str, int] | None:
    lead = re.match(r"[\s\u00a0\u202f]*-?[\s\u00a0]*", text[position:])
    begin = position + (lead.end() if lead else 0)
    rest = text[begin:]
    low = rest.lower()
    for spelling, unit in _units(catalogue):
        if low.startswith(spelling) and not re.match(r"[A-Za-z0-9²³⁻]", rest[len(spelling) :] if spelling[-1].isalpha() else ""):
            return unit, begin + len(spelling)
    if rest[:1] in _LETTERS and not re.match(r"[A-Za-z0-9-]", rest[1:]):
        return _LETTERS[rest[0]], begin + 1
    return None


def _without_units(text: str) -> str:
    """``text`` without the superscripts that belong to units and formulas: Å², cm⁻¹, sp³, R²."""
    return re.sub(r"(?<=[A-Za-zÅ])[⁻⁺]?[¹²³]|½(?=-)", "", text)
