"""What a vendor's list says of packages: price, currency, size and unit, under the headings and in the notations that vendors use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tools.files.headings import squashed, unit_in
from tools.files.numbers import PATTERN, Notation, notation_of, number

#: Mass units in g, amounts of substance in mol, volumes in mL.
MASS_UNITS = {"µg": 1e-6, "mg": 1e-3, "g": 1.0, "kg": 1e3}
MOLE_UNITS = {"µmol": 1e-6, "mmol": 1e-3, "mol": 1.0}
VOLUME_UNITS = {"µl": 1e-3, "ml": 1.0, "l": 1e3}
SIZES = {**MASS_UNITS, **MOLE_UNITS, **VOLUME_UNITS}
_UNIT_WORDS = {
    "gram": "g",
    "grams": "g",
    "gr": "g",
    "kilogram": "kg",
    "kgs": "kg",
    "milligram": "mg",
    "milligrams": "mg",
    "litre": "l",
    "liter": "l",
    "gm": "g",
}
_SIGNS = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "₹": "INR", "EURO": "EUR", "EUROS": "EUR", "FR.": "CHF"}
_CODES = frozenset(
    [
        "USD",
        "EUR",
        "GBP",
        "CHF",
        "JPY",
        "CNY",
        "INR",
        "CAD",
        "AUD",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "CZK",
        "KRW",
        "SGD",
        "HKD",
        "BRL",
        "RUB",
        "RMB",
        "MXN",
        "ZAR",
        "NZD",
        "TWD",
        "ILS",
        "TRY",
        "HUF",
    ]
)
_HEADING = re.compile(
    r"(?:(?P<price>unitprice|listprice|price|cost|preis|prix|precio|prezzo)|(?P<amount>packagesize|packsize|packunitsize|packaging|package|pack|amount|quantity|qty|size|menge|quantité|cantidad|quantità)"
    r"|(?P<unit>packunit|amountunit|sizeunit|units?|einheit|uom|unité|unidad|unità)|(?P<currency>currency|curr|währung|waehrung|devise|moneda|valuta))(?P<number>\d*)(?P<tail>[a-zµ]*)"
)
_PRICE = re.compile(rf"(?P<before>[^\d\s.,+\-]+\s*)?(?P<sign>[+\-−]?)\s?(?P<number>{PATTERN})(?P<after>\s*[^\d\s].*)?")
_AMOUNT = re.compile(rf"(?P<number>{PATTERN})\s*(?P<unit>[^\d\s]*)")
_PER = re.compile(rf"(?P<currency>[^\d/]*?)\s*(?:/|per)\s*(?P<amount>{PATTERN})?\s*(?P<unit>[^\d\s]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Package:
    """One package as far as its row says; None and '' where it does not. ``unit``: mg, g, kg, mmol, mol, mL or L;
    ``id``: its own, where it has another than its block."""

    price: float | None = None
    currency: str = ""
    amount: float | None = None
    unit: str = ""
    id: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a price for a size."""
        return self.price is not None and self.amount is not None


def unit_of(text: str) -> str:
    """The unit of a package as it is stored; '' for what is none."""
    plain = text.strip().lower().rstrip(".").replace("μ", "µ")
    plain = _UNIT_WORDS.get(plain, plain)
    plain = "µ" + plain[1:] if plain in ("ug", "ul", "umol") else plain
    return plain.replace("l", "L") if plain in VOLUME_UNITS else plain if plain in SIZES else ""


def currency_of(text: str) -> str:
    """The three letters of a currency; '' for what is none. '$' is the dollar of the United States."""
    plain = text.strip().upper()
    code = _SIGNS.get(plain, plain)
    return code if code in _CODES else ""


@dataclass
class _Group:
    """The headings of one package of a row, and what they say for every row."""

    price: str = ""
    amount: str = ""
    unit: str = ""
    currency: str = ""
    said: Package = Package()


