"""One row of the table of costs: what is measured, in which unit, how, and the bound that it has to keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """A figure that a bound is set for.

    Attributes:
        key: its name in the saved figures.
        order: its place in the table, low first.
        what: what is measured, in words.
        unit: unit of the figure; '' for a ratio.
        reach: the bound.
        measure: measures it in the checkout whose folder it is given. Raises MeasureError where it cannot be measured there.
        at_least: whether the figure must be at least ``reach``; otherwise at most.
        earlier: the figure before the work on it, where no older checkout was measured.
    """

    key: str
    order: int
    what: str
    unit: str
    reach: float
    measure: Callable[[Path], float]
    at_least: bool = False
    earlier: str = ""

    def kept(self, figure: float) -> bool:
        """Whether ``figure`` keeps the bound."""
        return figure >= self.reach if self.at_least else figure <= self.reach

    @property
    def bound(self) -> str:
        """The bound in words."""
        return f"{'≥' if self.at_least else '≤'} {self.reach:g}{f' {self.unit}' if self.unit else ''}"
