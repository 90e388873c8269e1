"""The structure rules: families by SMARTS, read from ``rules/*.toml``, and the version of everything the guard reads."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

from rdkit import Chem

from core import data
from core.candidate import SafetyRuleHit, Verdict
from core.errors import ConfigurationError
from core.plugins import SAFETY_RULES, plugins
from tools.structures.prescreen import FEW, Prescreen

HERE = Path(__file__).parent
RULE_FILES = ("chemical_weapons.toml", "energetic.toml", "controlled_drugs.toml", "warnings.toml")
Scope = Literal["molecule", "polymer", "both"]


@dataclass(frozen=True)
class StructureRule:
    """A family of structures. It fires when a pattern of ``smarts`` matches, every other condition holds, and no ``unless`` matches."""

    id: str
    name: str
    verdict: Verdict
    reason: str
    smarts: tuple[Chem.Mol, ...]
    unless: tuple[Chem.Mol, ...] = ()
    needs: tuple[tuple[Chem.Mol, int], ...] = ()
    elements: frozenset[int] = frozenset()
    only_elements: frozenset[int] = frozenset()
    count: int = 1
    distinct: Chem.Mol | None = None
    distinct_count: int = 1
    max_heavy_atoms: int = 0
    scope: Scope = "both"
    whole: bool = False
    exempt: str = ""
    source: str = ""

    def fires(self, mol: Chem.Mol, present: frozenset[int]) -> bool:
        """Whether ``mol``, which holds the elements ``present``, belongs to the family."""
        if not self.elements <= present or (self.only_elements and not present <= self.only_elements):
            return False
        if self.max_heavy_atoms and mol.GetNumHeavyAtoms() > self.max_heavy_atoms:
            return False
        if self.count > 1:
            if max(len(mol.GetSubstructMatches(pattern)) for pattern in self.smarts) < self.count:
                return False
        elif not any(mol.HasSubstructMatch(pattern) for pattern in self.smarts):
            return False
        if self.distinct is not None and len(mol.GetSubstructMatches(self.distinct)) < self.distinct_count:
            return False
        if self.needs and not any(len(mol.GetSubstructMatches(pattern)) >= number for pattern, number in self.needs):
            return False
        return not any(mol.HasSubstructMatch(pattern) for pattern in self.unless)

    def hit(self) -> SafetyRuleHit:
        """The rule as a hit with its own verdict."""
        return SafetyRuleHit(id=self.id, name=self.name, verdict=self.verdict, reason=self.reason, source=self.source)


def _pattern(smarts: str, rule: str) -> Chem.Mol:
    pattern = Chem.MolFromSmarts(smarts)
    if pattern is None:
        raise ValueError(f"safety rule {rule}: {smarts!r} is not a SMARTS")
    return pattern


def _elements(symbols: list[str]) -> frozenset[int]:
    table = Chem.GetPeriodicTable()
    return frozenset(table.GetAtomicNumber(symbol) for symbol in symbols)


def _need(text: str, rule: str) -> tuple[Chem.Mol, int]:
    """A needed pattern and how often it is needed: a component repeated as ``(X).(X)`` is needed twice."""
    if text.startswith("(") and text.endswith(")") and ").(" in text:
        parts = text[1:-1].split(").(")
        return _pattern(parts[0], rule), len(parts)
    return _pattern(text, rule), 1


def _rule(raw: dict[str, Any]) -> StructureRule:
    name = raw["id"]
    known = {
        "id", "name", "verdict", "reason", "smarts", "unless", "needs", "elements", "only_elements", "count", "distinct",
        "distinct_count", "max_heavy_atoms", "scope", "whole", "exempt", "source",
    }  # fmt: skip
    if unknown := set(raw) - known:
        raise ValueError(f"safety rule {name}: unknown fields {sorted(unknown)}")
    return StructureRule(
        id=name,
        name=raw["name"],
        verdict=raw["verdict"],
        reason=raw["reason"],
        smarts=tuple(_pattern(s, name) for s in raw["smarts"]),
        unless=tuple(_pattern(s, name) for s in raw.get("unless", [])),
        needs=tuple(_need(s, name) for s in raw.get("needs", [])),
        elements=_elements(raw.get("elements", [])),
        only_elements=_elements(raw.get("only_elements", [])),
        count=raw.get("count", 1),
        distinct=_pattern(raw["distinct"], name) if "distinct" in raw else None,
        distinct_count=raw.get("distinct_count", 1),
        max_heavy_atoms=raw.get("max_heavy_atoms", 0),
        scope=raw.get("scope", "both"),
        whole=raw.get("whole", False),
        exempt=raw.get("exempt", ""),
        source=raw.get("source", ""),
    )


@lru_cache(maxsize=1)
def structure_rules() -> tuple[StructureRule, ...]:
    """Every structure rule, in the order of the files, then those of plug-ins: entry points ``molwright.safety_rules``.

    An entry point names a list of rules, each a dict with the fields of a rule in ``rules/*.toml``. They hold in every workspace: no
    request can leave a rule out. Raises ValueError for a rule that cannot be read or an id used twice, ConfigurationError for a plug-in.
    """
    rules: list[StructureRule] = []
    for file in RULE_FILES:
        table = data.table("tools.safety", f"rules/{file}")
        rules += [_rule({**table.get("defaults", {}), **raw}) for raw in table["rule"]]
    for plugin in plugins(SAFETY_RULES):
        try:
            rules += [_rule(raw) for raw in plugin.value]
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(f"{plugin} has a safety rule that cannot be used: {error}") from error
    ids = [rule.id for rule in rules]
    if len(set(ids)) != len(ids):
        raise ValueError(f"safety rule ids used twice: {sorted({i for i in ids if ids.count(i) > 1})}")
    return tuple(rules)


@lru_cache(maxsize=4)
def _screen(kind: str) -> tuple[Prescreen, tuple[StructureRule, ...], tuple[slice, ...]]:
    """The screen of the patterns of all rules whose id begins with ``kind``, those rules, and which of the patterns are those of each."""
    rules = tuple(rule for rule in structure_rules() if rule.id.startswith(kind))
    patterns: list[Chem.Mol] = []
    parts = []
    for rule in rules:
        parts.append(slice(len(patterns), len(patterns) + len(rule.smarts)))
        patterns += rule.smarts
    return Prescreen(patterns, few=FEW), rules, tuple(parts)


def possible_rules(mol: Chem.Mol, kind: str = "") -> list[StructureRule]:
    """The structure rules (those whose id begins with ``kind``), in their order, of which ``mol`` can match a pattern; the others surely do
    not fire."""
    screen, rules, parts = _screen(kind)
    possible = screen.possible(mol)
    return [rule for rule, part in zip(rules, parts, strict=True) if any(possible[part])]


@lru_cache(maxsize=1)
def thresholds() -> dict[str, float]:
    """The numbers of the energetic rules (percent, or ratios), from ``rules/energetic.toml``."""
    return cast("dict[str, float]", data.table("tools.safety", "rules/energetic.toml")["thresholds"])


def rules_version() -> str:
    """12 hexadecimal characters that change with any file the guard's verdicts depend on (its data and its own code)."""
    digest = hashlib.sha256()
    files = [path for pattern in ("rules/**/*", "tables/*", "*.py") for path in HERE.glob(pattern) if path.is_file()]
    files = [path for path in files if "__pycache__" not in path.parts]  # what is kept parsed there comes and goes
    for file in sorted(files, key=lambda path: path.relative_to(HERE).as_posix()):
        digest.update(file.relative_to(HERE).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    for plugin in plugins(SAFETY_RULES):
        digest.update(f"{plugin.package} {plugin.name} {list(plugin.value)!r}".encode())
    return digest.hexdigest()[:12]