class PackColumns:
    """The columns of a list that speak of packages; several packages may stand in one row ('Price 1 (USD)', 'Price 2 (USD)').

    Attributes:
        used: the headings that were understood.
    """

    def __init__(self, headings: Sequence[str]) -> None:
        self.used: set[str] = set()
        groups: dict[str, _Group] = {}
        for heading in headings:
            self._understand(heading, groups)
        shared = groups.pop("", _Group())
        self._groups = [shared] if not groups else [_filled(g, shared) for _, g in sorted(groups.items(), key=lambda item: int(item[0]))]
        self._notations: dict[str, Notation] = {}

    def _understand(self, heading: str, groups: dict[str, _Group]) -> None:
        base, said = unit_in(heading)
        found = _HEADING.fullmatch(squashed(base))
        if found is None:
            return
        kind = next(name for name in ("price", "amount", "unit", "currency") if found[name])
        tail = found["tail"]
        if tail and not (currency_of(tail) if kind == "price" else unit_of(tail) if kind == "amount" else ""):
            return
        group = groups.setdefault(found["number"], _Group())
        if getattr(group, kind):
            return
        setattr(group, kind, heading)
        self.used.add(heading)
        group.said = _merged(group.said, _said(kind, said or tail))

    def learn(self, rows: Iterable[dict[str, str]]) -> list[str]:
        """See how the numbers of each column are written; what is to be said of it."""
        kept = list(rows)
        for group in self._groups:
            for heading in filter(None, (group.price, group.amount)):
                self._notations[heading] = notation_of(row.get(heading, "") for row in kept)
        return [note for h, n in self._notations.items() if (note := n.note(h))]

    def read(self, cells: dict[str, str]) -> tuple[list[Package], list[str]]:
        """The packages of a row, at least one, and what could not be read of them."""
        notes: list[str] = []
        found = [self._package(group, cells, notes) for group in self._groups]
        told = [p for p in found if p != Package() and (p.price is not None or p.amount is not None)]
        return told or [Package()], notes

    def _package(self, group: _Group, cells: dict[str, str], notes: list[str]) -> Package:
        price, currency = self._price(group, cells, notes)
        amount, unit = self._amount(group, cells, notes)
        if price is not None and not currency:
            notes.append("a price without a currency: taken as not known")
            price = None
        return Package(price, currency if price is not None else "", amount, unit)

    def _price(self, group: _Group, cells: dict[str, str], notes: list[str]) -> tuple[float | None, str]:
        text = cells.get(group.price, "").strip()
        if not text:
            return None, ""
        found = _PRICE.fullmatch(text)
        value = number(found["sign"] + found["number"], self._notations[group.price]) if found else ""
        words = [w.strip() for w in (found["before"], found["after"]) if w and w.strip()] if found else []
        own = [currency_of(word) for word in words]
        if isinstance(value, str) or not all(own):
            notes.append(f"the price {text!r} is not a number: taken as not known")
            return None, ""
        if not 0 <= value < 1e12:
            notes.append(f"the price {value:g} is not possible: taken as not known")
            return None, ""
        stated = cells.get(group.currency, "").strip()
        code = next(iter(own), "") or currency_of(stated) or group.said.currency
        if stated and currency_of(stated) and own and own[0] != currency_of(stated):
            notes.append(f"the price {text!r} is not in {stated}: taken as not known")
            return None, ""
        return value, code or (stated.upper() if re.fullmatch(r"[A-Za-z]{3}", stated) else "")

    def _amount(self, group: _Group, cells: dict[str, str], notes: list[str]) -> tuple[float | None, str]:
        text, stated = cells.get(group.amount, "").strip(), cells.get(group.unit, "").strip()
        if not text:
            whole = _AMOUNT.fullmatch(stated)  # a unit column may hold '25 g'
            if whole is None or not whole["unit"]:
                return group.said.amount, group.said.unit if group.said.amount is not None else ""
            text, stated = stated, ""
        found = _AMOUNT.fullmatch(text)
        value = number(found["number"], self._notations.get(group.amount, Notation("."))) if found else ""
        if found is None or isinstance(value, str) or not 0 < value < 1e12:
            notes.append(f"the amount {text!r} is not one: taken as not known")
            return None, ""
        written = found["unit"] or stated or group.said.unit
        unit = unit_of(written)
        if not unit:
            notes.append(f"the unit {written!r} of the amount is not known: the amount is taken as not known")
            return None, ""
        return value, unit


def _said(kind: str, text: str) -> Package:
    """What a heading says for every row: 'USD/1g', 'USD', 'g'."""
    if not text:
        return Package()
    if kind == "amount":
        return Package(unit=unit_of(text))
    if per := _PER.fullmatch(text.strip()):
        value = number(per["amount"], Notation(".")) if per["amount"] else 1.0
        unit = unit_of(per["unit"])
        return Package(None, currency_of(per["currency"]), value if unit and not isinstance(value, str) else None, unit)
    return Package(currency=currency_of(text)) if kind == "price" else Package()


def _merged(one: Package, other: Package) -> Package:
    return Package(None, one.currency or other.currency, one.amount or other.amount, one.unit or other.unit)


def _filled(group: _Group, shared: _Group) -> _Group:
    """A numbered package with what the headings without a number say for all."""
    said = _merged(group.said, shared.said)
    return _Group(
        group.price or shared.price, group.amount or shared.amount, group.unit or shared.unit, group.currency or shared.currency, said
    )
