"""Named rule sets (Lipinski, Veber, Ghose, ...): limits on computed properties, from ``rule_sets.toml``.

What counts their violations in a structure is in ``tools/calculators/rule_sets.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from core import data
from core.errors import ConfigurationError
from tools.catalogue.shipped import shipped

#: Metrics that are not registered properties, with their labels. Lipinski counts donors as N-H and O-H bonds and acceptors as N and O atoms.
OWN_METRICS: Mapping[str, str] = MappingProxyType(
    {
        "nh_oh_count": "H-bond donors (N-H and O-H)",
        "n_o_count": "H-bond acceptors (N and O)",
        "all_atoms": "atoms with hydrogen",
    }
)


@dataclass(frozen=True)
class Rule:
    """One limit: ``metric`` compared with ``limit``; ``comparison`` is '<=' or '>='."""

    metric: str
    comparison: str
    limit: float

    @property
    def text(self) -> str:
        """The rule in words with its unit."""
        if self.metric in OWN_METRICS:
            label, unit = OWN_METRICS[self.metric], ""
        else:
            label, unit = shipped()[self.metric].label, shipped()[self.metric].unit
        return f"{label} {'at most' if self.comparison == '<=' else 'at least'} {self.limit:g}{' ' + unit if unit else ''}"


@dataclass(frozen=True)
class RuleSet:
    """A named rule set.

    Attributes:
        name: registered name.
        label: name for reports.
        words: lower-case words by which goals ask for it.
        rules: its limits.
        allowed_violations: how many rules may be broken before the set counts as broken (Lipinski's own text allows one).
        source: reference, empty where none was checked.
        note: what a reader should know.
        drug_like: whether it is a rule of drugs, so that structural alerts mean something to whoever asks for it.
    """

    name: str
    label: str
    words: tuple[str, ...]
    rules: tuple[Rule, ...]
    allowed_violations: int
    source: str
    note: str
    drug_like: bool = True


def _rule(text: str) -> Rule:
    metric, comparison, limit = text.split()
    if comparison not in ("<=", ">=") or not (metric in OWN_METRICS or metric in shipped()):
        raise ConfigurationError(f"rule_sets.toml: {text!r} is not a rule")
    return Rule(metric, comparison, float(limit))


def _load() -> dict[str, RuleSet]:
    table = data.table("tools.catalogue", "rule_sets.toml")
    return {
        name: RuleSet(
            name=name,
            label=row["label"],
            words=tuple(row["words"]),
            rules=tuple(_rule(r) for r in row["rules"]),
            allowed_violations=row["allowed_violations"],
            source=row["source"],
            note=row["note"],
            drug_like=row.get("drug_like", True),
        )
        for name, row in table.items()
    }


#: Every rule set by its name.
RULE_SETS: Mapping[str, RuleSet] = MappingProxyType(_load())


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    return {word: rules.name for rules in RULE_SETS.values() for word in (rules.name, *rules.words)}


def resolve_rule_set(word: str) -> RuleSet | None:
    """The rule set called ``word`` (any case), or None."""
    name = _words().get(" ".join(word.lower().split()))
    return RULE_SETS[name] if name else None
