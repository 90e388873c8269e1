"""Thermal stability as a risk class: weak bonds and low-temperature eliminations, never a decomposition temperature.

The question answered is: would the neat compound, sealed, under inert gas, survive one hour at the stated temperature? Each rule of
``thermal_rules.tsv`` names a group, the way it goes, and the range of temperatures in which compounds of that class typically begin
to go. The ranges are general and conservative; catalysts, air, light and impurities can lower them. A source is named where one was
consulted; where it supports the chemistry only, or where there is none, the range is expert judgement (``source_kind``). Rules of scope
'polymer' look at joined repeat units.

How conservative the rules are was seen on measured data that they were not made from: 'high' at their own melting point are 14 % of the
compounds of the Bradley set that melt at 140 to 160 °C and 42 % of those at 200 to 300 °C (many of which melt with decomposition), and 13 %
of the polymers with a measured glass transition of 200 °C or more at that temperature. Of 69 polymers with a measured decomposition
temperature, 3 % are called 'low' at that temperature and 25 % 'high' 120 K below it; rule P024 was made after these polymers were seen.
Of 52 compounds that boil undecomposed at atmospheric pressure, 27 are 'high' at their boiling point
(``python -m evals.benchmarks.thermal_classes``). Boiling away and attack by air are no part of the risk: ``volatility`` and ``air_rules`` state
them beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from rdkit import Chem
from rdkit.rdBase import BlockLogs

from core import data
from core.errors import ConfigurationError
from tools.structures.prescreen import FEW, Prescreen
from tools.structures.repeat_units import joined_units

RULES_VERSION = "4"
METHOD = "molwright weak-bond rules (neat, sealed, inert gas, one hour)"
#: Below the onset of a class by less than this many K, the risk is moderate.
MARGIN_K = 50.0
#: Elements whose organic compounds the rules know.
KNOWN_ELEMENTS = frozenset({"H", "C", "N", "O", "F", "Si", "P", "S", "Cl", "Br", "I"})

Level = Literal["low", "moderate", "high"]

#: Cases added to the counts of each level, half of each kind: how much harder new structures are than those of the tables.
PRIOR_CASES = 10


def level_counts() -> dict[str, tuple[int, int]]:
    """How many known compounds of each level survived and how many decomposed, from ``thermal_levels.tsv``.

    ``python -m evals.benchmarks.thermal_classes --levels`` counts them again from the tables of known compounds; a test compares.
    """
    rows = data.rows("tools.calculators", "thermal_levels.tsv")
    return {row["level"]: (int(row["survived"]), int(row["decomposed"])) for row in rows}


def survival_probability(survived: int, decomposed: int) -> float:
    """The share that survived, drawn towards one half by ``PRIOR_CASES`` further cases; two decimals.

    One half where nothing is known of the level.
    """
    return round((survived + PRIOR_CASES / 2) / (survived + decomposed + PRIOR_CASES), 2)


#: P(the compound survives | level), from the counts in ``thermal_levels.tsv``. It enters p_meets of a level requirement; whether the
#: requirement counts as met is decided by the order of the levels alone. What it rests on: the tables hold about as many compounds that
#: survive as that decompose, so the value of 'high' holds for such a mixture; that of 'low' and 'moderate' rests on survivors only; and
#: compounds that boil undecomposed, counted as survivors, were seen to survive minutes, not the hour that the rules speak of.
LEVEL_PROBABILITY: dict[str, float] = {level: survival_probability(*counts) for level, counts in level_counts().items()}


@dataclass(frozen=True)
class ThermalRule:
    """A group that limits thermal stability. Temperatures in °C: where compounds of this class typically begin to go."""

    id: str
    name: str
    scope: Literal["any", "polymer"]
    onset_low_c: float
    onset_high_c: float
    smarts: str
    chemistry: str
    source: str
    query: Chem.Mol = field(repr=False, compare=False)


@dataclass(frozen=True)
class RuleHit:
    """A rule that a structure matches, with the level it gives at the temperature asked for."""

    id: str
    name: str
    level: Level
    onset_low_c: float
    onset_high_c: float
    reason: str


@dataclass(frozen=True)
class ThermalRisk:
    """The answer. ``hits`` are sorted by onset, lowest first; ``reasons`` are what to show to people.

    ``in_domain`` is False where the structure holds elements that the rules do not know; the level is then at least moderate.
    """

    level: Level
    reasons: list[str]
    hits: tuple[RuleHit, ...]
    in_domain: bool


@cache
def thermal_rules() -> tuple[ThermalRule, ...]:
    """All rules, in the order of the file. Raises ConfigurationError for a rule that cannot be read."""
    rules = []
    for row in data.rows("tools.calculators", "thermal_rules.tsv"):
        with BlockLogs():
            query = Chem.MolFromSmarts(row["smarts"])
        low, high = float(row["onset_low_c"]), float(row["onset_high_c"])
        if query is None or row["scope"] not in ("any", "polymer") or low >= high:
            raise ConfigurationError(f"thermal rule {row['id']}: its SMARTS, scope or range cannot be used")
        scope: Literal["any", "polymer"] = "polymer" if row["scope"] == "polymer" else "any"
        rules.append(ThermalRule(row["id"], row["name"], scope, low, high, row["smarts"], row["chemistry"], row["source"], query))
    ids = [rule.id for rule in rules]
    if not rules or len(set(ids)) != len(ids):
        raise ConfigurationError("thermal rules: none, or two with the same id")
    return tuple(rules)


@cache
def _screen() -> Prescreen:
    """The screen of the rules' queries, in the order of the file."""
    return Prescreen([rule.query for rule in thermal_rules()], few=FEW)


