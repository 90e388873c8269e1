"""The calculator of the thermal risk: a level by rules, with what boiling and air mean beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rdkit import Chem

from core.candidate import PropertyValue
from core.spec import EstimationConditions
from tools.calculators.air_rules import in_air
from tools.calculators.protocol import Batch, Cost, PlainCalculator
from tools.calculators.thermal_rules import METHOD, RULES_VERSION, thermal_stability
from tools.calculators.volatility import volatility
from tools.catalogue.property import Property

#: Its prediction, where there is one, is evidence of volatility.
EVIDENCE = "flash_point"


@dataclass(frozen=True, eq=False)
class ThermalRules(PlainCalculator):
    """The risk that a neat compound decomposes at a temperature: low, moderate or high."""

    properties: tuple[Property, ...]
    name: str = "thermal rules"
    cost: Cost = Cost.LEARNT
    uses: tuple[str, ...] = (EVIDENCE,)

    def version(self, name: str) -> str:
        """Version of the rules."""
        return RULES_VERSION

    def method(self, definition: Property) -> str:
        """What the rules hold for."""
        return METHOD

    def batch(self, names: Sequence[str], batch: Batch) -> dict[str, list[PropertyValue]]:
        """A level for every structure, with its reasons."""
        flash: Sequence[PropertyValue | None] = batch.known.get(EVIDENCE) or [None] * len(batch.mols)
        units = {p.name: p.unit for p in self.properties}
        return {
            name: [_level(mol, batch.conditions, units[name], value) for mol, value in zip(batch.mols, flash, strict=True)]
            for name in names
        }


def volatility_words(mol: Chem.Mol, temperature_c: float, flash_point: PropertyValue | None) -> str:
    """``volatility`` with the flash point as evidence where it has been predicted inside the model's domain; never predicted for this.

    ``temperature_c`` is in °C; empty where nothing is to be said.
    """
    if flash_point is None or flash_point.number is None or flash_point.in_domain is False:
        return volatility(mol, temperature_c)
    return volatility(mol, temperature_c, flash_point.number, flash_point.sigma, how=_how(flash_point))


def _how(value: PropertyValue) -> str:
    """Whether a value is 'measured', the 'fitted' one of a structure that the model was trained on, or 'predicted'."""
    if value.basis == "measured":
        return "measured"
    return "fitted" if value.basis is not None or value.similarity == 1.0 else "predicted"


def _level(mol: Chem.Mol, conditions: EstimationConditions, unit: str, flash_point: PropertyValue | None) -> PropertyValue:
    risk = thermal_stability(mol, conditions.temperature_c)
    beside = [words for words in (volatility_words(mol, conditions.temperature_c, flash_point), in_air(mol)) if words]
    return PropertyValue(
        value=risk.level,
        unit=unit,
        method=METHOD,
        method_version=RULES_VERSION,
        in_domain=risk.in_domain,
        reason="; ".join([*risk.reasons, *beside]),
    )
