"""One smooth number for the selection inside the design loop, and how far a candidate is from a spec."""

from __future__ import annotations

import math

import numpy as np

from core.candidate import Candidate, RequirementResult
from core.spec import (
    Condition,
    CountRequirement,
    DesignSpec,
    ElementsRequirement,
    LevelRequirement,
    MotifRequirement,
    PropertyRequirement,
    Requirement,
    RuleSetRequirement,
    SimilarityRequirement,
)
from tools.catalogue.registry import REGISTRY
from tools.evaluation.check import check
from tools.evaluation.concentration import condition_for
from tools.evaluation.desirability import desirability
from tools.evaluation.probability import effective_sigma
from tools.evaluation.table import objective_value

#: What an unmet substructure, element or scaffold requirement leaves of the fitness.
MISSED_MOTIF, MISSED_SCAFFOLD, UNKNOWN = 0.3, 0.1, 1e-5
#: Largest part of the satisfaction that distance alone earns, so that a hopeless prediction still points the way.
HINT = 0.05
#: Smallest desirability of one objective, for the same reason.
FLOOR = 0.02


def distance(condition: Condition, number: float) -> float:
    """How far ``number`` lies outside the condition's range, in its unit; 0 inside. Strict ends count as inside."""
    low, high = condition.bounds()
    return max(low - number, number - high, 0.0)


def property_scale(name: str) -> float:
    """A distance that matters for a property, in its unit: its window, 1 for a count, else a tenth of its typical range."""
    definition = REGISTRY[name]
    if definition.integer:
        return 1.0
    return definition.window or max((definition.typical_high - definition.typical_low) / 10.0, 1e-6)


def satisfaction(requirement: Requirement, result: RequirementResult, candidate: Candidate) -> float:
    """How nearly a requirement holds, 0 to 1: 1 where it is met exactly, its probability where it is predicted, and falling smoothly
    with the distance where it is missed."""
    if isinstance(requirement, PropertyRequirement):
        return _property(requirement, result, candidate)
    if result.value is None and not isinstance(requirement, ElementsRequirement):
        return UNKNOWN
    if isinstance(requirement, LevelRequirement):
        return result.probability
    if result.met:
        return 1.0
    if isinstance(requirement, CountRequirement) and isinstance(result.value, (int, float)):
        return _missed(max(distance(requirement.condition, float(result.value)), 0.5))
    if isinstance(requirement, SimilarityRequirement) and isinstance(result.value, (int, float)):
        return _missed(max(distance(requirement.condition, float(result.value)), 0.01) / 0.1)
    if isinstance(requirement, RuleSetRequirement) and isinstance(result.value, (int, float)):
        return _missed(max(float(result.value) - requirement.allowed_violations, 0.5))
    return MISSED_MOTIF if isinstance(requirement, (MotifRequirement, ElementsRequirement)) else MISSED_SCAFFOLD


def _missed(steps: float) -> float:
    """What a requirement missed by ``steps`` of the distance that matters leaves of the fitness: 0.25 at one, 0.01 at nine."""
    return 1.0 / (1.0 + steps) ** 2


def _property(requirement: PropertyRequirement, result: RequirementResult, candidate: Candidate) -> float:
    value = candidate.properties.get(requirement.property)
    number = value.number if value is not None else None
    if value is None or number is None:
        return UNKNOWN
    sigma = effective_sigma(value)
    missed = distance(condition_for(requirement, candidate), number)
    if sigma is None:
        scale = property_scale(requirement.property)
        return 1.0 if result.met else _missed(max(missed / scale, 0.01))
    return result.probability + (1.0 - result.probability) * HINT / (1.0 + missed / sigma)


def closeness(candidate: Candidate, spec: DesignSpec) -> float:
    """Product of the satisfactions of all requirements, 0 to 1. The candidate's requirements must have been checked."""
    product = 1.0
    for requirement, result in zip(spec.requirements, candidate.requirements, strict=True):
        product *= satisfaction(requirement, result, candidate)
    return product


def checked(candidate: Candidate, spec: DesignSpec) -> Candidate:
    """The candidate with its requirement results; those it holds are used where they are of this spec. Raises as ``check`` does."""
    if [result.id for result in candidate.requirements] == [requirement.id for requirement in spec.requirements]:
        return candidate
    return candidate.model_copy(update={"requirements": check(candidate, spec)})


def fitness(candidate: Candidate, spec: DesignSpec) -> float:
    """Fitness for evolutionary selection, above 0 up to 1, more is better: closeness to the requirements times desirability.

    Unlike the score it never falls to 0 for a structure that misses something, so that the search sees which way is better, and it is
    not corrected for selection. Deterministic and independent of other candidates.
    """
    candidate = checked(candidate, spec)
    logs, weights = 0.0, 0.0
    for objective in spec.objectives:
        number = objective_value(candidate, objective.property, spec)
        part = float(desirability(np.array([number]), objective)[0])
        logs += objective.weight * math.log(FLOOR + (1.0 - FLOOR) * part)
        weights += objective.weight
    return closeness(candidate, spec) * (math.exp(logs / weights) if weights else 1.0)
