"""Named rule sets (Lipinski, Veber, Ghose, ...): limits on computed properties, from ``rule_sets.toml``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from core import data
from core.errors import ConfigurationError, SpecError
from tools.calculators.descriptors import compute_descriptor
from tools.catalogue.registry import REGISTRY

#: Metrics that are not registered properties. Lipinski counts donors as N-H and O-H bonds and acceptors as N and O atoms.
_OWN_METRICS: dict[str, tuple[str, Callable[[Chem.Mol], float]]] = {
    "nh_oh_count": ("H-bond donors (N-H and O-H)", lambda mol: float(rdMolDescriptors.CalcNumLipinskiHBD(mol))),
    "n_o_count": ("H-bond acceptors (N and O)", lambda mol: float(rdMolDescriptors.CalcNumLipinskiHBA(mol))),
    "all_atoms": ("atoms with hydrogen", lambda mol: float(mol.GetNumAtoms() + sum(a.GetTotalNumHs() for a in mol.GetAtoms()))),
}


@dataclass(frozen=True)
class Rule:
    """One limit: ``metric`` compared with ``limit``; ``comparison`` is '<=' or '>='."""

    metric: str
    comparison: str
    limit: float

    @property
    def text(self) -> str:
        """The rule in words with its unit."""
        if self.metric in _OWN_METRICS:
            label, unit = _OWN_METRICS[self.metric][0], ""
        else:
            label, unit = REGISTRY[self.metric].label, REGISTRY[self.metric].unit
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
    """

    name: str
    label: str
    words: tuple[str, ...]
    rules: tuple[Rule, ...]
    allowed_violations: int
    source: str
    note: str


def _rule(text: str) -> Rule:
    metric, comparison, limit = text.split()
    if comparison not in ("<=", ">=") or not (metric in _OWN_METRICS or metric in REGISTRY):
        raise ConfigurationError(f"rule_sets.toml: {text!r} is not a rule")
    return Rule(metric, comparison, float(limit))


def _load() -> dict[str, RuleSet]:
    table = data.table("tools.calculators", "rule_sets.toml")
    return {
        name: RuleSet(
            name=name,
            label=row["label"],
            words=tuple(row["words"]),
            rules=tuple(_rule(r) for r in row["rules"]),
            allowed_violations=row["allowed_violations"],
            source=row["source"],
            note=row["note"],
        )
        for name, row in table.items()
    }


#: Every rule set by its name.
RULE_SETS: dict[str, RuleSet] = _load()


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    return {word: rules.name for rules in RULE_SETS.values() for word in (rules.name, *rules.words)}


def resolve_rule_set(word: str) -> RuleSet | None:
    """The rule set called ``word`` (any case), or None."""
    name = _words().get(" ".join(word.lower().split()))
    return RULE_SETS[name] if name else None


def metric_value(metric: str, mol: Chem.Mol) -> float:
    """A metric of a rule for ``mol``, in the unit of the registered property. Raises SpecError for an unknown metric."""
    if metric in _OWN_METRICS:
        return _OWN_METRICS[metric][1](mol)
    return compute_descriptor(metric, mol)


def violations(mol: Chem.Mol, name: str) -> list[str]:
    """The rules of the set ``name`` that ``mol`` breaks, in words with the value found; empty if none.

    The set is met if there are no more of them than its ``allowed_violations``. Raises SpecError for an unknown set.
    """
    rule_set = RULE_SETS.get(name) or resolve_rule_set(name)
    if rule_set is None:
        raise SpecError(f"unknown rule set {name!r}; known: {', '.join(RULE_SETS)}")
    broken = []
    for rule in rule_set.rules:
        value = metric_value(rule.metric, mol)
        # 1e-9: sums of contributions carry rounding noise.
        held = value <= rule.limit + 1e-9 if rule.comparison == "<=" else value >= rule.limit - 1e-9
        if not held:
            broken.append(f"{rule.text} (found {value:.4g})")
    return broken
