"""One smooth number for the selection inside the design loop, and how far a candidate is from a spec."""

from __future__ import annotations

import math

import numpy as np

from core.candidate import Candidate, RequirementResult
from core.spec import DesignSpec, Requirement
from tools.calculators.collection import Calculators
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds import KINDS, Kinds
from tools.evaluation.check import check
from tools.evaluation.desirability import desirability
from tools.evaluation.table import objective_value

#: Smallest desirability of one objective, so that a hopeless one still points the way.
FLOOR = 0.02


def satisfaction(
    requirement: Requirement, result: RequirementResult, candidate: Candidate, kinds: Kinds = KINDS, *, catalogue: Catalogue
) -> float:
    """How nearly a requirement holds, 0 to 1: 1 where it is met exactly, its probability where it is predicted, and falling smoothly
    with the distance where it is missed."""
    return kinds.of(requirement).satisfaction(requirement, result, candidate.properties, catalogue)


def closeness(candidate: Candidate, spec: DesignSpec, kinds: Kinds = KINDS, *, catalogue: Catalogue) -> float:
    """Product of the satisfactions of all requirements, 0 to 1; 1 without any. Raises ValueError where they have not been checked."""
    product = 1.0
    for requirement, result in zip(spec.requirements, candidate.requirements, strict=True):
        product *= satisfaction(requirement, result, candidate, kinds, catalogue=catalogue)
    return product


def checked(candidate: Candidate, spec: DesignSpec, *, calculators: Calculators) -> Candidate:
    """The candidate with its requirement results; those it holds are used where they are of this spec. Raises as ``check`` does."""
    if [result.id for result in candidate.requirements] == [requirement.id for requirement in spec.requirements]:
        return candidate
    return candidate.model_copy(update={"requirements": check(candidate, spec, calculators=calculators)})


def fitness(candidate: Candidate, spec: DesignSpec, *, calculators: Calculators) -> float:
    """Fitness for evolutionary selection, above 0 up to 1, more is better: closeness to the requirements times desirability.

    Unlike the score it never falls to 0 for a structure that misses something, so that the search sees which way is better, and it is
    not corrected for selection. Deterministic and independent of other candidates.
    """
    candidate = checked(candidate, spec, calculators=calculators)
    logs, weights = 0.0, 0.0
    for objective in spec.objectives:
        number = objective_value(candidate, objective, spec, catalogue=calculators.catalogue)
        part = float(desirability(np.array([number]), objective)[0])
        logs += objective.weight * math.log(FLOOR + (1.0 - FLOOR) * part)
        weights += objective.weight
    return closeness(candidate, spec, catalogue=calculators.catalogue) * (math.exp(logs / weights) if weights else 1.0)
