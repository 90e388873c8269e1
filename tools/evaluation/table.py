"""The numbers of the candidates as arrays: predictive distributions, the box that the spec asks for, objectives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.candidate import Candidate, PropertyValue
from core.spec import DesignSpec, Objective
from tools.calculators.collection import Calculators
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds import kind_of
from tools.catalogue.probability import SYMMETRIC, effective_sigma, shape_of
from tools.catalogue.scores import normal_scores
from tools.evaluation.desirability import desirability, overall
from tools.evaluation.joint import POINTS, joint_probability
from tools.evaluation.selection import ErrorModel, corrected, error_model, strength_of
from tools.evaluation.structure import candidate_mol
from tools.groups.matching import reference_mol

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ScoringTable:
    """n candidates, m predicted properties, k objectives.

    Attributes:
        mean: (n, m) predictions corrected for selection; NaN where unknown.
        sigma: (n, m) one standard deviation, likewise; 0 where the value is exact, unknown or its error is unknown.
        shape: (n, m, 4) of its errors, the numbers of an ``ErrorShape``; the corrections leave it as it is.
        low, high: (n, m) bounds that the requirements set; infinite where a cell is no event of the joint distribution.
        fixed: (n,) product of the probabilities of everything that is not in the joint distribution.
        correlation: (m, m) of the errors.
        values: (n, k) values of the objectives; NaN where unknown.
        columns: for each objective the predicted property that it reads, or -1.
    """

    spec: DesignSpec
    mean: Array
    sigma: Array
    shape: Array
    low: Array
    high: Array
    fixed: Array
    correlation: Array
    values: Array
    columns: tuple[int, ...]

    def repeated(self, times: int) -> ScoringTable:
        """The rows of this table so many ``times``, one whole table after the other, each number in its own unit; NaN stays where a value is unknown."""

        def again(a: Array) -> Array:
            return np.tile(a, (times, *[1] * (a.ndim - 1)))

        return replace(
            self,
            mean=again(self.mean),
            sigma=again(self.sigma),
            shape=again(self.shape),
            low=again(self.low),
            high=again(self.high),
            fixed=again(self.fixed),
            values=again(self.values),
        )

    def p_meets(self, shift: Array | None = None, *, points: int = POINTS) -> Array:
        """Probability that all requirements hold together, 0 to 1, (n,); 0 where a computed one is missed or a value is unknown.

        ``shift`` (n, m) is added to the means, in sigmas.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            event = (self.sigma > 0) & (np.isfinite(self.low) | np.isfinite(self.high))
            scale = np.where(event, self.sigma, 1.0)
            centre = np.where(event, self.mean + (shift * self.sigma if shift is not None else 0.0), 0.0)
            a = np.where(event, (self.low - centre) / scale, -np.inf)
            b = np.where(event, (self.high - centre) / scale, np.inf)
        joint = joint_probability(normal_scores(a, self.shape), normal_scores(b, self.shape), self.correlation, points=points)
        return np.asarray(self.fixed * joint)

    def parts(self, shift: Array | None = None) -> Array:
        """Desirability of each objective, 0 to 1, (n, k); 0 where the value is unknown. ``shift`` as in :meth:`p_meets`."""
        columns = []
        for j, objective in enumerate(self.spec.objectives):
            values, column = self.values[:, j], self.columns[j]
            if shift is not None and column >= 0:
                values = values + shift[:, column] * self.sigma[:, column]
            columns.append(desirability(values, objective))
        return np.stack(columns, axis=1) if columns else np.zeros((self.values.shape[0], 0))

    def desirability(self, shift: Array | None = None, weights: Sequence[float] | None = None) -> Array:
        """Weighted geometric mean of the objectives' desirabilities, (n,); 1 without objectives."""
        return overall(self.parts(shift), weights or [objective.weight for objective in self.spec.objectives])


def predicted_names(spec: DesignSpec, *, catalogue: Catalogue) -> list[str]:
    """The predicted properties that the spec's requirements and objectives name, in order."""
    return [name for name in spec.property_names() if catalogue[name].kind == "predicted"]


