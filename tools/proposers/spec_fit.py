"""A spec as a generator sees it: what excludes a structure at once, and how far a structure is from what can be counted cheaply.

Only exact, fast properties take part; predictions are left to the estimators. Nothing here decides whether a candidate meets the
spec (``tools/evaluation`` does), so what cannot be read here (an unreadable SMARTS, say) is left out.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import assert_never

from rdkit import Chem, DataStructs
from rdkit.Chem import rdMolDescriptors

from core.model import Model
from core.spec import (
    Condition,
    CountRequirement,
    DesignSpec,
    EditRequirement,
    ElementsRequirement,
    FixedAtomsRequirement,
    LevelRequirement,
    MotifRequirement,
    PropertyRequirement,
    ReferenceSetRequirement,
    Requirement,
    RuleSetRequirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)
from tools.calculators.collection import Calculators
from tools.calculators.rule_sets import violations
from tools.catalogue.element_shares import ELEMENT_OF
from tools.catalogue.rule_sets import RULE_SETS
from tools.structures.fixed_atoms import FixedAtoms, compiled, kept_of, placements, whole
from tools.structures.similarity import ReferenceSet, morgan_fingerprint, reference_set


def miss(condition: Condition, number: float, step: float) -> float:
    """How far ``number`` lies outside ``condition``, in units of ``step``; 0 if it holds, at least 0.1 if not."""
    if condition.holds(number):
        return 0.0
    low, high = condition.bounds()
    return max(low - number, number - high, 0.1 * step) / step


@lru_cache(maxsize=4096)
def _parsed(formula: str) -> dict[str, int]:
    counts = re.findall(r"([A-Z][a-z]?)(\d*)", formula)
    return {symbol: int(number or 1) for symbol, number in counts}


def composition(mol: Chem.Mol) -> dict[str, int]:
    """Atoms of each element in ``mol``, hydrogens included. The result is shared: do not change it."""
    return _parsed(rdMolDescriptors.CalcMolFormula(mol))


@dataclass(frozen=True)
class ElementCount:
    """A demanded number of atoms of one element ('H' counts hydrogens)."""

    symbol: str
    condition: Condition

    def count(self, mol: Chem.Mol) -> int:
        """Atoms of the element in ``mol``."""
        return composition(mol).get(self.symbol, 0)


@dataclass(frozen=True)
class GroupCount:
    """A demanded number of unique matches of a group."""

    name: str
    smarts: str
    query: Chem.Mol
    condition: Condition

    def count(self, mol: Chem.Mol) -> int:
        """Unique matches of the group in ``mol``."""
        return len(mol.GetSubstructMatches(self.query, uniquify=True, maxMatches=200))


@dataclass(eq=False)
class SpecFit:
    """The cheap part of a spec. Made by :func:`spec_fit` once for equal requirements; immutable in use. ``calculators`` compute what it counts."""

    calculators: Calculators
    allowed: frozenset[str] | None = None
    forbidden: list[Chem.Mol] = field(default_factory=list)
    absent_elements: frozenset[str] = frozenset()
    scaffolds: list[Chem.Mol] = field(default_factory=list)
    fixed: list[FixedAtoms] = field(default_factory=list)
    elements: list[ElementCount] = field(default_factory=list)
    groups: list[GroupCount] = field(default_factory=list)
    windows: list[tuple[str, Condition]] = field(default_factory=list)
    similarity: list[tuple[DataStructs.ExplicitBitVect, Condition]] = field(default_factory=list)
    sets: list[tuple[ReferenceSet, Condition]] = field(default_factory=list)
    rule_sets: list[tuple[str, int]] = field(default_factory=list)
    min_heavy_atoms: int = 0
    max_heavy_atoms: int = 60

    def excluded(self, mol: Chem.Mol) -> str:
        """Why ``mol`` can never meet the spec and is not worth handing over: 'elements', 'motif', 'scaffold', 'fixed atoms', or ''.

        The configuration of fixed atoms is not looked at: generators that know none are given it afterwards (``proposers.obedience``).
        """
        if self.allowed is not None or self.absent_elements:
            symbols = composition(mol).keys() - {"H"}
            if symbols & self.absent_elements or (self.allowed is not None and not symbols <= self.allowed):
                return "elements"
        if any(mol.HasSubstructMatch(q) for q in self.forbidden):
            return "motif"
        if any(not mol.HasSubstructMatch(q) for q in self.scaffolds):
            return "scaffold"
        if any(next(placements(core, whole(mol)), None) is None for core in self.fixed):
            return "fixed atoms"
        return ""

    def distance(self, mol: Chem.Mol) -> float:
        """How far ``mol`` is from the cheap requirements, about in atoms to change; 0 if all hold."""
        total = 3.0 * bool(self.excluded(mol))
        for element in self.elements:  # hydrogens follow from the rest, so they count less than heavy atoms
            total += miss(element.condition, element.count(mol), 1.0 if element.symbol != "H" else 2.5)
        total += sum(2.0 * miss(g.condition, g.count(mol), 1.0) for g in self.groups)
        for name, condition in self.windows:
            try:
                total += miss(condition, self.calculators.number(name, mol), self.calculators.catalogue[name].step)
            except (ValueError, RuntimeError):
                total += 3.0
        total += sum(max(0, len(violations(mol, name)) - allowed) for name, allowed in self.rule_sets)
        if self.similarity:
            mine = morgan_fingerprint(mol)
            total += sum(miss(c, DataStructs.TanimotoSimilarity(mine, print_), 0.05) for print_, c in self.similarity)
        total += sum(miss(condition, references.similarity(mol), 0.05) for references, condition in self.sets)
        return total

    @property
    def excluded_possible(self) -> bool:
        """Whether :meth:`excluded` can ever say anything."""
        return bool(self.allowed is not None or self.absent_elements or self.forbidden or self.scaffolds or self.fixed)

    @property
    def steerable(self) -> bool:
        """Whether there is something that can be counted and repaired by edits."""
        listed = self.elements or self.groups or self.windows or self.similarity or self.absent_elements or self.forbidden or self.rule_sets
        return bool(listed or self.sets) or self.allowed is not None


def _query(smarts: str) -> Chem.Mol | None:
    return Chem.MolFromSmarts(smarts) if smarts else None


def _add_count(fit: SpecFit, requirement: CountRequirement) -> None:
    none_wanted = requirement.condition.bounds()[1] < 1 and requirement.condition.holds(0)
    if requirement.what == "element":
        if none_wanted:
            fit.absent_elements |= {requirement.name}
        else:
            fit.elements.append(ElementCount(requirement.name, requirement.condition))
        return
    query = _query(requirement.smarts)
    if query is not None and none_wanted:
        fit.forbidden.append(query)
    elif query is not None:
        fit.groups.append(GroupCount(requirement.name, requirement.smarts, query, requirement.condition))


def _size_limits(fit: SpecFit) -> tuple[int, int]:
    """Heavy atoms that a candidate needs at least, and those that it may not exceed, from limits on mass, atoms and elements."""
    least = sum(max(0.0, e.condition.bounds()[0]) for e in fit.elements if e.symbol != "H" and e.condition.bounds()[0] != float("-inf"))
    most = float("inf")
    for name, condition in fit.windows:
        low, high = condition.bounds()
        if name == "heavy_atoms":
            least, most = max(least, low), min(most, high)
        elif name in ("molecular_weight", "exact_mass"):
            least, most = max(least, low / 16.0), min(most, high / 12.0)
    least = min(least, 250.0)
    return int(least), max(1, int(min(most, max(60.0, 1.3 * least))))


def spec_fit(spec: DesignSpec, *, calculators: Calculators) -> SpecFit:
    """The cheap part of ``spec``. SMARTS and SMILES that cannot be read are left out."""
    return _made(_Requirements(requirements=spec.requirements).model_dump_json(), calculators)


class _Requirements(Model):
    """The part of a spec that counts here."""

    requirements: list[Requirement]


@lru_cache(maxsize=8)
def _made(requirements: str, calculators: Calculators) -> SpecFit:
    fit = SpecFit(calculators)
    for requirement in _Requirements.model_validate_json(requirements).requirements:
        _add(fit, requirement)
    _add_shares(fit)
    fit.min_heavy_atoms, fit.max_heavy_atoms = _size_limits(fit)
    return fit


def _add_shares(fit: SpecFit) -> None:
    """The atoms that a share of an element in the mass needs at least, with the least molar mass that is asked for; one, where none is."""
    least = max((c.bounds()[0] for name, c in fit.windows if name in ("molecular_weight", "exact_mass")), default=0.0)
    for name, condition in fit.windows:
        if name in ELEMENT_OF and not condition.holds(0):
            symbol = ELEMENT_OF[name]
            weight = Chem.GetPeriodicTable().GetAtomicWeight(symbol)
            number = max(1, math.ceil(condition.bounds()[0] / 100.0 * max(0.0, least) / weight - 1e-9))
            fit.elements.append(ElementCount(symbol, Condition(comparison=">=", value=number)))


def _add(fit: SpecFit, requirement: Requirement) -> None:
    """Enter one requirement. Levels are predicted, and an edit is made, not searched for: neither takes part."""
    match requirement:
        case ElementsRequirement():
            allowed = frozenset(requirement.allowed)
            fit.allowed = allowed if fit.allowed is None else fit.allowed & allowed
        case CountRequirement():
            _add_count(fit, requirement)
        case MotifRequirement():
            query = _query(requirement.smarts)
            if query is not None and requirement.wanted:
                fit.groups.append(GroupCount(requirement.name, requirement.smarts, query, Condition(comparison=">=", value=1)))
            elif query is not None:
                fit.forbidden.append(query)
        case ScaffoldRequirement():
            query = _query(requirement.smarts) or Chem.MolFromSmiles(requirement.scaffold)
            if query is not None:
                fit.scaffolds.append(query)
        case PropertyRequirement():
            if fit.calculators.exact(requirement.property):
                fit.windows.append((requirement.property, requirement.condition))
        case RuleSetRequirement():
            if requirement.rule_set in RULE_SETS:
                fit.rule_sets.append((requirement.rule_set, requirement.allowed_violations))
        case SimilarityRequirement():
            reference = Chem.MolFromSmiles(requirement.reference)
            if reference is not None:
                fit.similarity.append((morgan_fingerprint(reference), requirement.condition))
        case FixedAtomsRequirement():
            fit.fixed.append(compiled(kept_of(requirement)))
        case ReferenceSetRequirement():
            fit.sets.append((reference_set(tuple(requirement.references), requirement.measure), requirement.condition))
        case LevelRequirement() | EditRequirement():
            pass
        case _:
            assert_never(requirement)
