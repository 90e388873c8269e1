"""One try at a new structure from one or two parents in working form: crossover, mutation, or both. No filter, no memory."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from rdkit import Chem

from tools.proposers.evolution.crossover import crossover
from tools.proposers.evolution.graph import finish, pick, reworked
from tools.proposers.evolution.operators import MUTATIONS, WEIGHTS


@dataclass(frozen=True)
class VariationConfig:
    """How structures are varied.

    Attributes:
        crossover: share of the offspring of two parents made by crossover (a third of these are mutated afterwards).
        second_mutation: chance of each further mutation after the first.
        weights: weight of each mutation operator.
    """

    crossover: float = 0.4
    second_mutation: float = 0.25
    weights: dict[str, float] = field(default_factory=lambda: dict(WEIGHTS))


def mutate(work: Chem.RWMol | None, rng: random.Random, config: VariationConfig, operator: str = "") -> tuple[Chem.Mol | None, str]:
    """One or more mutations of a working form (edited in place): the molecule, or None, and the operators' names after ``operator``."""
    mol: Chem.Mol | None = None
    while work is not None:
        name = pick(rng, config.weights)
        edited = MUTATIONS[name][0](work, rng)
        mol = finish(edited) if edited is not None else None
        operator = f"{operator}, {name}" if operator else name
        if mol is None or rng.random() >= config.second_mutation:
            break
        work = reworked(mol)
    return mol, operator


def cross(first: Chem.RWMol, second: Chem.RWMol, rng: random.Random, config: VariationConfig) -> tuple[Chem.Mol | None, str]:
    """A child of two working forms, mutated in a third of the cases: the molecule, or None, and the operators' names."""
    crossed = crossover(first, second, rng)
    mol, operator = finish(crossed) if crossed is not None else None, "crossover"
    if mol is not None and rng.random() < 1 / 3:
        return mutate(reworked(mol), rng, config, operator)
    return mol, operator