def build_table(
    candidates: Sequence[Candidate], spec: DesignSpec, errors: ErrorModel | None = None, *, calculators: Calculators
) -> ScoringTable:
    """The arrays of ``candidates``, whose requirements were checked against ``spec``, rows in the order given.

    ``errors``: the error model; that of the shipped predictors if None. Raises PredictorError where those are missing.
    """
    names = predicted_names(spec, catalogue=calculators.catalogue)
    errors = errors or error_model(names, calculators=calculators)
    pick = [errors.names.index(name) for name in names]
    n, m = len(candidates), len(names)
    cells = [[candidate.properties.get(name) for name in names] for candidate in candidates]
    sigma = np.array([[_sigma(cell) for cell in row] for row in cells], dtype=np.float64).reshape(n, m)
    shape = np.array([[_shape(cell) for cell in row] for row in cells], dtype=np.float64).reshape(n, m, 4)
    mean = np.array([[_number(cell) for cell in row] for row in cells], dtype=np.float64).reshape(n, m)
    similar = np.array([[_similarity(cell) for cell in row] for row in cells], dtype=np.float64).reshape(n, m)
    for j, name in enumerate(names):
        strength = strength_of(similar[:, j]) if errors.strength is None else errors.strength
        mean[:, j], sigma[:, j] = corrected(mean[:, j], sigma[:, j], errors.priors[name], strength)
    low, high = np.full((n, m), -np.inf), np.full((n, m), np.inf)
    fixed = np.ones(n)
    for index, requirement in enumerate(spec.requirements):
        probability = np.array([candidate.requirements[index].probability for candidate in candidates])
        kind = kind_of(requirement)
        name = kind.property_name(requirement)
        conditions = [kind.condition_for(requirement, candidate.properties) for candidate in candidates] if name in names else []
        if conditions and any(condition is not None for condition in conditions):
            j = names.index(name)
            bounds = np.array([(-np.inf, np.inf) if c is None else c.bounds() for c in conditions]).reshape(n, 2)
            event = (sigma[:, j] > 0) & np.array([c is not None for c in conditions])
            low[event, j] = np.maximum(low[event, j], bounds[event, 0])
            high[event, j] = np.minimum(high[event, j], bounds[event, 1])
            fixed *= np.where(event, 1.0, probability)
            # A zero-width or empty intersection is no event of positive probability.
            fixed *= np.where(event & (low[:, j] >= high[:, j]), 0.0, 1.0)
        else:
            fixed *= probability
    values, columns = _objective_values(candidates, spec, names, mean, catalogue=calculators.catalogue)
    return ScoringTable(spec, mean, sigma, shape, low, high, fixed, errors.correlation[np.ix_(pick, pick)], values, columns)


def _number(value: PropertyValue | None) -> float:
    number = value.number if value is not None else None
    return float("nan") if number is None else number


def _sigma(value: PropertyValue | None) -> float:
    if value is None or value.number is None:
        return 0.0
    return effective_sigma(value) or 0.0


def _shape(value: PropertyValue | None) -> tuple[float, float, float, float]:
    found = SYMMETRIC if value is None else shape_of(value)
    return found.below, found.above, found.bend_below, found.bend_above


def _similarity(value: PropertyValue | None) -> float:
    return float("nan") if value is None or value.similarity is None else value.similarity


def _objective_values(
    candidates: Sequence[Candidate], spec: DesignSpec, names: list[str], mean: Array, *, catalogue: Catalogue
) -> tuple[Array, tuple[int, ...]]:
    values = np.full((len(candidates), len(spec.objectives)), np.nan)
    columns = []
    for j, objective in enumerate(spec.objectives):
        column = names.index(objective.property) if objective.property in names else -1
        columns.append(column)
        if column >= 0:
            values[:, j] = mean[:, column]
        else:
            values[:, j] = [objective_value(candidate, objective, spec, catalogue=catalogue) for candidate in candidates]
    return values, tuple(columns)


#: Value of the objective 'route' for a candidate without a known route.
NO_ROUTE_KNOWN = 0.5


def objective_value(candidate: Candidate, objective: Objective, spec: DesignSpec, *, catalogue: Catalogue) -> float:
    """The number that an objective reads: a property's value, the index of a level (0 is best), the similarity to the
    reference or to a set of them, or whether a route is known (1, else :data:`NO_ROUTE_KNOWN`: what no search found may still be makeable).

    NaN where it is unknown.
    """
    name = objective.property
    if name == "route":
        return 1.0 if candidate.route is not None and candidate.route.status != "none known" else NO_ROUTE_KNOWN
    if name == "similarity":
        from tools.structures.similarity import reference_set, tanimoto

        if objective.references:
            return reference_set(tuple(objective.references), objective.measure).similarity(candidate_mol(candidate))
        if spec.reference is None:
            return float("nan")

        return tanimoto(candidate_mol(candidate), reference_mol(spec.reference.smiles))
    value = candidate.properties.get(name)
    if value is not None and isinstance(value.value, str):
        levels = catalogue[name].levels
        return float(levels.index(value.value)) if value.value in levels else float("nan")
    return _number(value)
