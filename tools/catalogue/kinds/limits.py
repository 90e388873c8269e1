"""What the requirements of a spec leave open together: a range for every quantity, patterns needed and excluded, elements allowed."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.spec import RequirementBase
from tools.catalogue.catalogue import Catalogue

INF = float("inf")
#: What a range is about: ("property", name), ("element", symbol), ("group", name), or a sort of a kind's own with a name.
Quantity = tuple[str, str]


def phrase_of(requirement: RequirementBase) -> str:
    """The words of the goal that a requirement comes from, or else its own."""
    return requirement.phrase or requirement.text


class Range:
    """The range that requirements leave for one quantity; ends carry whether they are excluded."""

    def __init__(self) -> None:
        self.low, self.high, self.low_open, self.high_open = -INF, INF, False, False
        self.low_phrase = self.high_phrase = ""

    def narrow(self, low: float, high: float, strict_low: bool, strict_high: bool, phrase: str) -> None:
        """Take another lower and upper end into account, with the phrase that states them."""
        if low > self.low or (low == self.low and strict_low):
            self.low, self.low_open, self.low_phrase = low, strict_low, phrase
        if high < self.high or (high == self.high and strict_high):
            self.high, self.high_open, self.high_phrase = high, strict_high, phrase

    def empty(self) -> bool:
        """Whether nothing is left."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def phrases(self) -> str:
        """The phrases that set the two ends."""
        return " / ".join(dict.fromkeys(p for p in (self.low_phrase, self.high_phrase) if p))


@dataclass(frozen=True)
class Pattern:
    """A substructure with its name, and the phrase that needs or excludes it."""

    name: str
    smarts: str
    phrase: str


@dataclass(frozen=True)
class AllowedElements:
    """The only elements that may occur, and the phrase that says so."""

    symbols: tuple[str, ...]
    phrase: str


@dataclass
class Limits:
    """Filled by the kinds (``Kind.limit``), judged by ``tools/catalogue/contradictions.py``.

    Attributes:
        catalogue: the registered properties.
        ranges: what is left for each quantity.
        needed: substructures of which there must be at least one.
        excluded: substructures that must not occur.
        atoms: elements of which there must be at least one atom, with the phrase.
        allowed: statements of the only elements that may occur.
    """

    catalogue: Catalogue
    ranges: dict[Quantity, Range] = field(default_factory=dict)
    needed: list[Pattern] = field(default_factory=list)
    excluded: list[Pattern] = field(default_factory=list)
    atoms: list[tuple[str, str]] = field(default_factory=list)
    allowed: list[AllowedElements] = field(default_factory=list)

    def narrow(
        self, quantity: Quantity, low: float, high: float, phrase: str, *, strict_low: bool = False, strict_high: bool = False
    ) -> None:
        """Take another lower and upper end of ``quantity`` into account; a strict end is itself excluded."""
        self.ranges.setdefault(quantity, Range()).narrow(low, high, strict_low, strict_high, phrase)

    def of(self, sort: str) -> dict[str, Range]:
        """The ranges of the quantities of one sort ('property', 'element', 'group'), by name."""
        return {name: box for (what, name), box in self.ranges.items() if what == sort}
