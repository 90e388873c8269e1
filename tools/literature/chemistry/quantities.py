"""Numbers with their units in a sentence: signs, ranges, spreads, powers of ten, and what stands before them ('about', 'above')."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from core import data
from core.units import BUILTIN

_NUMBER = r"\d{1,3}(?:[, ]\d{3})+(?![\d.])|\d+(?:\.\d+)?|\.\d+"
_POWER = r"(?: ?[×x·*] ?10 ?\^? ?(?P<{0}>[-+]?\d{{1,2}}))?"
_QUANTITY = re.compile(
    rf"(?<![\w.,/])(?<![A-Za-z]-)(?P<sign>[-+]\s?)?(?P<first>{_NUMBER}){_POWER.format('power')}"
    rf"(?:\s?(?:±|\+/-|\+-)\s?(?P<spread>{_NUMBER}))?(?P<early> ?° ?C| K| nm| eV| ?%)?"
    rf"(?:\s?(?:-|to|and(?= [\d.]+ ?(?:° ?C|K|nm|eV|%)))\s?(?P<last>-?(?:{_NUMBER})){_POWER.format('power2')})?"
)
_BEFORE = re.compile(
    r"(?P<greater>>|≥|above|over|exceed(?:s|ing)?|higher than|greater than|more than|at least|beyond|from)\s*$"
    r"|(?P<less><|≤|below|under|lower than|less than|at most|up to)\s*$"
    r"|(?P<about>~|≈|ca\.?|c\.|about|around|approximately|approx\.?|circa|roughly|nearly|close to)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Unit:
    """A unit in texts: ``pattern`` finds it; a number times ``factor`` is in ``standard``, a temperature apart."""

    name: str
    pattern: re.Pattern[str]
    standard: str
    factor: float

    def converted(self, value: float) -> float:
        """``value`` in :attr:`standard`."""
        return BUILTIN.convert(value, "K", "°C") if self.name == "K" else value * self.factor


@dataclass(frozen=True)
class Found:
    """A number at ``start`` up to ``end`` of a text, its unit with it; ``written`` is the unit as it stands there, ``ends`` where the number ends."""

    start: int
    end: int
    value: float
    upper: float | None
    spread: float | None
    relation: str
    unit: Unit | None
    written: str


@lru_cache(maxsize=1)
def units() -> dict[str, Unit]:
    """Every unit by name."""
    table = data.table("tools.literature.chemistry", "properties.toml")["units"]
    return {
        name: Unit(
            name,
            re.compile(rf"\s{{0,2}}(?:{row['pattern']})"),
            row["standard"],
            row.get("factor", 1.0),
        )
        for name, row in table.items()
    }


def quantities(text: str) -> list[Found]:
    """Every number of ``text`` with the longest unit that stands behind it, in order; one without a unit has None."""
    found = []
    for match in _QUANTITY.finditer(text):
        end = match.end()
        last, power = match["last"], match["power"]
        unit, unit_end = _unit(text, end)
        if unit is None and match["early"]:
            early, early_end = _unit(text, match.start("early"))
            if early is not None and (last is None or not _joins(text, match)):
                unit, unit_end, last = early, early_end, None
        if (
            unit is not None
            and match["early"]
            and last is not None
            and (early := _unit(text, match.start("early"))[0]) is not None
            and early.name != unit.name
        ):
            unit, unit_end, last = early, _unit(text, match.start("early"))[1], None
        if _rate(text, unit_end):
            continue
        value = _float(match["first"], power)
        if match["sign"] and match["sign"].strip() == "-":
            value = -value
        upper = None if last is None else _float(last.lstrip("-"), match["power2"])
        if upper is not None and last is not None and last.startswith("-"):
            upper = -upper
        if upper is not None and upper < value:
            upper = None if unit is not None else upper
        stop = (
            unit_end
            if unit is not None
            else (
                match.end()
                if last is not None
                else match.end("spread")
                if match["spread"]
                else match.end("power")
                if power
                else match.end("first")
            )
        )
        spread = _float(match["spread"], None) if match["spread"] else None
        written = text[unit_end - len(text[end:unit_end].lstrip()) : unit_end].strip() if unit is not None else ""
        if upper is not None and unit is not None and _two(text, match):
            first, second = match.end("first"), match.start("last")
            found.append(Found(match.start(), first, value, None, None, _relation(text[: match.start()]), unit, written or unit.name))
            found.append(Found(second, stop, upper, None, spread, "=", unit, written or unit.name))
            continue
        found.append(
            Found(match.start(), stop, value, upper, spread, _relation(text[: match.start()]), unit, written or (unit.name if unit else ""))
        )
    return found


def _two(text: str, match: re.Match[str]) -> bool:
    """Whether two numbers with one unit are two values ('410 and 430 nm', 'shifts from 410 to 430 nm') and no range."""
    between = text[match.end("first") : match.start("last")]
    if "and" in between:
        return re.search(r"between $", text[: match.start()]) is None
    changes = re.search(
        r"(?:shift|chang|increas|decreas|reduc|mov|ris|drop|fall|lower)[a-z]*\b[^.;]{0,60}\bfrom $", text[: match.start()], re.IGNORECASE
    )
    return "to" in between and changes is not None


def _joins(text: str, match: re.Match[str]) -> bool:
    return text[match.end("early") : match.start("last")].strip() in ("-", "to")


def _float(number: str, power: str | None) -> float:
    return float(re.sub(r"[, ]", "", number)) * 10.0 ** int(power or 0)


def _relation(before: str) -> str:
    found = _BEFORE.search(before[-24:])
    if found is None:
        return "="
    return ">" if found["greater"] and found["greater"].lower() != "from" else "<" if found["less"] else "~" if found["about"] else "="


def _unit(text: str, place: int) -> tuple[Unit | None, int]:
    best: tuple[Unit | None, int] = (None, place)
    for unit in units().values():
        match = unit.pattern.match(text, place)
        if match and match.end() > best[1]:
            best = (unit, match.end())
    return best


def _rate(text: str, place: int) -> bool:
    """Whether a unit of time follows: a heating rate is no temperature."""
    return (
        re.match(r"\s?(?:/|·|per)?\s?(?:min|s|h)(?:ute)?(?:-1)?(?![A-Za-z])", text[place : place + 12]) is not None
        and re.match(r"\s?(?:/|·|per|(?:min|s|h)(?:ute)?-1)", text[place : place + 12]) is not None
    )
