"""A costly calculator among the others: goals can name its properties, and nothing asks it by the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.candidate import COMPUTED, PropertyValue
from core.spec import DesignSpec
from tools.calculators.collection import Calculators
from tools.calculators.costly.protocol import CostlyCalculator, Outcome
from tools.calculators.protocol import Batch, Cost, PlainCalculator
from tools.catalogue.property import Property

#: Half-width of a 90 % interval in standard deviations.
NINETY = 1.645
#: Significant digits of a computed value.
DIGITS = 6


@dataclass(frozen=True, eq=False)
class Costly(PlainCalculator):
    """The calculator of a workspace for a :class:`CostlyCalculator`.

    Asked with many structures, as a page or the first half of a screen does, it computes nothing: every value is None, and the reason says what a call costs.
    A run (``graphs/costly.py``), a screen (``tools/screening/dear.py``) and whoever asks for one structure by name (:mod:`tools.calculators.costly.pool`) call ``inner``.
    """

    inner: CostlyCalculator
    cost: Cost = Cost.SIMULATED

    @property
    def name(self) -> str:
        """That of what is called."""
        return self.inner.name

    @property
    def properties(self) -> tuple[Property, ...]:
        """Those of what is called."""
        return self.inner.properties

    def version(self, name: str) -> str:
        """That of what is called."""
        return self.inner.version

    def method(self, definition: Property) -> str:
        """The name of what is called."""
        return self.inner.name

    def batch(self, names: Sequence[str], batch: Batch) -> dict[str, list[PropertyValue]]:
        """No value, with the reason, for every structure."""
        reason = f"not computed: a call of {self.name} takes about {in_words(self.inner.seconds)}; a run, a screen of a library, molwright check or a computation of this structure (page Structures) has it"
        return {p.name: [self.missing(p, reason)] * len(batch.mols) for p in self.properties if p.name in names}

    def computed(self, outcomes: Mapping[str, Outcome]) -> dict[str, PropertyValue]:
        """What a call found as property values in the units of the properties; one that it does not have is None with its reason."""
        return {p.name: self._value(p, outcomes[p.name]) for p in self.properties if p.name in outcomes}

    def _value(self, definition: Property, outcome: Outcome) -> PropertyValue:
        if outcome.value is None:
            return self.missing(definition, outcome.reason or "the calculator gave no value and no reason")
        number, half = float(f"{outcome.value:.{DIGITS}g}"), NINETY * outcome.sigma
        return PropertyValue(
            value=number,
            unit=definition.unit,
            sigma=outcome.sigma,
            lower=number - half if half else None,
            upper=number + half if half else None,
            method=self.name,
            method_version=self.inner.version,
            basis=COMPUTED,
        )


@dataclass(frozen=True)
class Wanted:
    """A costly calculator, and which of its properties a spec needs, in its order."""

    costly: Costly
    names: tuple[str, ...]


def wanted(spec: DesignSpec, calculators: Calculators) -> list[Wanted]:
    """The costly calculators that a spec needs, the cheapest first; [] for none. SpecError for a property that does not exist."""
    named = set(spec.property_names())
    found = [Wanted(c, tuple(p.name for p in c.properties if p.name in named)) for c in calculators if isinstance(c, Costly)]
    return sorted((w for w in found if w.names), key=lambda w: (w.costly.inner.seconds, w.costly.name))


def costly_names(calculators: Calculators) -> frozenset[str]:
    """Names of the properties whose values cost a call; empty where there are none."""
    return frozenset(p.name for c in calculators if isinstance(c, Costly) for p in c.properties)


def in_words(seconds: float) -> str:
    """A time as people say it, from its seconds: '0.5 s', '20 s', '3 min', '2.5 h'; never empty."""
    for unit, size, least in (("h", 3600.0, 5400.0), ("min", 60.0, 120.0)):
        if seconds >= least:
            return f"{seconds / size:.2g} {unit}"
    return f"{seconds:.2g} s"
