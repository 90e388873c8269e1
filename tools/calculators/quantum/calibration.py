"""Straight lines from what the method says to what is measured (or computed by a better method), with the error that is left."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

#: Where the lines stand; ``python -m evals.quantum`` writes the file.
FILE = "calibration.toml"


@dataclass(frozen=True)
class Line:
    """value = slope * raw + intercept, fitted to reference values by least squares; above a knee it may go on with another slope.

    Attributes:
        slope, intercept: of the line; in the unit of the property.
        knee, slope_above: raw value from which the line has another slope, and that slope; None: it has one slope.
        sigma: one standard deviation of a prediction, so that 1.645 of it on either side holds 90 % of the residuals left out in turn.
        n: how many reference values.
        mean, spread: mean of their raw values, and the sum of the squared deviations from it.
        low, high: the smallest and the largest of the raw values.
        rmse, mae: of the residuals left out in turn; ``raw_rmse``: of the method without the line; None where the two have not the same meaning.
        reference: what the reference values are, with their source.
    """

    slope: float
    intercept: float
    sigma: float
    n: int
    mean: float
    spread: float
    low: float
    high: float
    rmse: float
    mae: float
    reference: str
    raw_rmse: float | None = None
    knee: float | None = None
    slope_above: float | None = None

    def __call__(self, raw: float) -> tuple[float, float]:
        """The value and its standard deviation in the unit of the property; the latter grows away from the reference values. Never NaN for a number."""
        value = self.slope * raw + self.intercept
        if self.knee is not None and self.slope_above is not None and raw > self.knee:
            value += (self.slope_above - self.slope) * (raw - self.knee)
        return value, self.sigma * math.sqrt(1 + 1 / self.n + (raw - self.mean) ** 2 / self.spread)


@cache
def lines() -> dict[str, Line]:
    """The line of each property; of bond energies one for each pair of elements ('bond C-O')."""
    table = tomllib.loads(resources.files("tools.calculators.quantum").joinpath(FILE).read_text(encoding="utf-8"))
    return {name: Line(**fields) for name, fields in table.items()}
