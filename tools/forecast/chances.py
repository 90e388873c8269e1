"""Which of the reference structures meet which requirement, and with what probability: one row a structure, one column a requirement."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, rdBase

from core.errors import SpecError
from core.requirements import Condition, LevelRequirement, PropertyRequirement, Requirement, RuleSetRequirement
from core.spec import CandidateClass, DesignSpec
from tools.calculators.collection import Calculators
from tools.calculators.rule_sets import metric_value
from tools.catalogue.kinds import kind_of
from tools.catalogue.probability import DEGREES, SCALE
from tools.catalogue.rule_sets import RULE_SETS, resolve_rule_set
from tools.catalogue.scores import normal_scores
from tools.evaluation.check import context_of
from tools.evaluation.joint import joint_probability
from tools.evaluation.selection import error_correlation
from tools.forecast.reference import LEVEL, TEMPERATURES, Reference, molecules, reference
from tools.workspace import Workspace

Array = NDArray[np.float64]
#: Points of the lattice of a joint probability; its error is then about 0.01, far below that of a forecast.
POINTS = 64


@dataclass(frozen=True)
class Column:
    """How one requirement stands for the n reference structures.

    Attributes:
        id: the requirement.
        property: the predicted property that it bounds; '' for what is known exactly.
        low, high: bounds of that property, (n,), infinite where open.
        holds: (n,) 1 where what is known exactly holds, else 0; all 1 for a prediction.
    """

    id: str
    property: str
    low: Array
    high: Array
    holds: Array


@dataclass(frozen=True)
class Chances:
    """How the requirements of a spec stand for the reference structures.

    Attributes:
        table: the reference structures.
        columns: one a requirement, in order.
        met_probability: a prediction counts as met from here.
        unknown: why nothing can be said of a requirement, by its id.
        notes: what was taken for something near it.
        joints: joint probabilities that were computed already, by the bounds on the predictions; shared with what is made from these chances.
    """

    table: Reference
    columns: tuple[Column, ...]
    met_probability: float
    unknown: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    joints: dict[tuple[tuple[str, bytes, bytes], ...], Array] = field(default_factory=dict, repr=False, compare=False)

    def exact(self) -> Array:
        """(n,) 1 where everything that is known exactly holds, else 0."""
        return np.prod([c.holds for c in self.columns], axis=0) if self.columns else np.ones(len(self.table))

    def joint(self) -> Array:
        """(n,) probability that all predicted requirements hold together, errors of one structure correlated; 0 for a missing value."""
        bounds = tuple(sorted((c.property, c.low.tobytes(), c.high.tobytes()) for c in self.columns if c.property))
        if bounds not in self.joints:  # relaxing what is known exactly changes nothing here
            self.joints[bounds] = self._joint()
        return self.joints[bounds]

    def _joint(self) -> Array:
        names = sorted({c.property for c in self.columns if c.property})
        n = len(self.table)
        if not names:
            return np.ones(n)
        low, high, missing = np.full((n, len(names)), -np.inf), np.full((n, len(names)), np.inf), np.zeros(n, dtype=bool)
        for column in self.columns:
            if not column.property:
                continue
            j = names.index(column.property)
            value, sigma = self.table.values[column.property], self.table.sigmas[column.property]
            bad = ~(np.isfinite(value) & np.isfinite(sigma))
            missing |= bad
            centre, scale = np.where(bad, 0.0, value), np.where(bad, 1.0, sigma)
            low[:, j] = np.maximum(low[:, j], (column.low - centre) / scale)
            high[:, j] = np.minimum(high[:, j], (column.high - centre) / scale)
        empty = (low >= high).any(axis=1) | missing
        low, high = np.where(empty[:, None], -1.0, low), np.where(empty[:, None], 1.0, high)
        found = joint_probability(normal_scores(low), normal_scores(high), error_correlation(names), points=POINTS)
        return np.where(empty, 0.0, found)

    def met(self) -> Array:
        """(n,) 1 where a run would take the structure for one that meets every requirement, else 0."""
        met = self.exact() > 0
        for column in self.columns:
            if column.property:
                value, sigma = self.table.values[column.property], self.table.sigmas[column.property]
                with np.errstate(invalid="ignore"):
                    chance = _interval((column.low - value) / sigma, (column.high - value) / sigma)
                met &= np.nan_to_num(chance) >= self.met_probability
        return met.astype(np.float64)

    def without(self, name: str) -> Chances:
        """The same without the requirement of this id."""
        return replace(self, columns=tuple(c for c in self.columns if c.id != name))

    def with_bounds(self, name: str, condition: Condition, values: Array | None) -> Chances:
        """The same with another condition on the requirement ``name``, in the unit of its property; ``values`` where that is computed."""
        low, high = condition.bounds()
        n = len(self.table)

        def changed(column: Column) -> Column:
            if column.property or values is None:
                return replace(column, low=np.full(n, low), high=np.full(n, high))
            return replace(column, holds=holding(values, condition))

        return replace(self, columns=tuple(changed(c) if c.id == name else c for c in self.columns))


def holding(values: Array, condition: Condition) -> Array:
    """1 where ``values`` meet ``condition``, else 0; 0 for NaN."""
    return np.array([condition.holds(v) if np.isfinite(v) else False for v in values], dtype=np.float64)


def chances(spec: DesignSpec, workspace: Workspace) -> Chances:
    """How the requirements of ``spec`` stand for the reference structures of its class. Raises as the checks of a run do."""
    table = reference(spec.candidate_class)
    columns, unknown, notes = [], [], []
    for requirement in spec.requirements:
        column, why, note = _column(requirement, spec, table, workspace)
        columns += [column] if column else []
        unknown += [(requirement.id, why)] if why else []
        notes += [note] if note else []
    return Chances(table, tuple(columns), spec.met_probability, tuple(unknown), tuple(notes))


def computed(name: str, spec: DesignSpec, table: Reference, workspace: Workspace) -> Array:
    """The computed property ``name`` of every reference structure, in its unit; NaN where it is not defined."""
    return table.values[name] if name in table.values else _computed(name, spec.candidate_class, workspace.calculators)


@lru_cache(maxsize=64)
def _computed(name: str, candidate_class: CandidateClass, calculators: Calculators) -> Array:
    def one(mol: Chem.Mol) -> float:
        try:
            return calculators.number(name, mol)
        except (ValueError, RuntimeError, ZeroDivisionError):
            return float("nan")

    with rdBase.BlockLogs():
        return np.array([one(mol) for mol in molecules(candidate_class)], dtype=np.float64)


def _column(requirement: Requirement, spec: DesignSpec, table: Reference, workspace: Workspace) -> tuple[Column | None, str, str]:
    """(the column, or why there is none, what has to be said of it)."""
    n = len(table)
    open_, closed = np.full(n, -np.inf), np.full(n, np.inf)
    if isinstance(requirement, LevelRequirement):
        return _level(requirement, spec, table, workspace)
    if isinstance(requirement, PropertyRequirement):
        name = requirement.property
        if workspace.catalogue[name].kind == "computed":
            holds = holding(computed(name, spec, table, workspace), requirement.condition)
            return Column(requirement.id, "", open_, closed, holds), "", ""
        if name not in table.sigmas:
            return None, f"the reference structures have no values of {workspace.catalogue[name].label}", ""
        low, high = _bounds(requirement, spec, table, workspace)
        note = _solvent_note(name, spec, table)
        return Column(requirement.id, name, low, high, np.ones(n)), "", note
    if isinstance(requirement, RuleSetRequirement):
        holds = (_broken(requirement.rule_set, spec, table, workspace) <= requirement.allowed_violations).astype(np.float64)
        return Column(requirement.id, "", open_, closed, holds), "", ""
    kind, context = kind_of(requirement), context_of(spec, calculators=workspace.calculators)
    test = kind.test(requirement, context)
    if test is None:  # pragma: no cover - only properties and levels are predicted
        return None, "it is predicted, and the reference structures have no values of it", ""
    with rdBase.BlockLogs():
        holds = np.array([test(mol, {}) for mol in molecules(spec.candidate_class)], dtype=np.float64)
    return Column(requirement.id, "", open_, closed, holds), "", ""


def _broken(rule_set: str, spec: DesignSpec, table: Reference, workspace: Workspace) -> NDArray[np.int64]:
    """How many rules of the set each structure breaks, (n,), from values that are at hand where they are. SpecError for an unknown set."""
    rules = resolve_rule_set(rule_set)
    if rules is None:
        raise SpecError(f"unknown rule set {rule_set!r}; known: {', '.join(RULE_SETS)}")
    broken = np.zeros(len(table), dtype=np.int64)
    for rule in rules.rules:
        if rule.metric in workspace.catalogue:
            values = computed(rule.metric, spec, table, workspace)
        else:
            values = np.array([metric_value(rule.metric, mol) for mol in molecules(spec.candidate_class)])
        broken += ~(values <= rule.limit + 1e-9 if rule.comparison == "<=" else values >= rule.limit - 1e-9)
    return broken


def _bounds(requirement: PropertyRequirement, spec: DesignSpec, table: Reference, workspace: Workspace) -> tuple[Array, Array]:
    """The bounds for each structure, in the unit of the property."""
    n = len(table)
    if requirement.basis == "registered":
        low, high = requirement.condition.bounds()
        return np.full(n, low), np.full(n, high)
    masses = computed("molecular_weight", spec, table, workspace)
    both = np.array([requirement.condition_for(mass).bounds() for mass in masses])
    return both[:, 0], both[:, 1]


def _level(requirement: LevelRequirement, spec: DesignSpec, table: Reference, workspace: Workspace) -> tuple[Column | None, str, str]:
    definition = workspace.catalogue[requirement.property]
    wanted = spec.conditions.temperature_c
    near = min(TEMPERATURES, key=lambda t: (abs(t - wanted), -t))
    if requirement.property != LEVEL or abs(near - wanted) > 30:
        return None, f"the reference structures were not judged for {definition.label} at {wanted:g} °C", ""
    level = table.levels[near]
    holds = ((level >= 0) & (level <= definition.levels.index(requirement.at_worst))).astype(np.float64)
    n = len(table)
    note = "" if near == wanted else f"{definition.label} as judged at {near} °C, not at {wanted:g} °C"
    return Column(requirement.id, "", np.full(n, -np.inf), np.full(n, np.inf), holds), "", note


def _solvent_note(name: str, spec: DesignSpec, table: Reference) -> str:
    if name != "absorption_maximum" or spec.conditions.solvent == table.solvent:
        return ""
    return f"absorption maxima as in {table.solvent}, not in {spec.conditions.solvent}"


def _interval(low: Array, high: Array) -> Array:
    """P(low < error < high) of a prediction error in sigmas, of the shape that the checks of a run use."""
    from scipy.special import stdtr

    return np.asarray(stdtr(DEGREES, high / SCALE) - stdtr(DEGREES, low / SCALE))