SOURCE_KINDS = ("with a temperature", "in part", "expert rule")


def source_kind(rule: ThermalRule) -> str:
    """What stands behind ``rule``: a source that states a temperature for such compounds; a source for the chemistry, or for part of the
    range, the rest being expert judgement; or expert judgement alone."""
    if rule.source == "expert rule":
        return "expert rule"
    stated = "°C" in rule.source or "room temperature" in rule.source
    return "with a temperature" if stated and "expert rule" not in rule.source else "in part"


def _level(onset_low_c: float, temperature_c: float) -> Level:
    if temperature_c >= onset_low_c:
        return "high"
    return "moderate" if temperature_c > onset_low_c - MARGIN_K else "low"


def _hit(rule: ThermalRule, temperature_c: float) -> RuleHit:
    where = f"the class typically begins to go between {rule.onset_low_c:g} and {rule.onset_high_c:g} °C"
    return RuleHit(
        id=rule.id,
        name=rule.name,
        level=_level(rule.onset_low_c, temperature_c),
        onset_low_c=rule.onset_low_c,
        onset_high_c=rule.onset_high_c,
        reason=f"{rule.name}: {rule.chemistry}; {where} [{rule.id}]",
    )


_SEVERITY: dict[Level, int] = {"low": 0, "moderate": 1, "high": 2}


def least_risk(temperature_c: float) -> Level:
    """The lowest level that any structure with carbon has at ``temperature_c`` (°C): what the rules for all of them give. Never unknown."""
    levels = [_hit(rule, temperature_c).level for rule in thermal_rules() if rule.scope == "any" and rule.smarts == "[#6]"]
    return max(levels, key=_SEVERITY.__getitem__, default="low")


def thermal_stability(mol: Chem.Mol, temperature_c: float) -> ThermalRisk:
    """The risk that ``mol`` decomposes when kept neat, sealed and inert for one hour at ``temperature_c`` (°C).

    ``mol`` is a sanitised molecule, or a polymer repeat unit with two '*'. 'high': the temperature lies in or above the range where a
    class that it belongs to begins to go; 'moderate': less than 50 K below it, or the structure holds elements unknown to the rules;
    'low': no rule speaks against it. Deterministic; never raises for a sanitised molecule.
    """
    polymer = any(atom.GetAtomicNum() == 0 for atom in mol.GetAtoms())
    subject = joined_units(mol) if polymer else mol
    asked = zip(thermal_rules(), _screen().possible(subject), strict=True)
    with BlockLogs():
        found = [rule for rule, may in asked if may and (polymer or rule.scope == "any") and subject.HasSubstructMatch(rule.query)]
    hits = tuple(sorted((_hit(rule, temperature_c) for rule in found), key=lambda hit: (hit.onset_low_c, hit.id)))
    level: Level = max((hit.level for hit in hits), key=_SEVERITY.__getitem__, default="low")
    unknown = sorted({atom.GetSymbol() for atom in subject.GetAtoms() if atom.GetAtomicNum()} - KNOWN_ELEMENTS)
    reasons = [hit.reason for hit in hits if hit.level == level][:3] if level != "low" else []
    if unknown:
        level = level if level == "high" else "moderate"
        reasons.append(f"the rules do not know compounds of {', '.join(unknown)}")
    if level == "low":
        first = f"; the first thing expected to go is {hits[0].reason}" if hits else ""
        reasons.append(f"no weak bond or low-temperature elimination within {MARGIN_K:g} K of {temperature_c:g} °C{first}")
    return ThermalRisk(level=level, reasons=reasons, hits=hits, in_domain=not unknown)
